"""Judging what only some models know: pinned pictures, HDR, controls, and what excludes what."""

from numbers import Real
from typing import Any

from generations.canvas import FPS
from generations.catalogue import KindFacts, ModelFacts
from generations.checking_sources import file_of
from generations.kinds import Kind
from generations.orders import Order
from generations.refusal import upper_first

_NAMES = {
    "loop": "a loop",
    "hdr": "HDR",
    "exr": "EXR",
    "keyframes": "pinned pictures",
    "start": "a start frame",
    "end": "an end frame",
    "start take": "going on from a take",
    "end take": "leading up to a take",
    "start picture": "a start picture",
    "end picture": "an end picture",
    "first frame": "a first frame",
}
_OUT = {
    "loop": "switch the loop off",
    "hdr": "switch HDR off",
    "exr": "switch EXR off",
    "keyframes": "take the pinned pictures out",
    **{f"{end} take": f"take the take at the {end} out" for end in ("start", "end")},
    **{f"{end} picture": f"take the {end} picture out" for end in ("start", "end")},
    **{
        frame: f"take the {frame.split()[0]} frame out" for frame in ("start", "end", "first frame")
    },
}
_MOST_NAMED = 3
_FIELDS = {"hdr": "hdr", "exr": "exr", "loop": "loop", "keyframes": "keyframes"}
DIALS = {
    "pose": "strength",
    "depth": "blur",
    "normals": "augmentation",
    "trajectory": "sparsity",
    "face": "",
}
"""The controls of a video edit, and the dial of each (luma-agents-v1 sheet §3)."""
POSES = ("precise", "coarse")
_KNOWN = ("hdr", "exr", "controls", "auto_controls", "layers", "quality")


def option_errors(order: Order, model: ModelFacts) -> dict[str, str]:
    """Return what is wrong with an order's options, and with what it chooses together, by field."""
    facts = model.kinds[order.kind]
    errors = {}
    if unknown := sorted(set(order.options) - {*_KNOWN}):
        return {"options": f"There is no option called {', '.join(unknown)}. Take it out."}
    for name, can in (("hdr", facts.hdr), ("exr", facts.exr)):
        if order.options.get(name) and not can:
            errors[name] = f"{model.title} doesn't make {_NAMES[name]} here. Switch it off."
    if order.quality and order.quality not in facts.qualities:
        errors["quality"] = _quality_problem(order.quality, facts, model)
    if order.exr and not order.hdr:
        errors["exr"] = "EXR is made from HDR alone. Switch HDR on, or EXR off."
    if order.keyframes and not facts.keyframes:
        errors["keyframes"] = keyframes_problem(order, model)
    controls, automatic = order.options.get("controls"), order.options.get("auto_controls")
    if (controls or automatic) and not facts.controls:
        errors["controls"] = f"{model.title} takes no controls here. Take them out."
    elif controls and automatic:
        errors["controls"] = "Either the model sets the controls, or you do. Switch one off."
    elif problem := _controls_problem(controls):
        errors["controls"] = problem
    return errors | _together(order, model)


def _quality_problem(quality: str, facts: KindFacts, model: ModelFacts) -> str:
    if not facts.qualities:
        return f"{model.title} has one quality. Choose no other."
    one_of = ", ".join(facts.qualities)
    return f"{model.title} makes no {quality[:20]} quality. Choose one of: {one_of}."


def keyframes_problem(order: Order, model: ModelFacts) -> str:
    """Return what is wrong with where pictures are pinned, or nothing."""
    if not order.keyframes:
        return ""
    most = model.kinds[order.kind].keyframes
    count = len(order.keyframes)
    if not most:
        return f"{model.title} takes pictures at its start and end alone. Take the others out."
    if count > most:
        return f"These are {count} pictures, and {most} is the limit. Take {count - most} out."
    numbers = [each.number for each in order.keyframes]
    twice = sorted({number for number in numbers if numbers.count(number) > 1})
    if twice:
        return f"Two pictures stand at frame {twice[0]}. Move one, or take it out."
    return _outside(numbers, last_frame(order), f"{order.duration_s} s")


def _outside(numbers: list[int], last: int, length: str) -> str:
    """Return which frames aren't in a clip, or nothing."""
    outside = sorted(number for number in numbers if not 0 <= number <= last)
    if not outside:
        return ""
    *most, one = outside
    if not most:
        return f"Frame {one} isn't in {length}. Choose one from 0 to {last}."
    return (
        f"Frames {', '.join(map(str, most))} and {one} aren't in {length}. Choose from 0 to {last}."
    )


def last_frame(order: Order) -> int:
    """Return the number of the last frame that a picture can be pinned to.

    Of an edit it is its source's last; of a video one more: 0 to 120 in 5 s (luma-agents-v1
    sheet §3).
    """
    if order.kind is Kind.VIDEO:
        return order.duration_s * FPS
    source = order.source.source if order.source else None
    file = file_of(source, order.kind) if source else None
    exact_s = file.duration_s if file and file.duration_s else order.duration_s
    return max(round(exact_s * FPS), 1) - 1


def chosen(order: Order) -> set[str]:
    """Return what an order chooses, in the words of the catalogue's rules."""
    found = {order.resolution, order.ratio, f"{order.duration_s} s"}
    found |= {name for name in ("loop", "hdr", "exr", "keyframes") if getattr(order, name)}
    for end, frame in (("start", order.start), ("end", order.end)):
        if frame:
            found |= {end, f"{end} {'take' if frame.source else 'picture'}"}
    if order.start and order.kind is not Kind.VIDEO:
        found.add("first frame")
    return found


def _together(order: Order, model: ModelFacts) -> dict[str, str]:
    there = chosen(order)
    for one, other in model.kinds[order.kind].never_together:
        if one in there and other in there:
            first, second = (_NAMES.get(each, each) for each in (one, other))
            field = _FIELDS.get(one) or _FIELDS.get(other) or one.split()[0]
            out = _way_out(one, other, model.kinds[order.kind])
            return {field: f"{model.title} can't combine {first} with {second}. {out}."}
    return {}


def _way_out(one: str, other: str, facts: KindFacts) -> str:
    """Return what to do where two of CHOICES can't be together; a size can't be taken out."""
    if one in _OUT and other in _OUT:
        return "Take one of them out"
    ways = [
        _OUT.get(it) or _instead(it, not_with, facts)
        for it, not_with in ((one, other), (other, one))
    ]
    return upper_first(", or ".join(ways))


def _instead(size: str, beside: str, facts: KindFacts) -> str:
    """Return which other length, resolution or ratio there is, beside what can't be with it."""
    sizes = {
        "length": [f"{each} s" for each in facts.durations_s],
        "resolution": list(facts.resolutions),
        "ratio": list(facts.ratios),
    }
    name = next(name for name, each in sizes.items() if size in each)
    others = [it for it in sizes[name] if it != size and not facts.excludes(it, beside)]
    if not 0 < len(others) <= _MOST_NAMED:
        return f"choose another {name}"
    *most, last = others
    return f"choose {', '.join(most)} or {last}" if most else f"choose {last}"


def _controls_problem(controls: Any) -> str:
    """Return what is wrong with the controls that a person sets, or nothing."""
    if controls is None:
        return ""
    if not isinstance(controls, dict):
        return "The controls can't be read. Set them again."
    problems = (_control_problem(name, control) for name, control in controls.items())
    return next((problem for problem in problems if problem), "")


def _control_problem(name: str, control: Any) -> str:
    if name not in DIALS:
        return f"There is no control called {name}. Take it out."
    dial = DIALS[name]
    known = {"enabled", dial} - {""}
    if not isinstance(control, dict) or set(control) - known:
        return f"The control {name} can't be read. Set it again."
    if not isinstance(control.get("enabled", True), bool):
        return f"The control {name} is on or off. Set it again."
    value = control.get(dial) if dial else None
    if value is None:
        return ""
    if dial == "strength":
        return "" if value in POSES else f"The pose is {' or '.join(POSES)}. Choose one."
    is_number = isinstance(value, Real) and not isinstance(value, bool)
    inside = is_number and 0 <= float(value) <= 1
    return "" if inside else f"The {dial} of {name} is from 0 to 1. Change it."
