"""Starts processes, shows what they say, and ends all of them when one ends."""

import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from queue import Empty, SimpleQueue
from types import FrameType
from typing import IO, TypeVar

from honcho.colour import get_colours
from honcho.printer import Message, Printer
from honcho.process import Popen

from studio.running import guard
from studio.running.guard import GRACE_S, signal_group
from studio.running.leftovers import Roll

T = TypeVar("T")
_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


@dataclass(frozen=True)
class Child:
    """A process to run. `once` ends by itself; `last` ends after the others, which need it."""

    name: str
    command: list[str]
    env: dict[str, str] = field(default_factory=dict)
    once: bool = False
    last: bool = False


@dataclass
class _Running:
    child: Child
    process: subprocess.Popen[bytes]
    reader: threading.Thread


@dataclass(frozen=True)
class _Ended:
    name: str


@dataclass(frozen=True)
class _Asked:
    signal: signal.Signals


class Ended(Exception):
    """Everything is to end before it was ready; the exit status for the shell is in `status`."""

    def __init__(self, status: int) -> None:
        super().__init__(f"ended with status {status}")
        self.status = status


class Supervisor:
    """Runs children, each in a process group of its own, until one ends or a signal comes.

    Use it as a context: leaving it ends everything it started, within five seconds. A guard
    process does the same when this process is killed (studio.running.guard).
    """

    def __init__(self, roll: Roll | None = None, output: IO[str] = sys.stdout) -> None:
        self._roll = roll
        self._printer = Printer(output, width=9)
        self._colours = get_colours()
        self._printing = threading.Lock()
        self._events: SimpleQueue[_Ended | _Asked] = SimpleQueue()
        self._running: dict[str, _Running] = {}
        self._stopping = False
        self._guard: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> "Supervisor":
        # As a file, not as a module of the application: it needs none of its memory.
        command = [sys.executable, "-S", guard.__file__]
        self.start(Child("guard", command, last=True), stdin=subprocess.PIPE)
        self._guard = self._running["guard"].process
        return self

    def __exit__(self, *_: object) -> None:
        self._stopping = True
        self._end([each for each in self._running.values() if not each.child.last], GRACE_S)
        if self._guard and self._guard.stdin:
            self._guard.stdin.close()
        self._end(list(self._running.values()), 1.0)

    def start(self, child: Child, stdin: int = subprocess.DEVNULL) -> None:
        """Start a child. Raises OSError when there is no such program."""
        process = Popen(
            child.command, env=child.env or None, shell=False, stdin=stdin, start_new_session=True
        )
        colour = next(self._colours)
        reader = threading.Thread(
            target=self._show, args=(child.name, colour, process.stdout), daemon=True
        )
        self._running[child.name] = _Running(child, process, reader)
        self._tell_guard("+", process.pid)  # first: what is on the roll, the guard knows
        if self._roll:
            self._roll.add(child.name, process.pid)
        reader.start()
        threading.Thread(target=self._watch, args=(child.name, process), daemon=True).start()

    def run(self, ready: Callable[[], bool], announce: Callable[[], None]) -> int:
        """Wait, calling `announce` once `ready` says so; return the exit status for the shell.

        0 when a signal asked to stop, 1 when a child ended that shouldn't have.
        """
        self._take_signals()
        announced = False
        while True:
            # A signal that comes just before the wait begins doesn't interrupt it: look again.
            status = self._next_event(timeout_s=0.5 if announced else 0.2)
            if status is not None:
                return status
            if not announced and self._events.empty() and ready():
                announced = True
                announce()

    def work_off(self, work: Callable[[], T]) -> T:
        """Do something that takes long in a thread of its own, and return what it returns.

        Raises what it raises, and Ended once a signal asked to stop or a child ended that shouldn't
        have: the work is left as it is. (A signal that raised where the work is may be lost: what
        is raised in a finalizer is ignored.)
        """
        self._take_signals()
        done: Future[T] = Future()
        threading.Thread(target=_fulfil, args=(done, work), daemon=True).start()
        while not done.done():
            status = self._next_event(timeout_s=0.1)
            if status is not None:
                raise Ended(status)
        return done.result()

    def _take_signals(self) -> None:
        for number in _SIGNALS:
            signal.signal(number, self._on_signal)

    def _next_event(self, timeout_s: float) -> int | None:
        """Wait for what happens next; return the exit status if everything is to end."""
        try:
            event = self._events.get(timeout=timeout_s)
        except Empty:
            return None
        if isinstance(event, _Asked):
            self.say("Stopping …")
            return 0
        ended = self._running[event.name]
        status = ended.process.returncode
        self._forget(ended)
        if not ended.child.once:
            self.say(f"{event.name} {_how(status)}; stopping the rest.")
            return 1
        if status:
            self.say(f"{event.name} {_how(status)}; everything else goes on.")
        return None

    def tell(self, name: str) -> bool:
        """Write a line to a child that was started with a pipe; False where it is known to be over.

        One that ends in this moment isn't told: its end is an event like any other's.
        """
        child = self._running.get(name)
        if child is None:
            return False
        pipe = child.process.stdin
        if pipe is not None:
            with suppress(BrokenPipeError):
                pipe.write(b"\n")
                pipe.flush()
        return True

    def is_running(self, name: str) -> bool:
        """Tell whether a child was started and has not ended."""
        child = self._running.get(name)
        return child is not None and child.process.poll() is None

    def say(self, words: str) -> None:
        """Print a line of the supervisor's own."""
        self._print("dailies", None, words)

    def _on_signal(self, number: int, _frame: FrameType | None) -> None:
        self._events.put(_Asked(signal.Signals(number)))  # reentrant, unlike nearly all else

    def _watch(self, name: str, process: subprocess.Popen[bytes]) -> None:
        process.wait()
        self._events.put(_Ended(name))

    def _show(self, name: str, colour: str, lines: IO[bytes]) -> None:
        for line in lines:
            if not self._stopping:  # farewells, and complaints about those that left earlier
                self._print(name, colour, line.decode(errors="replace"))

    def _print(self, name: str, colour: str | None, words: str) -> None:
        with self._printing:
            self._printer.write(
                Message(type="line", data=words, time=datetime.now(), name=name, colour=colour)
            )

    def _tell_guard(self, sign: str, group: int) -> None:
        if self._guard is None or self._guard.stdin is None or self._guard.poll() is not None:
            return  # its own end is an event like any other's
        with suppress(BrokenPipeError):  # likewise, when it ended just now
            self._guard.stdin.write(f"{sign}{group}\n".encode())
            self._guard.stdin.flush()

    def _forget(self, ended: _Running) -> None:
        """Drop a child that has ended, with whatever it left behind in its group."""
        signal_group(ended.process.pid, signal.SIGKILL)
        ended.reader.join(timeout=1)
        if self._roll:
            self._roll.remove(ended.process.pid)
        self._tell_guard("-", ended.process.pid)
        del self._running[ended.child.name]

    def _end(self, group: list[_Running], grace_s: float) -> None:
        for each in group:
            signal_group(each.process.pid, signal.SIGTERM)
        deadline = time.monotonic() + grace_s
        for each in group:
            try:
                each.process.wait(max(deadline - time.monotonic(), 0))
            except subprocess.TimeoutExpired:
                signal_group(each.process.pid, signal.SIGKILL)
                each.process.wait()
            self._forget(each)


def _fulfil(done: "Future[T]", work: Callable[[], T]) -> None:
    try:
        done.set_result(work())
    except BaseException as failure:  # noqa: BLE001 - it is raised where the result is asked for
        done.set_exception(failure)


def _how(status: int) -> str:
    if status < 0:
        return f"was ended by {signal.Signals(-status).name}"
    return f"ended with status {status}"
