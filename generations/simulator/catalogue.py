"""The words of Luma's API (luma-dream-machine-v1 sheet §3, §6, §7, §8) and its request shapes."""

from generations.canvas import RATIOS
from generations.simulator.schema import (
    BOOLEAN,
    INTEGER,
    NUMBER,
    Field,
    Many,
    Shape,
    Table,
    Tagged,
    Text,
    Url,
)

VIDEO_MODELS = ("ray-2", "ray-flash-2", "ray-1-6")
IMAGE_MODELS = ("photon-1", "photon-flash-1")
DURATIONS = ("5s", "9s")
RESOLUTIONS = ("540p", "720p", "1080p", "4k")
MODES = (
    "adhere_1", "adhere_2", "adhere_3",
    "flex_1", "flex_2", "flex_3",
    "reimagine_1", "reimagine_2", "reimagine_3",
)  # fmt: skip

CONCEPTS = (
    "truck_left", "truck_right", "pan_left", "pan_right", "tilt_up", "tilt_down",
    "pedestal_up", "pedestal_down", "roll_left", "roll_right", "orbit_left", "orbit_right",
    "zoom_in", "zoom_out", "push_in", "pull_out", "crane_up", "crane_down", "dolly_zoom",
    "bolt_cam", "aerial", "aerial_drone", "overhead", "high_angle", "low_angle", "ground_level",
    "eye_level", "over_the_shoulder", "pov", "selfie", "handheld", "static", "tiny_planet",
    "elevator_doors",
)  # fmt: skip
"""The 34 keys of sheet §6, always in this order."""

CAMERA_MOTIONS = tuple(
    f"camera {motion}"
    for motion in (
        "static", "truck left", "truck right", "pan left", "pan right", "tilt up", "tilt down",
        "pedestal up", "pedestal down", "push in", "pull out", "zoom in", "zoom out",
        "orbit left", "orbit right", "crane up", "crane down", "roll left", "roll right",
    )
)  # fmt: skip
"""Phrases to put in a prompt ("camera orbit left", §6); the live list's wording is unconfirmed."""

IMAGE_CANVASES = {
    "1:1": (1536, 1536),
    "4:3": (1792, 1344),
    "3:4": (1344, 1792),
    "16:9": (2048, 1152),
    "9:16": (1152, 2048),
    "21:9": (2432, 1024),
    "9:21": (1024, 2432),
}
"""Pixels of an image by ratio (§7; the portrait ones are the landscape ones turned)."""

_RATIO = Text(RATIOS)
_PLACE = Table({"url": Field(Url(), required=True)})
_FRAME = Tagged(
    {
        "image": Table({"type": Field(Text(), required=True), "url": Field(Url(), required=True)}),
        "generation": Table(
            {"type": Field(Text(), required=True), "id": Field(Text(), required=True)}
        ),
    }
)
_WEIGHTED = Table({"url": Url(), "weight": NUMBER})
_RECTANGLE: dict[str, Field | Shape] = dict.fromkeys(
    (
        "grid_position_x", "grid_position_y", "x_start", "x_end", "y_start", "y_end",
        "resized_width", "resized_height",
    ),
    INTEGER,
)  # fmt: skip
_REFRAME: dict[str, Field | Shape] = {
    "generation_type": Field(Text(), required=True),
    "media": Field(_PLACE, required=True),
    "aspect_ratio": Field(_RATIO, required=True),
    "prompt": Field(Text(), default=""),
    **_RECTANGLE,
    "callback_url": Url(),
}

SHAPES: dict[str, Table] = {
    "video": Table(
        {
            "generation_type": Field(Text(), default="video"),
            "model": Field(Text(VIDEO_MODELS), required=True),
            "prompt": Text(),
            "aspect_ratio": Field(_RATIO, default="16:9"),
            "resolution": Text(),
            "duration": Text(),
            "loop": BOOLEAN,
            "keyframes": Table({"frame0": _FRAME, "frame1": _FRAME}),
            "concepts": Many(Table({"key": Field(Text(), required=True)})),
            "callback_url": Url(),
        }
    ),
    "image": Table(
        {
            "generation_type": Field(Text(), default="image"),
            "model": Field(Text(IMAGE_MODELS), required=True),
            "prompt": Text(),
            "aspect_ratio": Field(_RATIO, default="16:9"),
            "format": Field(Text(("jpg", "png")), default="jpg"),
            "image_ref": Many(_WEIGHTED),
            "style_ref": Many(_WEIGHTED),
            "character_ref": Table({"identity0": Table({"images": Many(Url())})}),
            "modify_image_ref": _WEIGHTED,
            "sync": Field(BOOLEAN, default=False),
            "sync_timeout": Field(NUMBER, default=60),
            "callback_url": Url(),
        }
    ),
    "reframe_image": Table(
        {
            **_REFRAME,
            "model": Field(Text(IMAGE_MODELS), required=True),
            "format": Field(Text(("jpg", "png")), default="jpg"),
        }
    ),
    "reframe_video": Table(
        {
            **_REFRAME,
            "model": Field(Text(("ray-2", "ray-flash-2")), required=True),
            "first_frame": _PLACE,
        }
    ),
    "modify_video": Table(
        {
            "generation_type": Field(Text(), required=True),
            "media": Field(_PLACE, required=True),
            "mode": Field(Text(MODES), required=True),
            "model": Field(Text(("ray-2", "ray-flash-2")), required=True),
            "prompt": Text(),
            "first_frame": _PLACE,
            "callback_url": Url(),
        }
    ),
    "upscale_video": Table(
        {
            "generation_type": Field(Text(), default="upscale_video"),
            "resolution": Text(),
            "callback_url": Url(),
        }
    ),
    "add_audio": Table(
        {
            "generation_type": Field(Text(), default="add_audio"),
            "prompt": Text(),
            "negative_prompt": Text(),
            "callback_url": Url(),
        }
    ),
}
"""The body of each kind of generation, by its `generation_type`."""
