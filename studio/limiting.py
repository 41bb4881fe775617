"""Limits on what somebody without an account may try, kept in the cache."""

import logging
from dataclasses import dataclass

from allauth.account.adapter import get_adapter
from allauth.core.internal.ratelimit import truncate_ip
from django.core.cache import cache
from django.core.exceptions import ImproperlyConfigured, PermissionDenied
from django.http import HttpRequest

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Limit:
    """So many tries of something in so many seconds, counted from the first.

    Nothing is limited while the cache is away: a limit is the second lock, never the only one.
    """

    name: str
    most: int
    within_s: int

    def is_reached(self, whose: str) -> bool:
        """Tell whether somebody has used up their tries."""
        return int(cache.get(self._key(whose), 0)) >= self.most

    def count(self, whose: str) -> int:
        """Count a try of somebody's, and return how many those are."""
        key = self._key(whose)
        cache.add(key, 0, self.within_s)
        try:
            tries = cache.incr(key)
        except ValueError:  # it ended between these two
            return 1
        if tries == self.most:
            log.warning("limit=%s reached by %s, for %d s", self.name, whose, self.within_s)
        return int(tries)

    def forget(self, whose: str) -> None:
        """Forget somebody's tries."""
        cache.delete(self._key(whose))

    def _key(self, whose: str) -> str:
        return f"limit:{self.name}:{whose}"


def address_of(request: HttpRequest) -> str:
    """Return the address that a request comes from, as a limit counts it.

    It is the one that `TRUSTED_PROXIES` lets be believed; of IPv6 the network, since who has one
    address there has them all. Those of whom it can't be told are counted as one.
    """
    try:
        return str(truncate_ip(get_adapter().get_client_ip(request)))
    except (PermissionDenied, ImproperlyConfigured) as error:
        log.warning("the address of a request can't be told: %s", error)
        return "nowhere"
