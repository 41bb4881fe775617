"""What a page lets a person ask next: its links, its forms with what they hold, HTMX's verbs."""

import json
from html.parser import HTMLParser
from typing import NamedTuple
from urllib.parse import parse_qsl, urljoin, urlsplit

_ADDRESSES = {
    "a": ("href",),
    **dict.fromkeys(("img", "video", "source"), ("src", "poster", "data-src", "data-preview")),
}


class Asking(NamedTuple):
    """One request that a page offers: a method, a path without a query, and what is said."""

    method: str
    path: str
    said: tuple[tuple[str, str], ...] = ()
    files: tuple[str, ...] = ()

    @property
    def shape(self) -> tuple[str, str, tuple[str, ...]]:
        """What tells it from others that only hold other values."""
        return self.method, self.path, tuple(sorted({name for name, _ in self.said}))


def harvest(page: str, here: str) -> list[Asking]:
    """Return every request that a page at an address of this site offers, each shape once."""
    reader = _Reader(here)
    reader.feed(page)
    reader.close()
    return list({each.shape: each for each in reader.found}.values())


class _Reader(HTMLParser):
    def __init__(self, here: str) -> None:
        super().__init__()
        self.here = here
        self.found: list[Asking] = []
        self._form: tuple[str, str] | None = None
        self._said: list[tuple[str, str]] = []
        self._files: list[str] = []
        self._select = ""

    def handle_starttag(self, tag: str, pairs: list[tuple[str, str | None]]) -> None:
        has = {name: value or "" for name, value in pairs}
        for name in _ADDRESSES.get(tag, ()):
            self._offer("GET", has.get(name, ""))
        for method in ("get", "post"):
            if f"hx-{method}" in has:
                values = has.get("hx-vals", "").strip()
                said = json.loads(values) if values.startswith("{") else {}
                self._offer(method.upper(), has[f"hx-{method}"], list(said.items()))
        if tag == "form":
            self._end_form()
            self._form = has.get("method", "get").upper(), has.get("action", "")
        elif self._form:
            self._hear(tag, has)

    def _hear(self, tag: str, has: dict[str, str]) -> None:
        name = has.get("name", "")
        if tag == "select":
            self._select = name
        elif tag == "option" and self._select:
            self._said.append((self._select, has.get("value", "")))
        elif name and tag in ("input", "textarea", "button"):
            if has.get("type") == "file":
                self._files.append(name)
            else:
                self._said.append((name, has.get("value", "")))
        if tag == "button" and "formaction" in has:
            self._offer("POST", has["formaction"], [*self._said])

    def handle_endtag(self, tag: str) -> None:
        if tag == "select":
            self._select = ""
        if tag == "form":
            self._end_form()

    def close(self) -> None:
        super().close()
        self._end_form()

    def _end_form(self) -> None:
        if self._form and self._form[0] != "DIALOG":
            method, action = self._form
            self._offer(method, action or self.here, self._said, self._files)
        self._form, self._said, self._files = None, [], []

    def _offer(
        self,
        method: str,
        to: str,
        said: list[tuple[str, object]] | list[tuple[str, str]] = [],  # noqa: B006, read only
        files: list[str] = [],  # noqa: B006, read only
    ) -> None:
        parts = urlsplit(urljoin(self.here, to))
        if not to or to.startswith("#") or parts.scheme or not parts.path.startswith("/"):
            return
        if parts.path.startswith("/static/"):
            return
        words = [*parse_qsl(parts.query, keep_blank_values=True)]
        words += [(name, str(value)) for name, value in said]
        self.found.append(Asking(method, parts.path, tuple(words), tuple(files)))
