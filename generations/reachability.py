"""Whether what is published can be fetched from outside, where that can be known from inside.

A network may send its own machines another way, so only a clear answer counts as no.
"""

import ipaddress
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import urlsplit

from django.core.cache import cache

from generations import outbound

_TIMEOUT_S = 3.0
_CACHED_S = 60
_INSIDE_NAMES = ("localhost", ".localhost", ".local", ".lan", ".internal", ".home.arpa")
# So much of a file tells it from a page of somebody else's.
_FIRST_BYTES = 64


@dataclass(frozen=True)
class Sample:
    """Something that is published: its address, and what it begins with."""

    url: str
    begins: bytes


def unreachable(base: str, sample: Callable[[], Sample | None]) -> str:
    """Return why nobody outside can fetch from an address, or nothing when that isn't known.

    A sample of what is published there is fetched, and the answer is remembered for a minute;
    without a sample nothing is known.
    """
    key = f"reachable:{base}"
    found = cache.get(key)
    if found is None:
        found = _look(base, sample)
        cache.set(key, found, _CACHED_S)
    return str(found)


def _look(base: str, sample: Callable[[], Sample | None]) -> str:
    host = urlsplit(base).hostname or ""
    if _is_inside(host) and not _is_admitted(base):
        return f"{host} is an address of this network only"
    published = sample()
    if published is None:
        return ""
    first = {"Range": f"bytes=0-{_FIRST_BYTES - 1}"}
    try:
        answer = outbound.call("GET", published.url, headers=first, timeout_s=_TIMEOUT_S)
    except (outbound.NeverSent, outbound.NoAnswer):
        return ""  # a firewall may only keep this machine from itself
    host = urlsplit(published.url).hostname or host
    if answer.status not in (200, 206):
        return f"{host} answers {answer.status}"
    ours = answer.body.startswith(published.begins[:_FIRST_BYTES])
    return "" if ours else f"something else answers at {host}"


def _is_admitted(base: str) -> bool:
    """Tell whether it is this machine's own, and meant to be: beside the simulator, say."""
    try:
        outbound.check_url(base)
    except outbound.Forbidden:
        return False
    return base.startswith("http:")


def _is_inside(host: str) -> bool:
    if not host:
        return False
    try:
        ip = ipaddress.ip_address(host)
    except ValueError:
        return "." not in host or host.endswith(_INSIDE_NAMES)
    return not ip.is_global
