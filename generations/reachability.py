"""Whether this server answers at its public address, where that can be known from inside.

A network may send its own machines another way, so only a clear answer counts as no.
"""

import ipaddress
import json
from urllib.parse import urlsplit

from django.conf import settings
from django.core.cache import cache

from generations import outbound

_TIMEOUT_S = 3.0
_CACHED_S = 60
_INSIDE_NAMES = ("localhost", ".localhost", ".local", ".lan", ".internal", ".home.arpa")


def unreachable() -> str:
    """Return why nobody outside can fetch from PUBLIC_URL, or nothing when that isn't known."""
    found = cache.get(_key())
    if found is None:
        found = _look()
        cache.set(_key(), found, _CACHED_S)
    return str(found)


def _key() -> str:
    return f"reachable:{settings.PUBLIC_URL}"


def _look() -> str:
    host = urlsplit(settings.PUBLIC_URL).hostname or ""
    if _is_inside(host):
        return f"{host} is an address of this network only"
    try:
        answer = outbound.call(
            "GET", f"{settings.PUBLIC_URL}/healthz", headers={}, timeout_s=_TIMEOUT_S
        )
    except (outbound.NeverSent, outbound.NoAnswer):
        return ""  # a firewall may only keep this machine from itself
    if answer.status != 200:
        return f"{host} answers {answer.status}"
    try:
        ours = answer.json() == {"web": "ok"}
    except (json.JSONDecodeError, UnicodeDecodeError):
        ours = False
    return "" if ours else f"something else answers at {host}"


def _is_inside(host: str) -> bool:
    try:
        return not ipaddress.ip_address(host).is_global
    except ValueError:
        return host.endswith(_INSIDE_NAMES)
