"""The composer: words, settings and pictures, which become the order of a video or an image."""

from dataclasses import replace
from decimal import Decimal
from functools import cached_property
from typing import Any
from uuid import uuid4

from django import forms
from django.http import QueryDict
from django.urls import reverse
from django.utils.datastructures import MultiValueDict

from generations import editing
from generations.canvas import FPS
from generations.kinds import Kind
from generations.models import Generation, Prompt, State
from generations.ordering import accept_all, quote_in
from generations.orders import Order, Picture, image
from generations.pricing import price_usd
from generations.refusal import Refused
from studio.asked_changes import AskedChanges
from studio.forms.adapting import WishesField, possible
from studio.forms.aside import AsideField
from studio.forms.camera import MovesField
from studio.forms.composing import MODES, count_field, pictures
from studio.forms.earlier import OPTIONS, QUALITY, SETTINGS, image_options, settings_of
from studio.forms.fields import HiddenUUID, setting
from studio.forms.fitting import Fitting, fittings_of
from studio.forms.offering import begin_with, choices_of, ending_of, facts_of, in_place_of
from studio.forms.pinning import KEYFRAMES, Strip, pinned, pins_in
from studio.forms.pinning_form import PinningForm
from studio.forms.shown import ShownPrice
from studio.forms.slots import (
    POSITIONS,
    REFERENCE_SLOTS,
    Finder,
    Slot,
    picture,
    slot_fields,
    slots_of,
)
from studio.models import Project, User
from studio.prompting import wildcards
from studio.prompting.offers import Offer
from studio.spending import Terms, must_ask

KINDS = (Kind.VIDEO, Kind.IMAGE)
_NULL_IN_WORDS = "An invisible null character is among the words. Paste them as plain text."


class ComposerForm(PinningForm):
    """What a person asks for. The engine judges it, so a field believes any value at first."""

    kind = forms.CharField(required=False, initial=Kind.VIDEO)
    words = forms.CharField(
        required=False,
        strip=False,
        error_messages={"null_characters_not_allowed": _NULL_IN_WORDS},
    )
    model = setting("Choose a model.", initial="ray-2")
    ratio = setting("Choose a ratio.", initial="16:9")
    resolution = setting("Choose a resolution.", initial="720p")
    duration_s = setting("Choose how long the take should be.", forms.IntegerField, initial=5)
    loop = forms.BooleanField(required=False)
    hdr = forms.BooleanField(required=False)
    exr = forms.BooleanField(required=False)
    concepts = setting("Choose a camera move from the list, or none.", MovesField, required=False)
    image_format = setting("Choose a format.", required=False, initial="jpg")
    quality = setting("Choose a quality.", required=False)
    count = count_field()
    wishes = WishesField(required=False)
    aside = AsideField(required=False)
    parent = HiddenUUID(required=False)
    key = HiddenUUID(required=False)
    editing = HiddenUUID(required=False)  # the take that is being changed
    retaking = HiddenUUID(required=False)  # the take of which the review room wants another
    back = forms.CharField(required=False)  # from where: the queue, its own page, or the board
    shown_usd = ShownPrice()
    vars().update(slot_fields())

    is_making = False

    def __init__(
        self,
        project: Project,
        user: User,
        data: QueryDict | dict[str, Any] | None = None,
        files: MultiValueDict[str, Any] | None = None,
        initial: dict[str, Any] | None = None,
    ) -> None:
        super().__init__(data, files, initial=initial, auto_id="composer-%s")
        self.project = project
        self.user = user
        self.is_fresh = False
        self.is_partial = False  # a verb filled it without knowing what is being typed
        self.note = ""  # what became of the settings with another model
        self.frames = {}
        self.pins = []
        self.references: list[Picture] = []
        self._finder = Finder(project, user)
        if self.makes is Kind.IMAGE:
            for name in ("resolution", "duration_s"):  # a picture has neither
                self.fields[name].required = False
        if data is None:
            self.initial["key"] = self.fields["key"].clean(self.initial.get("key")) or uuid4()
            for name in self._slots:
                self.frames[name] = self._finder.shown(name, self.initial)
            self.show_pins()

    # --- filling it in -----------------------------------------------------------------------

    @classmethod
    def blank(cls, project: Project, user: User, kinds: tuple[Kind, ...] = KINDS) -> "ComposerForm":
        """Return a composer without words, with the settings that the person used last here.

        A camera move and a loop belong to one shot: the next one begins without. A final's size
        is a final's alone.
        """
        mine = Prompt.objects.filter(project=project, author=user, kind__in=kinds)
        mine = mine.exclude(generations__final_of__isnull=False)
        last = mine.order_by("-id").first()
        settings = settings_of(last) if last else begin_with(kinds[0], project)
        settings |= {"loop": False, "concepts": []}
        can = possible(_kind(settings.get("kind")), settings, project)
        composer = cls(project, user, initial=can.settings)
        composer.is_fresh = True
        return composer

    @classmethod
    def filled(
        cls, project: Project, user: User, typed: QueryDict, **changes: Any
    ) -> "ComposerForm":
        """Return a composer that holds what is being typed, with some changes.

        One that is to make another kind, or that holds words alone, gets the settings that the
        person used last.
        """
        is_whole = "words" in typed and "model" in typed
        initial: dict[str, Any] = {} if is_whole else dict(cls.blank(project, user).initial)
        if "words" in typed:
            initial |= {name: typed[name] for name in cls.base_fields if name in typed}
            initial |= {"concepts": typed.getlist("concepts"), KEYFRAMES: pins_in(typed)}
        kind = _kind(changes.get("kind") or initial.get("kind"))
        if kind != initial.get("kind", kind):
            initial |= {**cls.blank(project, user, (kind,)).initial, "key": ""}
        return cls.holding(project, user, initial | changes | {"kind": kind})

    @classmethod
    def holding(cls, project: Project, user: User, asked: dict[str, Any]) -> "ComposerForm":
        """Return a composer that holds what was asked for, as the models of today can make it."""
        adapted = possible(_kind(asked.get("kind")), asked, project)
        composer = cls(project, user, initial=adapted.settings | {"wishes": adapted.wishes_kept})
        composer.note = adapted.words
        return composer

    # --- judging it --------------------------------------------------------------------------

    def clean(self) -> dict[str, Any]:
        """Keep uploaded pictures and find the frames and references."""
        cleaned = super().clean() or {}
        for name in self._slots:
            try:
                self.frames[name] = self._finder.placed(name, cleaned)
                frame = self.frames[name]
                if frame and name in REFERENCE_SLOTS:
                    self.references.append(picture(name, frame, cleaned))
            except Refused as refused:
                self._add_refusal(refused)
        try:
            self.place_pins(cleaned)
        except Refused as refused:
            self._add_refusal(refused)
        return cleaned

    def quote(self) -> Terms:
        """Return what stands beside the button; without a price, there are errors by field."""
        prompts_usd: list[Decimal] = []
        takes = 0
        if self.is_valid():
            try:
                each_usd = self._quote_of_one() * self.takes
                prompts_usd = [each_usd] * len(self.prompts)
                takes = self.takes * len(prompts_usd)
            except Refused as refused:
                self._add_refusal(refused)
        return Terms.of_prompts(self.project, prompts_usd, takes, self.held_usd)

    def _quote_of_one(self) -> Decimal:
        order = self.order()
        if not hasattr(self.project, "own_prices"):  # it came by another door
            edited = self.edited
            return editing.quote_in(edited, order) if edited else quote_in(self.project, order)
        if self.edited and self.project.has_own_prices:
            return editing.quote_in(self.edited, order)
        return price_usd(order, *self.project.own_price(order.model, order.kind))

    @property
    def takes(self) -> int:
        """How many takes of a prompt are asked for: what is changed is one."""
        return 1 if self.edited else self.cleaned_data["count"] or 1

    @cached_property
    def prompts(self) -> list[str]:
        """What the words ask for: a choice in braces makes several prompts. Raises Refused."""
        most = 1 if self.edited else wildcards.MOST_PROMPTS // self.takes
        try:
            return wildcards.expand(self.cleaned_data["words"].replace("\r\n", "\n"), most)
        except wildcards.Unreadable as error:
            raise Refused({"words": str(error)}) from error

    def submit(self) -> list[Generation]:
        """Have all takes accepted, or none with the errors by field."""
        if not self.is_valid():
            return []
        parent = Prompt.objects.filter(
            project=self.project, uuid=self.cleaned_data["parent"]
        ).first()
        try:
            return accept_all(
                self.project,
                self.user,
                [order for order in self.orders() for _ in range(self.takes)],
                parent=parent,
                key=self.cleaned_data["key"],
                asks=must_ask(self.project),
                seen_usd=self.cleaned_data["shown_usd"],
            )
        except Refused as refused:
            self._add_refusal(refused)
            return []

    def save(self, take: Generation) -> bool:
        """Have a waiting take ask for this instead; False with the errors by field."""
        if not self.is_valid():
            return False
        try:
            asks, seen_usd = must_ask(self.project), self.cleaned_data["shown_usd"]
            editing.edit(take, self.user, self.orders()[0], asks=asks, seen_usd=seen_usd)
        except Refused as refused:
            self._add_refusal(refused)
            return False
        return True

    def orders(self) -> list[Order]:
        """Return an order for each prompt. Call when it is valid. Raises Refused."""
        order = self.order()
        return [replace(order, words=words) for words in self.prompts]

    def order(self) -> Order:
        """Return what is filled in as one order, its words as they are. Raises Refused."""
        typed = self.cleaned_data
        words = typed["words"]
        if self.makes is Kind.IMAGE:
            return image(
                words,
                typed["model"],
                ratio=typed["ratio"],
                image_format=typed["image_format"],
                references=tuple(self.references),
                options=image_options(typed),
            )
        return Order(
            words=words,
            model=typed["model"],
            ratio=typed["ratio"],
            resolution=typed["resolution"],
            duration_s=typed["duration_s"],
            loop=typed["loop"],
            options={name: True for name in OPTIONS if typed[name]},
            concepts=tuple(typed["concepts"]),
            start=self.frames["start"],
            end=self.frames["end"],
            keyframes=pinned(self.pins, self.frames),
        )

    def _add_refusal(self, refused: Refused) -> None:
        for field, words in refused.errors.items():
            self.add_error(field if field in self.fields else None, words)

    # --- showing it --------------------------------------------------------------------------

    @cached_property
    def asked_changes(self) -> AskedChanges | None:
        """What reviewers want changed of the take that it is filled from, or None."""
        if self.retaken:
            return AskedChanges.of_take(self.retaken)
        parent = self.fields["parent"].clean(self["parent"].value())
        return AskedChanges.of(self.project, parent)

    @cached_property
    def edited(self) -> Generation | None:
        """The waiting take that is being changed, if it is one."""
        waiting = Generation.objects.filter(state=State.WAITING)
        return self._finder.mine(waiting, self["editing"].value())

    @cached_property
    def retaken(self) -> Generation | None:
        """The take that is made once more from the review room, where its order goes."""
        named = self["retaking"].value()
        return self._finder.mine(Generation.objects.all(), named) if named else None

    @property
    def back_url(self) -> str:
        """Where the person came from to change a take."""
        take, back = self.edited, self["back"].value()
        if back == "queue":
            return f"{reverse('queue')}?team={self.project.team.uuid}"
        if back == "take" and take:
            return reverse("generation", args=[take.uuid])
        return reverse("board", args=[self.project.slug])

    @property
    def makes(self) -> Kind:
        """What it makes: a video or an image."""
        return _kind(self["kind"].value())

    @property
    def makes_image(self) -> bool:
        """Whether it makes an image."""
        return self.makes is Kind.IMAGE

    @property
    def kinds(self) -> list[tuple[str, str]]:
        """The modes of the composer, with their words."""
        return MODES

    @property
    def moves(self) -> list[str]:
        """The camera moves that are chosen."""
        return [key for key in self["concepts"].value() or () if key]

    @property
    def _slots(self) -> tuple[str, ...]:
        return REFERENCE_SLOTS if self.makes is Kind.IMAGE else POSITIONS

    @property
    def slots(self) -> list[Slot]:
        """The places for pictures."""
        facts = facts_of(self.makes, str(self["model"].value()))
        return slots_of(self._slots, self.frames, self._value, self.errors, facts, self.veiled)

    @cached_property
    def strip(self) -> Strip | None:
        """The clip as a line of frames, where pictures can be pinned to it."""
        if self.makes_image:
            return None
        model = in_place_of(str(self["model"].value()), self.makes)
        lengths, chosen = model.kinds[self.makes].durations_s, str(self["duration_s"].value())
        order = Order(
            words="",
            model=model.key,
            duration_s=next((each for each in lengths if str(each) == chosen), lengths[0]),
            loop=bool(self["loop"].value()),
            start=self.frames.get("start"),
            end=self.frames.get("end"),
        )
        return self.strip_of(model, order, order.duration_s * FPS)

    def _value(self, name: str) -> str:
        return str(self[name].value() or "") if name in self.fields else ""

    @property
    def fits(self) -> list[Fitting]:
        """What is to be said and chosen about pictures that are of another ratio."""
        ratio, resolution = str(self["ratio"].value()), str(self["resolution"].value())
        if ratio not in self.choices["ratios"]:
            return []
        titles = {position: position.title() for position in POSITIONS}
        titles |= {pin.position: f"Frame {pin.at}" for pin in self.pins}
        return fittings_of(titles, self.frames, self.errors, ratio, resolution)

    @property
    def pictures(self) -> dict[str, Any]:
        """What a browser needs to refuse a picture before it is sent."""
        return pictures()

    @property
    def ending(self) -> str:
        """What is to be said of a chosen model that will be switched off soon, or nothing."""
        return ending_of(str(self["model"].value()))

    @property
    def choices(self) -> dict[str, Any]:
        """What can be chosen with the chosen model, from the catalogue."""
        return choices_of(self.makes, str(self["model"].value()), self.project)

    @cached_property
    def terms(self) -> Terms:
        """What stands beside the button that spends, for what is filled in."""
        seen = [name for name in OPTIONS if self.choices[name]]
        names = (*SETTINGS, *seen, QUALITY, "words", "count", "editing")
        typed = {name: self[name].value() for name in names}
        return ComposerForm(self.project, self.user, data={**typed, "loop": ""}).quote()

    @property
    def offer(self) -> Offer:
        """What is offered about words that are several prompts."""
        return Offer("" if self.edited else str(self["words"].value() or ""))

    @property
    def held_usd(self) -> Decimal:
        """Dollars: what the take that is being changed has reserved already."""
        return self.edited.price_usd if self.edited else Decimal(0)


def _kind(value: object) -> Kind:
    return Kind.IMAGE if value == Kind.IMAGE else Kind.VIDEO
