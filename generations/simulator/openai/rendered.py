"""From a picture that was asked for to a job of the renderer."""

from typing import Any

from generations.simulator import rendering
from generations.simulator.generation import OPENAI, Generation


def image(generation: Generation, paths: dict[str, Any]) -> rendering.Job:
    """Return a picture, after others where some came along."""
    return rendering.ImageJob(
        prompt=generation.request["prompt"],
        width=generation.width,
        height=generation.height,
        format=generation.request["output_format"].replace("jpeg", "jpg"),
        model=generation.model,
        references=tuple(paths.values()),
    )


BUILDERS = {OPENAI: image}
