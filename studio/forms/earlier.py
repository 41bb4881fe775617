"""What was asked for earlier, as the composer's initial values."""

from collections.abc import Mapping
from typing import Any

from generations.models import Generation, Keyframe, Prompt
from studio.forms.controls import controls_of
from studio.forms.pinning import KEYFRAMES, pins_of
from studio.forms.slots import REFERENCE_SLOTS, USUAL_WEIGHT
from studio.prompting.wildcards import literal

SETTINGS = (
    "kind",
    "model",
    "ratio",
    "resolution",
    "duration_s",
    "loop",
    "concepts",
    "image_format",
)


OPTIONS = ("hdr", "exr")
"""What only some models know, and the composer asks for."""
QUALITY = "quality"
"""The same of pictures: nothing for the model's usual one."""


def settings_of(prompt: Prompt) -> dict[str, Any]:
    """Return the settings of an earlier prompt, as the composer's initial values."""
    settings = {name: getattr(prompt, name) for name in SETTINGS}
    settings[QUALITY] = prompt.options.get(QUALITY, "")
    return settings | {name: prompt.options.get(name, False) for name in OPTIONS}


def asked_of(generation: Generation) -> dict[str, Any]:
    """Return a take's words, settings and frames, as the composer's initial values."""
    words = {"words": literal(generation.prompt.words)}
    return words | settings_of(generation.prompt) | pictures_of(generation)


def made_settings_of(generation: Generation) -> dict[str, Any]:
    """Return what is too much for an address of what was made from a source, to be asked again."""
    prompt = generation.prompt
    held = {"resolution": prompt.resolution, KEYFRAMES: pins_of(generation)}
    return held | controls_of(prompt.options)


def image_options(typed: Mapping[str, Any]) -> dict[str, Any]:
    """Return the options of a picture's order."""
    return {QUALITY: typed[QUALITY]} if typed[QUALITY] else {}


def pictures_of(generation: Generation) -> dict[str, Any]:
    """Return what stood in a take's slots, as the composer's initial values."""
    values: dict[str, Any] = {}
    ends = generation.keyframes.exclude(position=Keyframe.Position.FRAME)
    for keyframe in ends.select_related("still", "source"):
        kind, placed = ("still", keyframe.still) if keyframe.still else ("take", keyframe.source)
        values[f"{keyframe.position}_{kind}"] = placed.uuid if placed else ""
        values[f"{keyframe.position}_as_is"] = kind == "still"  # it was sent so before
    pictures = generation.references.exclude(role="source").select_related("still")
    for name, each in zip(REFERENCE_SLOTS, pictures, strict=False):
        values |= {
            f"{name}_still": each.still.uuid if each.still else "",
            f"{name}_role": each.role,
        }
        values[f"{name}_weight"] = USUAL_WEIGHT if each.weight is None else str(each.weight)
    return values | {KEYFRAMES: pins_of(generation)}
