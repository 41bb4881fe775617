"""Putting a take or a still in one of the composer's places, and what there is to choose from."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import IO, Any

from django.urls import reverse

from generations import grabbing, stills
from generations.models import Asset, Generation, State, Still
from generations.refusal import Refused
from studio.forms.frame import FrameForm
from studio.forms.pinning import KEYFRAMES, MOST_PINS, PIN, changed_pin, is_pin, pinned_too, pins_in
from studio.forms.slots import FIRST, POSITIONS, SLOTS, SOURCE, Finder, Slot
from studio.marks import unveiled

MOST_PICKS = 12
_NO_FILE = "Choose a picture first, then pin it."
_GONE = "That isn't in this project any more. Choose another."


@dataclass(frozen=True)
class Pick:
    """A take or a still that can be put in a place."""

    value: str
    words: str
    picture_url: str


@dataclass(frozen=True)
class Picks:
    """The newest takes and stills of a project, for one of the composer's places."""

    finder: Finder
    slot: str

    @property
    def title(self) -> str:
        """What they are for."""
        if self.slot == PIN:
            return "Takes, of which the first frame is pinned, and stills"
        return f"Takes and stills for {Slot(self.slot, None, refused=False).label}"

    @property
    def takes(self) -> list[Pick]:
        """The newest takes that are here to be looked at, and not to be judged blind first."""
        newest = (
            Generation.objects.takes()
            .kept()
            .filter(
                project=self.finder.project,
                state=State.COMPLETED,
                assets__kind=Asset.Kind.POSTER,
                assets__state=Asset.State.STORED,
            )
        )
        seen = unveiled(newest, self.finder.user)
        return [
            self._pick("take", take, f"Take {take.take_number}", "poster")
            for take in seen.order_by("-take_number")[:MOST_PICKS]
        ]

    @property
    def stills(self) -> list[Pick]:
        """The newest stills; those that were generated are takes already."""
        newest = Still.objects.kept().filter(project=self.finder.project)
        newest = unveiled(newest, self.finder.user, "source")
        newest = newest.exclude(origin=Still.Origin.GENERATED).order_by("-id")[:MOST_PICKS]
        return [
            self._pick("still", still, f"Still {place}", "still")
            for place, still in enumerate(newest, start=1)
        ]

    def _pick(self, what: str, thing: Generation | Still, words: str, kind: str) -> Pick:
        address = reverse("media", args=[thing.uuid, kind])
        return Pick(f"{self.slot}.{what}.{thing.uuid}", words, address)


def placed(finder: Finder, typed: Mapping[str, Any], where: str) -> dict[str, Any]:
    """Return the composer's values once something is put in a place; nothing for nonsense.

    `where` is the place, `take` or `still`, and its UUID, between dots; of a take that is pinned
    which frame may follow: `first`, `last`, its number, or `of`, where that is typed beside the
    pin. A pin that is named, as `pin3`, shows it instead. Raises Refused.
    """
    slot, what, name, which = (*where.split(".", 3), "", "", "", "")[:4]
    is_place = is_pin(slot) or (slot in SLOTS and not which)
    if not is_place or what not in ("take", "still"):
        return {}
    empty = {f"{slot}_take": "", f"{slot}_still": "", f"{slot}_as_is": ""}
    found = finder.mine((Still if what == "still" else Generation).objects.all(), name)
    if found is None:
        raise Refused({slot: _GONE})
    if is_pin(slot):
        which = str(typed.get(f"{slot}_of") or "?") if which == "of" else which
        return _pinned(typed, slot, _picture_of(finder, found, which))
    if isinstance(found, Still):
        return empty | {f"{slot}_still": found.uuid}
    still = still_of(found) if slot != SOURCE else None
    if still is None and slot not in (*POSITIONS, SOURCE):
        which = grabbing.Which.FIRST if slot == FIRST else grabbing.Which.LAST
        still = grabbing.grab_for(slot, found, which, finder.user)
    if still:
        shape = {"ratio": found.prompt.ratio} if slot in POSITIONS else {}
        return empty | shape | {f"{slot}_still": still.uuid}
    return empty | _size_beside(slot, found, typed) | {f"{slot}_take": found.uuid}


def _pinned(typed: Mapping[str, Any], slot: str, still: Still) -> dict[str, Any]:
    """Return what is pinned once a still is, too, or in the place of another. Raises Refused."""
    if slot == PIN:
        return pin_more(typed, still)
    return {KEYFRAMES: changed_pin(pins_in(typed), slot, str(still.uuid), "")}


def _picture_of(finder: Finder, found: Still | Generation, which: str) -> Still:
    """Return what is pinned: a still, or a frame of a take, its first unless named otherwise.

    Raises Refused.
    """
    if isinstance(found, Still):
        return found
    if still := still_of(found):
        return still
    if which in ("", *grabbing.Which):
        end = grabbing.Which(which or grabbing.Which.FIRST)
        return grabbing.grab_for(KEYFRAMES, found, end, finder.user)
    try:
        return FrameForm(found, {"frame": which}).grab(finder.user)
    except grabbing.NoFrame as error:
        raise Refused({KEYFRAMES: str(error)}) from error


def pin_more(typed: Mapping[str, Any], still: Still) -> dict[str, Any]:
    """Return what is pinned once a still is too, at the frame that is typed. Raises Refused."""
    at = str(typed.get("pin_at") or "0")
    return {KEYFRAMES: pinned_too(pins_in(typed), still, at, MOST_PINS)}


def without_pin(typed: Mapping[str, Any]) -> dict[str, Any]:
    """Return what is pinned without the one that `without` names; its frame is the next one's."""
    pins = pins_in(typed)
    out = next((each for each in pins if each.position == typed.get("without")), None)
    if out is None:
        return {}
    left = [each for each in pins if each != out]
    return {KEYFRAMES: left, "pin_at": out.at, "taken_out": out.still}


def pin_file(finder: Finder, typed: Mapping[str, Any], upload: IO[bytes] | None) -> dict[str, Any]:
    """Return what is pinned once an uploaded picture is too, kept as a still. Raises Refused."""
    if upload is None:
        raise Refused({KEYFRAMES: _NO_FILE})
    kept = stills.keep_upload(finder.project, finder.user, upload, field=KEYFRAMES)
    return pin_more(typed, kept)


def still_of(take: Generation) -> Still | None:
    """Return the still that a generated picture is."""
    return Still.objects.filter(source=take, origin=Still.Origin.GENERATED).first()


def size_of(take: Generation) -> dict[str, str]:
    """Return a take's model, ratio and resolution, as what continues it has them."""
    return {name: getattr(take.prompt, name) for name in ("model", "ratio", "resolution")}


def _size_beside(slot: str, take: Generation, typed: Mapping[str, Any]) -> dict[str, str]:
    """Return the take's size for what it stands in; a take at the start keeps its own."""
    is_led = slot == "start" or (slot == "end" and not typed.get("start_take"))
    return size_of(take) if is_led else {}
