"""From a clip that was asked for to a job of the renderer."""

from typing import Any

from generations.simulator import rendering
from generations.simulator.generation import GATEWAY, Generation


def video(generation: Generation, paths: dict[str, Any]) -> rendering.Job:
    """Return a clip, from pictures or a clip where it begins or ends on some."""
    return rendering.VideoJob(
        prompt=generation.request["prompt"],
        width=generation.width,
        height=generation.height,
        duration_s=float(generation.duration_s),
        model=generation.model,
        joined=generation.joined,
        **paths,
    )


BUILDERS = {GATEWAY: video}
