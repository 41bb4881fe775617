"""One spelling for each address of an API: accounts share a key's limits when theirs are equal."""

from urllib.parse import urlsplit, urlunsplit

_DEFAULT_PORTS = {"http": 80, "https": 443}

Origin = tuple[str, str, int | None]
"""Scheme, host and port."""


def plain(url: str) -> str:
    """Return the address as everybody's is kept, however it was typed.

    Scheme and host in small letters, without the scheme's own port or slashes at the end; what
    isn't an address, or names a user, stays as it is.
    """
    url = url.strip()
    try:
        parts = urlsplit(url)
        host, port = (parts.hostname or "").rstrip("."), parts.port
    except ValueError:
        return url
    if not host or "@" in parts.netloc:
        return url
    name = f"[{host}]" if ":" in host else host
    if port is not None and port != _DEFAULT_PORTS.get(parts.scheme):
        name = f"{name}:{port}"
    return urlunsplit((parts.scheme, name, parts.path, parts.query, parts.fragment)).rstrip("/")


def origin(url: str) -> Origin | None:
    """Return where an address leads: None where it is none, or names a user."""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError:
        return None
    if not host or "@" in parts.netloc:
        return None
    return parts.scheme, host, port or _DEFAULT_PORTS.get(parts.scheme)
