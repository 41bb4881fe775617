"""The sockets: HTTP/1.1 with keep-alive, a thread per connection."""

import contextlib
import logging
import socket
import sys
import threading
import time
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, BinaryIO
from urllib.parse import parse_qsl, urlsplit

from whitenoise.responders import StaticFile

from generations.simulator import routes
from generations.simulator.agents import endpoints as agents_endpoints
from generations.simulator.agents import routes as agents_routes
from generations.simulator.clock import Clock, SystemClock
from generations.simulator.engine import Engine
from generations.simulator.gateway import routes as gateway_routes
from generations.simulator.messages import Answer, Request
from generations.simulator.openai import routes as openai_routes
from generations.simulator.settings import API_PREFIX, Settings

log = logging.getLogger(__name__)

MOST_BODY_BYTES = 1_000_000
MOST_UPLOADED_BYTES = 200_000_000
MOST_DRAINED_BYTES = 50_000_000
IDLE_S = 120
_CHUNK = 1 << 16
_WITH_FILES = (
    *(agents_routes.PREFIX, agents_endpoints.UPLOADS, openai_routes.PREFIX),
    f"{gateway_routes.PREFIX}/v1/",
)
_WITH_LENGTH = (HTTPStatus.OK, HTTPStatus.PARTIAL_CONTENT, HTTPStatus.NOT_MODIFIED)


class Simulator:
    """An engine behind a listening socket."""

    def __init__(self, settings: Settings, clock: Clock | None = None) -> None:
        """Bind the port; raises OSError if it is taken."""
        self._server = _Server((settings.host, settings.port), _Handler)
        host, port = self._server.server_address[:2]
        reachable = "127.0.0.1" if host in ("0.0.0.0", "::") else host  # noqa: S104
        self.address = (settings.public_url or f"http://{reachable!s}:{port}").rstrip("/")
        self.engine = Engine(settings, clock or SystemClock(), self.address)
        self._server.engine = self.engine
        self._thread = threading.Thread(
            target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, name="server"
        )

    @property
    def url(self) -> str:
        """The API's base URL, as Luma's clients take it."""
        return f"{self.address}{API_PREFIX}"

    def start(self) -> None:
        """Take up unfinished generations and answer requests, on other threads."""
        self.engine.start()
        self._thread.start()
        log.info("simulating Luma at %s", self.url)

    def stop(self) -> None:
        """Close every connection and end every render."""
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()
        self._server.hang_up()
        self.engine.stop()


def _most_bytes(path: str) -> int:
    """Return how long a body may be: files go up to Luma Agents, also inline, and with images."""
    if path.startswith(_WITH_FILES):
        return MOST_UPLOADED_BYTES
    return MOST_BODY_BYTES


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    request_queue_size = 1024
    engine: Engine

    def __init__(self, *arguments: Any) -> None:
        self._open: set[socket.socket] = set()
        super().__init__(*arguments)

    def process_request(self, request: Any, client_address: Any) -> None:
        self._open.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        self._open.discard(request)
        super().shutdown_request(request)

    def hang_up(self) -> None:
        """Close the connections that clients keep alive."""
        for connection in list(self._open):
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Note a connection that a client dropped; anything else is a defect."""
        error = sys.exception()
        if isinstance(error, ConnectionError):
            log.info("%s hung up: %s", client_address[0], type(error).__name__)
        else:
            log.error("connection from %s ended badly", client_address[0], exc_info=error)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server_version = "LumaSimulator"
    sys_version = ""
    disable_nagle_algorithm = True
    timeout = IDLE_S
    wbufsize = _CHUNK
    server: _Server

    def _serve(self) -> None:
        started = time.monotonic()
        request = self._request()
        answer = self._refusal() if request is None else self._answer(request)
        status = self._send(answer)
        took_ms = (time.monotonic() - started) * 1000
        log.info("%s %s %s %.0f ms", self.command, urlsplit(self.path).path, status, took_ms)

    do_GET = do_HEAD = do_POST = do_DELETE = do_PUT = do_PATCH = _serve  # noqa: N815

    def _request(self) -> Request | None:
        """Read the request; None if its body can't be read."""
        length = self.headers.get("Content-Length", "0")
        if not length.isdigit() or "Transfer-Encoding" in self.headers:
            return None
        if int(length) > _most_bytes(self.path):
            self._drain(min(int(length), MOST_DRAINED_BYTES))
            return None
        parts = urlsplit(self.path)
        return Request(
            method=self.command,
            path=parts.path,
            query=dict(parse_qsl(parts.query)),
            headers={name.title(): value for name, value in self.headers.items()},
            body=self.rfile.read(int(length)),
            client=str(self.client_address[0]),
        )

    def _drain(self, length: int) -> None:
        """Read a body away: closing on a client that still sends would lose it the answer."""
        while length > 0 and (chunk := self.rfile.read(min(_CHUNK, length))):
            length -= len(chunk)

    def _refusal(self) -> Answer:
        self.close_connection = True
        return Answer.json({"detail": "Request body is too large or has no length"}, 413)

    def _answer(self, request: Request) -> Answer:
        try:
            return routes.answer(self.server.engine, request)
        except Exception:
            log.exception("a request failed")
            return Answer.json({"detail": "Internal Server Error"}, 500)

    def _send(self, answer: Answer) -> str:
        """Send the answer; return what to log as its status."""
        if answer.lost:
            self.close_connection = True
            self.connection.shutdown(socket.SHUT_RDWR)
            return "lost"
        if answer.file is not None:
            return self._send_file(answer)
        self.send_response(answer.status)
        for name, value in answer.headers.items():
            self.send_header(name, value)
        if answer.status != 204:
            self.send_header("Content-Length", str(len(answer.body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(answer.body)
        return str(answer.status)

    def _send_file(self, answer: Answer) -> str:
        environ = {
            "HTTP_" + name.upper().replace("-", "_"): value for name, value in self.headers.items()
        }
        static = StaticFile(str(answer.file), list(answer.headers.items()))
        response = static.get_response(self.command, environ)
        self.send_response(response.status)
        headers = dict(response.headers)
        if response.status not in _WITH_LENGTH:
            headers["Content-Length"] = "0"
        length = int(headers.get("Content-Length", "0"))
        if answer.wrong_length:
            headers["Content-Length"] = str(length // 2)
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        if response.file is not None:
            with response.file as file:
                self._copy(file, length // 2 if answer.cut else length)
        if answer.cut or answer.wrong_length:
            self.close_connection = True
        return str(int(response.status))

    def _copy(self, file: BinaryIO, length: int) -> None:
        while length > 0 and (chunk := file.read(min(_CHUNK, length))):
            self.wfile.write(chunk)
            length -= len(chunk)

    def log_message(self, format: str, *arguments: object) -> None:
        """Say nothing: `_serve` logs each request, without query or headers."""
