"""Passkeys: what a browser sends of one, and what a person says about it."""

from collections.abc import Callable
from contextlib import suppress
from typing import Any

from allauth.mfa.base.forms import AuthenticateForm
from allauth.mfa.models import Authenticator
from allauth.mfa.webauthn.forms import (
    AddWebAuthnForm,
    AuthenticateWebAuthnForm,
    EditWebAuthnForm,
    LoginWebAuthnForm,
    ReauthenticateWebAuthnForm,
)
from django import forms
from django.core.exceptions import ValidationError
from fido2.webauthn import AuthenticationResponse, RegistrationResponse

from studio import auditing
from studio.accounts import CannotCheck
from studio.models import User

NAME_MAX = 60
_UNREADABLE = "The browser sent no passkey. Try again, or use another browser."
_UNKNOWN = "That passkey isn't known here. Use another one, or another way in."
_WRITTEN = (
    *("clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"),
)


class CredentialField(forms.JSONField):
    """What a browser says of a passkey (WebAuthn Level 3, §5.1: RegistrationResponseJSON and
    AuthenticationResponseJSON), cut down to what is used.

    `read` is fido2's, which may stumble over anything else.
    """

    widget = forms.HiddenInput

    def __init__(self, read: Callable[[Any], object], **kwargs: Any) -> None:
        messages = dict.fromkeys(("required", "invalid"), _UNREADABLE)
        super().__init__(error_messages=messages, **kwargs)
        self._read = read

    def bound_data(self, data: Any, initial: Any) -> str:
        """Return nothing: a passkey is used once, and no form comes back with it."""
        return ""

    def prepare_value(self, value: Any) -> str:
        """Return nothing: the page's script fills it in."""
        return ""

    def to_python(self, value: Any) -> Any:
        """Return the parts of it. Raises ValidationError for what can't be read."""
        try:
            said = super().to_python(value)
            if said is None:
                return None
            kept = _parts(said)
            self._read(kept)
        except (AttributeError, KeyError, TypeError, ValueError, RecursionError) as error:
            raise ValidationError(_UNREADABLE) from error
        return kept


def _parts(said: dict[str, Any]) -> dict[str, Any]:
    response = {
        name: str(said["response"][name]) for name in _WRITTEN if said["response"].get(name)
    }
    resident = said.get("clientExtensionResults", {}).get("credProps", {}).get("rk")
    return {
        "id": str(said["id"]),
        "rawId": str(said["rawId"]),
        "type": "public-key",
        "response": response,
        "clientExtensionResults": (
            {"credProps": {"rk": resident}} if isinstance(resident, bool) else {}
        ),
    }


class AddPasskeyForm(AddWebAuthnForm):
    """A new passkey and its name."""

    field_order = ("name", "passwordless", "credential")

    name = forms.CharField(
        required=False,
        max_length=NAME_MAX,
        label="Name",
        help_text="So that you know it again: the device or the place that keeps it.",
    )
    passwordless = forms.BooleanField(
        required=False,
        initial=True,
        label="Sign in with it alone",
        help_text=(
            "It then asks for your fingerprint, your face or a PIN. Without this it is asked for "
            "after your password; an older security key can only do that."
        ),
    )
    credential = CredentialField(RegistrationResponse.from_dict)


class RenamePasskeyForm(EditWebAuthnForm):
    """Another name of a passkey."""

    name = forms.CharField(max_length=NAME_MAX, label="Name")


class _Known(AuthenticateWebAuthnForm):
    credential = CredentialField(AuthenticationResponse.from_dict)

    def clean_credential(self) -> Any:
        """Return the passkey that was used. Raises ValidationError for one that isn't ours."""
        try:
            return super().clean_credential()
        except ValidationError as error:
            _note_failure(self.user)
            if getattr(error, "code", "") == "incorrect_code":
                raise ValidationError(_UNKNOWN) from error
            raise


class SecondPasskeyForm(_Known):
    """A passkey after the password."""


class SignInPasskeyForm(_Known, LoginWebAuthnForm):
    """A passkey alone."""


class ConfirmPasskeyForm(_Known, ReauthenticateWebAuthnForm):
    """A passkey before something that matters."""


class CodeForm(AuthenticateForm):
    """A code of an authenticator app, or a recovery code."""

    def clean_code(self) -> str:
        """Return the code. Raises ValidationError for a wrong one."""
        try:
            return str(super().clean_code())
        except ValidationError as error:
            if isinstance(error, CannotCheck) and self._is_of_another():
                return str(self.cleaned_data["code"])
            _note_failure(self.user)
            raise

    def _is_of_another(self) -> bool:
        """Tell whether it is of one that can be read, beside one whose key was lost."""
        mine = Authenticator.objects.filter(user=self.user)
        for each in mine.exclude(type=Authenticator.Type.WEBAUTHN):
            with suppress(CannotCheck):
                if each.wrap().validate_code(self.cleaned_data["code"]):
                    self.authenticator = each
                    return True
        return False


def _note_failure(user: User | None) -> None:
    if user is not None:
        auditing.note_signing_in(user, "Failed at the second factor, or somebody else did")
