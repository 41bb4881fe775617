"""What the state machine plays in: a simulator with a clock that is moved, and workers that die."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler
from math import inf
from pathlib import Path
from typing import Any
from unittest.mock import patch
from urllib.parse import urlsplit

import time_machine
from django.db import connection
from django.db.transaction import Atomic
from django.test import override_settings
from django.utils import timezone

from generations import clocks, lining, media, outbound, settling, submitting
from generations.providers.luma import client
from generations.simulator.clock import ManualClock
from generations.simulator.rendering import ImageJob, Job
from generations.simulator.testing import TestSimulator, running
from tests.factories import tiny_poster, tiny_video
from tests.generations.lateness import Lateness
from tests.loopback import Loopback, Quiet

# Who asks what sleeps waits for so long in earnest; whatever is awake answers in milliseconds.
ANSWERS_WITHIN_S = 0.5


class Died(BaseException):
    """A worker was killed here: nothing may catch it."""


@dataclass(frozen=True)
class Meanwhile:
    """Something that happens just before or after the next call of an HTTP method."""

    method: str
    after: bool
    happens: Callable[[], None]


@dataclass
class Death:
    """The `commits`-th transaction is the worker's last: committed (`after`), or rolled back."""

    commits: int
    after: bool


@dataclass
class World:
    """The simulator, the time, what happens meanwhile, and the callbacks that came."""

    simulator: TestSimulator
    local_url: str
    letters: list[str]
    traveller: Any
    late: Lateness
    skew_s: float = 0.0
    """How far our clock is ahead of the simulator's."""
    steady_s: float = 1000.0
    """What no clock that is set can change: the seconds that really passed."""
    meanwhile: list[Meanwhile] = field(default_factory=list)
    death: Death | None = None

    @property
    def clock(self) -> ManualClock:
        clock = self.simulator.engine.clock
        assert isinstance(clock, ManualClock)
        return clock

    def begin(self) -> None:
        """Forget what an earlier example left behind."""
        self.skew_s, self.meanwhile, self.death = 0.0, [], None
        self.letters.clear()
        self.simulator.faults()
        self.pass_time(3600.0)
        clocks.clock.forget()

    def pass_time(self, seconds: float) -> None:
        """Let time go by for everybody; what is answered late is answered on the way."""
        end = self.clock.now() + seconds
        while (due := self.late.next_due()) <= end:
            self._pass(max(due - self.clock.now(), 0.0))
            self.late.wake(due)
        self._pass(max(end - self.clock.now(), 0.0))

    def _pass(self, seconds: float) -> None:
        self.steady_s += seconds
        self.simulator.advance(seconds)
        self._tell_ours()

    def all_arrives(self) -> None:
        """Have everything arrive that is still on its way to the simulator, or from it."""
        self.late.wake(inf)

    def our_clock_jumps(self, seconds: float) -> None:
        self.skew_s += seconds
        self._tell_ours()

    def _tell_ours(self) -> None:
        self.traveller.move_to(datetime.fromtimestamp(self.clock.now() + self.skew_s, UTC))

    def working(self, work: Callable[[], object]) -> None:
        """Let a worker do something; it may die of it."""
        try:
            work()
        except Died:
            connection.close()
        finally:
            self.death = None
            self.meanwhile = []

    def happens(self, method: str, *, after: bool) -> None:
        for each in self.meanwhile:
            if (each.method, each.after) == (method, after):
                self.meanwhile.remove(each)
                try:
                    each.happens()
                finally:
                    if threading.current_thread() is not _MAIN:
                        connection.close()
                return


@contextmanager
def world(directory: Path) -> Iterator[World]:
    """Open a world: renders and previews cost nothing in it, all HTTP is real."""
    renders = directory / "renders"
    with (
        running(directory / "simulator", clock=ManualClock(), speed=1.0, renders=renders) as their,
        _letter_box() as (address, letters),
        time_machine.travel(datetime.now(UTC), tick=False) as traveller,
    ):
        # As long as what is asked for: what is made from it costs by its length.
        (renders / "tiny.mp4").write_bytes(tiny_video(5).read_bytes())
        (renders / "tiny.jpg").write_bytes(tiny_poster().read_bytes())
        their.engine.renders.order = _rendered  # type: ignore[method-assign]
        late = Lateness(their.engine.clock.now)
        made = World(their, address, letters, traveller, late)
        with (
            late.installed(),
            override_settings(SUBMIT_TIMEOUT_S=ANSWERS_WITHIN_S),
            patch.object(client, "_READ_S", ANSWERS_WITHIN_S),
            patch.object(clocks, "monotonic_s", lambda: made.steady_s),
            # PostgreSQL's own clock is moved by nobody.
            patch.object(lining, "shared_now", timezone.now),
            patch.object(settling, "shared_now", timezone.now),
            patch.object(submitting, "shared_now", timezone.now),
            patch.object(outbound, "call", _interrupted(made, outbound.call)),
            patch.object(Atomic, "__exit__", _mortal(made, Atomic.__exit__)),
            patch.object(media, "make_poster", lambda _, to: _copy(tiny_poster(), to)),
            patch.object(media, "make_preview", lambda _, to: _copy(tiny_video(), to)),
        ):
            yield made


def _rendered(job: Job, done: Callable[[str | None], None]) -> None:
    done("tiny.jpg" if isinstance(job, ImageJob) else "tiny.mp4")


def _copy(file: Path, to: Path) -> None:
    to.write_bytes(file.read_bytes())


def _interrupted(made: World, call: Callable[..., Any]) -> Callable[..., Any]:
    def interrupted(method: str, *args: Any, **kwargs: Any) -> Any:
        made.happens(method, after=False)
        answer = call(method, *args, **kwargs)
        made.happens(method, after=True)
        return answer

    return interrupted


def _mortal(made: World, leave: Callable[..., None]) -> Callable[..., None]:
    def mortal(self: Atomic, *raised: Any) -> None:
        outermost = not connection.savepoint_ids and threading.current_thread() is _MAIN
        if made.death and outermost and not any(raised):
            made.death.commits -= 1
            if made.death.commits <= 0:
                after, made.death = made.death.after, None
                leave(self, *((None, None, None) if after else (Died, Died(), None)))
                raise Died
        leave(self, *raised)

    return mortal


_MAIN = threading.main_thread()


@contextmanager
def _letter_box() -> Iterator[tuple[str, list[str]]]:
    """Serve a picture to whoever asks, and keep the path of every callback."""
    letters: list[str] = []
    picture = tiny_poster().read_bytes()

    class Box(Quiet, BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._answer(picture)

        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            letters.append(urlsplit(self.path).path)
            self._answer(b"")

        def _answer(self, body: bytes) -> None:
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

    with Loopback(Box) as server:
        yield server.address, letters
