"""The one way out: only to public addresses, only whole files."""

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler

import pytest

from generations import downloading, outbound
from tests.loopback import Loopback, Quiet


@pytest.fixture(autouse=True)
def _guarded(settings):
    settings.OUTBOUND_LOOPBACK = False


def fetch(url, tmp_path, **options):
    return downloading.fetch(url, tmp_path / "file", max_bytes=1000, **options)


HOSTILE = [
    "http://example.com/a.mp4",
    "ftp://example.com/a.mp4",
    "file:///etc/passwd",
    "//example.com/a",
    "",
    "not a url",
    "https://",
    "https://user@127.0.0.1/",
    "https://user:pw@example.com/",
    "https://127.0.0.1/",
    "https://localhost/",
    "https://[::1]/",
    "https://[::ffff:127.0.0.1]/",
    "https://[::ffff:10.0.0.1]/",
    "https://[2002:7f00:1::]/",
    "https://[fe80::1]/",
    "https://[fc00::1]/",
    "https://10.1.2.3/",
    "https://172.16.0.1/",
    "https://192.168.1.1/",
    "https://169.254.169.254/latest/meta-data/",
    "https://100.64.0.1/",
    "https://0.0.0.0/",
    "https://0/",
    "https://2130706433/",
    "https://0x7f.1/",
    "https://127.1/",
    "https://224.0.0.1/",
    "https://255.255.255.255/",
    "https://127.0.0.1:8000/",
    "https://[::]/",
    "https://198.18.0.1/",
    "https://192.0.2.1/",
    "https://[64:ff9b::7f00:1]/",
    "https://[64:ff9b::a9fe:a9fe]/",
    "https://[::7f00:1]/",
    "https://[::ffff:0:7f00:1]/",
    "https://[fec0::1]/",
    "https://[2001:0:1::1]/",
    "https://[2002:a9fe:a9fe::1]/",
    "https://a..b/x",
    "https://" + "a" * 70 + ".example/",
    "https://xn--a/",
    "https://[bad/",
]


@pytest.mark.parametrize("url", HOSTILE)
def test_a_hostile_address_is_never_connected_to(url, tmp_path, monkeypatch):
    def connect(*args, **kwargs):
        pytest.fail(f"connected to {args}")

    monkeypatch.setattr(socket, "create_connection", connect)
    monkeypatch.setattr(socket.socket, "connect", connect)
    with pytest.raises((outbound.Forbidden, downloading.FetchFailed)):
        fetch(url, tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_a_name_that_leads_inside_is_refused(tmp_path, monkeypatch):
    def resolve(host, port, **kwargs):
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("10.0.0.7", port))]

    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    with pytest.raises(outbound.Forbidden, match="not a public address"):
        fetch("https://innocent.example/a.mp4", tmp_path)


def test_one_private_address_among_public_ones_is_refused(tmp_path, monkeypatch):
    def resolve(host, port, **kwargs):
        return [
            (socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port))
            for address in ("93.184.215.14", "127.0.0.1")
        ]

    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    with pytest.raises(outbound.Forbidden):
        fetch("https://innocent.example/a.mp4", tmp_path)


@contextmanager
def serving(answer) -> Iterator[str]:
    with Loopback(handler_of(answer)) as server:
        yield f"{server.address}/file"


def handler_of(answer) -> type[BaseHTTPRequestHandler]:
    class Handler(Quiet, BaseHTTPRequestHandler):
        def do_GET(self):
            answer(self)

    return Handler


def sends(body, length=None, status=200, **headers):
    def answer(handler):
        handler.send_response(status)
        if length is not None or body:
            handler.send_header("Content-Length", str(len(body) if length is None else length))
        for name, value in headers.items():
            handler.send_header(name, value)
        handler.end_headers()
        handler.wfile.write(body)

    return answer


@pytest.fixture
def loopback(settings):
    settings.OUTBOUND_LOOPBACK = True


@pytest.mark.usefixtures("loopback")
def test_a_file_arrives_whole(tmp_path):
    with serving(sends(b"x" * 900)) as url:
        fetched = fetch(url, tmp_path)
    assert fetched.size_bytes == 900
    assert (tmp_path / "file").read_bytes() == b"x" * 900


@pytest.mark.usefixtures("loopback")
@pytest.mark.parametrize(
    "answer",
    [
        sends(b"x" * 500, length=900),  # cut
        sends(b"x" * 1001),  # declared over the cap
        sends(b"x" * 2000, length=None, **{"Transfer-Encoding": "identity"}),
        sends(b"", length=0),
        sends(b"gone", status=404),
        sends(b"", status=302, Location="https://10.0.0.1/"),
        sends(b"", status=302, Location="file:///etc/passwd"),
        sends(b"", status=302, Location="/again"),  # for ever
        sends(b"", status=302, Location="http://[bad/"),
        sends(b"x" * 9, **{"Content-Encoding": "gzip"}),
    ],
)
def test_what_does_not_arrive_whole_leaves_nothing(tmp_path, answer):
    with serving(answer) as url, pytest.raises((downloading.FetchFailed, outbound.Forbidden)):
        fetch(url, tmp_path)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.usefixtures("loopback")
def test_a_drip_is_cut_off_at_the_deadline(tmp_path):
    stop = threading.Event()

    def drip(handler):
        handler.send_response(200)
        handler.send_header("Content-Length", "900")
        handler.end_headers()
        with suppress(OSError):  # it hangs up
            for _ in range(900):
                handler.wfile.write(b"x")
                handler.wfile.flush()
                stop.wait(0.05)

    with serving(drip) as url, pytest.raises(downloading.FetchFailed, match="ReadTimeout"):
        fetch(url, tmp_path, timeout_s=0.5)
    assert list(tmp_path.iterdir()) == []


def test_loopback_is_closed_by_default(tmp_path):
    with serving(sends(b"secret")) as url, pytest.raises(outbound.Forbidden):
        fetch(url, tmp_path)


@pytest.mark.usefixtures("loopback")
def test_a_call_is_over_when_its_time_is(tmp_path):
    stop = threading.Event()

    def drip(handler):
        with suppress(OSError):
            for character in b"HTTP/1.1 200 OK\r\nX-Slow: " + b"y" * 500:
                handler.wfile.write(bytes([character]))
                handler.wfile.flush()
                stop.wait(0.05)

    began = time.monotonic()
    with serving(drip) as url, pytest.raises(outbound.NoAnswer):
        outbound.call("GET", url, headers={}, timeout_s=0.5)
    assert time.monotonic() - began < 3


@pytest.mark.usefixtures("loopback")
def test_an_answer_that_is_too_long_is_no_answer(monkeypatch):
    monkeypatch.setattr(outbound, "_MAX_ANSWER_BYTES", 100)
    with serving(sends(b"x" * 101)) as url, pytest.raises(outbound.NoAnswer, match="too long"):
        outbound.call("GET", url, headers={}, timeout_s=5)
