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
        format="jpg" if generation.request["output_format"] == "jpeg" else "png",
        model=generation.model,
        references=tuple(paths.values()),
    )


BUILDERS = {OPENAI: image}
