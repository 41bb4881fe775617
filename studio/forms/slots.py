"""The composer's places for pictures: the frames of a video, the references of an image."""

from collections.abc import Callable, Container, Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from itertools import islice
from typing import Any
from uuid import UUID

from django import forms
from django.db.models import QuerySet
from django.http import QueryDict
from django.urls import reverse

from generations import stills
from generations.catalogue import REFERENCES, KindFacts, catalogue
from generations.kinds import Kind
from generations.mistaken import EMPTY
from generations.models import Generation, Still
from generations.orders import Frame, Picture
from generations.refusal import Refused
from studio.forms.offering import facts_of
from studio.forms.pinning import Pin
from studio.marks import veiled_takes
from studio.models import Project, User
from studio.stills import origin_in_words

POSITIONS = ("start", "end")
# As many as the model takes that takes most, of all uses together.
REFERENCE_SLOTS = tuple(
    f"ref{place}"
    for place in range(
        max(
            (
                model.kinds[Kind.IMAGE].most_references
                for model in catalogue().making(Kind.IMAGE).values()
            ),
            default=0,
        )
    )
)
# What a take is modified or reframed from, and the first frame of what comes of it.
SOURCE, FIRST = "source", "first"
SLOTS = (*POSITIONS, SOURCE, FIRST, *REFERENCE_SLOTS)
USUAL_WEIGHT = "0.85"
SLOTS_TAKEN = "All places for pictures are taken. Take one out to put another in."
VIDEO = "This is a video, and a picture goes here. A take is dragged here from the board."
_GONE = "That {} isn't in this project any more. Choose another."
_NO_WEIGHT = "A weight is a number from 0 to 1, such as 0.85. Change it."


def slot_fields() -> dict[str, forms.Field]:
    """Return the fields of every slot: the upload, what is kept, and what a reference is for."""
    fields: dict[str, forms.Field] = {}
    for name in (*POSITIONS, *REFERENCE_SLOTS):
        fields[name] = forms.FileField(required=False, error_messages={"empty": EMPTY})
        fields[f"{name}_still"] = forms.Field(required=False)
        fields[f"{name}_take"] = forms.Field(required=False)
    for name in POSITIONS:
        fields[f"{name}_as_is"] = forms.BooleanField(required=False)
    for name in REFERENCE_SLOTS:
        fields[f"{name}_role"] = forms.CharField(required=False, initial="image")
        fields[f"{name}_weight"] = forms.CharField(required=False, initial=USUAL_WEIGHT)
    return fields


@dataclass(frozen=True)
class Slot:
    """One of the composer's places for a picture, as the page shows it."""

    position: str
    frame: Frame | None
    refused: bool
    role: str = ""
    weight: str = ""
    is_veiled: bool = False

    @property
    def is_full(self) -> bool:
        """Whether something was put there."""
        return self.frame is not None and bool(self.frame.source or self.frame.still)

    @property
    def title(self) -> str:
        """What stands before the caption."""
        if self.position not in REFERENCE_SLOTS:
            return self.position.title()
        return f"Picture {REFERENCE_SLOTS.index(self.position) + 1}"

    @property
    def picture_url(self) -> str:
        """The picture to show in the slot, or nothing: the person may be to judge it blind."""
        if self.is_veiled:
            return ""
        if self.frame and self.frame.source:
            return reverse("media", args=[self.frame.source.uuid, "poster"])
        if self.frame and self.frame.still:
            return reverse("media", args=[self.frame.still.uuid, "still"])
        return ""

    @property
    def caption(self) -> str:
        """What stands in the slot, in words, after the title."""
        if self.frame and self.frame.source:
            return self.frame.source.name
        if self.frame and self.frame.still:
            return origin_in_words(self.frame.still) or "a still"
        return self.empty_caption

    @property
    def empty_caption(self) -> str:
        """What stands after the title where no take is named."""
        return "frame" if self.position in (*POSITIONS, FIRST) else ""

    @property
    def label(self) -> str:
        """What a sentence calls it."""
        title = self.title.lower()
        return (
            title
            if self.position in REFERENCE_SLOTS
            else f"the {title} {self.empty_caption}".strip()
        )


@dataclass(frozen=True)
class Finder:
    """Finds what stands in a slot, among a project's takes and stills."""

    project: Project
    user: User

    def placed(self, name: str, values: Mapping[str, Any]) -> Frame | None:
        """Return what was put in a slot; an upload is kept as a still. Raises Refused."""
        upload = values.get(name)
        if upload:
            return Frame(still=stills.keep_upload(self.project, self.user, upload, field=name))
        return self.kept(name, values)

    def kept(self, name: str, values: Mapping[str, Any]) -> Frame | None:
        """Find the chosen frame. Raises Refused: a take without its frame is another take."""
        take, still = values.get(f"{name}_take"), values.get(f"{name}_still")
        if take:
            source = self.mine(Generation.objects.all(), take)
            if source is None:
                raise Refused({name: _GONE.format("take")})
            return Frame(source=source)
        if still:
            kept = self.mine(Still.objects.select_related("source__version_of"), still)
            if kept is None:
                raise Refused({name: _GONE.format("picture")})
            return Frame(still=kept, as_is=bool(values.get(f"{name}_as_is")))
        return None

    def shown(self, name: str, values: Mapping[str, Any]) -> Frame | None:
        """Return what a draft's slot shows: empty for what isn't there any more."""
        try:
            return self.kept(name, values)
        except Refused:
            return None

    def pinned(self, pins: Iterable[Pin]) -> dict[str, Frame | None]:
        """Return the pictures of pins by position; None for one that isn't here any more."""
        named: dict[Pin, UUID] = {}
        for pin in pins:
            with suppress(ValueError):
                named[pin] = UUID(pin.still)
        mine = Still.objects.filter(project=self.project)
        mine = mine.select_related("source__prompt", "source__version_of__prompt")
        found = mine.in_bulk(set(named.values()), field_name="uuid")
        frames: dict[str, Frame | None] = {}
        for pin in pins:
            still = found.get(named.get(pin))
            frames[pin.position] = Frame(still=still, as_is=bool(pin.as_is)) if still else None
        return frames

    def veiled(self, frames: Mapping[str, Frame | None]) -> set[str]:
        """Return the slots whose pictures the person is still to judge blind."""
        takes = {name: frame.take_id for name, frame in frames.items() if frame}
        found = veiled_takes(takes.values(), self.user)
        return {name for name, take in takes.items() if take in found}

    def mine(self, things: QuerySet[Any], name: object) -> Any:
        """Return the thing of this project that a UUID names, or None."""
        try:
            return things.filter(project=self.project, uuid=UUID(str(name))).first()
        except ValueError:
            return None


def picture(name: str, frame: Frame, values: Mapping[str, Any]) -> Picture:
    """Return a slot's reference: what it is for, its weight where its model knows one.

    Raises Refused.
    """
    role = values.get(f"{name}_role") or "image"
    if role not in REFERENCES:
        raise Refused({name: "Choose what the picture is for."})
    if frame.still is None:
        raise Refused({name: "A reference is a picture. Choose a still."})
    if role == "character" or not facts_of(Kind.IMAGE, str(values.get("model"))).weights:
        return Picture(role, frame.still)
    try:
        weight = Decimal(str(values.get(f"{name}_weight") or USUAL_WEIGHT).strip())
    except InvalidOperation:
        raise Refused({name: _NO_WEIGHT}) from None
    if not weight.is_finite() or not 0 <= weight <= 1:
        raise Refused({name: _NO_WEIGHT})
    return Picture(role, frame.still, weight.quantize(Decimal("0.01")))


def slots_of(
    names: Iterable[str],
    frames: Mapping[str, Frame | None],
    value: Callable[[str], str],
    refused: Container[str],
    facts: KindFacts,
    veiled: Container[str] = (),
) -> list[Slot]:
    """Return the slots as they are shown, with room for what `facts` say can be put in.

    Of references an empty one is offered for a use that has room left, and no other.
    """
    most = facts.references
    filled = [value(f"{name}_role") for name in names if frames.get(name)]
    left = islice(_uses_left(most, filled), max(facts.most_references - len(filled), 0))
    shown = []
    for name in names:
        role = value(f"{name}_role") if frames.get(name) else next(left, "")
        if role or name in refused or not most:
            weight = value(f"{name}_weight")
            shown.append(
                Slot(name, frames.get(name), name in refused, role, weight, name in veiled)
            )
    return shown


def _uses_left(most: Mapping[str, int], taken: list[str]) -> Iterator[str]:
    for role in REFERENCES:
        yield from [role] * (most.get(role, 0) - taken.count(role))


def free_slot(typed: QueryDict) -> str:
    """Return the first reference slot that holds nothing, or nothing when all are taken."""
    return next((name for name in REFERENCE_SLOTS if not typed.get(f"{name}_still")), "")
