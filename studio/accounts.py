"""How people get an account: allauth's rules, with ours."""

from allauth.account.adapter import DefaultAccountAdapter
from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse

from generations.refusal import Refused

INVITED_BY = "invited_by"
"""Where a session keeps the token of the invitation that was opened in it."""


class Accounts(DefaultAccountAdapter):
    """Closes sign-up unless the installation opens it."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Tell whether a stranger may make an account: where that is open, or they are invited."""
        return bool(settings.SIGNUP_OPEN) or self._is_invited(request)

    def get_signup_redirect_url(self, request: HttpRequest) -> str:
        """Return where a new person goes: to the invitation that they came with."""
        token = request.session.get(INVITED_BY)
        return (
            reverse("invitation", args=[token])
            if token
            else super().get_signup_redirect_url(request)
        )

    def _is_invited(self, request: HttpRequest) -> bool:
        from studio import membering  # it needs the models, which need the settings

        token = request.session.get(INVITED_BY)
        if not token:
            return False
        try:
            membering.find(token, None)
        except Refused:
            return False
        return True
