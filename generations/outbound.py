"""The one guarded way out: everything that Dailies fetches or calls goes through here.

Addresses are resolved by us, must be global, and are the ones connected to, so that a name
can't be pointed elsewhere between check and use. Times and bytes are capped; a redirect is the
caller's to follow, through the same checks. Loopback over http is admitted only with
OUTBOUND_LOOPBACK.
"""

import ipaddress
import json
import os
import socket
import ssl
import threading
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, closing, contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any, BinaryIO
from urllib.parse import urlsplit

import httpcore
import httpx
from django.conf import settings

# Global unicast (RFC 4291 §2.4), but for the parts that carry an IPv4 address to somewhere else:
# Teredo (RFC 4380) and 6to4 (RFC 3056). NAT64's 64:ff9b::/96 lies outside.
_UNICAST_6 = ipaddress.IPv6Network("2000::/3")
_TUNNELS_6 = (ipaddress.IPv6Network("2001::/32"), ipaddress.IPv6Network("2002::/16"))
_PLAIN = {"Accept-Encoding": "identity"}
_MAX_ANSWER_BYTES = 16 * 1024 * 1024
USER_AGENT = "Dailies/0.1"


Part = tuple[str, bytes, str]
"""A file in a form: its name, its bytes and their type."""


class Forbidden(Exception):
    """The address may not be connected to; the message says why, without the URL's query."""


class BrokeOff(Exception):
    """A download couldn't begin, or the connection was lost on the way."""


class NeverSent(Exception):
    """A call failed before its first byte left: certainly nothing happened."""


class NoAnswer(Exception):
    """A call was sent, and no whole answer came back in time."""


@dataclass(frozen=True)
class Answer:
    """An HTTP answer: status, headers by lower-case name, and the whole body."""

    status: int
    headers: dict[str, str]
    body: bytes

    def json(self) -> Any:
        """Return the body's JSON. Raises ValueError, also where it is nested without an end."""
        try:
            return json.loads(self.body)
        except RecursionError as error:
            raise ValueError("JSON of too many levels") from error


@dataclass(frozen=True)
class Incoming:
    """A download under way: status, headers by lower-case name, and the body piece by piece."""

    status: int
    headers: dict[str, str]
    pieces: Iterator[bytes]


_deadline: ContextVar[float] = ContextVar("deadline")


@contextmanager
def within(seconds: float) -> Iterator[None]:
    """Give everything inside this long in all: httpx's own timeouts are per read.

    What is inside of another deadline keeps to that one as well.
    """
    end = time.monotonic() + seconds
    token = _deadline.set(min(end, _deadline.get(end)))
    try:
        yield
    finally:
        _deadline.reset(token)


def _left(timeout: float | None) -> float | None:
    """Return the shorter of a timeout and what is left of the deadline, in seconds."""
    try:
        left = _deadline.get() - time.monotonic()
    except LookupError:
        return timeout
    if left <= 0:
        raise httpcore.ReadTimeout("the time for the whole is over")
    return left if timeout is None else min(timeout, left)


class _TimedStream(httpcore.NetworkStream):
    """A connection that keeps to the deadline."""

    def __init__(self, stream: httpcore.NetworkStream) -> None:
        self._stream = stream

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._stream.read(max_bytes, _left(timeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._stream.write(buffer, _left(timeout))

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> httpcore.NetworkStream:
        return _TimedStream(self._stream.start_tls(ssl_context, server_hostname, _left(timeout)))

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)


class _GuardedBackend(httpcore.SyncBackend):
    """Connects only to addresses that may be connected to; `inside`, to private ones too."""

    def __init__(self, *, inside: bool) -> None:
        super().__init__()
        self._inside = inside

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        try:
            found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError) as error:
            raise httpcore.ConnectError(f"{host} has no address") from error
        addresses = list(dict.fromkeys(str(entry[4][0]) for entry in found))
        for address in addresses:
            if not self._inside and not _admitted(address):
                raise Forbidden(f"{host} is at {address}, which is not a public address")
        failure: Exception | None = None
        for address in addresses:
            try:
                return _TimedStream(
                    super().connect_tcp(
                        address, port, _left(timeout), local_address, socket_options
                    )
                )
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                failure = error
        raise failure or httpcore.ConnectError(f"{host} has no address")


class _GuardedTransport(httpx.HTTPTransport):
    """httpx's transport, over a pool that connects through the guard."""

    def __init__(self, connections: int, *, inside: bool) -> None:
        super().__init__(trust_env=False)
        self._inside = inside
        self._pool.close()
        self._pool = httpcore.ConnectionPool(
            ssl_context=httpx.create_ssl_context(trust_env=False),
            max_connections=connections,
            max_keepalive_connections=connections,
            keepalive_expiry=20.0,
            network_backend=_GuardedBackend(inside=inside),
        )

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        check_url(str(request.url), inside=self._inside)
        return super().handle_request(request)


_NEVER_SENT = (
    httpx.ConnectError,
    httpx.ConnectTimeout,
    httpx.PoolTimeout,
    httpx.UnsupportedProtocol,
    Forbidden,
)
_clients: dict[tuple[int, int, bool], httpx.Client] = {}
_lock = threading.Lock()


def client(*, inside: bool = False) -> httpx.Client:
    """Return this thread's guarded client.

    One per thread: a client slows down as its pool grows, and must not cross a fork.
    Calls pass their own timeouts. `inside` has a pool of its own: what it keeps open
    must serve nobody else.
    """
    key = (os.getpid(), threading.get_ident(), inside)
    with _lock:
        if key not in _clients:
            for stale in [known for known in _clients if known[0] != key[0]]:
                del _clients[stale]
            _clients[key] = httpx.Client(
                transport=_GuardedTransport(connections=5, inside=inside),
                headers={"User-Agent": USER_AGENT},
                trust_env=False,
                follow_redirects=False,
            )
        return _clients[key]


def check_url(url: str, *, inside: bool = False) -> None:
    """Raise Forbidden unless the URL is https with a plain host, or loopback http if admitted.

    `inside`: http and any port will do.
    """
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError as error:
        raise Forbidden("that is not a URL") from error
    if not host or parts.username is not None or parts.password is not None:
        raise Forbidden("a URL needs a plain host, without a user or password")
    if inside and parts.scheme in ("http", "https"):
        return
    if parts.scheme == "https":
        if port not in (None, 443) and not settings.OUTBOUND_LOOPBACK:
            raise Forbidden(f"port {port} is not https's own")
        return
    if parts.scheme == "http" and settings.OUTBOUND_LOOPBACK and _is_loopback_name(host):
        return
    raise Forbidden(f"{parts.scheme or 'no scheme'} is not https")


def call(
    method: str,
    url: str,
    *,
    headers: Mapping[str, str],
    timeout_s: float,
    params: Mapping[str, Any] | None = None,
    body: Any = None,
    content: bytes | BinaryIO | None = None,
    files: Mapping[str, Part] | Sequence[tuple[str, Part]] | None = None,
    data: Mapping[str, str] | None = None,
    most_bytes: int | None = None,
    inside: bool = False,
) -> Answer:
    """Call an API once: `body` goes as JSON, everything together within `timeout_s`.

    `content` goes as it is, in place of a body, and so does a form of `files` and `data`.
    Redirects aren't followed. `inside` is for an address that whoever runs the installation named
    in its settings, and nobody else: it may be private. Raises NeverSent or NoAnswer.
    """
    timeout = httpx.Timeout(timeout_s, connect=min(timeout_s, 5.0))
    request = _request(
        method,
        url,
        inside=inside,
        headers={**headers, **_PLAIN},
        timeout=timeout,
        params=params,
        json=body,
        content=content,
        files=files,
        data=data,
    )
    sender = client(inside=inside)
    try:
        with within(timeout_s), closing(sender.send(request, stream=True)) as response:
            received = bytearray()
            for chunk in response.iter_raw():
                received += chunk
                if len(received) > (most_bytes or _MAX_ANSWER_BYTES):
                    raise NoAnswer("the answer is too long")
            found = {name.lower(): value for name, value in response.headers.items()}
            return Answer(response.status_code, found, bytes(received))
    except _NEVER_SENT as error:
        raise NeverSent(type(error).__name__) from error
    except (httpx.HTTPError, httpx.InvalidURL, ValueError) as error:
        # The last two: it was sent, and is to be sent on to what is no address.
        raise NoAnswer(type(error).__name__) from error


def _request(method: str, url: str, *, inside: bool, **parts: Any) -> httpx.Request:
    """Return the request. Raises NeverSent for an address that can't be asked."""
    try:
        check_url(url, inside=inside)
        request = client(inside=inside).build_request(method, url, **parts)
        _ = request.url.host  # it is only read as a name when it is asked for
    except (Forbidden, httpx.InvalidURL, ValueError) as error:
        # What is no address fails in many ways, all of this kind.
        raise NeverSent(type(error).__name__) from error
    return request


@contextmanager
def download(
    url: str, *, headers: Mapping[str, str] | None = None, inside: bool = False
) -> Iterator[Incoming]:
    """GET a URL; the body is read while it is asked for. Redirects aren't followed.

    `inside` as of `call`. Raises BrokeOff, also while the pieces are read, or Forbidden.
    """
    timeout = httpx.Timeout(30.0, connect=10.0)
    with ExitStack() as stack:
        with _broken_off():
            own = {**(headers or {}), **_PLAIN}
            sender = client(inside=inside)
            response = stack.enter_context(sender.stream("GET", url, headers=own, timeout=timeout))
        found = {name.lower(): value for name, value in response.headers.items()}
        yield Incoming(response.status_code, found, _pieces(response))


def _pieces(response: httpx.Response) -> Iterator[bytes]:
    with _broken_off():
        yield from response.iter_raw()


@contextmanager
def _broken_off() -> Iterator[None]:
    try:
        yield
    except (httpx.HTTPError, httpx.InvalidURL, ValueError) as error:
        # ValueError: hosts and redirects that are no URL fail in many ways, all of this kind.
        raise BrokeOff(f"the download broke off: {type(error).__name__}") from error


def _admitted(address: str) -> bool:
    ip = ipaddress.ip_address(address.split("%", maxsplit=1)[0])
    if isinstance(ip, ipaddress.IPv6Address) and ip.ipv4_mapped:
        ip = ip.ipv4_mapped
    if ip.is_loopback:
        return bool(settings.OUTBOUND_LOOPBACK)
    if isinstance(ip, ipaddress.IPv6Address) and (
        ip not in _UNICAST_6 or any(ip in tunnel for tunnel in _TUNNELS_6)
    ):
        return False
    return ip.is_global and not ip.is_multicast


def _is_loopback_name(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
