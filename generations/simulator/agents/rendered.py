"""From a generation of Luma Agents and its input files to a job of the renderer."""

from collections.abc import Callable
from typing import Any

from generations.simulator import rendering
from generations.simulator.generation import Generation


def video(generation: Generation, paths: dict[str, Any]) -> rendering.Job:
    """Return a clip from words, frames or another clip."""
    asked = generation.request["video"] or {}
    return rendering.VideoJob(
        prompt=generation.request["prompt"],
        width=generation.width,
        height=generation.height,
        duration_s=float(generation.duration_s),
        model=generation.model,
        loop=bool(asked.get("loop")),
        joined=generation.joined,
        **paths,
    )


BUILDERS: dict[str, Callable[[Generation, dict[str, Any]], rendering.Job]] = {
    "agents_video": video,
}
