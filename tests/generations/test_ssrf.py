"""Hundreds of addresses that lead inside: nothing is ever connected to at any of them."""

import ipaddress
import itertools
import socket
import ssl
from contextlib import ExitStack
from datetime import timedelta
from urllib.parse import quote

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from django.urls import reverse
from django.utils import timezone

from generations import collecting, downloading, outbound
from generations.import_pictures import Pictures
from generations.kinds import Kind
from generations.models import Asset, State, Still
from generations.providers import provider_for
from generations.providers.base import ImageFrame, Progress, ProviderError, Snapshot, VideoRequest
from studio.models import Delivery, Role, Webhook
from studio.webhooks import delivering
from tests.bench.films import FilmServer
from tests.factories import member, take, tiny_video
from tests.generations.test_outbound import handler_of, sends, serving
from tests.loopback import Loopback

INSIDE_4 = [
    *("127.0.0.1", "127.1.2.3", "10.0.0.1", "172.16.0.1", "172.31.255.254", "192.168.1.1"),
    *("169.254.169.254", "100.64.0.1", "0.0.0.0", "198.18.0.1", "192.0.2.1", "224.0.0.1"),
    *("240.0.0.1", "255.255.255.255", "192.0.0.8", "203.0.113.9"),
]
INSIDE_6 = [
    *("::1", "::", "fe80::1", "fe80::1%25lo", "fe80::1%lo", "fc00::1", "fd12:3456::1", "fec0::1"),
    *("ff02::1", "2001:db8::1", "2001:0:7f00:1::", "100::1", "64:ff9b:1::7f00:1", "5f00::1"),
]
TRICKS = [
    "https://example.com@{}/",
    "https://example.com:443@{}/",
    "https://{}@{}/",
    "https://user:password@{}/",
    "https://{}./",
    "https://{}:443/",
    "https://{}:8000/",
    "https://{}:0/",
    "https://{}:99999/",
    "https://{}#@example.com/",
    "https://{}?@example.com/",
    "https://{}\\@example.com/",
    "https://example.com\\@{}/",
    "https:\\\\{}/",
    "https:/{}/",
    "https:{}/",
    "https:///{}/",
    "//{}/",
    "{}",
    "https://{}%00.example.com/",
    "https://{}%2f.example.com/",
    "https://{}\r\nHost: example.com/",
    "https://{}\t/",
    " https://{}/",
]
SCHEMES = [
    *("http", "ftp", "file", "gopher", "dict", "data", "jar", "ldap", "ws", "wss", "blob"),
    *("HTTP", "javascript", "unix", "http+unix", "tftp", "sftp", "smb", "telnet", "view-source"),
]


def spellings_4(address: str):
    """Yields an IPv4 address as resolvers, browsers and people may write it."""
    a, b, c, d = (int(part) for part in address.split("."))
    number = int(ipaddress.IPv4Address(address))
    yield from (address, str(number), hex(number), oct(number).replace("0o", "0"))
    yield from (f"{a}.{b * 65536 + c * 256 + d}", f"{a}.{b}.{c * 256 + d}")
    yield from (
        f"{a:#x}.{b:#x}.{c:#x}.{d:#x}",
        f"0{a:o}.0{b:o}.0{c:o}.0{d:o}",
        f"0{a:o}.{b}.{c}.{d}",
    )
    yield address.replace(".", "。")
    yield address.replace(".", "．")
    yield "".join(chr(0xFF10 + int(each)) if each.isdigit() else each for each in address)
    yield "".join(chr(0x2460 + int(each) - 1) if each in "123456789" else each for each in address)
    yield address.replace(".", "%2e")
    yield quote(address[0]) + "".join(f"%{ord(each):02x}" for each in address[1:])
    yield f"{address}."


def spellings_6(address: str):
    """Yields IPv6 addresses that carry an IPv4 address somewhere else."""
    high, low = divmod(int(ipaddress.IPv4Address(address)), 65536)
    yield f"::ffff:{address}"
    yield f"::ffff:{high:x}:{low:x}"
    yield f"0:0:0:0:0:ffff:{high:x}:{low:x}"
    yield f"::{high:x}:{low:x}"
    yield f"::ffff:0:{high:x}:{low:x}"
    yield f"64:ff9b::{high:x}:{low:x}"
    yield f"64:ff9b:1::{high:x}:{low:x}"
    yield f"2002:{high:x}:{low:x}::1"
    yield f"2001:0:{high:x}:{low:x}::1"
    yield f"2001:0:4136:e378:8000:63bf:{high ^ 0xFFFF:x}:{low ^ 0xFFFF:x}"
    yield f"2001:db8::5efe:{high:x}:{low:x}"
    yield f"fe80::5efe:{high:x}:{low:x}"


def hostile() -> list[str]:
    urls = []
    for address in INSIDE_4[:7]:
        urls += [f"https://{spelling}/a.mp4" for spelling in spellings_4(address)]
        urls += [f"https://[{spelling}]/a.mp4" for spelling in spellings_6(address)]
    urls += [f"https://{address}/" for address in INSIDE_4]
    urls += [f"https://[{address}]/" for address in INSIDE_6]
    for trick, host in itertools.product(TRICKS, ("127.0.0.1", "[::1]", "localhost")):
        urls.append(trick.replace("{}", host))
    urls += [f"{scheme}://127.0.0.1/" for scheme in SCHEMES]
    urls += [
        f"https://{name}/" for name in ("localhost", "LOCALHOST", "localhost.", "ip6-localhost")
    ]
    return list(dict.fromkeys(urls))


HOSTILE = hostile()
real_connect = socket.socket.connect


def is_inside(address: object) -> bool:
    """Tell whether a socket's address is one that nothing of ours may connect to."""
    if not isinstance(address, tuple):
        return True
    ip = ipaddress.ip_address(str(address[0]).partition("%")[0])
    mapped = getattr(ip, "ipv4_mapped", None) or getattr(ip, "sixtofour", None) or ip
    return not (ip.is_global and mapped.is_global) or ip.is_multicast


class Recorder:
    """Notes every address that a socket is connected to, and lets none through but `allowed`."""

    def __init__(self) -> None:
        self.all: list[object] = []
        self.allowed: set[int] = set()

    @property
    def inside(self) -> list[object]:
        return [address for address in self.all if is_inside(address)]

    def connect(self, sock: socket.socket, address: object) -> None:
        if isinstance(address, tuple) and address[1] in self.allowed:
            return real_connect(sock, address)  # type: ignore[arg-type]
        self.all.append(address)
        raise ConnectionRefusedError("the test lets nothing out")


@pytest.fixture
def connections(monkeypatch, settings):
    recorder = Recorder()
    # Functions, for these become methods: the socket comes first.
    monkeypatch.setattr(socket.socket, "connect", lambda *args: recorder.connect(*args))  # noqa: PLW0108
    monkeypatch.setattr(socket.socket, "connect_ex", lambda *args: recorder.connect(*args))  # noqa: PLW0108
    settings.OUTBOUND_LOOPBACK = False
    return recorder


@pytest.fixture(autouse=True)
def resolver(monkeypatch):
    """Names that an attacker's server answers for; numbers are read as the system does."""
    real, names = socket.getaddrinfo, {}

    def resolve(host, port, *args, **kwargs):
        if names.get(host):
            address = names[host].pop(0)
            family = socket.AF_INET6 if ":" in address else socket.AF_INET
            return [(family, socket.SOCK_STREAM, 6, "", (address, port))]
        if str(host).lower().rstrip(".") in ("localhost", "ip6-localhost"):
            host = "127.0.0.1"
        return real(host, port, *args, **{**kwargs, "flags": socket.AI_NUMERICHOST})

    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    return names


def test_there_are_enough_of_them():
    assert len(HOSTILE) >= 300


def test_the_recorder_sees_a_connection_to_the_inside(connections):
    with socket.socket() as sock, pytest.raises(ConnectionRefusedError):
        sock.connect(("127.0.0.1", 9))
    assert connections.inside == [("127.0.0.1", 9)]


def test_the_guard_lets_a_public_address_through(tmp_path, connections):
    with pytest.raises(downloading.FetchFailed, match="ConnectError"):
        downloading.fetch("https://93.184.215.14/", tmp_path / "file", max_bytes=1)
    assert connections.all == [("93.184.215.14", 443)]


def test_no_file_is_fetched_from_the_inside(tmp_path, connections):
    for url in HOSTILE:
        with pytest.raises((outbound.Forbidden, downloading.FetchFailed)):
            downloading.fetch(url, tmp_path / "file", max_bytes=1000, timeout_s=5)
        assert connections.inside == [], url
    assert list(tmp_path.iterdir()) == []


def test_no_api_is_called_on_the_inside(connections):
    for url in HOSTILE:
        with pytest.raises(outbound.NeverSent):
            outbound.call("POST", url, headers={"Authorization": "key"}, timeout_s=5, body={})
        assert connections.inside == [], url


def test_every_one_of_them_as_an_answer_of_the_provider(project, connections):
    asset = take(project, State.COMPLETED, stored=False).assets.get()
    for url in HOSTILE:
        again = {"source_url": url, "tries": 0, "error": "", "next_at": timezone.now()}
        Asset.objects.filter(pk=asset.pk).update(**again)
        assert collecting.collect_due(limit=1) == 0, url
        asset.refresh_from_db()
        assert asset.error, url
        assert connections.inside == [], url


def test_every_one_of_them_as_an_account_of_a_team(project, connections):
    account = project.team.accounts.get()
    for url in HOSTILE:
        account.base_url = url
        with pytest.raises(ProviderError):
            provider_for(account).ping()
        assert connections.inside == [], url


def test_an_allowed_server_leads_nowhere_inside(tmp_path, connections, settings):
    settings.OUTBOUND_LOOPBACK = True  # the server that sends on is on this machine
    urls = [quote(url, safe="%/:=&?~#+!$,;'@()*[]\\") for url in HOSTILE if url.isprintable()]
    for_one = iter(urls)

    def send_on(handler):
        sends(b"", status=302, Location=next(for_one))(handler)

    with serving(send_on) as at:
        connections.allowed.add(port_of(at))
        for url in urls:
            with pytest.raises((outbound.Forbidden, downloading.FetchFailed)):
                downloading.fetch(at, tmp_path / "file", max_bytes=1000, timeout_s=5)
            # Loopback itself is open to this installation, and nothing else.
            assert [each for each in connections.inside if not is_loopback(each)] == [], url
    assert next(for_one, None) is None


def port_of(url: str) -> int:
    return int(url.split(":")[2].partition("/")[0])


def is_loopback(address: object) -> bool:
    assert isinstance(address, tuple)
    ip = ipaddress.ip_address(address[0])
    return (getattr(ip, "ipv4_mapped", None) or ip).is_loopback


def test_a_chain_of_redirects_ends_before_the_inside(tmp_path, connections, settings):
    settings.OUTBOUND_LOOPBACK = True
    inside = "https://169.254.169.254/latest/"
    with (
        serving(sends(b"", status=307, Location=inside)) as last,
        serving(sends(b"", status=308, Location=last)) as first,
    ):
        connections.allowed |= {port_of(first), port_of(last)}
        with pytest.raises(outbound.Forbidden):
            downloading.fetch(first, tmp_path / "file", max_bytes=1000, timeout_s=5)
    assert connections.all == []


@pytest.mark.parametrize("inside", ["127.0.0.1", "10.0.0.1", "::1", "::ffff:169.254.169.254"])
def test_a_name_that_is_pointed_elsewhere_in_between_is_never_followed(
    inside, tmp_path, connections, resolver
):
    resolver["rebinding.example"] = ["93.184.215.14", inside]
    url = "https://rebinding.example/a.mp4"
    for refusal in (downloading.FetchFailed, outbound.Forbidden):
        with pytest.raises(refusal):
            downloading.fetch(url, tmp_path / "file", max_bytes=1000, timeout_s=5)
    # Asked once per connection, and connected to just what was looked at.
    assert connections.all == [("93.184.215.14", 443)]


def test_a_download_that_is_resumed_is_checked_again(tmp_path, connections, settings, resolver):
    settings.OUTBOUND_LOOPBACK = True
    with FilmServer(tiny_video(), 100_000) as server:
        connections.allowed.add(port_of(server.url))
        server.way.cuts = [0.5]
        resolver["localhost"] = ["127.0.0.1", "10.0.0.1"]
        url = server.url.replace("127.0.0.1", "localhost")
        with pytest.raises(outbound.Forbidden):
            downloading.fetch(url, tmp_path / "file", max_bytes=1_000_000, timeout_s=5)
    assert connections.all == []
    assert list(tmp_path.iterdir()) == []


def test_every_one_of_them_in_the_form_of_an_account(project, sign_in, connections):
    """Whatever a person types as an account's address: refused beside the field, or no answer."""
    producer = sign_in(member(project, Role.PRODUCER))
    asked = {"name": "Theirs", "key": "luma-key", "provider": "luma"}
    for url in HOSTILE:
        answer = producer.post(reverse("add_account"), asked | {"base_url": url})
        assert answer.status_code == 200, url
        assert 'aria-invalid="true"' in answer.content.decode(), url
        assert connections.inside == [], url
    assert project.team.accounts.count() == 1


def test_every_one_of_them_in_the_form_of_a_webhook(project, sign_in, connections):
    """Refused beside the field, or told of nothing: a name may lead inside."""
    owner = sign_in(member(project, Role.OWNER))
    sent = 0
    for url in HOSTILE:
        answer = owner.post(reverse("add_webhook"), {"url": url, "events": ["take.finished"]})
        assert answer.status_code == 200, url
        if (made := Webhook.objects.first()) is None:
            assert 'aria-invalid="true"' in answer.content.decode(), url
            continue
        owner.post(reverse("test_webhook", args=[made.uuid]))
        assert delivering.deliver_due(made.pk) == 0, url
        assert Delivery.objects.get().status is None, url
        sent += 1
        made.delete()
        assert connections.inside == [], url
    assert connections.inside == []
    assert sent > 20  # else the form alone was tried


def test_every_one_of_them_as_a_picture_of_a_job_that_is_brought_in(project, connections):
    for url in HOSTILE:
        asked = VideoRequest("ray-2", "A harbour", "16:9", "720p", 5, start=ImageFrame(url))
        job = Snapshot("id", Progress.COMPLETED, kind=Kind.VIDEO, echo=asked)
        fetched = Pictures(project, None).of(job, with_source=True)
        assert (len(fetched.parts), len(fetched.gone)) == (0, 1), url
        assert connections.inside == [], url
    assert not Still.objects.exists()


@pytest.fixture
def public(tmp_path, monkeypatch, connections, resolver):
    """Yields a way to serve something at https://public.example, which is in the open.

    The name has a public address and a certificate; only the wire leads to this machine.
    """
    key, certificate = _certificate("public.example", tmp_path)
    monkeypatch.setattr(outbound, "_clients", {})
    trusting = ssl.create_default_context(cafile=certificate)
    monkeypatch.setattr(outbound.httpx, "create_ssl_context", lambda **_: trusting)
    with ExitStack() as stack:

        def serve(answer):
            server = Loopback(handler_of(answer))
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(certificate, key)
            server._server.socket = context.wrap_socket(server._server.socket, server_side=True)
            stack.enter_context(server)
            resolver["public.example"] = ["93.184.215.14"] * 9
            here = ("127.0.0.1", port_of(f"{server.address}/"))

            def lead_here(sock, address):
                connections.all.append(address)
                if address != ("93.184.215.14", 443):
                    raise ConnectionRefusedError
                return real_connect(sock, here)

            monkeypatch.setattr(connections, "connect", lead_here)
            return "https://public.example/file"

        yield serve


def _certificate(name, directory):
    key = ec.generate_private_key(ec.SECP256R1())
    who = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = timezone.now()
    builder = x509.CertificateBuilder(who, who, key.public_key(), x509.random_serial_number())
    builder = builder.not_valid_before(now - timedelta(days=1))
    builder = builder.not_valid_after(now + timedelta(days=1))
    builder = builder.add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), False)
    builder = builder.add_extension(x509.BasicConstraints(ca=True, path_length=None), True)
    made = builder.sign(key, hashes.SHA256())
    kept = directory / "key.pem", directory / "certificate.pem"
    plain = serialization.NoEncryption()
    kept[0].write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.TraditionalOpenSSL, plain
        )
    )
    kept[1].write_bytes(made.public_bytes(serialization.Encoding.PEM))
    return kept


@pytest.mark.parametrize(
    "inside",
    ["https://127.0.0.1/", "http://127.0.0.1:8000/", "https://localhost/", "https://[::1]/"],
)
def test_a_public_server_that_sends_on_to_loopback_is_not_followed(
    inside, tmp_path, public, connections
):
    url = public(sends(b"", status=302, Location=inside))
    with pytest.raises(outbound.Forbidden):
        downloading.fetch(url, tmp_path / "file", max_bytes=1000, timeout_s=5)
    assert connections.all == [("93.184.215.14", 443)]


def test_a_public_server_that_sends_on_to_the_images_server_inside_is_not_followed(
    tmp_path, public, connections
):
    """The settings' own address is open to its own answers alone."""
    url = public(sends(b"", status=302, Location="http://127.0.0.1:8080/made.png"))
    own = ("http", "127.0.0.1", 8080)
    with pytest.raises(outbound.Forbidden):
        downloading.fetch(url, tmp_path / "file", max_bytes=1000, timeout_s=5, inside=own)
    assert connections.all == [("93.184.215.14", 443)]


def test_a_public_server_that_serves_is_fetched_from(tmp_path, public):
    """So that the refusals above are the redirect's."""
    downloading.fetch(public(sends(b"whole")), tmp_path / "file", max_bytes=1000, timeout_s=5)
    assert (tmp_path / "file").read_bytes() == b"whole"
