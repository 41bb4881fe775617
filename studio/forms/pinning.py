"""Pictures pinned to frames: what a composer holds of them, and the strip that shows them."""

import re
from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple

from django import forms
from django.urls import reverse

from generations import grabbing
from generations.canvas import FPS
from generations.catalogue import ModelFacts, catalogue
from generations.checking_options import keyframes_problem, option_errors
from generations.models import Generation, Keyframe, Still
from generations.orders import Frame, Order, Pinned
from generations.refusal import Refused, upper_first
from studio.timecode import frames_said

KEYFRAMES = "keyframes"
"""The field that all of them are, for the engine and for a form."""
PIN = "pin"
"""How the names of the fields of one begin, before its place: `pin3_frame`."""
PIN_FILE = "pin_file"
MOST_PINS = max(
    facts.keyframes for model in catalogue().models.values() for facts in model.kinds.values()
)
FILMED = 8
"""How many pictures of a clip stand at its line."""
_PARTS = ("frame", "still", "as_is")
PIN_NAMES = tuple(f"{PIN}{place}_{part}" for place in range(MOST_PINS) for part in _PARTS)
_STILL = re.compile(rf"{PIN}(\d{{1,3}})_still", re.ASCII)
_PIN = re.compile(rf"{PIN}\d{{0,3}}", re.ASCII)
_NO_NUMBER = "A frame is a whole number, such as 48. Change it, or take the picture out."
_GONE = "A pinned picture isn't in this project any more. Take it out, or choose another."
_FULL = "These are {most} pictures, which is the limit. Take one out to pin another."

_OTHERS = {
    "a start frame": "start",
    "an end frame": "end",
    "a loop": "loop",
    "a first frame": "first frame",
}


class Pin(NamedTuple):
    """One as it is filled in: its place among the fields, its frame and its still."""

    place: int
    at: str
    still: str
    as_is: str = ""

    @property
    def position(self) -> str:
        """What names it among the composer's places."""
        return f"{PIN}{self.place}"

    @property
    def number(self) -> int | None:
        """The number of its frame, or None where that can't be read."""
        return frames_said(self.at, FPS)


def is_pin(where: str) -> bool:
    """Tell whether a place's name is that of pictures pinned to frames, or of one of them."""
    return _PIN.fullmatch(where) is not None


def pins_in(typed: Mapping[str, Any]) -> list[Pin]:
    """Return the pictures that are pinned among what is typed."""
    found = []
    for name in typed:
        match = _STILL.fullmatch(name)
        place = int(match[1]) if match else 0
        if match and typed[name] and not typed.get(f"{PIN}{place}_out"):
            at, as_is = (str(typed.get(f"{PIN}{place}_{it}") or "") for it in ("frame", "as_is"))
            found.append(Pin(place, at, str(typed[name]), as_is))
    return sorted(found)


def pins_of(generation: Generation) -> list[Pin]:
    """Return what was pinned in a generation, as a composer's initial value."""
    pinned = generation.keyframes.filter(position=Keyframe.Position.FRAME).order_by("frame")
    return [
        Pin(place, str(each.frame), str(each.still.uuid), "1")  # it was sent so before
        for place, each in enumerate(pinned.select_related("still"))
        if each.still
    ]


def plain_pins(value: Any) -> list[Pin]:
    """Return pins that travelled as lists, as they are compared; nothing for nonsense."""
    if not isinstance(value, list | tuple):
        return []
    held = [each for each in value if isinstance(each, list | tuple) and len(each) == 4]
    held = [each for each in held if isinstance(each[0], int) and 0 <= each[0] < 1000]
    return [Pin(each[0], *(str(part) for part in each[1:])) for each in held]


def pinned_too(pins: Iterable[Pin], still: Still, at: str, most: int) -> list[Pin]:
    """Return pins with one more, in the first place that is free. Raises Refused."""
    pins = list(pins)
    if len(pins) >= most:
        raise Refused({KEYFRAMES: _FULL.format(most=most)})
    taken = {each.place for each in pins}
    place = next(place for place in range(most) if place not in taken)
    return sorted([*pins, Pin(place, at, str(still.uuid))])


def typed_pins(pins: Iterable[Pin]) -> dict[str, str]:
    """Return pins as their fields hold them."""
    parts = {"frame": "at", "still": "still", "as_is": "as_is"}
    return {
        f"{each.position}_{part}": getattr(each, name)
        for each in pins
        for part, name in parts.items()
    }


def changed_pin(pins: Iterable[Pin], position: str, still: str, as_is: str) -> list[Pin]:
    """Return pins of which one shows another still, or is kept as it is."""
    return [
        each._replace(still=still, as_is=as_is) if each.position == position else each
        for each in pins
    ]


def counted(pins: Iterable[Pin]) -> str:
    """Say how many pins there are."""
    count = len(list(pins))
    return "a pinned picture" if count == 1 else f"{count} pinned pictures"


def pinned(pins: Iterable[Pin], frames: Mapping[str, Frame | None]) -> tuple[Pinned, ...]:
    """Return pins as an order has them. Raises Refused."""
    found = []
    for pin in pins:
        frame, number = frames.get(pin.position), pin.number
        if number is None:
            raise Refused({KEYFRAMES: _NO_NUMBER})
        if frame is None:
            raise Refused({KEYFRAMES: _GONE})
        found.append(Pinned(number, frame))
    return tuple(found)


class _PinsInput(forms.Widget):
    def value_from_datadict(self, data: Mapping[str, Any], files: Any, name: str) -> list[Pin]:
        return pins_in(data)


class PinsField(forms.Field):
    """All pins of a form, each of which has fields of its own."""

    widget = _PinsInput


@dataclass(frozen=True)
class ShownPin:
    """A pin as the page shows it."""

    pin: Pin
    picture_url: str
    is_wrong: bool
    frame: Frame | None = None

    @property
    def take(self) -> Generation | None:
        """The take that it is a frame of, whose others can be chosen; None of another picture."""
        still = self.frame.still if self.frame else None
        is_grabbed = still is not None and still.origin == Still.Origin.GRABBED
        return still.source if still and is_grabbed and self.picture_url else None

    @property
    def take_uuid(self) -> str:
        """What names that take."""
        return str(self.take.uuid) if self.take else ""

    @property
    def which(self) -> str:
        """Which of the take's ends it is, first or last, or nothing."""
        still = self.frame.still if self.frame else None
        return (still and grabbing.which_of(still)) or ""

    @property
    def seconds(self) -> str:
        """When its frame is seen, or nothing where that can't be read."""
        number = self.pin.number
        return "" if number is None else f"{number / FPS:.2f} s"


def shown_pins(
    pins: Iterable[Pin],
    frames: Mapping[str, Frame | None],
    veiled: Container[str],
    wrong: Container[Pin],
) -> list[ShownPin]:
    """Return pins as the page shows them, in the order of their frames."""
    ordered = sorted(pins, key=lambda each: (each.number or 0, each.place))
    return [
        ShownPin(
            *(each, _picture_url(each, frames, veiled), each in wrong), frames.get(each.position)
        )
        for each in ordered
    ]


def _picture_url(pin: Pin, frames: Mapping[str, Frame | None], veiled: Container[str]) -> str:
    frame = frames.get(pin.position)
    if frame is None or frame.still is None or pin.position in veiled:
        return ""
    return reverse("media", args=[frame.still.uuid, "still-small"])


@dataclass(frozen=True)
class Strip:
    """The clip as a line of frames, from 0 to `last`, with the pictures that are pinned to it.

    `order` is what is asked for as far as it matters here, without its pins. `at` is where the
    next goes. `told` is what was refused when it was sent, `taken_out` the still that was here.
    `film_url` is the address of the clip's small film, where there is a clip already.
    """

    model: ModelFacts
    order: Order
    last: int
    pins: list[Pin]
    frames: Mapping[str, Frame | None]
    at: str = ""
    told: str = ""
    taken_out: str = ""
    veiled: set[str] = field(default_factory=set)
    film_url: str = ""

    @property
    def seen_at(self) -> list[str]:
        """When the pictures of the clip are seen that stand at its line, in seconds."""
        part_s = (self.last + 1) / FPS / FILMED
        return [f"{(place + 0.5) * part_s:.2f}" for place in range(FILMED)]

    @property
    def most(self) -> int:
        """How many pictures may be pinned."""
        return self.model.kinds[self.order.kind].keyframes

    @property
    def counted(self) -> str:
        """How many are pinned, in words."""
        return upper_first(counted(self.pins))

    @property
    def unsure(self) -> str:
        """What may come of so many, or nothing."""
        sure = self.model.kinds[self.order.kind].keyframes_sure
        if not sure or len(self.pins) <= sure:
            return ""
        return f"Only {sure} are promised: more may be refused, which costs nothing."

    @property
    def in_place_of(self) -> str:
        """What can't be chosen beside them, in words."""
        facts = self.model.kinds[self.order.kind]
        found = [words for words, it in _OTHERS.items() if facts.excludes(KEYFRAMES, it)]
        *most, last = found or ["nothing else"]
        return f"{', '.join(most)} and {last}" if most else last

    @property
    def is_full(self) -> bool:
        """Whether no more can be pinned."""
        return len(self.pins) >= self.most

    @property
    def shown(self) -> list[ShownPin]:
        """The pins in the order of their frames."""
        wrong = [each for each in self.pins if self._is_wrong(each)]
        return shown_pins(self.pins, self.frames, self.veiled, wrong)

    @property
    def problem(self) -> str:
        """What is wrong with the pins, or nothing."""
        if self.told or not self.pins:
            return self.told
        try:
            numbers = pinned(self.pins, self.frames)
        except Refused as refused:
            return str(refused)
        order = replace(self.order, keyframes=numbers)
        errors = option_errors(order, self.model)
        return (
            keyframes_problem(order, self.model) or errors.get(KEYFRAMES) or errors.get("loop", "")
        )

    @property
    def seconds(self) -> str:
        """When the frame is seen where the next goes."""
        number = frames_said(self.at, FPS)
        return "" if number is None else f"{number / FPS:.2f} s"

    def _is_wrong(self, pin: Pin) -> bool:
        number = pin.number
        if number is None or not 0 <= number <= self.last or not self.frames.get(pin.position):
            return True
        return [each.number for each in self.pins].count(number) > 1
