"""From a generation and its input files to a job of the renderer."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from generations.simulator import rendering
from generations.simulator.agents import rendered as of_agents
from generations.simulator.gateway import rendered as of_gateway
from generations.simulator.generation import Generation
from generations.simulator.openai import rendered as of_openai
from generations.simulator.plans import rectangle

DEFAULT_MODIFY_WEIGHT = 0.85


def job_of(generation: Generation, files: dict[str, Path]) -> rendering.Job:
    """Return what has to be rendered; `files` are its inputs by role."""
    paths: dict[str, Any] = {role: str(path) for role, path in files.items()}
    return _BUILDERS[generation.kind](generation, paths)


def _size(generation: Generation) -> dict[str, Any]:
    return {"width": generation.width, "height": generation.height}


def _video(generation: Generation, paths: dict[str, Any]) -> rendering.Job:
    asked = generation.request
    return rendering.VideoJob(
        prompt=asked["prompt"] or "",
        **_size(generation),
        duration_s=float(generation.duration_s),
        model=generation.model,
        concepts=tuple(each["key"] for each in asked["concepts"] or []),
        loop=bool(asked["loop"]),
        joined=generation.joined,
        **paths,
    )


def _image(generation: Generation, paths: dict[str, Any]) -> rendering.Job:
    asked = generation.request
    modify = paths.pop("modify", None)
    weight = (asked["modify_image_ref"] or {}).get("weight")
    return rendering.ImageJob(
        prompt=asked["prompt"],
        **_size(generation),
        format=asked["format"],
        model=generation.model,
        references=tuple(paths.values()),
        modify=modify,
        modify_weight=DEFAULT_MODIFY_WEIGHT if weight is None else weight,
    )


def _reframe_image(generation: Generation, paths: dict[str, Any]) -> rendering.Job:
    asked = generation.request
    return rendering.ReframeImageJob(
        source=paths["source"],
        **_size(generation),
        prompt=asked["prompt"],
        format=asked["format"],
        **rectangle(asked),
    )


def _reframe_video(generation: Generation, paths: dict[str, Any]) -> rendering.Job:
    asked = generation.request
    return rendering.ReframeVideoJob(
        source=paths["source"], **_size(generation), prompt=asked["prompt"], **rectangle(asked)
    )


def _modify_video(generation: Generation, paths: dict[str, Any]) -> rendering.Job:
    asked = generation.request
    return rendering.ModifyVideoJob(
        source=paths["source"],
        mode=asked["mode"],
        prompt=asked["prompt"] or "",
        first_frame=paths.get("first_frame"),
    )


def _upscale_video(generation: Generation, paths: dict[str, Any]) -> rendering.Job:
    return rendering.UpscaleJob(source=paths["source"], **_size(generation))


def _add_audio(generation: Generation, paths: dict[str, Any]) -> rendering.Job:
    asked = generation.request
    return rendering.AudioJob(
        source=paths["source"],
        prompt=asked["prompt"] or "",
        negative_prompt=asked["negative_prompt"] or "",
    )


_BUILDERS: dict[str, Callable[[Generation, dict[str, Any]], rendering.Job]] = {
    "video": _video,
    "image": _image,
    "reframe_image": _reframe_image,
    "reframe_video": _reframe_video,
    "modify_video": _modify_video,
    "upscale_video": _upscale_video,
    "add_audio": _add_audio,
    **of_agents.BUILDERS,
    **of_openai.BUILDERS,
    **of_gateway.BUILDERS,
}
