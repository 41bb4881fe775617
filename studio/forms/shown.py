"""The price that a person was shown, which travels with what they press."""

from decimal import Decimal
from typing import Any

from django import forms


class ShownPrice(forms.DecimalField):
    """A price in dollars that nobody types: what can't be one counts as none was shown."""

    def __init__(self) -> None:
        super().__init__(required=False, min_value=0, max_digits=12, decimal_places=4)

    def clean(self, value: Any) -> Decimal | None:
        """Return the price, or None."""
        try:
            found: Decimal | None = super().clean(value)
        except forms.ValidationError:
            return None
        return found


def shown_usd(value: str | None) -> Decimal | None:
    """Return the price in dollars that was sent with a button, or None."""
    return ShownPrice().clean(value)
