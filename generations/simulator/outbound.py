"""The simulator's own client: it fetches the media that requests name, and posts callbacks.

Separate from Dailies' guarded client on purpose: it plays the outside world, which can reach any
address that this machine can reach. Only http and https, with caps.
"""

import hashlib
import http.client
import time
import urllib.error
import urllib.request
from pathlib import Path
from urllib.parse import urlsplit

MEGABYTE = 1_000_000
FETCH_TIMEOUT_S = 10.0
LONGEST_FETCH_S = 60.0
_CHUNK = 1 << 16


class FetchFailed(Exception):
    """A URL could not be fetched; the message says why."""


def _opener() -> urllib.request.OpenerDirector:
    """Open http and https without proxies; nothing else (no file:, no ftp:)."""
    opener = urllib.request.OpenerDirector()
    for handler in (
        urllib.request.HTTPHandler(),
        urllib.request.HTTPSHandler(),
        urllib.request.HTTPRedirectHandler(),
        urllib.request.HTTPDefaultErrorHandler(),
        urllib.request.HTTPErrorProcessor(),
        urllib.request.UnknownHandler(),
    ):
        opener.add_handler(handler)
    return opener


def fetch(url: str, directory: Path, *, most_bytes: int) -> Path:
    """Fetch a URL into a file named by its content; raises FetchFailed."""
    try:
        with _opener().open(_request(url), timeout=FETCH_TIMEOUT_S) as answer:
            content = _read(answer, most_bytes)
    except (OSError, http.client.HTTPException, ValueError) as error:
        raise FetchFailed(str(error)) from error
    directory.mkdir(parents=True, exist_ok=True)
    path = directory / hashlib.sha256(content).hexdigest()
    if not path.exists():
        unfinished = path.with_suffix(f".{id(content)}.part")
        unfinished.write_bytes(content)
        unfinished.replace(path)
    return path


def post_json(url: str, body: bytes, *, timeout_s: float) -> int:
    """Post JSON and return the status; raises OSError or HTTPException when there is no answer."""
    request = _request(url, body)
    try:
        with _opener().open(request, timeout=timeout_s) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as error:
        return error.code


def _request(url: str, body: bytes | None = None) -> urllib.request.Request:
    if urlsplit(url).scheme not in ("http", "https"):
        raise ValueError("only http and https")
    headers = {"User-Agent": "luma-simulator", "Content-Type": "application/json"}
    return urllib.request.Request(url, data=body, headers=headers)  # noqa: S310  # checked above


def _read(answer: http.client.HTTPResponse, most_bytes: int) -> bytes:
    content = bytearray()
    deadline = time.monotonic() + LONGEST_FETCH_S
    while chunk := answer.read(_CHUNK):
        if time.monotonic() > deadline:
            raise FetchFailed(f"took longer than {LONGEST_FETCH_S:g} s")
        content += chunk
        if len(content) > most_bytes:
            raise FetchFailed(f"larger than {most_bytes / MEGABYTE:g} MB")
    if not content:
        raise FetchFailed("empty")
    return bytes(content)
