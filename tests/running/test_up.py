"""`manage.py up`, as a person runs it: real processes, ports and signals."""

import os
import re
import signal
import stat
from http.cookiejar import CookieJar
from pathlib import Path
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.parse import urlencode
from urllib.request import HTTPCookieProcessor, HTTPRedirectHandler, build_opener, urlopen
from uuid import uuid4

import pytest

from tests.running.stage import Stage, wait_for


class StayHere(HTTPRedirectHandler):
    def redirect_request(self, *args: Any) -> None:
        """Follow nothing: what a redirect leads to isn't there."""


class Visitor:
    """Somebody with a browser's cookies who has signed in."""

    def __init__(self, url: str, login: str, password: str) -> None:
        self.url = url
        self.jar = CookieJar()
        self.opener = build_opener(HTTPCookieProcessor(self.jar))
        self.read("/accounts/login/")
        token = next(cookie.value for cookie in self.jar if cookie.name == "csrftoken")
        form = {"csrfmiddlewaretoken": token, "login": login, "password": password}
        self.read("/accounts/login/", urlencode(form).encode())

    def read(self, path: str, form: bytes | None = None) -> str:
        with self.opener.open(self.url + path, form, timeout=30) as answer:
            return answer.read().decode()


@pytest.mark.long
def test_up_serves_the_site_and_ends_everything_within_five_seconds(
    fresh_stage: Stage,
) -> None:
    stage = fresh_stage
    stage.env |= {"DEMO_TAKES": "1", "DEMO_WAIT_S": "0"}  # a renderer or two more to end
    up = stage.start()
    wait_for(lambda: stage.get("/healthz")[0] == 200, 120)
    wait_for(stage.ready, 120)
    wait_for(lambda: "Dailies is at" in stage.log.read_text(), 10)

    password_file = stage.data / "demo-password"
    said = stage.log.read_text()
    assert said.count("http://") == 1
    assert f"Dailies is at {stage.url}\n" in said
    assert f"demo@example.com with the password {password_file.read_text()}" in said
    assert stat.S_IMODE(password_file.stat().st_mode) == 0o600
    assert 'name="login"' in stage.get("/accounts/login/")[1]

    second = stage.manage("up")
    assert second.returncode == 1
    assert f"already running on {stage.data} (process {up.pid})" in second.stderr

    children = stage.children()
    up.send_signal(signal.SIGINT)
    took_s = wait_for(lambda: up.poll() is not None, 10)
    assert up.returncode == 0
    assert took_s < 5
    assert not [name for name, child in children.items() if child.is_alive()]
    assert not stage.children()


@pytest.mark.long
def test_the_demos_takes_are_on_the_board_when_the_address_is_told(stage: Stage) -> None:
    stage.env |= {"DEMO_TAKES": "1", "DEMO_WAIT_S": "600", "DEMO_PASSWORD": "a word for the demo"}
    stage.start()
    wait_for(lambda: "Dailies is at" in stage.log.read_text(), 600)
    before, after = stage.log.read_text().split("Dailies is at")
    assert [line.split(" takes: ")[1] for line in before.splitlines() if "demo  " in line] == [
        f"{number} of 6" for number in range(1, 7)
    ]
    assert "INFO" not in before
    assert "still being rendered" not in after

    visitor = Visitor(stage.url, "demo@example.com", "a word for the demo")
    board = visitor.read("/projects/launch-film/")
    assert len(re.findall(r"<article[^>]* data-take=", board)) == 6
    assert len(set(re.findall(r'src="/media/[^"]+/poster"', board))) == 6
    assert "data-unfinished" not in board


def test_takes_that_take_long_hold_up_neither_the_end_nor_a_later_start(
    stage: Stage, tmp_path: Path
) -> None:
    endless = tmp_path / "ffmpeg"
    endless.write_text("#!/bin/sh\nexec sleep 600\n")
    endless.chmod(0o700)
    stage.env |= {"DEMO_TAKES": "1", "DEMO_WAIT_S": "600", "FFMPEG_BIN": str(endless)}
    up = stage.start()
    wait_for(stage.ready, 120)
    assert "demo" in stage.children()
    assert "Dailies is at" not in stage.log.read_text()
    children = stage.children()
    up.send_signal(signal.SIGINT)
    assert wait_for(lambda: up.poll() is not None, 10) < 5
    assert up.returncode == 0
    assert not [name for name, child in children.items() if child.is_alive()]
    assert not list(stage.data.glob("media/.demo-*"))  # nor is anything left of them

    stage.start()
    wait_for(lambda: "Dailies is at" in stage.log.read_text(), 120)
    assert stage.children()["demo"].is_alive()


def test_a_first_start_tells_that_it_waits_no_longer_for_the_demos_takes(stage: Stage) -> None:
    stage.env |= {"DEMO_TAKES": "1", "DEMO_WAIT_S": "0.01", "DEMO_PASSWORD": "a word for the demo"}
    stage.start()
    wait_for(lambda: "Ctrl-C stops it" in stage.log.read_text(), 120)
    said = stage.log.read_text()
    assert "demo" in stage.children()
    assert "The demo's takes are still being rendered" in said
    visitor = Visitor(stage.url, "demo@example.com", "a word for the demo")

    board = visitor.read("/projects/launch-film/")
    assert len(re.findall(r"<article[^>]* data-take=", board)) == 6
    since = re.search(r'name="since" value="(\d+)"', board)
    assert since
    live = f"/projects/launch-film/live/?first=1&last=6&since={since[1]}"
    wait_for(lambda: re.search(r'src="/media/[^"]+/poster"', visitor.read(live)) is not None, 180)


def test_it_listens_at_the_address_that_host_names(stage: Stage) -> None:
    stage.env["HOST"] = "127.0.0.2"
    stage.url = f"http://127.0.0.2:{stage.port}"
    stage.env["LOCAL_URL"] = stage.url
    stage.start()
    wait_for(lambda: "Dailies is at" in stage.log.read_text(), 120)
    assert f"Dailies is at {stage.url}\n" in stage.log.read_text()
    assert 'name="login"' in stage.get("/accounts/login/")[1]
    with pytest.raises(URLError, match="refused"):
        urlopen(f"http://127.0.0.1:{stage.port}/healthz", timeout=5)


def test_up_starts_again_after_any_of_its_processes_was_killed(stage: Stage) -> None:
    for name in sorted(stage.names):
        up = stage.start()
        children = stage.children()
        os.kill(children[name].pid, signal.SIGKILL)
        assert up.wait(10) == 1
        assert f"{name} was ended by SIGKILL; stopping the rest." in stage.log.read_text()
        assert not [other for other, child in children.items() if child.is_alive()]

    up = stage.start()
    children = stage.children()
    up.kill()
    up.wait()
    wait_for(lambda: not any(child.is_alive() for child in children.values()), 20)

    stage.start()
    wait_for(stage.ready, 120)


def test_children_that_outlived_supervisor_and_guard_are_replaced(stage: Stage) -> None:
    up = stage.start()
    before = stage.children()
    os.kill(up.pid, signal.SIGSTOP)  # so that neither can act on the other's death
    os.kill(before["guard"].pid, signal.SIGKILL)
    up.kill()
    up.wait()
    assert before["worker"].is_alive()

    stage.start()
    assert "left over from an earlier start" in stage.log.read_text()
    assert not any(child.is_alive() for child in before.values())
    assert set(stage.children()) >= stage.names


def test_behind_tls_it_names_the_address_outside_and_the_simulator_comes_without(
    stage: Stage,
) -> None:
    stage.env["PUBLIC_URL"] = "https://dailies.example.com"
    stage.env["ALLOWED_HOSTS"] = "dailies.lan"
    stage.start()
    wait_for(lambda: "Dailies is at" in stage.log.read_text(), 120)
    assert "Dailies is at https://dailies.example.com\n" in stage.log.read_text()
    for path, status in (
        ("/media/published/nothing", 404),
        (f"/callbacks/luma/{uuid4()}/", 405),
        ("/healthz", 200),
    ):
        assert stage.get(path)[0] == status
    with pytest.raises(HTTPError, match="301"):
        build_opener(StayHere()).open(f"{stage.url}/accounts/login/")


@pytest.mark.parametrize(
    ("variable", "attribute"), [("PORT", "port"), ("SIMULATOR_PORT", "simulator_port")]
)
def test_a_taken_port_is_said_before_anything_starts(
    fresh_stage: Stage, variable: str, attribute: str
) -> None:
    import socket

    stage = fresh_stage

    with socket.create_server(("127.0.0.1", getattr(stage, attribute))):
        answer = stage.manage("up")
    assert answer.returncode == 1
    assert f"Set {variable} to a free one" in answer.stderr
    assert not stage.children()
    assert not (stage.data / "dailies.sqlite3").exists()


def test_settings_that_exclude_each_other_are_said_in_words(stage: Stage) -> None:
    answer = stage.manage("up", LUMA_API_KEY="luma-key", OUTBOUND_LOOPBACK="1")
    assert answer.returncode == 1
    assert "OUTBOUND_LOOPBACK is for the simulator" in answer.stderr
    assert "Traceback" not in answer.stderr
