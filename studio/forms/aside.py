"""What is chosen in the composer's other modes: it is there again when one comes back to them."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from django import forms
from django.http import QueryDict

from studio.forms.composing import MODES
from studio.forms.controls import CONTROL_NAMES
from studio.forms.pinning import PIN_NAMES, counted, pins_in
from studio.forms.slots import FIRST, POSITIONS, REFERENCE_SLOTS, SLOTS, SOURCE, Slot

_TITLES = dict(MODES)
_PLACED = ("take", "still", "as_is")
_SIZE = ("model", "ratio", "wishes", "count")
_MADE_FROM = [f"{SOURCE}_{it}" for it in _PLACED]


def _in(slots: tuple[str, ...], *more: str) -> list[str]:
    return [f"{slot}_{it}" for slot in slots for it in (*_PLACED, *more)]


# The words and the parent are the same in every mode: the number of takes isn't, for four pictures
# cost less than one video.
_OWN: dict[str, list[str]] = {
    "video": [
        *(*_SIZE, "resolution", "duration_s", "loop", "hdr", "exr", "concepts"),
        *(*_in(POSITIONS), *PIN_NAMES),
    ],
    "image": [*_SIZE, "image_format", "quality", *_in(REFERENCE_SLOTS, "role", "weight")],
    "modify": [
        *(*_SIZE, "mode", "resolution", *CONTROL_NAMES),
        *(*_in((SOURCE, FIRST)), *PIN_NAMES),
    ],
    "reframe": [*_SIZE, "resolution", "column", "row", "percent", *_MADE_FROM],
}
_UNKEPT = (
    "{title}: choose the picture again. It came from your disk, and a page that is loaded anew "
    "can't keep it."
)


class AsideField(forms.Field):
    """The modes that were left, each with its fields' names and values.

    Nobody types it: what can't be that counts as nothing.
    """

    def clean(self, value: Any) -> dict[str, dict[str, list[str]]]:
        """Return the values by name, by mode."""
        try:
            found = json.loads(value or "{}")
            return {mode: _known(mode, found[mode]) for mode in _OWN if mode in found}
        except (AttributeError, TypeError, ValueError, RecursionError):
            return {}


def _known(mode: str, held: Mapping[str, list[Any]]) -> dict[str, list[str]]:
    own = {name: held.get(name) or () for name in _OWN[mode]}
    return {name: [str(each) for each in values] for name, values in own.items() if values}


def change_mode(typed: QueryDict, mode: str) -> tuple[QueryDict, str]:
    """Return what is being typed as another mode holds it, and what is said of it.

    What was chosen in that mode before is there again; in one that is new the settings are left
    to the composer, and its `kind` is still that of before.
    """
    before = typed.get("kind", "")
    if before not in _OWN or mode not in _OWN or mode == before:
        return typed, ""
    aside = AsideField().clean(typed.get("aside"))
    held = {name: typed.getlist(name) for name in _OWN[before] if any(typed.getlist(name))}
    again = aside.pop(mode, None)
    changed = typed.copy()
    changed["aside"] = json.dumps(aside | {before: held})
    for name in ("wishes", *_in(SLOTS), *PIN_NAMES, *(() if again is None else _OWN[before])):
        changed.pop(name, None)
    if again is not None:
        for name, values in again.items():
            changed.setlist(name, values)
        changed["kind"], changed["key"] = mode, ""
    if SOURCE in _slots_of(mode) and not _is_placed(changed, SOURCE):
        _put_source(changed, typed)
    kept = [*_placed_in(typed, before), *_pinned_in(typed), *_of_one_shot(typed)]
    return changed, f"Kept for {_TITLES[before]}: {', '.join(kept)}." if kept else ""


def unkept(typed: Mapping[str, Any], filled: Mapping[str, Any]) -> list[str]:
    """Say of each picture from the disk that a page can't keep it: only its name was sent.

    Unless its slot is `filled` otherwise or was to be emptied.
    """
    lost = [slot for slot in SLOTS if typed.get(slot) and not filled.get(slot)]
    lost = [slot for slot in lost if slot != typed.get("without")]
    return [_UNKEPT.format(title=Slot(slot, None, refused=False).title) for slot in lost]


def _slots_of(mode: str) -> list[str]:
    return [slot for slot in SLOTS if f"{slot}_take" in _OWN[mode]]


def _is_placed(typed: Mapping[str, Any], slot: str) -> bool:
    return bool(typed.get(f"{slot}_take") or typed.get(f"{slot}_still"))


def _put_source(changed: QueryDict, typed: QueryDict) -> None:
    """Have it made from what the mode before was made from, or from the take at its start."""
    if _is_placed(typed, SOURCE):
        changed.update({name: str(typed.get(name, "")) for name in _MADE_FROM})
    elif take := typed.get("start_take"):
        changed[f"{SOURCE}_take"] = take


def _placed_in(typed: QueryDict, mode: str) -> Iterator[str]:
    for slot in _slots_of(mode):
        if _is_placed(typed, slot) or slot in typed.get("picked", "").split(","):
            yield Slot(slot, None, refused=False).label


def _pinned_in(typed: QueryDict) -> Iterator[str]:
    if pins := pins_in(typed):
        yield counted(pins)


def _of_one_shot(typed: QueryDict) -> Iterator[str]:
    yield from (key.replace("_", " ") for key in typed.getlist("concepts") if key)
    if typed.get("loop"):
        yield "loop"
