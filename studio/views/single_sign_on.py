"""To the single sign-on's server, and back from it."""

from typing import Any
from urllib.parse import urlsplit, urlunsplit

import requests
from allauth.account.decorators import reauthentication_required
from allauth.core.internal import ratelimit
from allauth.socialaccount.helpers import render_authentication_error
from allauth.socialaccount.models import SocialApp
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from allauth.socialaccount.providers.oauth2.views import OAuth2CallbackView
from allauth.socialaccount.providers.openid_connect.views import OpenIDConnectOAuth2Adapter, login
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import render
from django.utils.crypto import constant_time_compare
from django.views.decorators.http import require_GET, require_POST

from studio.http import Request
from studio.single_sign_on import name, nonce_of

_ID_MAX = 191  # allauth's column
_KEPT = ("sub", "email", "name")
# What a server that isn't one may bring allauth to stumble over.
_NOT_OPENID = (requests.RequestException, OAuth2Error, KeyError, TypeError, ValueError)


class Server(OpenIDConnectOAuth2Adapter):
    """What the server says of a person, as far as it is believed."""

    def complete_login(self, request: Request, app: Any, token: Any, **kwargs: Any) -> Any:
        """Return the sign-in. Raises OAuth2Error where the server contradicts itself.

        The signature is checked though the token came straight from the server; what is asked
        besides has to be about the same person (OpenID Connect Core 1.0, §5.3.2).
        """
        self.did_fetch_access_token = False  # with it, allauth checks no signature
        said = self._decode_id_token(app, kwargs["response"]["id_token"])
        if not constant_time_compare(str(said.get("nonce")), nonce_of(request.GET["state"])):
            raise OAuth2Error("its token is of another sign-in")
        if "userinfo_endpoint" in self.openid_config:
            more = self._fetch_user_info(token.token)
            if more["sub"] != said["sub"]:
                raise OAuth2Error("it told of another person")
            said = said | more
        if not 0 < len(str(said["sub"])) <= _ID_MAX:
            raise OAuth2Error("it names nobody")
        kept = {key: str(said[key]) for key in _KEPT if said.get(key)}
        # Some write it as a word, and "false" would be true. Beyond ASCII, other letters than those
        # that were verified are the same to allauth, once they are small ones.
        word = said.get("email_verified")
        is_verified = (word is True or word == "true") and kept.get("email", "").isascii()
        verified = {"email_verified": is_verified}
        return self.get_provider().sociallogin_from_response(request, {"userinfo": kept | verified})


@login_not_required
@require_POST
def begin(request: Request, provider_id: str) -> HttpResponse:
    """Lead somebody to the server: to sign in, or to connect the account that they are in."""
    if refused := ratelimit.consume_or_429(request, app="allauth.account", action="login"):
        return refused
    if request.POST.get("process") == "connect":
        return _connect(request, provider_id)
    return _lead(request, provider_id)


@login_not_required
@require_GET
def back(request: Request, provider_id: str) -> HttpResponse:
    """Take in who comes back from the server. It sends them by a GET, with a code of its own."""
    adapter = Server(request, provider_id)
    try:
        return OAuth2CallbackView.adapter_view(adapter)(request)
    except SocialApp.DoesNotExist:
        raise Http404("there is no single sign-on") from None
    except _NOT_OPENID as error:
        return render_authentication_error(request, adapter.get_provider(), exception=error)


def _lead(request: Request, provider_id: str) -> HttpResponse:
    """Show a page that goes on to the server by itself.

    A redirect would still be the form's, and the Content-Security-Policy keeps forms here.
    """
    try:
        answer = login(request, provider_id)
    except _NOT_OPENID as error:
        provider = Server(request, provider_id).get_provider()
        return render_authentication_error(request, provider, exception=error)
    if answer.status_code != 302:
        return answer
    address = _with_nonce(answer["Location"])
    page = render(request, "single_sign_on.html", {"address": address, "server": name()})
    page.headers["Refresh"] = f"0; url={address}"
    return page


def _with_nonce(address: str) -> str:
    """Return the server's address with what its token is to repeat."""
    parts = urlsplit(address)
    asked = QueryDict(parts.query, mutable=True)
    asked["nonce"] = nonce_of(str(asked["state"]))
    return urlunsplit(parts._replace(query=asked.urlencode()))


_connect = reauthentication_required(app="allauth.socialaccount")(_lead)
