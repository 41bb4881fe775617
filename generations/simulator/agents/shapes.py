"""The words of Luma Agents' API and the shape of a create (luma-agents-v1 sheet §3)."""

from generations.simulator.schema import (
    BOOLEAN,
    INTEGER,
    NUMBER,
    Field,
    Many,
    Shape,
    Table,
    Text,
    Url,
)

TYPES = {
    "image": ("uni-1", "uni-1-max"),
    "image_edit": ("uni-1", "uni-1-max"),
    "layering": ("uni-1",),
    "video": ("ray-3.2",),
    "video_edit": ("ray-3.2",),
    "video_reframe": ("ray-3.2",),
}
"""Which models make which type."""
MODELS = ("uni-1", "uni-1-max", "ray-3.2")

VIDEO_RATIOS = ("9:16", "3:4", "1:1", "4:3", "16:9", "21:9")
IMAGE_RATIOS = ("3:1", "2:1", "16:9", "3:2", "1:1", "2:3", "9:16", "1:2", "1:3")
RESOLUTIONS = ("360p", "540p", "720p", "1080p")
STRENGTHS = tuple(
    f"{family}_{step}" for family in ("adhere", "flex", "reimagine") for step in (1, 2, 3)
)

REF = Table(
    {
        "url": Url(),
        "data": Text(),
        "media_type": Text(),
        "generation_id": Text(),
        "file_id": Text(),
    }
)


def _control(**own: Field | Shape) -> Table:
    return Table({"enabled": BOOLEAN, **own})


_PINNED: dict[str, Field | Shape] = {
    "keyframes": Many(REF),
    "keyframe_indexes": Many(INTEGER),
}
_EDIT = Table(
    {
        "auto_controls": BOOLEAN,
        "strength": Text(STRENGTHS),
        "controls": Table(
            {
                "pose": _control(strength=Text(("precise", "coarse"))),
                "depth": _control(blur=NUMBER),
                "normals": _control(augmentation=NUMBER),
                "trajectory": _control(sparsity=NUMBER),
                "face": _control(),
            }
        ),
        **_PINNED,
    }
)
_EDGES = Field(NUMBER, required=True)
VIDEO = Table(
    {
        "duration": Text(("5s", "10s")),
        "resolution": Text(RESOLUTIONS),
        "start_frame": REF,
        "end_frame": REF,
        **_PINNED,
        "loop": BOOLEAN,
        "hdr": BOOLEAN,
        "exr_export": BOOLEAN,
        "edit": _EDIT,
        "source_position": Table(
            {"x_norm": _EDGES, "y_norm": _EDGES, "w_norm": _EDGES, "h_norm": _EDGES}
        ),
    }
)
CREATE = Table(
    {
        "prompt": Field(Text(), required=True),
        "model": Field(Text(), default="uni-1"),
        "type": Field(Text(), default="image"),
        "aspect_ratio": Text(),
        "image_ref": Many(REF),
        "source": REF,
        "style": Text(("auto", "manga")),
        "output_format": Text(("png", "jpeg")),
        "web_search": BOOLEAN,
        "user_id": Text(),
        "layering": Table({"resolution": Text(("1k", "2k"))}),
        "video": VIDEO,
    }
)
"""The body of POST /generations; which type it is when none is named is unconfirmed: an image."""
