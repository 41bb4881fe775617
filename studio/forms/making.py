"""What is made from a take or a still: upscaled, with sound, reframed, modified."""

from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import Any, ClassVar
from uuid import uuid4

from django import forms
from django.utils import timezone
from django.utils.datastructures import MultiValueDict

from generations import editing, pricing
from generations.canvas import canvas
from generations.catalogue import KindFacts, ModelFacts, catalogue
from generations.checking_sources import size_of
from generations.kinds import Kind
from generations.models import Generation, Still
from generations.ordering import accept_all, quote_in
from generations.orders import Order, made_from
from generations.refusal import Refused
from studio.forms.shown import shown_usd
from studio.models import User
from studio.spending import Terms, must_ask


@dataclass(frozen=True)
class Offer:
    """A button that orders: its value, its words, and its price in dollars.

    `problem` says why it can't be pressed; then there is no price.
    """

    value: str
    words: str
    price_usd: Decimal | None = None
    is_estimate: bool = False
    problem: str = ""


class MakingForm(forms.Form):
    """What is asked for of a take or a still. Each button is an offer, with its price on it.

    `from_best`: it goes on from the take's best version, not from the take as it was made.
    `edited`: what waits and is made to ask for this instead.
    """

    kind: ClassVar[Kind]
    verb: ClassVar[str]
    offers_by: ClassVar[str] = "model"
    from_best: ClassVar[bool] = False
    words_label: ClassVar[str] = "What is seen"

    words = forms.CharField(required=False, strip=False)
    model = forms.CharField(required=False)
    key = forms.UUIDField(required=False, widget=forms.HiddenInput)

    def __init__(
        self,
        source: Generation | Still,
        user: User,
        data: Any = None,
        files: MultiValueDict[str, Any] | None = None,
        initial: dict[str, Any] | None = None,
        edited: Generation | None = None,
    ) -> None:
        super().__init__(data, files, initial=initial, auto_id="make-%s")
        self.source = source
        self.user = user
        self.edited = edited
        self.initial.setdefault("key", uuid4())
        self.refusal: dict[str, str] = {}  # of the engine, by its own fields

    def submit(self) -> Generation | None:
        """Have the order accepted, or the waiting one changed: the take or version.

        None with the errors by field.
        """
        return next(iter(self.submit_several(1)), None)

    def submit_several(self, count: int) -> list[Generation]:
        """Have so many of it accepted, or the waiting one changed; none with the errors."""
        if not self.is_valid():
            return []
        try:
            order = self.order(**self.chosen(self.cleaned_data))
            project = self.source.project
            key, asks = self.cleaned_data["key"], must_ask(project)
            pressed = self.cleaned_data.get(self.offers_by) or ""
            # Each button's own, or the one price that there is.
            shown = self.data.get(f"shown_usd_{pressed}") or self.data.get("shown_usd")
            how: dict[str, Any] = {"asks": asks, "seen_usd": shown_usd(shown)}
            if self.edited:
                editing.edit(self.edited, self.user, order, **how)
                return [self.edited]
            return accept_all(project, self.user, [order] * count, key=key, **how)
        except Refused as refused:
            self.refusal = refused.errors
            for field, words in refused.errors.items():
                self.add_error(field if field in self.fields else None, words)
            return []

    def order(self, **settings: Any) -> Order:
        """Return the order with some settings. Raises Refused."""
        return made_from(self.source, self.kind, **settings)

    def chosen(self, typed: dict[str, Any]) -> dict[str, Any]:
        """Return the settings of what was typed, as the order names them. Raises Refused."""
        words = typed["words"].replace("\r\n", "\n")
        return {"words": words, "model": typed.get("model") or ""}

    @cached_property
    def facts(self) -> KindFacts:
        """What can be chosen, from the catalogue."""
        makers = catalogue().making(self.kind, timezone.now().date())
        own = self.source.prompt.model if isinstance(self.source, Generation) else ""
        model = makers.get(own) or next(iter(makers.values()))
        return model.kinds[self.kind]

    @property
    def offers(self) -> list[Offer]:
        """One button for each model that makes it."""
        return [
            self.offer(key, f"{self.verb} with {model.title}", model=key, **self.priced)
            for key, model in self.makers.items()
        ]

    @property
    def makers(self) -> dict[str, ModelFacts]:
        """The models that make it and can be ordered, by key."""
        makers = catalogue().making(self.kind, timezone.now().date())
        can_order = self.source.project.can_order
        return {key: model for key, model in makers.items() if can_order(model, self.kind)}

    @property
    def priced(self) -> dict[str, Any]:
        """Return what is chosen that has a price, for all offers."""
        return {}

    def offer(self, value: str, words: str, **settings: Any) -> Offer:
        """Return a button and its price, at the settings that it stands for."""
        try:
            # What else is typed has no price: the first of each choice stands for it.
            usual = {"mode": self.facts.modes[0]} if self.facts.modes else {}
            order = self.order(**usual, **settings)
            price_usd = self._quote(order)
            lead = "Save" if self.edited else ""
            if not self.edited and Terms(self.source.project, price_usd).needs_approval:
                lead = "Request"
            words = f"{lead}: {words[:1].lower()}{words[1:]}" if lead else words
            return Offer(value, words, price_usd, pricing.is_estimated(order))
        except Refused as refused:
            return Offer(value, words, problem=str(refused))

    def _quote(self, order: Order) -> Decimal:
        """Return what an order would cost in dollars. Raises Refused."""
        if self.edited:
            return editing.quote_in(self.edited, order)
        return quote_in(self.source.project, order)


class UpscaleForm(MakingForm):
    """The same pictures, larger: a button for each resolution above the take's."""

    source: Generation
    kind = Kind.UPSCALE
    verb = "Upscale"
    from_best = True
    offers_by = "resolution"
    resolution = forms.CharField(error_messages={"required": "Choose a resolution."})

    def chosen(self, typed: dict[str, Any]) -> dict[str, Any]:
        """Return the resolution; the model is the take's."""
        return {"resolution": typed["resolution"]}

    @property
    def offers(self) -> list[Offer]:
        """One button for each resolution that is larger than what there is."""
        own_width, own_height = size_of(self.source, self.kind) or (0, 0)
        pixels = own_width * own_height * 1.1
        sizes = {name: canvas(name, self.source.prompt.ratio) for name in self.facts.resolutions}
        return [
            self.offer(name, f"Upscale to {name}", resolution=name)
            for name, (width, height) in sizes.items()
            if width * height > pixels
        ]


class SoundForm(MakingForm):
    """Sound for a silent take, by words if wished."""

    kind = Kind.AUDIO
    verb = "Add sound"
    words_label = "What is heard"
    from_best = True
    negative_words = forms.CharField(required=False, strip=False)

    def chosen(self, typed: dict[str, Any]) -> dict[str, Any]:
        """Return the words for and against; the model is the take's."""
        return {"words": typed["words"], "negative_words": typed["negative_words"]}

    @property
    def offers(self) -> list[Offer]:
        """One button."""
        return [self.offer("", "Add sound")]
