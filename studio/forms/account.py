"""A team's keys at providers, as a producer fills them in."""

from decimal import Decimal
from typing import Any

from django import forms

from generations import enrolling, limits, pricing, rekeying, standing_in
from generations.catalogue import catalogue
from generations.enrolling import Key
from generations.models import Account
from generations.refusal import Refused
from studio import auditing
from studio.models import AuditEntry, Team

_NO_KEY = "Paste the key. It is shown to nobody afterwards, but for its last four characters."
_CHOOSE = dict.fromkeys(("required", "invalid_choice"), "Choose two models from the lists.")
_FACTOR = "Give a number like 0.8, or 1 for the published prices."
_LIMIT = "A limit is a whole number, at least 1."


def _limit(label: str) -> forms.IntegerField:
    words = dict.fromkeys(("invalid", "min_value", "max_value"), _LIMIT)
    return forms.IntegerField(
        min_value=1, max_value=100_000, required=False, label=label, error_messages=words
    )


def factor_field(help_text: str = "") -> forms.DecimalField:
    """Return a field of what the published prices are times; the engine says what may be."""
    mistakes = ("invalid", "max_digits", "max_decimal_places", "max_whole_digits")
    looks = {"inputmode": "decimal", "placeholder": 1, "size": 6, "class": "num"}
    return forms.DecimalField(
        required=False,
        max_digits=7,
        decimal_places=4,
        label="Published prices times",
        help_text=help_text,
        widget=forms.TextInput(attrs=looks | {"autocomplete": "off"}),
        error_messages=dict.fromkeys(mistakes, _FACTOR),
    )


class Refusing(forms.Form):
    """A form whose verb may refuse, in words."""

    def refuse(self, refused: Refused) -> None:
        """Show a refusal at its field."""
        for field, words in refused.errors.items():
            self.add_error(field if field in self.fields else None, words)


class KeyForm(Refusing):
    """A key, which no page ever shows again."""

    key = forms.CharField(
        max_length=400,
        label="Key",
        # Not kept when the form comes back, and no browser's to remember.
        widget=forms.PasswordInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
        error_messages={"required": _NO_KEY},
    )


class AnotherKeyForm(KeyForm):
    """A key for an account that there is: of the same one at the provider, or of another."""

    same = forms.BooleanField(
        required=False, initial=True, label="It is a key of the same account at the provider"
    )

    def replace(self, account: Account) -> Account | None:
        """Put the key in, or in the account's place: the account with it, or None with the errors.

        Of the same account at the provider it goes into this one; else a new one has it.
        """
        if not self.is_valid():
            return None
        key = self.cleaned_data["key"]
        try:
            if self.cleaned_data["same"]:
                rekeying.rekey(account, key)
                made = account
            else:
                made = enrolling.replace_key(account, key)
        except Refused as refused:
            self.refuse(refused)
            return None
        words = f"Put another key, which ends in {made.key_suffix}, in the place of that of {made}"
        auditing.note(AuditEntry.Kind.KEYS, account.team, words)
        return made


class AccountForm(KeyForm):
    """A new account: its key and where that is one."""

    field_order = ["name", "key", "provider"]

    name = forms.CharField(
        max_length=60,
        label="Name",
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={"required": "Give it a name that the team knows it by."},
    )
    provider = forms.ChoiceField(label="Provider")
    base_url = forms.CharField(
        required=False,
        max_length=200,
        label="Address of the API",
        help_text="Also of a server that speaks this provider's API, such as a reseller's.",
        widget=forms.TextInput(attrs={"placeholder": "The provider's own", "inputmode": "url"}),
    )
    model_name = forms.CharField(
        required=False,
        max_length=120,
        label="Its model's name",
        widget=forms.TextInput(attrs={"placeholder": "Of an images server only"}),
    )
    concurrent_limit = _limit("Takes at once")
    per_minute_limit = _limit("Sent in a minute")
    price_factor = factor_field(
        "What is paid at an address that isn't the provider's own, such as 0.8."
    )
    keep_anyway = forms.BooleanField(
        required=False, label="Keep it switched off if it fails its test"
    )

    def __init__(self, data: Any = None) -> None:
        super().__init__(data)
        titles = [(key, facts.title) for key, facts in catalogue().providers.items()]
        self.fields["provider"].choices = titles  # type: ignore[attr-defined]
        first = next(iter(catalogue().providers.values()))
        for name in ("concurrent_limit", "per_minute_limit"):
            self.fields[name].widget.attrs["placeholder"] = getattr(first, name)
        if len(titles) == 1:
            self.fields["provider"].widget = forms.HiddenInput()
            self.fields["provider"].initial = titles[0][0]

    def enroll(self, team: Team) -> Account | None:
        """Have the account kept: the account, or None with the errors by field."""
        if not self.is_valid():
            return None
        given = dict(self.cleaned_data)
        keep_anyway = given.pop("keep_anyway")
        try:
            made = enrolling.enroll(team, Key(**given), even_if_refused=keep_anyway)
        except Refused as refused:
            self.refuse(refused)
            return None
        words = f"Added the account {made} at {made.provider}; its key ends in {made.key_suffix}"
        auditing.note(AuditEntry.Kind.KEYS, team, words)
        return made


class LimitsForm(Refusing):
    """How much an account takes at once, and in a minute, of the models that share a limit.

    `bucket` is empty for videos, whose limits are always the account's own. Of the others, such
    as Photon's, what is left empty is as published.
    """

    bucket = forms.CharField(required=False)
    concurrent_limit = _limit("Takes at once")
    per_minute_limit = _limit("Sent in a minute")

    def set(self, account: Account) -> str:
        """Set both; return why not, or nothing."""
        if not self.is_valid() or (
            not self.cleaned_data["bucket"] and None in self.cleaned_data.values()
        ):
            return _LIMIT
        try:
            limits.set_limits(account, **self.cleaned_data)
        except Refused as refused:
            return str(refused)
        auditing.note(AuditEntry.Kind.KEYS, account.team, f"Set limits of the account {account}")
        return ""


class FactorForm(Refusing):
    """What an account pays for everything, by the published prices."""

    price_factor = factor_field()

    def set(self, account: Account) -> bool:
        """Set it, 1 where nothing is given; False with the errors by field."""
        if not self.is_valid():
            return False
        factor = self.cleaned_data["price_factor"]
        try:
            pricing.set_factor(account, Decimal(1) if factor is None else factor)
        except Refused as refused:
            self.refuse(refused)
            return False
        words = f"Set prices of the account {account}: the published ones times {self.factor}"
        auditing.note(AuditEntry.Kind.KEYS, account.team, words)
        return True

    @property
    def factor(self) -> str:
        """The factor as it is written."""
        factor = self.cleaned_data["price_factor"]
        return f"{(Decimal(1) if factor is None else factor).normalize():f}"


class FallbackForm(Refusing):
    """Which model may take another's place."""

    from_model = forms.ChoiceField(error_messages=_CHOOSE)
    to_model = forms.ChoiceField(error_messages=_CHOOSE)

    def __init__(self, data: Any = None) -> None:
        super().__init__(data, auto_id="fallback-%s")
        models = [(key, facts.title) for key, facts in catalogue().models.items()]
        for name in ("from_model", "to_model"):
            self.fields[name].choices = [("", "a model"), *models]  # type: ignore[attr-defined]

    def set(self, team: Team) -> bool:
        """Allow it; False with the errors by field."""
        if not self.is_valid():
            return False
        try:
            before, instead = self.cleaned_data["from_model"], self.cleaned_data["to_model"]
            standing_in.allow(team, before, instead)
        except Refused as refused:
            self.refuse(refused)
            return False
        words = f"Let {instead} take the place of {before}"
        auditing.note(AuditEntry.Kind.KEYS, team, words)
        return True
