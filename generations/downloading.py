"""Downloads: whole or not at all, resumed where the server offers it, in flat memory."""

import hashlib
import logging
import os
import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import IO
from urllib.parse import urljoin, urlsplit

from generations import disk, outbound
from generations.addresses import Origin, origin
from generations.outbound import BrokeOff, Incoming

log = logging.getLogger(__name__)

_REDIRECTS = 3
_MOST_RESUMPTIONS = 50
_IDLE_RESUMPTIONS = 3  # in a row without a byte
_PAUSE_S = 0.1
# Less than this over a whole window is a drip that only holds a worker.
_SLOWEST_BYTES_S = 1024
_WINDOW_S = 30.0
_CONTENT_RANGE = re.compile(r"bytes (\d+)-\d+/(\d+)")


class FetchFailed(Exception):
    """A download didn't arrive whole. `status` is the HTTP status, if there was an answer."""

    def __init__(self, message: str, status: int | None = None) -> None:
        super().__init__(message)
        self.status = status


@dataclass(frozen=True)
class Fetched:
    """A download that arrived whole."""

    size_bytes: int
    sha256: str
    content_type: str


def fetch(
    url: str,
    to: Path,
    *,
    max_bytes: int,
    timeout_s: float = 1800.0,
    inside: Origin | None = None,
) -> Fetched:
    """Download a URL into a new file, whole or not at all.

    Memory stays flat; the file is flushed to disk. A connection that breaks is taken up again
    where the server has a strong ETag (RFC 9110 §13.1.5, If-Range). `inside` is where it may lead
    though that is a private address, since the settings name it. Raises FetchFailed,
    outbound.Forbidden, or OSError when the disk can't take it, and leaves no file behind then.
    """
    partial = to.with_name(to.name + ".incomplete")
    began = time.monotonic()
    try:
        with outbound.within(timeout_s), partial.open("wb") as file:
            download = _Download(url, file, max_bytes, inside)
            download.run()
            file.flush()
            os.fsync(file.fileno())
        partial.replace(to)
    finally:
        partial.unlink(missing_ok=True)
    # Without its path, which may be as good as a key.
    facts = (download.size, urlsplit(url).hostname, time.monotonic() - began)
    log.info("fetched %s bytes from %s in %.1f s", *facts)
    return Fetched(download.size, download.digest.hexdigest(), download.content_type)


class _Download:
    """What has arrived so far, and how to get the rest."""

    def __init__(self, url: str, file: IO[bytes], max_bytes: int, inside: Origin | None) -> None:
        self._url, self._file, self._max_bytes = url, file, max_bytes
        self._inside = inside
        self.content_type = ""
        self._begin("", None)

    def run(self) -> None:
        """Receive everything. Raises FetchFailed, Forbidden or OSError."""
        idle = 0
        for resumptions in count():
            before = self.size
            try:
                self._receive()
                break
            except BrokeOff as error:
                idle = 0 if self.size > before else idle + 1
                over = resumptions >= _MOST_RESUMPTIONS or idle > _IDLE_RESUMPTIONS
                if over or not self.size or not self._etag:
                    raise FetchFailed(self._said(error)) from error
                log.info("the download broke off at %s bytes; it is resumed", self.size)
                time.sleep(_PAUSE_S * 2**idle)
        if self.size == 0:
            raise FetchFailed("the file is empty")

    def _begin(self, etag: str, length: int | None) -> None:
        """Start clean, from the first byte."""
        self._file.seek(0)
        self._file.truncate()
        self.digest, self.size = hashlib.sha256(), 0
        self._etag, self._length = etag, length
        if length is None:
            return
        if length > self._max_bytes:
            raise FetchFailed(f"the file has {length} bytes, over the limit of {self._max_bytes}")
        disk.check_room(Path(self._file.name).parent, length)

    def _receive(self) -> None:
        resuming = {"Range": f"bytes={self.size}-", "If-Range": self._etag} if self.size else {}
        with self._answer(resuming) as incoming:
            if incoming.headers.get("content-encoding", "identity") != "identity":
                raise FetchFailed("the file came compressed, which wasn't asked for")
            if incoming.status == 206 and resuming:
                self._check_continues(incoming)
            elif incoming.status == 200:
                self._begin(_strong_etag(incoming), _length(incoming))
            else:
                raise FetchFailed(f"the server answered {incoming.status}", incoming.status)
            self.content_type = incoming.headers.get("content-type", "").partition(";")[0].strip()
            self._take(incoming.pieces)
        if self._length is not None and self.size != self._length:
            raise BrokeOff("the server stopped early")

    @contextmanager
    def _answer(self, headers: dict[str, str]) -> Iterator[Incoming]:
        """Follow the few redirects that are allowed, each through the guard.

        What has once led elsewhere leads inside no more.
        """
        url, inside = self._url, self._inside is not None
        for _ in range(_REDIRECTS + 1):
            inside = inside and origin(url) == self._inside
            with outbound.download(url, headers=headers, inside=inside) as incoming:
                if not 300 <= incoming.status < 400:
                    yield incoming
                    return
                try:
                    url = urljoin(url, incoming.headers.get("location", ""))
                except ValueError as error:
                    raise FetchFailed("the server sends on to what is no URL") from error
        raise FetchFailed("too many redirects")

    def _check_continues(self, incoming: Incoming) -> None:
        """Raise FetchFailed unless this is the rest of the same file."""
        found = _CONTENT_RANGE.fullmatch(incoming.headers.get("content-range", ""))
        if found is None or int(found[1]) != self.size or int(found[2]) != self._length:
            raise FetchFailed("the server resumed with another part of the file")

    def _take(self, pieces: Iterator[bytes]) -> None:
        window_ends, window_began_at = time.monotonic() + _WINDOW_S, self.size
        for piece in pieces:
            self.size += len(piece)
            if self.size > self._max_bytes:
                raise FetchFailed(f"the file is over the limit of {self._max_bytes} bytes")
            self.digest.update(piece)
            self._file.write(piece)
            if time.monotonic() > window_ends:
                if self.size - window_began_at < _SLOWEST_BYTES_S * _WINDOW_S:
                    raise FetchFailed("the file came too slowly to go on")
                window_ends, window_began_at = time.monotonic() + _WINDOW_S, self.size

    def _said(self, error: BrokeOff) -> str:
        if not self.size:
            return str(error)
        return f"{error}: {self.size} of {self._length or 'unknown'} bytes arrived"


def _strong_etag(incoming: Incoming) -> str:
    etag = incoming.headers.get("etag", "")
    resumable = incoming.headers.get("accept-ranges", "bytes") == "bytes"
    return etag if resumable and len(etag) > 2 and etag[0] == etag[-1] == '"' else ""


def _length(incoming: Incoming) -> int | None:
    header = incoming.headers.get("content-length", "")
    return int(header) if header.isascii() and header.isdigit() else None
