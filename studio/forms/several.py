"""A pasted list of prompts."""

from decimal import Decimal
from functools import cached_property
from typing import Any
from uuid import UUID, uuid4

from django import forms

from studio.forms.fields import HiddenUUID
from studio.forms.shown import ShownPrice

_LONGEST = 200_000
_TOO_LONG = f"A list has at most {_LONGEST:,} characters. Make some of it first."
_NULL = "An invisible null character is in the list. Paste it as plain text."


class SeveralForm(forms.Form):
    """The list as it was typed or pasted, its key, and the price of all of it that was shown."""

    list = forms.CharField(
        required=False,
        strip=False,
        max_length=_LONGEST,
        error_messages={"max_length": _TOO_LONG, "null_characters_not_allowed": _NULL},
    )
    list_key = HiddenUUID(required=False)
    shown_usd = ShownPrice()

    def __init__(self, data: Any) -> None:
        super().__init__(data, auto_id="several-%s")
        self.full_clean()

    @property
    def text(self) -> str:
        """The list; nothing where it can't be taken."""
        return str(self.cleaned_data.get("list", ""))

    @cached_property
    def key(self) -> UUID:
        """What tells this list from another that says the same."""
        kept: UUID | None = self.cleaned_data.get("list_key")
        return kept or uuid4()

    @property
    def seen_usd(self) -> Decimal | None:
        """The price of all of it that was shown, in dollars."""
        return self.cleaned_data.get("shown_usd")
