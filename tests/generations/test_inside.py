"""An images server inside: reached where the settings name it, and nothing else beside it is."""

import base64
import json
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler
from io import BytesIO
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone
from PIL import Image

from generations import collecting, enrolling, sweeping
from generations.enrolling import Key
from generations.models import Account, Asset, Generation
from generations.ordering import accept
from generations.orders import image
from generations.providers import provider_for
from generations.providers.base import Unreachable
from generations.refusal import Refused
from studio import provider_accounts
from studio.models import Project, Role
from tests.factories import ProjectFactory, member
from tests.generations.conftest import fresh
from tests.loopback import Loopback, Quiet

KEY, MODEL = "any", "sdxl"


class Server:
    """An images server on this machine, and what it was asked for."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.keys: set[str | None] = set()
        self.answers_with: Callable[[], dict[str, str]] = lambda: {"b64_json": encoded()}
        self.sends_on = ""
        self._loopback = Loopback(self._handler())

    @property
    def address(self) -> str:
        return self._loopback.address

    @property
    def base_url(self) -> str:
        return f"{self.address}/v1"

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        server = self

        class Handler(Quiet, BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                self.take()
                if server.sends_on not in ("", server.address + self.path):
                    self.send_response(302)
                    self.send_header("Location", server.sends_on)
                    self.end_headers()
                elif self.path.endswith("/models"):
                    self.answer(b"{}", "application/json")
                else:
                    self.answer(png(), "image/png")

            def do_POST(self) -> None:
                self.take()
                self.rfile.read(int(self.headers["Content-Length"]))
                told = {"created": 1, "data": [server.answers_with()]}
                self.answer(json.dumps(told).encode(), "application/json")

            def take(self) -> None:
                server.asked.append(f"{self.command} {self.path}")
                server.keys.add(self.headers["Authorization"])

            def answer(self, body: bytes, content_type: str) -> None:
                self.send_response(200)
                self.send_header("Content-Type", content_type)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

        return Handler

    def __enter__(self) -> "Server":
        self._loopback.__enter__()
        return self

    def __exit__(self, *error: Any) -> None:
        self._loopback.__exit__(*error)


def png() -> bytes:
    out = BytesIO()
    Image.new("RGB", (320, 180), "teal").save(out, "PNG")
    return out.getvalue()


def encoded() -> str:
    return base64.b64encode(png()).decode()


@pytest.fixture
def inside() -> Iterator[Server]:
    with Server() as server:
        yield server


@pytest.fixture
def beside() -> Iterator[Server]:
    """Another service on this machine, which nobody named."""
    with Server() as server:
        yield server


@pytest.fixture
def team_project(db: None, settings: Any, inside: Server) -> Project:
    """A team whose images server the settings name, on this machine."""
    settings.OUTBOUND_LOOPBACK = False
    settings.IMAGES_BASE_URL = inside.base_url
    settings.IMAGES_API_KEY, settings.IMAGES_MODEL = KEY, MODEL
    project: Project = ProjectFactory()
    provider_accounts.sync(project.team)
    return project


def order(project: Project) -> Generation:
    return accept(project, member(project, Role.OWNER), image("A lighthouse", model="own-image"))


def picture_of(take: Generation) -> Asset:
    sweeping.work_once()
    for _ in range(2):
        take.assets.update(next_at=timezone.now())
        collecting.collect_due()
    return take.assets.get(kind="image")


def test_a_server_that_the_settings_name_is_asked_inside(
    team_project: Project, inside: Server
) -> None:
    take = order(team_project)
    assert picture_of(take).state == "stored"
    assert fresh(take).state == "completed"
    assert inside.asked == ["POST /v1/images/generations"]
    assert inside.keys == {f"Bearer {KEY}"}


def test_so_is_a_picture_at_its_own_address_without_the_key(
    team_project: Project, inside: Server
) -> None:
    inside.answers_with = lambda: {"url": f"{inside.address}/made/1.png"}
    take = order(team_project)
    sweeping.work_once()
    inside.keys.clear()
    assert picture_of(take).state == "stored"
    assert inside.asked[1:] == ["GET /made/1.png"]
    assert inside.keys == {None}


@pytest.mark.parametrize("way", ["address", "redirect", "name", "scheme"])
def test_what_it_points_at_beside_itself_is_not_asked(
    way: str, team_project: Project, inside: Server, beside: Server
) -> None:
    port = beside.address.rpartition(":")[2]
    leads = {
        "address": f"{beside.address}/secret.png",
        "redirect": f"{inside.address}/made/1.png",
        "name": f"http://localhost:{port}/secret.png",
        "scheme": f"{inside.address}/made/1.png".replace("http:", "https:"),
    }
    inside.answers_with = lambda: {"url": leads[way]}
    take = order(team_project)
    sweeping.work_once()
    if way == "redirect":
        inside.sends_on = f"{beside.address}/secret.png"
    asset = picture_of(take)
    assert (asset.state, bool(asset.error)) == ("pending", True)
    assert beside.asked == []


def test_a_redirect_within_it_is_followed(team_project: Project, inside: Server) -> None:
    inside.answers_with = lambda: {"url": f"{inside.address}/made/1.png"}
    take = order(team_project)
    inside.sends_on = f"{inside.address}/made/2.png"
    assert picture_of(take).state == "stored"
    assert inside.asked[1:] == ["GET /made/1.png", "GET /made/2.png"]


def test_what_a_team_types_stays_outside_also_where_it_is_that_very_address(
    team_project: Project, inside: Server, beside: Server, sign_in: Any
) -> None:
    producer = sign_in(member(team_project, Role.PRODUCER))
    typed = [inside.base_url, f"{inside.address}/admin", beside.base_url]
    typed += [each.replace("http:", "https:") for each in typed]
    given = {"name": "Theirs", "key": "theirs", "provider": "images", "model_name": MODEL}
    for url in typed:
        answer = producer.post(reverse("add_account"), given | {"base_url": url})
        assert 'aria-invalid="true"' in answer.content.decode(), url
    assert not Account.objects.filter(name="Theirs").exists()
    assert inside.asked == beside.asked == []


def test_an_account_that_the_settings_dont_ask_for_is_not_let_inside(
    team_project: Project, inside: Server, settings: Any
) -> None:
    account = team_project.team.accounts.get(provider="images")
    provider_for(account).ping()
    assert inside.asked == ["GET /v1/models"]
    for managed, url in (("", account.base_url), ("before", account.base_url), ("now", "/x")):
        account.managed = managed
        account.base_url = url if url.startswith("http") else inside.address + url
        with pytest.raises(Unreachable):
            provider_for(account).ping()
    account.refresh_from_db()
    settings.IMAGES_BASE_URL = "https://images.example.com/v1"
    with pytest.raises(Unreachable):
        provider_for(account).ping()
    assert inside.asked == ["GET /v1/models"]


def test_another_key_for_it_goes_into_the_settings(team_project: Project, inside: Server) -> None:
    account = team_project.team.accounts.get(provider="images")
    with pytest.raises(Refused, match="IMAGES_API_KEY"):
        enrolling.replace_key(account, "another")
    with pytest.raises(Refused):
        enrolling.enroll(team_project.team, Key("X", "x", "images", inside.base_url, MODEL))
    assert inside.asked == []
