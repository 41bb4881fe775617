"""What the page of a new bake-off sends."""

from decimal import Decimal
from functools import cached_property
from uuid import UUID, uuid4

from django import forms
from django.http import QueryDict

from studio.forms.fields import HiddenUUID
from studio.forms.shown import ShownPrice


class BakeOffForm(forms.Form):
    """Which models and settings are chosen, the key of the press, and the price that was shown."""

    bakeoff_key = HiddenUUID(required=False)
    shown_usd = ShownPrice()

    def __init__(self, sent: QueryDict) -> None:
        super().__init__(sent)
        self._sent = sent
        self.full_clean()

    @property
    def chosen(self) -> list[str] | None:
        """The boxes that are ticked; None for a page that was just opened."""
        return self._sent.getlist("entrant") if "bakeoff_key" in self._sent else None

    @cached_property
    def key(self) -> UUID:
        """What tells this press from another that asks for the same."""
        kept: UUID | None = self.cleaned_data.get("bakeoff_key")
        return kept or uuid4()

    @property
    def seen_usd(self) -> Decimal:
        """The price of all of it that was shown, in dollars; 0 where none was."""
        return self.cleaned_data["shown_usd"]
