"""Settings for another model: what it can do of what was chosen, and back again."""

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from math import log
from typing import Any

from django import forms

from generations.canvas import RESOLUTIONS
from generations.catalogue import KindFacts, ModelFacts, catalogue
from generations.kinds import Kind
from generations.refusal import upper_first
from studio.forms.controls import CONTROLS, controls_in
from studio.forms.offering import ending_of, in_place_of, without_hdr
from studio.forms.pinning import KEYFRAMES, counted, plain_pins
from studio.models import Project

ADAPTED = (
    "ratio",
    "resolution",
    "duration_s",
    "loop",
    "hdr",
    "exr",
    "concepts",
    "image_format",
    "quality",
    KEYFRAMES,
    CONTROLS,
)
_SWITCHES = {"loop": "loop", "hdr": "HDR", "exr": "EXR"}
# What a model takes as it is or not at all, and what stands there then.
_WHOLE: dict[str, Any] = {"concepts": [], KEYFRAMES: [], CONTROLS: {}}
# What isn't on the page where the model can't do it: nothing of it is sent then.
_UNSEEN = (*_SWITCHES, "quality")


class WishesField(forms.Field):
    """What was chosen where the model can't do it, and what stands in its place, by setting.

    Nobody types it: what can't be that counts as nothing.
    """

    def clean(self, value: Any) -> dict[str, tuple[Any, Any]]:
        """Return pairs of what was chosen and what stands there."""
        try:
            found = json.loads(value or "{}")
            return {name: (wish, given) for name, (wish, given) in found.items() if name in ADAPTED}
        except (AttributeError, TypeError, ValueError, RecursionError):
            return {}


@dataclass(frozen=True)
class Adapted:
    """What stands in the composer after a model was chosen: its settings, and what is said."""

    settings: dict[str, Any]
    wishes: dict[str, tuple[Any, Any]] = field(default_factory=dict)
    words: str = ""

    @property
    def wishes_kept(self) -> str:
        """The wishes as they travel with the form."""
        return json.dumps(self.wishes) if self.wishes else ""


def adapt(
    model: ModelFacts,
    kind: Kind,
    chosen: Mapping[str, Any],
    wishes: Mapping[str, tuple[Any, Any]],
) -> Adapted:
    """Return the settings for a model: what was chosen where it can, else what is nearest.

    `wishes` are of earlier models; one that was chosen otherwise since is forgotten.
    """
    facts = model.kinds[kind]
    settings = {name: wishes[name][1] for name in _UNSEEN if name in wishes} | dict(chosen)
    if settings.get("quality") in facts.qualities[:1]:  # its usual one is said by none
        settings["quality"] = ""
    chosen = dict(settings)
    kept: dict[str, tuple[Any, Any]] = {}
    changed: dict[str, tuple[Any, Any]] = {}
    for name in ADAPTED:
        if name not in chosen:
            continue
        typed = _plain(name, chosen[name])
        wish, given = wishes.get(name, (typed, typed))
        wish = _plain(name, wish) if typed == _plain(name, given) else typed
        possible = _nearest(name, wish, facts)
        if possible != wish:
            kept[name] = (wish, possible)
        if possible != typed:
            changed[name] = (typed, possible)
            settings[name] = possible
    back = {name: change for name, change in changed.items() if name not in kept}
    gone = {name: kept[name] for name in changed if name in kept}  # what was chosen, not stood in
    words = [*_gone(model, facts, gone), *_back(back)]
    return Adapted(settings, kept, " ".join(words))


def possible(kind: Kind, settings: Mapping[str, Any], project: Project | None = None) -> Adapted:
    """Return what can be made today of settings: by the chosen model, or what is offered for it.

    By the keys of a project's team, where one is given. A video without a model is left as it is.
    What the model can't do is the nearest that it can; the words say so where the model was
    switched off or the settings were asked for.
    """
    if kind is Kind.VIDEO and "model" not in settings:
        return Adapted(dict(settings))
    chosen, wishes = str(settings.get("model")), WishesField().clean(settings.get("wishes"))
    model = without_hdr(in_place_of(chosen, kind), kind, project)
    if model.key == chosen:
        return adapt(model, kind, settings, wishes)
    if gone := ending_of(chosen):
        adapted = adapt(model, kind, {**settings, "model": model.key}, wishes)
        return Adapted(adapted.settings, adapted.wishes, f"{gone} {adapted.words}".strip())
    usual = {"model": model.key, "resolution": "720p", "duration_s": 5}
    quiet = adapt(model, kind, {"ratio": "16:9", **settings, **usual}, wishes)
    return Adapted(quiet.settings, quiet.wishes)


def _plain(name: str, value: Any) -> Any:
    """Return a setting as it is compared, whether it was typed, kept or asked for earlier."""
    if name == "concepts":
        return [str(each) for each in value] if isinstance(value, list | tuple) else []
    if name == KEYFRAMES:
        return plain_pins(value)
    if name == CONTROLS:
        return controls_in(value) if isinstance(value, dict) else {}
    if name in _SWITCHES:
        return value not in (False, None, "", "False", "false")
    if name == "duration_s":
        return int(value) if re.fullmatch(r"[0-9]{1,4}", str(value)) else value
    return value


def _nearest(name: str, wish: Any, facts: KindFacts) -> Any:
    """Return what a model can do that is nearest to a wish; what can't be compared stays."""
    if name in _SWITCHES:
        return wish and getattr(facts, name)
    if name == "quality":
        return wish if wish in facts.qualities[1:] else ""
    if name in _WHOLE:
        return wish if getattr(facts, name) else _WHOLE[name]
    most = {
        "ratio": facts.ratios,
        "resolution": facts.resolutions,
        "duration_s": facts.durations_s,
        "image_format": facts.formats,
    }
    possible = most[name]
    if not possible or wish in possible:
        return wish
    far = {"ratio": _shape, "resolution": _lines, "duration_s": _seconds}.get(name)
    return min(possible, key=lambda each: abs(far(each) - far(wish))) if far else possible[0]


def _shape(ratio: Any) -> float:
    width, _, height = str(ratio).partition(":")
    try:
        return log(int(width) / int(height))
    except (ValueError, ArithmeticError):
        return log(16 / 9)


def _lines(resolution: Any) -> float:
    return list(RESOLUTIONS).index(resolution) if resolution in RESOLUTIONS else 1


def _seconds(duration_s: Any) -> float:
    return duration_s if isinstance(duration_s, int) else 0


def _gone(
    model: ModelFacts, facts: KindFacts, gone: Mapping[str, tuple[Any, Any]]
) -> Iterable[str]:
    """Say what a model can't do, and what stands there instead."""
    sized = [name for name in ("duration_s", "resolution") if name in gone]
    if sized and len(facts.durations_s) == len(facts.resolutions) == 1:
        yield f"{model.title} makes {facts.durations_s[0]} s at {facts.resolutions[0]} only."
        sized = []
    for name in (*sized, *(name for name in ("ratio", "image_format") if name in gone)):
        wish, given = (_said(name, value) for value in gone[name])
        yield f"{model.title} makes no {wish}: {given} is the nearest."
    if "loop" in gone:
        yield f"{model.title} makes no loops."
    by_key = facts != catalogue().models[model.key].kinds[facts.kind]  # which is said elsewhere
    made_no = [f"no {_SWITCHES[name]}" for name in ("hdr", "exr") if name in gone]
    if made_no and not by_key:
        yield f"{model.title} makes {' and '.join(made_no)}."
    if "quality" in gone:
        yield f"{model.title} makes no {gone['quality'][0]} quality."
    if "concepts" in gone:
        yield f"{model.title} takes no camera moves."
    if CONTROLS in gone:
        yield f"{model.title} takes no controls."
    if KEYFRAMES in gone:
        wait = "waits" if len(gone[KEYFRAMES][0]) == 1 else "wait"
        pins = upper_first(counted(gone[KEYFRAMES][0]))
        yield f"{pins} {wait} for a model that takes more than a start and an end frame."


def _back(back: Mapping[str, tuple[Any, Any]]) -> Iterable[str]:
    """Say what stands there again."""
    if back:
        again = [_said(name, value) for name, (_, value) in back.items()]
        yield f"Back: {', '.join(each for each in again if each)}."


def _said(name: str, value: Any) -> str:
    if name == "duration_s":
        return f"{value} s"
    if name == KEYFRAMES:
        return counted(value)
    if name == "concepts":
        return ", ".join(each.replace("_", " ") for each in value)
    if name == "quality":
        return f"{value or 'usual'} quality"
    return _SWITCHES.get(name, name if name == CONTROLS else str(value))
