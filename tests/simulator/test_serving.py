"""The simulator as a command: it needs no database, and ends when told."""

import os
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

import pytest

from generations.simulator.renders import PROJECT
from tests.simulator.peers import LIGHTHOUSE, ask
from tests.simulator.processes import process


def test_manage_py_simulate_serves_without_a_database(tmp_path: Path) -> None:
    nowhere = "postgres://nobody@127.0.0.1:9/nothing"
    with process(tmp_path, "manage.py", "simulate", "--port", "0", DATABASE_URL=nowhere) as (
        _,
        url,
    ):
        assert ask("GET", f"{url}/ping").json == {"message": "pong"}
        assert ask("POST", f"{url}/generations", LIGHTHOUSE).status == 201


def test_the_request_log_has_no_key_and_no_query(tmp_path: Path) -> None:
    with process(tmp_path) as (it, url):
        ask("GET", f"{url}/generations?limit=7", key="luma-very-secret")
        it.terminate()
        assert it.stderr is not None
        words = it.stderr.read()
    assert "GET /dream-machine/v1/generations 200" in words
    assert "secret" not in words
    assert "limit=7" not in words


def test_a_taken_port_is_said(tmp_path: Path) -> None:
    with process(tmp_path) as (_, url):
        port = url.split(":")[2].split("/")[0]
        done = subprocess.run(
            [sys.executable, "-m", "generations.simulator", "--port", port, "--dir", str(tmp_path)],
            cwd=PROJECT,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
    assert done.returncode == 2
    assert "Address already in use" in done.stderr


def wait_for_children(parent: int) -> list[int]:
    deadline = time.monotonic() + 10
    found: list[int] = []
    while not found and time.monotonic() < deadline:
        for stat in Path("/proc").glob("[0-9]*/stat"):
            with suppress(OSError):
                after_name = stat.read_text().rpartition(")")[2].split()
                if int(after_name[1]) == parent:
                    found.append(int(stat.parent.name))
    return found


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="needs Linux's /proc")
def test_sigterm_ends_it_at_once_with_everything_it_started(tmp_path: Path) -> None:
    renders = tmp_path / "renders"
    with process(tmp_path, SIMULATOR_RENDERS=str(renders)) as (it, url):
        ask("POST", f"{url}/generations", {**LIGHTHOUSE, "prompt": "Half rendered"})
        renderers = wait_for_children(it.pid)
        it.terminate()
        assert it.wait(timeout=5) == 0
    assert renderers
    assert not [pid for pid in renderers if Path(f"/proc/{pid}").exists()]


def test_a_setting_that_makes_no_sense_is_said(tmp_path: Path) -> None:
    for name, value, words in (
        ("SIMULATOR_SPEED", "fast", "SIMULATOR_SPEED"),
        ("SIMULATOR_FAULTS", '{"lost_anwser": 1}', "unknown fault lost_anwser"),
    ):
        done = subprocess.run(
            [sys.executable, "-m", "generations.simulator", "--dir", str(tmp_path)],
            cwd=PROJECT,
            env={**os.environ, name: value},
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        assert done.returncode == 2
        assert words in done.stderr
