"""From an acceptable request to what it costs, what size it will have, and what it is made from."""

from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

from generations.canvas import canvas
from generations.simulator import media, outbound, prices, validation
from generations.simulator.catalogue import IMAGE_CANVASES, RESOLUTIONS
from generations.simulator.generation import Generation, bucket_of
from generations.simulator.messages import Refused
from generations.simulator.moderation import UNREADABLE_INPUT

DEFAULT_RESOLUTION = "720p"  # unconfirmed (§3)
DEFAULT_DURATION = "5s"  # in practice (§3)
MEDIA_RESOLUTION = "720p"  # what reframe gives; the request has no resolution (§8)
MOST_VIDEO_BYTES = 100 * outbound.MEGABYTE
MOST_REFRAMED_IMAGE_BYTES = 10 * outbound.MEGABYTE
MOST_IMAGE_BYTES = 20 * outbound.MEGABYTE  # of keyframes and references; unconfirmed


@dataclass(frozen=True, kw_only=True)
class Plan:
    """What a request comes down to."""

    kind: str
    request: dict[str, Any]
    model: str
    price_cents: Decimal
    width: int
    height: int
    ratio: str | None = None
    duration_s: Decimal = Decimal(0)
    inputs: dict[str, str] = field(default_factory=dict)
    """Input files by role: URLs, or paths of files that are here already."""
    parent: str | None = None

    @property
    def bucket(self) -> str:
        """Which rate limit it counts against (§11)."""
        return bucket_of(self.kind)


def video(request: dict[str, Any], path_of: Callable[[str], Path]) -> Plan:
    """Plan a clip; `path_of` gives the file of the key's own generation of an id."""
    resolution = request["resolution"] or DEFAULT_RESOLUTION
    duration_s = Decimal((request["duration"] or DEFAULT_DURATION).removesuffix("s"))
    width, height = canvas(resolution, request["aspect_ratio"])
    inputs = {}
    for name, image_role, parent_role in (
        ("frame0", "start_image", "continues"),
        ("frame1", "end_image", "precedes"),
    ):
        frame = validation.frame(request, name)
        if frame and frame["type"] == "image":
            inputs[image_role] = frame["url"]
        elif frame:
            inputs[parent_role] = str(path_of(frame["id"]))
    return Plan(
        kind="video",
        request=request,
        model=request["model"],
        price_cents=prices.video(request["model"], resolution, duration_s),
        width=width,
        height=height,
        ratio=request["aspect_ratio"],
        duration_s=duration_s,
        inputs=inputs,
    )


def image(request: dict[str, Any]) -> Plan:
    """Plan a still."""
    identity = (request["character_ref"] or {}).get("identity0") or {}
    references = [
        *(each["url"] for each in request["image_ref"] or []),
        *(each["url"] for each in request["style_ref"] or []),
        *(identity.get("images") or []),
    ]
    inputs = {f"reference{n}": url for n, url in enumerate(references)}
    if request["modify_image_ref"]:
        inputs["modify"] = request["modify_image_ref"]["url"]
    return _still("image", request, inputs)


def reframe_image(request: dict[str, Any]) -> Plan:
    """Plan a still on another canvas; raises Refused for a place that is not on it."""
    plan = _still("reframe_image", request, {"source": request["media"]["url"]})
    validation.check_rectangle(rectangle(request), plan.width, plan.height)
    return plan


def rectangle(request: dict[str, Any]) -> dict[str, Any]:
    """Return where a reframe places its source, in pixels of the canvas.

    Either named by its edges, or by its corner (`grid_position_…`) and size (`resized_…`); what
    these mean together is unconfirmed (§7).
    """
    edges = {name: request[name] for name in ("x_start", "x_end", "y_start", "y_end")}
    corner = (request["grid_position_x"], request["grid_position_y"])
    size = (request["resized_width"], request["resized_height"])
    if all(edge is None for edge in edges.values()) and None not in (*corner, *size):
        (left, top), (across, down) = corner, size
        return {"x_start": left, "x_end": left + across, "y_start": top, "y_end": top + down}
    return edges


def _still(kind: str, request: dict[str, Any], inputs: dict[str, str]) -> Plan:
    width, height = IMAGE_CANVASES[request["aspect_ratio"]]
    return Plan(
        kind=kind,
        request=request,
        model=request["model"],
        price_cents=prices.image(request["model"]),
        width=width,
        height=height,
        ratio=request["aspect_ratio"],
        inputs=inputs,
    )


def reframe_video(request: dict[str, Any], inputs_directory: Path) -> Plan:
    """Plan a clip on another canvas; fetches the clip, because its length sets the price."""
    width, height = canvas(MEDIA_RESOLUTION, request["aspect_ratio"])
    validation.check_rectangle(rectangle(request), width, height)
    source, clip = _clip("reframe_video", request, inputs_directory)
    return Plan(
        kind="reframe_video",
        request=request,
        model=request["model"],
        price_cents=prices.video(request["model"], MEDIA_RESOLUTION, clip.duration_s),
        width=width,
        height=height,
        ratio=request["aspect_ratio"],
        duration_s=clip.duration_s,
        inputs=_with_first_frame(request, source),
    )


def modify_video(request: dict[str, Any], inputs_directory: Path) -> Plan:
    """Plan a clip restyled; fetches the clip, because its length sets the price."""
    source, clip = _clip("modify_video", request, inputs_directory)
    return Plan(
        kind="modify_video",
        request=request,
        model=request["model"],
        price_cents=prices.modify(request["model"], MEDIA_RESOLUTION, clip.duration_s),
        width=clip.width,
        height=clip.height,
        duration_s=clip.duration_s,
        inputs=_with_first_frame(request, source),
    )


def _clip(kind: str, request: dict[str, Any], inputs_directory: Path) -> tuple[Path, media.Clip]:
    try:
        source = outbound.fetch(
            request["media"]["url"], inputs_directory, most_bytes=MOST_VIDEO_BYTES
        )
        clip = media.probe(source)
    except (outbound.FetchFailed, media.UnreadableMedia) as error:
        raise Refused(400, UNREADABLE_INPUT) from error
    validation.check_media(kind, request["model"], clip)
    return source, clip


def _with_first_frame(request: dict[str, Any], source: Path) -> dict[str, str]:
    inputs = {"source": str(source)}
    if request["first_frame"]:
        inputs["first_frame"] = request["first_frame"]["url"]
    return inputs


def upscale(request: dict[str, Any], source: Generation, file: Path) -> Plan:
    """Plan a finished clip at a higher resolution; the next one up if none is asked for."""
    resolution = request["resolution"] or _next_resolution(source)
    width, height = _scaled(source, resolution)
    validation.check_upscale(source, width, height)
    return Plan(
        kind="upscale_video",
        request={**request, "resolution": resolution},
        model=source.model,
        price_cents=prices.upscale(resolution, source.duration_s),
        width=width,
        height=height,
        ratio=source.ratio,
        duration_s=source.duration_s,
        inputs={"source": str(file)},
        parent=source.id,
    )


def _next_resolution(source: Generation) -> str:
    for resolution in RESOLUTIONS:
        width, height = canvas(resolution, "16:9")
        # Other ratios have about the same pixels, not exactly.
        if width * height > source.width * source.height * 1.1:
            return resolution
    return RESOLUTIONS[-1]


def _scaled(source: Generation, resolution: str) -> tuple[int, int]:
    if source.ratio:
        return canvas(resolution, source.ratio)
    width, height = canvas(resolution, "16:9")
    factor = (width * height / (source.width * source.height)) ** 0.5
    return round(source.width * factor / 4) * 4, round(source.height * factor / 4) * 4


def audio(request: dict[str, Any], source: Generation, file: Path) -> Plan:
    """Plan sound for a finished clip."""
    return Plan(
        kind="add_audio",
        request=request,
        model=source.model,
        price_cents=prices.audio(source.duration_s),
        width=source.width,
        height=source.height,
        ratio=source.ratio,
        duration_s=source.duration_s,
        inputs={"source": str(file)},
        parent=source.id,
    )
