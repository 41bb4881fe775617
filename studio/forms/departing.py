"""What a person has to show who leaves, or deletes a team: that it is them, and they mean it."""

import time
from typing import Any

from allauth.account.internal.flows.login import get_authentication_records
from allauth.core import ratelimit
from allauth.mfa.models import Authenticator
from django import forms
from django.contrib.auth.hashers import check_password

from studio import deleting
from studio.forms.passkeys import CodeForm
from studio.http import Request
from studio.leaving import departing
from studio.models import Team

_RECENT_S = 300
_NOT_ADDRESS = "That isn't {email}, the address that you sign in with."
_WRONG = "That isn't your password."
_OFTEN = "That were too many tries. Wait a minute, then try again."
_PASSKEY = "Show your passkey first: press “Use your passkey” below, then come back here."
_AGAIN = "Sign out and in again first, so that it is certain that it is you; then come back here."


class ProofForm(forms.Form):
    """The password, and the second factor where there is one: that it is the person."""

    password = forms.CharField(
        label="Your password",
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
        error_messages={"required": "Type your password."},
        strip=False,
    )
    code = forms.CharField(
        label="A code of your authenticator app, or a recovery code",
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "inputmode": "numeric"}),
        error_messages={"required": "Type a code."},
    )

    def __init__(self, request: Request, data: Any = None) -> None:
        super().__init__(data)
        self._request = request
        kinds = set(Authenticator.objects.filter(user=request.user).values_list("type", flat=True))
        self.has_codes = Authenticator.Type.TOTP in kinds
        self.has_passkey = Authenticator.Type.WEBAUTHN in kinds
        self.has_password = request.user.has_usable_password()
        if not self.has_password:
            del self.fields["password"]
        if not self.has_codes:
            del self.fields["code"]

    @property
    def needs_passkey(self) -> bool:
        """Whether a passkey is the person's second factor, and wasn't shown lately."""
        return self.has_passkey and not self.has_codes and not self._showed("mfa")

    def clean_password(self) -> str:
        """Compare the password, not too often."""
        typed: str = self.cleaned_data["password"]
        user = self._request.user
        if not ratelimit.consume(self._request, action="reauthenticate", user=user):
            raise forms.ValidationError(_OFTEN)
        if not check_password(typed, user.password):
            raise forms.ValidationError(_WRONG)
        return typed

    def clean(self) -> dict[str, Any]:
        """Ask for the second factor once everything else is right: a code is used up by it."""
        cleaned: dict[str, Any] = super().clean() or {}
        if self.errors:
            return cleaned
        if self.needs_passkey:
            raise forms.ValidationError(_PASSKEY)
        if not self.has_password and not self.has_codes and not self._showed():
            raise forms.ValidationError(_AGAIN)
        if self.has_codes:
            shown = CodeForm({"code": cleaned["code"]}, user=self._request.user)
            if not shown.is_valid():
                self.add_error("code", shown.errors.get("code", [""])[0])
        return cleaned

    def _showed(self, method: str = "") -> bool:
        """Tell whether the person lately showed in this session who they are."""
        records = get_authentication_records(self._request, self._request.user)
        recent = [it for it in records if time.time() - it["at"] < _RECENT_S]
        return any(not method or it["method"] == method for it in recent)


class DepartForm(ProofForm):
    """The address of who leaves, and the proof that it is them."""

    email = forms.CharField(
        label="Your email address, to confirm",
        error_messages={"required": "Type the address that you sign in with."},
    )
    field_order = ("email",)

    def clean_email(self) -> str:
        """Compare the address."""
        typed: str = self.cleaned_data["email"]
        if typed.strip().lower() != self._request.user.email.lower():
            raise forms.ValidationError(_NOT_ADDRESS.format(email=self._request.user.email))
        return typed

    def depart(self) -> bool:
        """Let the person go; False with the errors by field. Raises Refused."""
        if not self.is_valid():
            return False
        departing.depart(self._request.user, by=self._request.user)
        return True


class DeleteTeamForm(ProofForm):
    """The name of the team that is to be deleted, and the proof that it is its owner."""

    name = forms.CharField(
        label="The team's name, to confirm",
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={"required": "Type the name of the team as it stands here."},
    )
    field_order = ("name",)

    def __init__(self, request: Request, team: Team, data: Any = None) -> None:
        super().__init__(request, data)
        self._team = team
        self.fields["name"].label = f"Type “{team}” to confirm"

    def clean_name(self) -> str:
        """Compare the name, but for its spaces."""
        typed: str = self.cleaned_data["name"]
        if " ".join(typed.split()) != " ".join(self._team.name.split()):
            raise forms.ValidationError("Type the name of the team as it stands here.")
        return typed

    def delete(self) -> bool:
        """Delete the team; False with the errors by field."""
        if not self.is_valid():
            return False
        deleting.delete(self._team, self._request.user)
        return True
