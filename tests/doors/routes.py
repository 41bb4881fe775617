"""Every address that the resolver knows, as a person would read it: `projects/<slug>/board/`."""

import re
from collections.abc import Iterator

from django.urls import URLPattern, URLResolver, get_resolver

_CONVERTED = re.compile(r"<(?:\w+:)?(\w+)>")
_NAMED = re.compile(r"\(\?P<(\w+)>[^)]*\)")


def routes() -> list[str]:
    """Return every address, with what it names in angle brackets, each once."""
    return list(dict.fromkeys(_walk(get_resolver().url_patterns, "")))


def names_in(route: str) -> set[str]:
    """Return what an address names: `slug`, `uuid`."""
    return set(re.findall(r"<(\w+)>", route))


def address(route: str, named: dict[str, object]) -> str:
    """Return the path of an address with its names filled in."""
    return "/" + re.sub(r"<(\w+)>", lambda it: str(named[it[1]]), route)


def _walk(patterns: list[URLPattern | URLResolver], before: str) -> Iterator[str]:
    for each in patterns:
        route = before + _plain(str(each.pattern))
        if isinstance(each, URLResolver):
            yield from _walk(each.url_patterns, route)
        else:
            yield route


def _plain(pattern: str) -> str:
    """Return a pattern of either kind without its converters and its regular expressions."""
    is_regular = pattern.startswith("^") or pattern.endswith(("$", "\\Z"))
    if is_regular:
        pattern = pattern.removeprefix("^").removesuffix("$").removesuffix("\\Z")
        pattern = _NAMED.sub(r"<\1>", pattern).replace("\\", "")
    return _CONVERTED.sub(r"<\1>", pattern)
