"""The guests' door: who has a link and no account. What they see is in studio/shared.py.

An address that names no link, an expired one and a revoked one are one and the same here. Who
tries too many of them is answered 429, whatever they try next, until some time has passed; only
who has opened a link in this session before keeps it.
"""

import logging
import secrets
from typing import Any

from django.http import HttpRequest
from django.utils import timezone

from generations.models import Generation
from generations.refusal import Refused
from studio import guests_say
from studio.guests_say import Said
from studio.limiting import Limit, address_of
from studio.models import Membership, Share
from studio.models.share import digest_of

log = logging.getLogger(__name__)

GUESSES = Limit("share-guesses", most=20, within_s=600)
"""Links that aren't there, for an address."""
PASSWORDS = Limit("share-passwords", most=10, within_s=600)
"""Wrong passwords, for an address and a link."""
PASSWORDS_OF_LINK = Limit("share-passwords-of-link", most=500, within_s=86400)
"""Wrong passwords for a link, wherever they come from: many addresses guess no faster."""
SAYINGS = Limit("share-sayings", most=60, within_s=3600)
"""What is said of takes, for an address."""

_KEPT = "shared"
_NAME = "shared_name"
_VISIT = "shared_visit"
_MOST_KEPT = 50
_SAID_ENOUGH = "A great deal was said from your address within the hour. Go on a little later."


class NotThere(Exception):
    """There is no such link, or none any more."""


class TooManyTries(Exception):
    """Somebody tried too often, and has to wait."""


def share_at(request: HttpRequest, token: str) -> Share:
    """Return the link that an address names. Raises NotThere and TooManyTries."""
    address = address_of(request)
    if GUESSES.is_reached(address) and digest_of(token) not in _kept(request):
        raise TooManyTries
    things = ("generation__project", "collection", "sequence__project")
    known = Share.objects.select_related(*things, "export__sequence__project", "team", "created_by")
    found = known.of_token(token).first()
    if found is None:
        GUESSES.count(address)
    if found is None or found.is_over(timezone.now()) or not found.is_backed():
        log.warning("a guest link that isn't there was tried from %s", address)
        raise NotThere
    return found


def may_see(request: HttpRequest, share: Share) -> bool:
    """Tell whether the guest may look: there is no password, or they typed it in this session."""
    return not share.password or "entered" in _kept(request).get(share.token_digest, [])


def enter(request: HttpRequest, share: Share, password: str) -> bool:
    """Let a guest in who knows the password; False where it is wrong. Raises TooManyTries."""
    whose = f"{address_of(request)}:{share.pk}"
    if PASSWORDS.count(whose) > PASSWORDS.most:  # first: many at once are counted, too
        raise TooManyTries
    if PASSWORDS_OF_LINK.is_reached(str(share.pk)):
        raise TooManyTries
    if not share.opens_with(password):
        PASSWORDS_OF_LINK.count(str(share.pk))
        log.warning("share=%s a wrong password was tried from %s", share.uuid, address_of(request))
        return False
    PASSWORDS.forget(whose)
    request.session.cycle_key()  # nobody else knows the session that is let in
    _keep(request, share, "entered")
    return True


def count_view(request: HttpRequest, share: Share) -> None:
    """Count a guest's first look in this session.

    Nothing that anybody decides by hangs on it, so that looking may do it. Not counted are the
    team's own people, and a browser that only fetches ahead.
    """
    if request.method != "GET" or "prefetch" in request.headers.get("Sec-Purpose", ""):
        return
    if "seen" in _kept(request).get(share.token_digest, []):
        return
    _keep(request, share, "seen")
    if Membership.objects.filter(team=share.team_id, user=request.user.pk).exists():
        return
    Share.objects.filter(pk=share.pk).viewed(timezone.now())


def name_of(request: HttpRequest) -> str:
    """Return how the guest called themselves last in this session, or nothing."""
    return str(request.session.get(_NAME, ""))


def say(
    request: HttpRequest, share: Share, take: Generation, said: Said, fps: float, frames: int
) -> None:
    """Keep what the guest says of a take, as studio.guests_say does. Raises Refused."""
    address = address_of(request)
    if SAYINGS.is_reached(address):
        raise Refused({"": _SAID_ENOUGH})
    visit = request.session.setdefault(_VISIT, secrets.token_hex(16))
    guests_say.say(share, take, said, fps, frames, visit=visit)
    SAYINGS.count(address)
    request.session[_NAME] = said.guest


def _kept(request: HttpRequest) -> dict[str, Any]:
    """Return what the session remembers: by a link's digest, what its guest did."""
    kept: dict[str, Any] = request.session.get(_KEPT, {})
    return kept


def _keep(request: HttpRequest, share: Share, what: str) -> None:
    kept = _kept(request)
    did = [*kept.pop(share.token_digest, []), what]
    newest = dict(list(kept.items())[1 - _MOST_KEPT :])
    request.session[_KEPT] = newest | {share.token_digest: did}
