"""The composer where it makes something from a take or a still: modified, or reframed."""

from copy import deepcopy
from dataclasses import replace
from decimal import Decimal
from functools import cached_property
from typing import Any
from uuid import uuid4

from django import forms
from django.http import QueryDict
from django.urls import reverse
from django.utils.datastructures import MultiValueDict

from generations.checking_options import POSES, last_frame
from generations.kinds import PICTURES, Kind
from generations.mistaken import EMPTY
from generations.models import Asset, Generation, Still
from generations.possible import obstacle
from generations.refusal import Refused
from studio.forms.adapting import Adapted, WishesField, adapt
from studio.forms.aside import AsideField
from studio.forms.composing import MODES, count_field, pictures
from studio.forms.controls import CONTROL_NAMES, CONTROLS, controls_in, options_of
from studio.forms.fields import HiddenUUID
from studio.forms.making import MakingForm, Offer
from studio.forms.offering import choices_of, ending_of, facts_of, in_place_of, models_of
from studio.forms.pinning import KEYFRAMES, Strip, pins_in, typed_pins
from studio.forms.pinning_form import PinningForm
from studio.forms.reshaping import ModifyForm, ReframeForm
from studio.forms.shown import ShownPrice
from studio.forms.slots import FIRST, SOURCE, Finder, Slot
from studio.models import Project, User
from studio.spending import Terms

MAKING: dict[str, type[MakingForm]] = {"modify": ModifyForm, "reframe": ReframeForm}
_USUAL_MODE = "flex_1"
_NO_SOURCE = {
    "modify": "Choose the take that is to be modified: drop it here, or pick it.",
    "reframe": "Choose what is to be reframed: drop a take or a still here, or pick it.",
}


class MakingComposer(PinningForm):
    """What is asked for of a source, which stands in a place of its own.

    The verb's own form judges and orders it, as it does on the verb's page.
    """

    kind = forms.CharField(required=False)
    count = count_field()
    aside = AsideField(required=False)
    parent = HiddenUUID(required=False)
    wishes = WishesField(required=False)
    shown_usd = ShownPrice()
    source = forms.FileField(required=False, error_messages={"empty": EMPTY})
    vars().update(
        {
            f"{slot}_{what}": forms.Field(required=False)
            for slot in (SOURCE, FIRST)
            for what in ("take", "still")
        }
    )

    is_making = True
    makes_image = False
    edited = None
    offer = None  # its words are one prompt

    def __init__(
        self,
        project: Project,
        user: User,
        mode: str,
        data: QueryDict | None = None,
        files: MultiValueDict[str, Any] | None = None,
        initial: dict[str, Any] | None = None,
    ) -> None:
        super().__init__(data, files, initial=initial, auto_id="composer-%s")
        self.project = project
        self.user = user
        self.makes = mode
        self.is_fresh = self.is_partial = False
        self.note = ""
        self.frames = {}
        self.pins = []
        self._finder = Finder(project, user)
        own = MAKING[mode].base_fields
        self.fields |= {name: deepcopy(field) for name, field in own.items()}
        if data is None:
            self.initial["key"] = HiddenUUID().clean(self.initial.get("key")) or uuid4()
            self.initial.setdefault("mode", _USUAL_MODE)
            for slot in (SOURCE, FIRST):
                self.frames[slot] = self._finder.shown(slot, self.initial)
            self.show_pins()

    @classmethod
    def filled(
        cls, project: Project, user: User, mode: str, typed: QueryDict, **changes: Any
    ) -> "MakingComposer":
        """Return a composer that holds what is being typed, with some changes.

        What the model can't do is the nearest that it can, or left out; a note says so.
        """
        initial: dict[str, Any] = typed.dict() | {"kind": mode, "count": typed.get("count", 1)}
        initial[KEYFRAMES] = pins_in(typed)
        if typed.get("kind") != mode:
            initial |= {"key": "", "model": "", "ratio": "9:16", "resolution": ""}
        initial |= changes
        composer = cls(project, user, mode, initial=initial)
        adapted = composer.adapted()
        initial |= adapted.settings | {"wishes": adapted.wishes_kept}
        composer = cls(project, user, mode, initial=initial)
        composer.note = adapted.words
        return composer

    def adapted(self) -> Adapted:
        """Return what is chosen as the model can make it."""
        chosen = {name: self.initial.get(name) for name in ("ratio", "resolution")}
        held: dict[str, Any] = {name: value for name, value in chosen.items() if value}
        held |= {KEYFRAMES: self.pins, CONTROLS: controls_in(self.initial)}
        wishes = WishesField().clean(self.initial.get("wishes"))
        adapted = adapt(in_place_of(self.model_key, self._kind), self._kind, held, wishes)
        settings = {KEYFRAMES: [], **dict.fromkeys(CONTROL_NAMES, ""), **adapted.settings}
        controls = settings.pop(CONTROLS, {})
        return replace(adapted, settings=settings | controls)

    @classmethod
    def blank(cls, project: Project, user: User, mode: str) -> "MakingComposer":
        """Return one in which nothing is chosen yet."""
        composer = cls(project, user, mode, initial={"kind": mode})
        composer.is_fresh = True
        return composer

    # --- judging it --------------------------------------------------------------------------

    def clean(self) -> dict[str, Any]:
        """Find what it is made from, and keep an uploaded picture."""
        cleaned = super().clean() or {}
        try:
            self.frames[SOURCE] = self._finder.placed(SOURCE, cleaned)
            self.frames[FIRST] = self._finder.placed(FIRST, cleaned)
            self.place_pins(cleaned)
        except Refused as refused:
            self._add_refusal(refused)
        return cleaned

    def submit(self) -> list[Generation]:
        """Have all of them accepted, or none with the errors by field."""
        if not self.is_valid():
            return []
        verb = self._verb()
        if verb is None:
            self.add_error(SOURCE, _NO_SOURCE[self.makes])
            return []
        made = verb.submit_several(self.takes)
        if not made:
            self._add_refusal(Refused(verb.refusal))
        return made

    def quote(self) -> Terms:
        """Return what stands beside the button; no price without a source, or with an error."""
        return self.terms if self.is_valid() else Terms(self.project, None)

    @property
    def takes(self) -> int:
        """How many are asked for."""
        return int(self.cleaned_data.get("count") or 1)

    def _verb(self) -> MakingForm | None:
        """Return the verb's own form over the source, if there is one."""
        if self._source is None:
            return None
        typed = {name: self[name].value() for name in self.fields if name in self.data}
        if first := self.frames.get(FIRST):  # an upload is kept already
            typed |= {f"{FIRST}_still": first.still.uuid if first.still else ""}
            typed |= {f"{FIRST}_take": first.source.uuid if first.source else ""}
        typed |= typed_pins(self.pins)
        return MAKING[self.makes](self._source, self.user, typed)

    def _add_refusal(self, refused: Refused) -> None:
        for field, words in refused.errors.items():
            at = FIRST if field == "start" else field
            self.add_error(at if at in self.fields else None, words)

    # --- showing it --------------------------------------------------------------------------

    @property
    def _source(self) -> Generation | Still | None:
        frame = self.frames.get(SOURCE)
        source = (frame.source or frame.still) if frame else None
        if source:
            source.project = self.project  # with the person's role
        return source

    @cached_property
    def verb(self) -> MakingForm | None:
        """The verb's own form as it is filled in, if there is a source."""
        if self._source is None:
            return None
        values = {name: self[name].value() for name in MAKING[self.makes].base_fields}
        return MAKING[self.makes](self._source, self.user, initial=values)

    @property
    def _kind(self) -> Kind:
        if self.verb:
            return self.verb.kind
        return Kind.MODIFY_VIDEO if self.makes == "modify" else Kind.REFRAME_VIDEO

    @property
    def model_key(self) -> str:
        """The chosen model, or the source's own or what follows it, or the first."""
        chosen = str(self["model"].value() or "")
        own = self._source.prompt.model if isinstance(self._source, Generation) else ""
        return in_place_of(chosen if chosen in models_of(self._kind) else own, self._kind).key

    @property
    def ending(self) -> str:
        """What is to be said of a model that will be switched off soon, or nothing."""
        return ending_of(self.model_key)

    @property
    def choices(self) -> dict[str, Any]:
        """What can be chosen with the chosen model."""
        return choices_of(self._kind, self.model_key, self.project)

    @property
    def poses(self) -> tuple[str, ...]:
        """How strictly bodies may be kept as they move."""
        return POSES

    @property
    def families(self) -> list[tuple[str, list[str]]]:
        """How far a modified take may go, by family, from what keeps most."""
        return ModifyForm.families_of(self.choices["modes"])

    @property
    def grid(self) -> tuple[Any, Any]:
        """The names of the columns and rows on a new canvas, with their numbers."""
        return ReframeForm.grid_names()

    @property
    def canvas(self) -> dict[str, Any] | None:
        """The new canvas and the source on it, while there is one."""
        return self.verb.preview if isinstance(self.verb, ReframeForm) else None

    @property
    def kinds(self) -> list[tuple[str, str]]:
        """The modes of the composer, with their words."""
        return MODES

    @property
    def pictures(self) -> dict[str, Any]:
        """What a browser needs to refuse a picture before it is sent."""
        return pictures()

    @property
    def slots(self) -> list[Slot]:
        """The places: what it is made from, and its first frame where it may have one."""
        takes_first = self._kind not in PICTURES and self.choices["first_frame"]
        names = (SOURCE, FIRST) if takes_first or self.frames.get(FIRST) else (SOURCE,)
        return [
            Slot(name, self.frames.get(name), name in self.errors, is_veiled=name in self.veiled)
            for name in names
        ]

    @cached_property
    def _priced(self) -> Offer | None:
        """The price of one with the chosen model, or why there is none."""
        if self.verb is None:
            return None
        settings: dict[str, Any] = {"model": self.model_key, "resolution": self.shown_resolution}
        if self._kind is Kind.MODIFY_VIDEO:
            values = {name: self[name].value() for name in CONTROL_NAMES}
            settings["options"] = options_of(controls_in(values))
        elif self["ratio"].value() in self.choices["ratios"]:
            settings["ratio"] = self["ratio"].value()
        return self.verb.offer(self.model_key, "", **settings)

    @property
    def shown_resolution(self) -> str:
        """The chosen resolution, or the source's own, or the first that there is."""
        own = self._source.prompt.resolution if isinstance(self._source, Generation) else ""
        facts = facts_of(self._kind, self.model_key)
        ratio = str(self["ratio"].value()) if "ratio" in self.fields else ""
        chosen = str(self["resolution"].value() or "")
        if chosen in facts.resolutions:
            return chosen
        fitting = [each for each in facts.resolutions if not facts.excludes(each, ratio)]
        return own if own in fitting else next(iter(fitting), facts.resolutions[0])

    @cached_property
    def strip(self) -> Strip | None:
        """The source as a line of frames, where pictures can be pinned to it."""
        if self._kind is not Kind.MODIFY_VIDEO or self.verb is None:
            return None
        model = in_place_of(self.model_key, self._kind)
        try:
            order = self.verb.order(model=model.key, start=self.frames.get(FIRST))
        except Refused:  # it isn't here to be measured, which its own place says
            return None
        return self.strip_of(model, order, last_frame(order), self._film_url)

    @property
    def _film_url(self) -> str:
        """The address of the source's small film, where it may be seen; or nothing."""
        source = self._source
        if not isinstance(source, Generation) or SOURCE in self.veiled:
            return ""
        films = source.assets.filter(kind=Asset.Kind.PREVIEW, state=Asset.State.STORED)
        return reverse("media", args=[source.uuid, "preview"]) if films.exists() else ""

    @property
    def price_usd(self) -> Decimal | None:
        """The price of all of them in dollars; None while there is no source, or an obstacle."""
        count = self["count"].value()
        times = int(count) if str(count) in map(str, self.choices["counts"]) else 1
        one_usd = self._priced.price_usd if self._priced and not self.problem else None
        return None if one_usd is None else one_usd * times

    @cached_property
    def problem(self) -> str:
        """Why what stands in the source's place can't be made into this, or nothing."""
        if self._source is None or self._priced is None:
            return ""
        return self._priced.problem or obstacle(self._source, self._kind)

    @property
    def hint(self) -> str:
        """What stands where the price will, as long as there is nothing to make it from."""
        if self._source:
            return ""
        what = "a take" if self.makes == "modify" else "a take or a still"
        return f"Choose {what}: then the price is here."

    @cached_property
    def terms(self) -> Terms:
        """What stands beside the button that spends."""
        return Terms(self.project, self.price_usd)
