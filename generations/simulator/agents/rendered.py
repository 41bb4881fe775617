"""From a generation of Luma Agents and its input files to a job of the renderer."""

from collections.abc import Callable
from typing import Any

from generations.canvas import FPS
from generations.simulator import rendering
from generations.simulator.generation import Generation


def _size(generation: Generation) -> dict[str, Any]:
    return {"width": generation.width, "height": generation.height}


def _pinned(paths: dict[str, Any]) -> dict[str, Any]:
    """Take the pinned pictures out of the paths, by their frames."""
    found = {int(role.removeprefix("keyframe@")): role for role in paths if "@" in role}
    numbers = sorted(found)
    return {
        "pinned_at": tuple(numbers),
        "pinned": tuple(paths.pop(found[number]) for number in numbers),
    }


def video(generation: Generation, paths: dict[str, Any]) -> rendering.Job:
    """Return a clip. It has a frame more than its length: the grid of §3 counts both its ends."""
    asked = generation.request["video"] or {}
    last = round(float(generation.duration_s) * FPS)
    for number, role in ((0, "start_image"), (last, "end_image")):
        if picture := paths.pop(f"keyframe@{number}", None):
            paths[role] = picture
    return rendering.VideoJob(
        prompt=generation.request["prompt"],
        **_size(generation),
        duration_s=float(generation.duration_s),
        frames=last + 1,
        model=generation.model,
        loop=bool(asked.get("loop")),
        joined=generation.joined,
        **_pinned(paths),
        **paths,
    )


def edit(generation: Generation, paths: dict[str, Any]) -> rendering.Job:
    """Return a clip restyled; the controls change nothing here."""
    asked = (generation.request["video"] or {}).get("edit") or {}
    return rendering.ModifyVideoJob(
        source=paths.pop("source"),
        mode=asked.get("strength") or "flex_1",
        prompt=generation.request["prompt"],
        first_frame=paths.pop("first_frame", None),
        **_size(generation),
        **_pinned(paths),
    )


def reframe(generation: Generation, paths: dict[str, Any]) -> rendering.Job:
    """Return a clip on another canvas; its rectangle may reach beyond it."""
    place = (generation.request["video"] or {}).get("source_position")
    edges: dict[str, int] = {}
    if place:
        left, top = place["x_norm"] * generation.width, place["y_norm"] * generation.height
        across, down = place["w_norm"] * generation.width, place["h_norm"] * generation.height
        edges = {
            "x_start": round(left),
            "x_end": round(left + across),
            "y_start": round(top),
            "y_end": round(top + down),
        }
    return rendering.ReframeVideoJob(
        source=paths["source"], **_size(generation), prompt=generation.request["prompt"], **edges
    )


def image(generation: Generation, paths: dict[str, Any]) -> rendering.Job:
    """Return a picture, after others or out of one."""
    modify = paths.pop("modify", None)
    return rendering.ImageJob(
        prompt=generation.request["prompt"],
        **_size(generation),
        format="png" if generation.request["output_format"] == "png" else "jpg",
        model=generation.model,
        references=tuple(paths.values()),
        modify=modify,
        modify_weight=0.6,
    )


def layering(generation: Generation, paths: dict[str, Any]) -> rendering.Job:
    """Return the picture at the size of its layers, which are cut from it afterwards."""
    return rendering.ReframeImageJob(
        source=paths["source"], **_size(generation), prompt="", format="png"
    )


BUILDERS: dict[str, Callable[[Generation, dict[str, Any]], rendering.Job]] = {
    "agents_video": video,
    "agents_video_edit": edit,
    "agents_video_reframe": reframe,
    "agents_image": image,
    "agents_image_edit": image,
    "agents_layering": layering,
}
