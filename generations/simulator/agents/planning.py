"""From an acceptable request to what it costs, what size it will have, and what it is made from."""

import base64
import binascii
import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

from generations.canvas import canvas, image_canvas
from generations.simulator import media, outbound
from generations.simulator.agents import prices
from generations.simulator.generation import AGENTS, Generation
from generations.simulator.messages import Refused
from generations.simulator.plans import Plan

DEFAULT_RESOLUTION = "720p"
DEFAULT_RATIO = {"ray-3.2": "16:9", "uni-1": "1:1", "uni-1-max": "1:1"}  # unconfirmed
LONGEST_SOURCE_S = {"video_edit": Decimal(18), "video_reframe": Decimal(30)}
MOST_SOURCE_BYTES = 200 * outbound.MEGABYTE
MOST_IMAGE_BYTES = 50 * outbound.MEGABYTE
LAYER_SIDES = {"1k": 1024, "2k": 2048}
"""The longer side of a layer in pixels: what 1k and 2k mean isn't said."""
_SLACK_S = Decimal("0.2")


@dataclass(frozen=True)
class Planner:
    """Makes plans for one key: `find` gives its generations, `file_of` their files, `ready` its own
    uploads; what comes along inline is kept in `directory`.
    """

    find: Callable[[str], Generation]
    file_of: Callable[[Generation], Path]
    ready: Callable[[str], Path]
    directory: Path

    def plan(self, asked: dict[str, Any]) -> Plan:
        """Plan a request. Raises Refused."""
        return _PLANS[asked["type"]](self, asked)

    # --- what it is made from ------------------------------------------------------------------

    def where(self, ref: dict[str, Any], *, video: bool = False) -> str:
        """Return the path of a media reference, or its URL. Raises Refused."""
        if ref["url"]:
            if video and not (ref["media_type"] or "").startswith("video/"):
                raise Refused(400, "source: media_type is required with a video url")
            return str(ref["url"])
        if ref["generation_id"]:
            return str(self._prior(ref["generation_id"], video=video))
        if ref["file_id"]:
            return str(self.ready(ref["file_id"]))
        return str(self._inline(ref["data"]))

    def _prior(self, generation_id: str, *, video: bool) -> Path:
        found = self.find(generation_id)
        if found.is_video != video:
            raise Refused(
                400, f"generation {generation_id} is not {'a video' if video else 'an image'}"
            )
        if found.state != "completed":
            raise Refused(400, f"generation {generation_id} is not completed")
        return self.file_of(found)

    def _inline(self, data: str) -> Path:
        try:
            content = base64.b64decode(data, validate=True)
        except (ValueError, binascii.Error) as error:
            raise Refused(422, "media is invalid or corrupt") from error
        if len(content) > MOST_IMAGE_BYTES:
            raise Refused(413, "Image exceeds 50 MB size limit")
        self.directory.mkdir(parents=True, exist_ok=True)
        path = self.directory / hashlib.sha256(content).hexdigest()
        path.write_bytes(content)
        return path

    def clip(self, asked: dict[str, Any]) -> tuple[Path, media.Clip]:
        """Return the video that a request is made from. Raises Refused."""
        where = self.where(asked["source"], video=True)
        try:
            if "://" in where:
                path = outbound.fetch(where, self.directory, most_bytes=MOST_SOURCE_BYTES)
            else:
                path = Path(where)
            clip = media.probe(path)
        except (outbound.FetchFailed, media.UnreadableMedia) as error:
            raise Refused(422, "media is invalid or corrupt") from error
        longest = LONGEST_SOURCE_S[asked["type"]]
        if clip.duration_s > longest + _SLACK_S:
            raise Refused(400, f"The source video must be {longest} seconds or shorter")
        return path, clip

    def pinned(self, within: dict[str, Any]) -> dict[str, str]:
        """Return the pinned pictures by role, `keyframe@N` for the one at frame N."""
        pairs = zip(
            within.get("keyframe_indexes") or [], within.get("keyframes") or [], strict=True
        )
        return {f"keyframe@{index}": self.where(ref) for index, ref in pairs}


def _video(planner: Planner, asked: dict[str, Any]) -> Plan:
    video = asked["video"] or {}
    inputs = planner.pinned(video)
    for name, picture, parent in (
        ("start_frame", "start_image", "continues"),
        ("end_frame", "end_image", "precedes"),
    ):
        if ref := video.get(name):
            prior = bool(ref["generation_id"])
            inputs[parent if prior else picture] = planner.where(ref, video=prior)
    resolution, ratio = _size(asked)
    width, height = canvas(resolution, ratio)
    return _planned(
        asked,
        prices.video(resolution, video),
        size=(width, height),
        ratio=ratio,
        duration_s=Decimal((video.get("duration") or "5s").removesuffix("s")),
        inputs=inputs,
    )


def _video_edit(planner: Planner, asked: dict[str, Any]) -> Plan:
    video = asked["video"] or {}
    source, clip = planner.clip(asked)
    edit = video.get("edit") or {}
    last = round(float(clip.duration_s) * 24) - 1
    if any(index > last for index in edit.get("keyframe_indexes") or []):
        raise Refused(400, f"video.edit.keyframe_indexes must be between 0 and {last}")
    inputs = planner.pinned(edit) | {"source": str(source)}
    if start := video.get("start_frame"):
        inputs["first_frame"] = planner.where(start)
    resolution, _ = _size(asked)
    return _planned(
        asked,
        prices.edit(resolution, clip.duration_s),
        size=_like(clip, resolution),
        duration_s=clip.duration_s,
        inputs=inputs,
    )


def _video_reframe(planner: Planner, asked: dict[str, Any]) -> Plan:
    source, clip = planner.clip(asked)
    resolution, ratio = _size(asked)
    return _planned(
        asked,
        prices.reframe(resolution, clip.duration_s),
        size=canvas(resolution, ratio),
        ratio=ratio,
        duration_s=clip.duration_s,
        inputs={"source": str(source)},
    )


def _image(planner: Planner, asked: dict[str, Any]) -> Plan:
    references = [planner.where(ref) for ref in asked["image_ref"] or []]
    inputs = {f"reference{number}": where for number, where in enumerate(references)}
    if asked["source"]:
        inputs["modify"] = planner.where(asked["source"])
    _, ratio = _size(asked)
    return _planned(
        asked,
        prices.image(asked["model"], len(inputs)),
        size=image_canvas(ratio),
        ratio=ratio,
        inputs=inputs,
    )


def _layering(planner: Planner, asked: dict[str, Any]) -> Plan:
    where = planner.where(asked["source"])
    try:
        path = where
        if "://" in where:
            path = str(outbound.fetch(where, planner.directory, most_bytes=MOST_IMAGE_BYTES))
        across, down = media.check_image(Path(path))
    except (outbound.FetchFailed, media.UnreadableMedia) as error:
        raise Refused(422, "media is invalid or corrupt") from error
    longest = LAYER_SIDES[(asked["layering"] or {}).get("resolution") or "1k"]
    factor = longest / max(across, down)
    return _planned(
        asked,
        prices.layering(),
        size=(round(across * factor), round(down * factor)),
        inputs={"source": path},
    )


def _planned(asked: dict[str, Any], cents: Decimal, *, size: tuple[int, int], **facts: Any) -> Plan:
    width, height = size
    return Plan(
        kind=AGENTS + asked["type"],
        request=asked,
        model=asked["model"],
        price_cents=cents,
        width=width,
        height=height,
        **facts,
    )


def _size(asked: dict[str, Any]) -> tuple[str, str]:
    resolution = (asked["video"] or {}).get("resolution") or DEFAULT_RESOLUTION
    return resolution, asked["aspect_ratio"] or DEFAULT_RATIO[asked["model"]]


def _like(clip: media.Clip, resolution: str) -> tuple[int, int]:
    """Return the size of a clip's own ratio at a resolution."""
    width, height = canvas(resolution, "16:9")
    factor = (width * height / (clip.width * clip.height)) ** 0.5
    return round(clip.width * factor / 4) * 4, round(clip.height * factor / 4) * 4


_PLANS: dict[str, Callable[[Planner, dict[str, Any]], Plan]] = {
    "video": _video,
    "video_edit": _video_edit,
    "video_reframe": _video_reframe,
    "image": _image,
    "image_edit": _image,
    "layering": _layering,
}
