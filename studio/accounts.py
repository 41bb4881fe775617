"""How people get an account and sign in: allauth's rules, with ours."""

from collections.abc import Sequence
from contextlib import suppress
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.usersessions.adapter import DefaultUserSessionsAdapter
from django.conf import settings
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.urls import reverse

from generations.refusal import Refused
from generations.sealing import CannotUnseal, seal, unseal

INVITED_BY = "invited_by"
"""Where a session keeps the token of the invitation that was opened in it."""

_CANNOT_CHECK = (
    "Codes can't be checked: they were sealed with an encryption key that this server doesn't "
    "have any more. Tell whoever runs it, or use a passkey."
)
_CHANGED = {
    "account/email/password_changed": "Changed the password",
    "account/email/password_reset": "Reset the password by email",
    "account/email/password_set": "Set a password",
    "account/email/email_changed": "Changed the email address",
    "account/email/email_deleted": "Removed an email address",
    "mfa/email/totp_activated": "Switched the second factor on",
    "mfa/email/totp_deactivated": "Switched the second factor off",
    "mfa/email/recovery_codes_generated": "Made new recovery codes",
    "mfa/email/webauthn_added": "Added a passkey",
    "mfa/email/webauthn_removed": "Removed a passkey",
    "socialaccount/email/account_connected": "Connected an account of another service",
    "socialaccount/email/account_disconnected": "Disconnected an account of another service",
}
"""What allauth can tell a person of by mail, by the name of the mail, for the audit log."""


class Accounts(DefaultAccountAdapter):
    """Closes sign-up unless the installation opens it; has sign-ins in the audit log."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Tell whether a stranger may make an account: where that is open, or they are invited."""
        return bool(settings.SIGNUP_OPEN) or self.is_invited(request)

    def get_signup_redirect_url(self, request: HttpRequest) -> str:
        """Return where a new person goes: to the invitation that they came with."""
        token = request.session.get(INVITED_BY)
        return (
            reverse("invitation", args=[token])
            if token
            else super().get_signup_redirect_url(request)
        )

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        """Return where who signs in goes: to the invitation that they came with, if it is theirs.

        Who has to confirm their address first signs in after that.
        """
        from studio import membering

        if token := request.session.get(INVITED_BY):
            with suppress(Refused):
                membering.find(token, request.user)  # type: ignore[arg-type]
                return reverse("invitation", args=[token])
        return str(super().get_login_redirect_url(request))

    def login(self, request: HttpRequest, user: Any) -> None:
        """Sign a person in who has shown all that is asked for, and note it."""
        from studio import auditing

        super().login(request, user)
        auditing.note_signing_in(user, "Signed in")

    def logout(self, request: HttpRequest) -> None:
        """Sign the person out, and note it."""
        from studio import auditing

        user = request.user
        super().logout(request)
        if user.is_authenticated:
            auditing.note_signing_in(user, "Signed out")

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        """Note that somebody failed to sign in; who tries too often isn't asked, nor noted."""
        from studio import auditing

        auditing.note_failed_sign_in(str(credentials.get("email", "")))

    def get_reauthentication_methods(self, user: Any) -> list[dict[str, Any]]:
        """Return how a person confirms who they are, a passkey called by its name."""
        methods: list[dict[str, Any]] = super().get_reauthentication_methods(user)
        passkey = {"description": "Use a passkey"}
        return [it | passkey if it["id"].endswith(":webauthn") else it for it in methods]

    def send_notification_mail(
        self, template_prefix: str, user: Any, *args: Any, **kwargs: Any
    ) -> None:
        """Note what was changed of a person's signing in, and mail it where that is asked for."""
        from studio import auditing

        if words := _CHANGED.get(template_prefix):
            auditing.note_signing_in(user, words)
        super().send_notification_mail(template_prefix, user, *args, **kwargs)

    def is_invited(self, request: HttpRequest) -> bool:
        """Tell whether an invitation that still holds was opened in this session."""
        from studio import membering  # it needs the models, which need the settings

        token = request.session.get(INVITED_BY)
        if not token:
            return False
        try:
            membering.find(token, None)
        except Refused:
            return False
        return True


class Sessions(DefaultUserSessionsAdapter):
    """Has the ending of sessions from another one in the audit log."""

    def end_sessions(self, sessions: Sequence[Any]) -> None:
        """End a person's sessions, and note it."""
        from studio import auditing

        super().end_sessions(sessions)
        if sessions:
            auditing.note_signing_in(sessions[0].user, "Signed out everywhere else")


class CannotCheck(ValidationError):
    """A code can't be checked: its secret was sealed with a key that isn't here any more."""

    silent_variable_failure = True  # a page that counts recovery codes shows none


class SecondFactors(DefaultMFAAdapter):
    """Keeps secrets sealed; names passkeys, and us in front of the device that keeps them."""

    def encrypt(self, text: str) -> str:
        """Seal the secret of an authenticator app or of recovery codes."""
        return seal(text)

    def decrypt(self, encrypted_text: str) -> str:
        """Return such a secret. Raises CannotCheck."""
        try:
            return unseal(encrypted_text)
        except CannotUnseal as error:
            raise CannotCheck(_CANNOT_CHECK) from error

    def generate_authenticator_name(self, user: Any, type: Any) -> str:
        """Return a name for a passkey that was given none."""
        from allauth.mfa.models import Authenticator  # it needs the settings

        return f"Passkey {Authenticator.objects.filter(user=user, type=type).count() + 1}"

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        """Return who asks for a passkey: this host, by the name of the site."""
        return super().get_public_key_credential_rp_entity() | {"name": "Dailies"}
