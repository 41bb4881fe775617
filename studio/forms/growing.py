"""What is asked for where a cut grows: words, model and length, with a price on each button."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any
from uuid import uuid4

from django import forms

from generations.catalogue import catalogue, dollars
from generations.kinds import Kind
from generations.models import Generation
from generations.refusal import Refused, upper_first
from studio.editing.growing import Asked, Growth, Where, models_for, usual
from studio.editing.grown import Grown, grow
from studio.forms.shown import shown_usd
from studio.models import Sequence, User
from studio.spending import Terms, must_ask

VERBS = {
    Where.AFTER: ("extend_after", "Extend after this clip"),
    Where.BEFORE: ("extend_before", "Extend before this clip"),
    Where.BRIDGE: ("bridge", "Bridge to the next clip"),
}


@dataclass(frozen=True)
class Offer:
    """A button that orders what grows, and how that is made; `problem` says why it can't be."""

    where: Where
    words: str
    price: str = ""
    price_usd: str = ""
    how: str = ""
    sign: str = ""
    problem: str = ""

    @property
    def name(self) -> str:
        """The name of its address."""
        return VERBS[self.where][0]


class GrowingForm(forms.Form):
    """Words, model and length of what grows at a clip; the clip's take has the usual ones.

    `key` names a press, so that a second one orders nothing.
    """

    words = forms.CharField(required=False, strip=False, max_length=10_000)
    model = forms.CharField(required=False)
    duration_s = forms.IntegerField(required=False)
    key = forms.UUIDField(required=False)

    def __init__(
        self, sequence: Sequence, clip: str, take: Generation, user: User, data: Any = None
    ) -> None:
        own = usual(take)
        given = data or {}
        typed = {name: given[name] for name in ("words", "model", "duration_s") if name in given}
        filled = {"words": own.words, "model": own.model, "duration_s": own.duration_s} | typed
        if "model" in typed and typed["model"] not in models_for():
            filled["model"] = own.model
        super().__init__(filled | {"key": given.get("key")}, auto_id="grow-%s")
        self.sequence, self.clip, self.user = sequence, clip, user
        self.sent = given
        self.new_key = uuid4()
        self.lengths_s = self._lengths_s(str(filled["model"]))
        self.is_valid()

    @property
    def models(self) -> list[tuple[str, str]]:
        """The models that there are, with their titles."""
        return list(models_for().items())

    @property
    def asked(self) -> Asked:
        """What is filled in; a length that the model doesn't make is its first."""
        found = self.cleaned_data
        length = found.get("duration_s")
        duration_s = length if length in self.lengths_s else self.lengths_s[0]
        words = found.get("words", "").replace("\r\n", "\n").replace("\0", "")
        return Asked(words, found["model"], duration_s)

    @cached_property
    def offers(self) -> list[Offer]:
        """The buttons; the last is only there where another clip follows."""
        is_last = self.sequence.cut.clips[-1].key == self.clip
        wheres = [where for where in Where if not (is_last and where is Where.BRIDGE)]
        return [self._offer(where) for where in wheres]

    @cached_property
    def terms(self) -> Terms:
        """What stands beside the buttons about money."""
        return Terms(self.sequence.project, self._price_usd)

    def press(self, where: Where) -> Grown:
        """Order what grows there. Raises Refused."""
        seen_usd = shown_usd(self.sent.get("shown_usd") or self.sent.get(f"shown_usd_{where}"))
        return grow(
            self._growth(where),
            self.user,
            self.cleaned_data.get("key"),
            sign=str(self.sent.get(f"sign_{where}", "")),
            asks=must_ask(self.sequence.project),
            seen_usd=seen_usd,
        )

    @cached_property
    def _first(self) -> Growth:
        return Growth(self.sequence, self.clip, Where.AFTER, self.asked)

    @cached_property
    def _price_usd(self) -> Any:
        try:
            return self._first.price_usd
        except Refused:
            return None

    def _growth(self, where: Where) -> Growth:
        if where is Where.AFTER:
            return self._first
        return Growth(self.sequence, self.clip, where, self.asked, self._first.footage)

    def _offer(self, where: Where) -> Offer:
        words = VERBS[where][1]
        try:
            growth = self._growth(where)
            price_usd = growth.price_usd
            growth.check()
            terms = self.terms if price_usd == self._price_usd else Terms(growth.project, price_usd)
            price = dollars(price_usd)
            if terms.is_over:
                return Offer(where, words, price, how=growth.words, problem="Over budget.")
            if terms.needs_approval:
                words = f"Request: {words[:1].lower()}{words[1:]}"
            return Offer(where, words, price, str(price_usd), growth.words, growth.sign)
        except Refused as refused:
            return Offer(where, words, problem=upper_first(str(refused)))

    def _lengths_s(self, model: str) -> tuple[int, ...]:
        return catalogue().models[model].kinds[Kind.VIDEO].durations_s
