"""deploy/nginx.conf in a real nginx: in front of the site, and sending what the site authorised.

NGINX_BIN names another nginx than the one on PATH. Run by root, its workers are nobody, who may
read only what everybody may: as in compose.yaml, where web's files belong to somebody else.
"""

import http.client
import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import pytest
from django.conf import settings as django_settings
from django.urls import reverse

from generations.models import State, Still
from studio.models import Sound
from studio.running import ports
from tests.factories import take, tiny_poster
from tests.loopback import Loopback, Quiet
from tests.running.stage import wait_for
from tests.studio.editing.filmed import write_tone

NGINX = os.environ.get("NGINX_BIN") or shutil.which("nginx", path=f"{os.defpath}:/usr/sbin")
CONFIGURATION = Path(django_settings.BASE_DIR, "deploy/nginx.conf")
AS_DEPLOYED = {
    "pid /tmp/nginx.pid;": "pid {directory}/nginx.pid;",
    "error_log /dev/stderr warn;": "error_log {directory}/error.log warn;",
    "include /etc/nginx/mime.types;": "include {types};",
    "listen 80;": "listen 127.0.0.1:{port};",
    "set $web web:8000;": "set $web {web};",
    "alias /data/media/;": "alias {media}/;",
}
"""What of the file belongs to compose.yaml's machines, and what stands for it here."""

pytestmark = pytest.mark.skipif(
    NGINX is None and not os.environ.get("REQUIRE_NGINX"),
    reason="no nginx on PATH, nor in NGINX_BIN",
)


@dataclass(frozen=True)
class Answer:
    """What came back."""

    status: int
    headers: dict[str, str]
    body: bytes


@dataclass(frozen=True)
class Nginx:
    """A running one."""

    port: int

    def ask(self, path: str, method: str = "GET", body: bytes | None = None, **headers: str):
        """Ask for a path; `Range="bytes=0-1"` and the like are headers."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        try:
            connection.request(method, path, body, named)
            answer = connection.getresponse()
            found = {name.lower(): value for name, value in answer.getheaders()}
            return Answer(answer.status, found, answer.read())
        finally:
            connection.close()


@contextmanager
def nginx(web: str, media: Path) -> Iterator[Nginx]:
    """Run nginx in front of an address, by the file that is deployed."""
    assert NGINX, "REQUIRE_NGINX is set, and there is no nginx on PATH"
    types = Path("/etc/nginx/mime.types")
    if not types.exists():  # unpacked, not installed
        types = Path(NGINX).resolve().parents[2] / "etc/nginx/mime.types"
    port = ports.free()
    with tempfile.TemporaryDirectory() as name:
        text = CONFIGURATION.read_text()
        here = {"directory": name, "types": types, "port": port, "web": web, "media": media}
        for deployed, instead in AS_DEPLOYED.items():
            assert text.count(deployed) == 1, deployed
            text = text.replace(deployed, instead.format(**here))
        kinds = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
        places = "".join(f"{kind}_temp_path {name}/{kind};\n" for kind in kinds)
        text = text.replace("http {\n", f"http {{\n{places}", 1)
        file = Path(name, "nginx.conf")
        file.write_text("user nobody nogroup;\n" * (os.getuid() == 0) + text)
        Path(name).chmod(0o755)
        command = [NGINX, "-c", str(file), "-e", f"{name}/error.log", "-g", "daemon off;"]
        process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
        try:
            wait_for(lambda: listens(port) or process.poll() is not None, 30)
            assert process.poll() is None, process.stderr.read()
            yield Nginx(port)
        finally:
            process.terminate()
            process.communicate(timeout=30)


def listens(port: int) -> bool:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", "/kept/")
        return connection.getresponse().status > 0
    except OSError:
        return False
    finally:
        connection.close()


@pytest.fixture
def media(settings) -> Iterator[Path]:
    """Where the files are, which everybody may enter."""
    with tempfile.TemporaryDirectory() as name:
        Path(name).chmod(0o755)
        settings.MEDIA_ROOT = Path(name, "media")
        settings.MEDIA_ROOT.mkdir()
        settings.MEDIA_ACCEL_PREFIX = "/kept/"
        yield settings.MEDIA_ROOT


@pytest.fixture
def front(live_server, media) -> Iterator[Nginx]:
    """The site, behind nginx."""
    address = live_server.url.removeprefix("http://").replace("localhost", "127.0.0.1")
    with nginx(address, media) as running:
        yield running


@pytest.fixture
def cookie(sign_in, artist) -> str:
    return cookie_of(sign_in(artist))


def cookie_of(client) -> str:
    return f"sessionid={client.cookies['sessionid'].value}"


def test_pages_come_through_with_their_headers(front, cookie, project):
    page = front.ask(f"/projects/{project.slug}/", Cookie=cookie)
    assert page.status == 200
    assert b"Desert Light" in page.body
    assert "script-src" in page.headers["content-security-policy"]
    assert front.ask("/healthz").status == 200
    style = re.search(rb'<link rel="stylesheet" href="([^"]+)"', page.body)
    assert style
    assert front.ask(style[1].decode()).headers["content-type"].startswith("text/css")


def test_a_form_is_taken_that_came_through(front, cookie, artist, project):
    path = reverse("account_login")
    page = front.ask(path)
    token = re.search(rb'name="csrfmiddlewaretoken" value="([^"]+)"', page.body)
    csrf = page.headers["set-cookie"].split(";")[0]
    sent = f"csrfmiddlewaretoken={token[1].decode()}&login={artist.email}&password=wrong"
    kind = "application/x-www-form-urlencoded"
    origin = f"http://127.0.0.1:{front.port}"
    answer = front.ask(path, "POST", sent.encode(), Cookie=csrf, Content_Type=kind, Origin=origin)
    assert answer.status == 200  # and not 403: the host that was asked is the page's own


def test_every_file_is_sent_whole_and_in_parts_with_the_sites_headers(
    front, cookie, client, project, tmp_path
):
    made = take(project, State.COMPLETED)
    files = {reverse("media", args=[made.uuid, each.kind]): each.file for each in made.assets.all()}
    picture = {"pictures": tiny_poster().open("rb")}
    assert client.post(reverse("upload_stills", args=[project.slug]), picture).status_code == 302
    still = Still.objects.get()
    files[reverse("media", args=[still.uuid, "still"])] = still.file
    files[reverse("media", args=[still.uuid, "still-small"])] = still.small_file
    tone = {"sound": write_tone(tmp_path / "tone.wav", 440, 1).open("rb")}
    assert client.post(reverse("upload_sound", args=[project.slug]), tone).status_code == 302
    sound = Sound.objects.get()
    files[reverse("media", args=[sound.uuid, "sound"])] = sound.file
    assert len(files) == 6
    for path, file in files.items():
        whole = front.ask(path, Cookie=cookie)
        assert (whole.status, whole.body) == (200, file.read_bytes()), path
        assert "x-accel-redirect" not in whole.headers
        assert whole.headers["cache-control"] == "private, max-age=31536000, immutable"
        assert whole.headers["x-content-type-options"] == "nosniff"
        assert whole.headers["cross-origin-resource-policy"] == "same-origin"
        assert "default-src" in whole.headers["content-security-policy"]
        some = front.ask(path, Cookie=cookie, Range="bytes=10-29")
        assert (some.status, some.body) == (206, file.read_bytes()[10:30]), path
        beyond = front.ask(path, Cookie=cookie, Range="bytes=99999999-")
        assert beyond.status == 416
        again = front.ask(path, Cookie=cookie, If_None_Match=whole.headers["etag"])
        assert (again.status, again.body) == (304, b"")
        head = front.ask(path, "HEAD", Cookie=cookie)
        assert int(head.headers["content-length"]) == len(whole.body)


def test_a_file_has_its_type_and_its_name(front, cookie, project):
    made = take(project, State.COMPLETED)
    path = reverse("media", args=[made.uuid, "video"])
    answer = front.ask(f"{path}?download=1", Cookie=cookie)
    assert answer.headers["content-type"] == "video/mp4"
    assert "attachment" in answer.headers["content-disposition"]


def test_only_who_the_site_authorises_gets_a_file(front, cookie, stranger, project):
    made = take(project, State.COMPLETED)
    path = reverse("media", args=[made.uuid, "video"])
    film = made.assets.get(kind="video")
    assert front.ask(path).status == 302
    assert front.ask(path, Cookie=cookie_of(stranger)).status == 404
    inside = f"/kept/{film.path}"
    ways = (inside, f"/kept/../kept/{film.path}", inside.replace("/", "//"), "/kept/")
    for way in (*ways, f"{path}/../../../..{inside}", "/%6bept/" + film.path):
        answer = front.ask(way, Cookie=cookie)
        assert answer.status in (400, 404), way
        assert film.file.read_bytes()[:32] not in answer.body


def test_a_file_that_is_gone_is_not_found(front, cookie, project):
    made = take(project, State.COMPLETED)
    made.assets.get(kind="video").file.unlink()
    assert front.ask(reverse("media", args=[made.uuid, "video"]), Cookie=cookie).status == 404


@pytest.mark.parametrize(
    ("path", "megabytes", "status"),
    [
        ("/projects/desert-light/generate/", 63, 403),
        ("/projects/desert-light/generate/", 65, 413),
        ("/projects/desert-light/sounds/upload/", 300, 403),
        ("/projects/desert-light/sounds/upload/", 302, 413),
    ],
)
def test_what_is_too_large_for_a_form_ends_here(path, megabytes, status, tmp_path):
    """403 stands for the site's own answer, to whom everything else was passed on."""
    with Loopback(Refuses) as web, nginx(web.address.removeprefix("http://"), tmp_path) as front:
        connection = http.client.HTTPConnection("127.0.0.1", front.port, timeout=60)
        connection.putrequest("POST", path)
        connection.putheader("Content-Length", str(megabytes * 1024 * 1024))
        connection.endheaders()
        piece = bytes(1024 * 1024)
        if status == 403:
            for _ in range(megabytes):
                connection.send(piece)
        assert connection.getresponse().status == status
        connection.close()


class Refuses(Quiet, BaseHTTPRequestHandler):
    """Reads what comes, and refuses it."""

    def do_POST(self) -> None:
        left = int(self.headers["Content-Length"])
        while left > 0:
            left -= len(self.rfile.read(min(left, 1024 * 1024)))
        self.send_response(403)
        self.end_headers()


class Echoes(Quiet, BaseHTTPRequestHandler):
    """Answers with what it was told of who asks."""

    def do_GET(self) -> None:
        told = (self.headers[name] for name in ("Host", "X-Forwarded-For", "X-Forwarded-Proto"))
        self.send_response(200)
        self.end_headers()
        self.wfile.write("|".join(map(str, told)).encode())


@pytest.mark.parametrize(
    ("headers", "told"),
    [
        ({}, "|127.0.0.1|http"),
        ({"X_Forwarded_For": "203.0.113.7"}, "|203.0.113.7, 127.0.0.1|http"),
        ({"X_Forwarded_Proto": "https"}, "|127.0.0.1|https"),
        ({"X_Forwarded_Proto": "gopher"}, "|127.0.0.1|http"),
        ({"Host": "dailies.example.com:8443"}, "dailies.example.com:8443|127.0.0.1|http"),
    ],
)
def test_the_site_is_told_who_asks_and_how(headers, told, tmp_path):
    with Loopback(Echoes) as web, nginx(web.address.removeprefix("http://"), tmp_path) as front:
        said = front.ask("/", **headers).body.decode()
    assert said.endswith(told)
