"""A server of films of any length: valid MP4s that nobody holds whole, and ways to break them.

As a process of its own: `python -m tests.bench.films VIDEO BYTES` prints its address.
"""

import sys
import threading
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

from tests.loopback import Loopback, Quiet

_CHUNK = bytes(256 * 1024)


@dataclass
class Film:
    """A short real video, followed by one huge empty box (`free`, ISO/IEC 14496-12 §8.1.2)."""

    video: bytes
    size_bytes: int

    def pieces(self, first: int, end: int) -> Iterator[bytes]:
        """Yield the bytes from `first` to before `end`."""
        padding = self.size_bytes - len(self.video)
        head = self.video
        if padding:
            head += b"\x00\x00\x00\x01free" + padding.to_bytes(8, "big")
        if first < len(head):
            yield head[first : min(end, len(head))]
        at = max(first, len(head))
        while at < end:
            yield _CHUNK[: end - at]
            at += min(len(_CHUNK), end - at)


@dataclass
class Way:
    """How the film is sent; each cut, a fraction of the whole, ends one answer."""

    etag: str = '"film"'
    cuts: list[float] = field(default_factory=list)
    declares: int | None = None  # below zero: no length at all
    ranges: bool = True
    piece_pause_s: float = 0.0
    etag_changes: bool = False


class FilmServer(Loopback):
    """Serves one film on a port of this machine; `way` may be changed at any time."""

    def __init__(self, video: Path, size_bytes: int) -> None:
        data = video.read_bytes()
        self.film = Film(data, max(size_bytes, len(data)))
        self.way = Way()
        self.sent_bytes = 0
        self.requests: list[str] = []
        self.stop = threading.Event()
        super().__init__(_handler(self))
        self.url = f"{self.address}/film.mp4"

    def __exit__(self, *raised: Any) -> None:
        self.stop.set()
        super().__exit__(*raised)


def _handler(films: FilmServer) -> type[BaseHTTPRequestHandler]:
    class Handler(Quiet, BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            film, way = films.film, films.way
            asked = self.headers.get("Range", "")
            films.requests.append(asked)
            fresh = self.headers.get("If-Range", way.etag) == way.etag
            first = int(asked[6:-1]) if asked and way.ranges and fresh else 0
            self.send_response(206 if first else 200)
            self.send_header("Content-Type", "video/mp4")
            if way.etag:
                self.send_header("ETag", way.etag)
            if first:
                last = f"bytes {first}-{film.size_bytes - 1}/{film.size_bytes}"
                self.send_header("Content-Range", last)
            length = film.size_bytes - first if way.declares is None else way.declares
            if length >= 0:
                self.send_header("Content-Length", str(length))
            else:  # it ends with the connection
                self.close_connection = True
                self.send_header("Connection", "close")
            self.end_headers()
            if way.etag_changes:
                way.etag = f'"film-{len(films.requests)}"'
            end = film.size_bytes
            if way.cuts:
                end = max(int(film.size_bytes * way.cuts.pop(0)), first)
                self.close_connection = True
            self._send(first, end)

        def _send(self, first: int, end: int) -> None:
            with suppress(OSError):  # it hangs up
                for piece in films.film.pieces(first, end):
                    self.wfile.write(piece)
                    films.sent_bytes += len(piece)
                    if films.way.piece_pause_s and films.stop.wait(films.way.piece_pause_s):
                        return

    return Handler


if __name__ == "__main__":
    with FilmServer(Path(sys.argv[1]), int(sys.argv[2])) as server:
        print(server.url, flush=True)
        threading.Event().wait()
