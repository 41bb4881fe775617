"""What an account pays where that isn't the published price: the rate, in the catalogue's unit."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from django import forms

from generations import pricing
from generations.catalogue import KindFacts, ModelFacts, catalogue, dollars
from generations.kinds import PICTURES, Kind
from generations.models import Account, PriceOverride
from generations.refusal import Refused
from studio.forms.account import Refusing

_PER = {
    "million_pixels": "every million pixels of every frame",
    "second": "every second",
    "take": "every take",
}
_EXAMPLE_S, _EXAMPLE_RESOLUTION = 5, "720p"
_NO_CHOICE = "Choose what it is the price of."
_NO_DOLLARS = "Give dollars like 0.0055, or nothing for the published price."


class OwnPriceForm(Refusing):
    """An account's own rate. A price for a whole take would be blind to its length and size."""

    what = forms.ChoiceField(
        label="Price of",
        error_messages={"required": _NO_CHOICE, "invalid_choice": _NO_CHOICE},
    )
    rate_usd = forms.DecimalField(  # one that isn't above zero is refused by the engine
        required=False,
        min_value=-10_000,
        max_value=10_000,
        max_digits=12,
        decimal_places=6,
        label="Dollars",
        widget=forms.TextInput(
            attrs={
                "inputmode": "decimal",
                "placeholder": "As published",
                "size": 12,
                "class": "num",
                "autocomplete": "off",
            }
        ),
        error_messages=dict.fromkeys(
            (
                *("invalid", "min_value", "max_value"),
                *("max_digits", "max_decimal_places", "max_whole_digits"),
            ),
            _NO_DOLLARS,
        ),
    )

    def __init__(self, account: Account, data: Any = None, **options: Any) -> None:
        super().__init__(data, **options)
        if not any(facts.rate.is_published for facts in _facts_of(account.provider)):
            self.fields["rate_usd"].widget.attrs["placeholder"] = "What you pay"
        self._choices = list(_priced(account.provider))
        self.fields["what"].choices = self._choices  # type: ignore[attr-defined]

    def set(self, account: Account) -> bool:
        """Set the rate, or go back to the published one; False with the errors by field."""
        if not self.is_valid():
            return False
        model, kind = self.cleaned_data["what"].split(":")
        rate_usd = self.cleaned_data["rate_usd"]
        try:
            if rate_usd is None:
                pricing.forget_own(account, model, Kind(kind))
            else:
                pricing.set_own(account, model, Kind(kind), rate_usd=rate_usd)
        except Refused as refused:
            for words in refused.errors.values():
                self.add_error("rate_usd", words)
            return False
        return True

    @property
    def words(self) -> str:
        """What that would cost: the price that is typed, else the published one."""
        first = self._choices[0][1][0][0] if self._choices else ""
        named = str(self["what"].value() or first)
        model_key, _, kind = named.partition(":")
        model = catalogue().models.get(model_key)
        if model is None or kind not in model.kinds:
            return _NO_CHOICE
        if self.is_bound and not self.is_valid():
            return " ".join(str(error) for found in self.errors.values() for error in found)
        own = self.cleaned_data["rate_usd"] if self.is_bound else None
        facts = model.kinds[Kind(kind)]
        if own is None and not facts.rate.is_published:
            return f"Nobody publishes a price. Give what you pay for {_PER[facts.rate.per]}."
        return f"{'Published' if own is None else 'Here'}: {rate_words(facts, own)}."


def rate_words(facts: KindFacts, rate_usd: Decimal | None = None) -> str:
    """Write a rate, the published one unless given, with what it makes of one take."""
    rate = facts.rate.usd if rate_usd is None else rate_usd
    words = f"${rate.normalize():f} for {_PER[facts.rate.per]}"
    if facts.rate.per == "take":
        return words
    shown = _EXAMPLE_RESOLUTION in facts.resolutions
    resolution = _EXAMPLE_RESOLUTION if shown else facts.resolutions[0]
    price = facts.price_usd(resolution=resolution, duration_s=_EXAMPLE_S, rate_usd=rate)
    size = "" if facts.rate.per == "second" else f" at {resolution}"
    what = f"a picture{size}" if facts.kind in PICTURES else f"{_EXAMPLE_S} s{size}"
    return f"{words}, so {dollars(price)} for {what}"


def own_words(own: PriceOverride) -> str:
    """Write an account's own price, with what a price for a whole take doesn't see."""
    model = catalogue().models.get(own.model)
    facts = model.kinds.get(Kind(own.kind)) if model else None
    what = _title(model, Kind(own.kind)) if model else f"{own.model}, {own.kind}"
    if own.price_usd is None:
        rate = own.rate_usd or Decimal(0)
        return f"{what}: {rate_words(facts, rate) if facts else f'${rate:f}'}"
    words = f"{what}: {dollars(own.price_usd)} a take"
    is_blind = facts is not None and facts.rate.per != "take"
    return f"{words}, however long or large. Give its rate instead." if is_blind else words


def _priced(provider: str) -> Iterator[tuple[str, list[tuple[str, str]]]]:
    """Yield what a provider's models make by its unit: `model:kind` and how it is said."""
    for per, words in _PER.items():
        found = [
            (f"{key}:{kind}", _title(model, kind))
            for key, model in catalogue().models.items()
            for kind, facts in model.kinds.items()
            if model.provider == provider and facts.rate.per == per
        ]
        if found:
            yield f"For {words}", found


def _facts_of(provider: str) -> Iterator[KindFacts]:
    mine = (model for model in catalogue().models.values() if model.provider == provider)
    return (facts for model in mine for facts in model.kinds.values())


def _title(model: ModelFacts, kind: Kind) -> str:
    return f"{model.title}, {kind.label.lower()}"
