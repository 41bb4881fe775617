"""Stylesheets in one answer: one file per thing in `static/css`, one request for a page's.

Forty requests are all that a page may cost, so what belongs together is sent together. There is
nothing to build: the files are joined when they are first asked for, and anew when one changes.
"""

import gzip
import hashlib
import re
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

from django.conf import settings
from django.templatetags.static import static

_NAME = re.compile(r"[a-z][a-z_]{0,30}")
_OWN_FILE = re.compile(r'url\("\.\./([\w./-]+)"\)')
_MOST = 40


class NoSheet(Exception):
    """A sheet was asked for by a name that no stylesheet has."""


class Sheet(NamedTuple):
    """Several stylesheets, joined in the order of their names."""

    digest: str
    plain: bytes
    packed: bytes


def sheet_of(names: str) -> Sheet:
    """Return the stylesheets of names with dots between, as `base.button.rail`. Raises NoSheet."""
    found = tuple(dict.fromkeys(names.split(".")))
    if len(found) > _MOST or not all(_NAME.fullmatch(name) for name in found):
        raise NoSheet(names)
    files = [settings.BASE_DIR / "static" / "css" / f"{name}.css" for name in found]
    try:
        return _joined(tuple((file, file.stat().st_mtime_ns) for file in files))
    except FileNotFoundError:
        raise NoSheet(names) from None


@lru_cache(maxsize=64)
def _joined(files: tuple[tuple[Path, int], ...]) -> Sheet:
    """Join files, whose times of change are only there to tell one state of them from another."""
    css = "\n".join(file.read_text() for file, _ in files)
    plain = _OWN_FILE.sub(lambda found: f'url("{static(found[1])}")', css).encode()
    return Sheet(hashlib.sha256(plain).hexdigest()[:12], plain, gzip.compress(plain, mtime=0))
