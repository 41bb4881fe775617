"""The first start's demo, whose renderer may end before the tables are there."""

import io
import subprocess
import sys
from pathlib import Path

import pytest

from studio.demo import rendering
from studio.running import children
from studio.running.children import Child, Plan
from studio.running.first_demo import FirstDemo
from studio.running.supervisor import Supervisor
from tests.running.stage import wait_for

PLAN = Plan("127.0.0.1", 0, simulator=True, simulator_port=0, broker=True)


def test_a_renderer_that_ended_too_early_begins_anew_and_the_address_still_comes(monkeypatch):
    said = io.StringIO()

    def demo(plan: Plan, *, tables_later: bool = False) -> Child:
        words = "raise SystemExit(7)" if tables_later else "print('rendered')"
        return Child("demo", [sys.executable, "-S", "-c", words], once=True)

    monkeypatch.setattr(children, "demo", demo)
    with Supervisor(output=said) as supervisor:
        first = FirstDemo(supervisor, wait_s=60)
        first.begin(PLAN)
        supervisor.work_off(lambda: wait_for(lambda: "status 7" in said.getvalue(), 10))
        first.go_on(PLAN)
        supervisor.start(
            Child("web", [sys.executable, "-S", "-c", "input()"]), stdin=subprocess.PIPE
        )
        told: list[bool] = []

        def announce() -> None:
            told.append(True)
            supervisor.tell("web")

        assert supervisor.run(lambda: first.is_shown(lambda: True), announce) == 1
    assert told == [True]
    assert "demo ended with status 7; everything else goes on." in said.getvalue()
    assert "demo      | rendered" in said.getvalue()


@pytest.mark.parametrize("name", [".demo-left", "takes"])
def test_what_a_killed_renderer_left_goes_and_nothing_else(settings, tmp_path: Path, name: str):
    settings.MEDIA_ROOT = tmp_path
    (tmp_path / name).mkdir()
    (tmp_path / name / "dawn.mp4").write_bytes(b"half a film")
    rendering.remove_leftovers()
    assert (tmp_path / name).exists() == (name == "takes")
