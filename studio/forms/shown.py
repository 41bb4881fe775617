"""The price that a person was shown, which travels with what they press.

What comes without one was shown none: nothing that costs money is ordered by it.
"""

from decimal import Decimal
from typing import Any

from django import forms
from django.http import QueryDict

_NONE = Decimal(0)


class ShownPrice(forms.DecimalField):
    """A price in dollars that nobody types: where it can't be one, none was shown, which is 0."""

    def __init__(self) -> None:
        super().__init__(required=False, min_value=0, max_digits=12, decimal_places=4)

    def clean(self, value: Any) -> Decimal:
        """Return the price, or 0."""
        try:
            found: Decimal | None = super().clean(value)
        except forms.ValidationError:
            return _NONE
        return _NONE if found is None else found


class PricedForm(forms.Form):
    """What is pressed at a price that was shown."""

    shown_usd = ShownPrice()

    def __init__(self, sent: QueryDict) -> None:
        super().__init__(sent)
        self._sent = sent
        self.full_clean()

    @property
    def seen_usd(self) -> Decimal:
        """The price of all of it that was shown, in dollars; 0 where none was."""
        found: Decimal = self.cleaned_data["shown_usd"]
        return found


def shown_usd(value: str | None) -> Decimal:
    """Return the price in dollars that was sent with a button, or 0."""
    return ShownPrice().clean(value)
