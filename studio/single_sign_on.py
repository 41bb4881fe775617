"""Single sign-on: what an OpenID Connect server says of a person, and what it is believed in.

The server is the settings' own (`OIDC_SERVER_URL`), never one of the database's. Allauth speaks to
it through the one guarded client.
"""

import logging
from typing import Any
from urllib.parse import urlsplit

import requests
from allauth.account.internal.flows.reauthentication import is_reauthentication_required
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from django.conf import settings
from django.http import HttpRequest
from django.shortcuts import redirect, render
from django.utils.crypto import salted_hmac
from requests.adapters import BaseAdapter

from generations import outbound
from generations.addresses import origin

ID = "sso"
"""How the server is called in addresses: /accounts/oidc/sso/login/callback/."""

_PROVIDER = "openid_connect"
_TIMEOUT_S = 8.0
_MOST_BYTES = 1024 * 1024
_PASSED_ON = ("Accept", "Authorization", "Content-Type")

log = logging.getLogger(__name__)


def nonce_of(state: str) -> str:
    """Return what binds the server's token to the sign-in that has this state, in its session.

    Allauth sends none (OpenID Connect Core 1.0, §3.1.2.1).
    """
    return salted_hmac("studio.single_sign_on.nonce", state, algorithm="sha256").hexdigest()


def name() -> str:
    """Return what people know the server by; nothing where there is none."""
    return settings.OIDC_NAME if settings.OIDC_SERVER_URL else ""


class Guarded(BaseAdapter):
    """Carries what allauth asks for through the guarded client.

    The server itself may be inside, since whoever runs the installation named it. Other hosts that
    it names for its endpoints are held to the rules for everybody.
    """

    def send(self, request: requests.PreparedRequest, *_: Any, **__: Any) -> requests.Response:
        """Answer a request. Raises requests.RequestException, also for what is no JSON object."""
        url = request.url or ""
        own = origin(settings.OIDC_SERVER_URL)
        try:
            answer = outbound.call(
                request.method or "GET",
                url,
                headers=_headers(request),
                content=_body(request),
                timeout_s=_TIMEOUT_S,
                most_bytes=_MOST_BYTES,
                inside=own is not None and origin(url) == own,
            )
        except (outbound.NeverSent, outbound.NoAnswer) as error:
            raise requests.ConnectionError(f"{urlsplit(url).hostname}: {error}") from error
        if answer.status != 200:
            raise requests.HTTPError(f"{urlsplit(url).hostname} answered {answer.status}")
        return _response(request, answer)

    def close(self) -> None:
        """Keep nothing open: the guarded client is the thread's own."""


def _headers(request: requests.PreparedRequest) -> dict[str, str]:
    return {it: str(request.headers[it]) for it in _PASSED_ON if it in request.headers}


def _body(request: requests.PreparedRequest) -> bytes | None:
    return request.body.encode() if isinstance(request.body, str) else None


def _response(request: requests.PreparedRequest, answer: outbound.Answer) -> requests.Response:
    try:
        said = answer.json()
    except ValueError:
        said = None
    if not isinstance(said, dict):
        raise requests.exceptions.InvalidJSONError("the answer is no JSON object")
    response = requests.Response()
    response.request, response.url = request, request.url or ""
    response.status_code, response._content = answer.status, answer.body
    response.headers["content-type"] = "application/json"
    return response


class Entrance(DefaultSocialAccountAdapter):
    """Who may enter by the single sign-on, and as whom."""

    def list_apps(
        self, request: HttpRequest, provider: str | None = None, client_id: str | None = None
    ) -> list[Any]:
        """Return the settings' server, if there is one and it is asked for."""
        from allauth.socialaccount.models import SocialApp  # it needs the settings

        known = (None, ID, _PROVIDER)
        if not settings.OIDC_SERVER_URL or provider not in known:
            return []
        app = SocialApp(
            provider=_PROVIDER,
            provider_id=ID,
            name=settings.OIDC_NAME,
            client_id=settings.OIDC_CLIENT_ID,
            secret=settings.OIDC_CLIENT_SECRET,
            settings={"server_url": settings.OIDC_SERVER_URL, "oauth_pkce_enabled": True},
        )
        return [app]

    def get_requests_session(self) -> requests.Session:
        """Return what allauth speaks to the server with."""
        session = requests.Session()
        session.trust_env = False
        for scheme in ("https://", "http://"):
            session.mount(scheme, Guarded())
        return session

    def authenticate_by_email(self, sociallogin: Any) -> tuple[Any, str] | None:
        """Return the person of an address that the server has verified, and the address.

        Theirs by their account, or by an address that they have confirmed here: one that somebody
        only claims to have leads to nobody.
        """
        from allauth.account.models import EmailAddress

        from studio.models import User

        confirmed = EmailAddress.objects.filter(verified=True).select_related("user")
        for said in (each.email for each in sociallogin.email_addresses if each.verified):
            addresses = confirmed.filter(email__iexact=said)
            found = [each.user for each in addresses if _same(each.email, said)]
            people = User.objects.filter(email__iexact=said)
            found += [each for each in people if _same(each.email, said)]
            if found:
                return found[0], said
        return None

    def is_open_for_signup(self, request: HttpRequest, sociallogin: Any) -> bool:
        """Tell whether somebody unknown may enter: by the setting, or invited as anybody may be."""
        return settings.OIDC_CREATE_PEOPLE or super().is_open_for_signup(request, sociallogin)

    def pre_social_login(self, request: HttpRequest, sociallogin: Any) -> None:
        """Turn away who may not enter, and say why."""
        if sociallogin.state.get("process") == "connect":
            if is_reauthentication_required(request, app="allauth.socialaccount"):
                raise ImmediateHttpResponse(redirect("socialaccount_connections"))
            return
        if sociallogin.is_existing:
            return
        said = [(each.email, each.verified) for each in sociallogin.email_addresses]
        email, verified = said[0] if said else ("", False)
        if verified and self.is_open_for_signup(request, sociallogin):
            self._drop_claims(email)
            return
        self._turn_away(request, email, verified=verified)

    def populate_user(self, request: HttpRequest, sociallogin: Any, data: dict[str, Any]) -> Any:
        """Give a new person the name that the server calls them by."""
        user = super().populate_user(request, sociallogin, data)
        user.name = " ".join(str(data.get("name") or "").replace("\0", "").split())[:80]
        return user

    def on_authentication_error(
        self, request: HttpRequest, provider: Any, error: Any = None, **how: Any
    ) -> None:
        """Write down that it failed, without what was said."""
        log.warning("single sign-on failed: %s, %s", error, type(how.get("exception")).__name__)

    def _turn_away(self, request: HttpRequest, email: str, *, verified: bool) -> None:
        from studio import auditing

        auditing.note_failed_sign_in(email)
        context = {"email": email, "verified": verified, "server": name()}
        page = render(request, "single_sign_on_refused.html", context, status=403)
        raise ImmediateHttpResponse(page)

    def _drop_claims(self, email: str) -> None:
        """Let a claim that was never confirmed give way to who proves the address to be theirs."""
        from allauth.account.models import EmailAddress

        EmailAddress.objects.filter(verified=False, primary=False, email__iexact=email).delete()


def _same(one: str, other: str) -> bool:
    """Tell whether two addresses are one; of letters beyond ASCII, only the very same ones are.

    Databases fold those differently, and some into letters of ASCII.
    """
    return one == other or (one.isascii() and other.isascii() and one.lower() == other.lower())
