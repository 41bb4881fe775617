"""The worker's clock: beat as a thread that nobody outlives."""

import os
import signal
import threading
from collections import defaultdict

import pytest
from celery import Celery
from celery.beat import Service
from celery.worker import state
from django.conf import settings

from studio.running import worker
from studio.running.worker import Clock


class _Worker:
    app = Celery("test", broker="memory://", set_as_current=False)
    app.conf.beat_scheduler = settings.CELERY_BEAT_SCHEDULER  # keeps nothing on disk


def test_the_worker_ends_when_its_clock_does(monkeypatch: pytest.MonkeyPatch) -> None:
    signals: list[tuple[int, int]] = []
    monkeypatch.setattr(os, "kill", lambda *sent: signals.append(sent))
    monkeypatch.setattr(Service, "start", lambda _service: None)
    ticking = Clock(_Worker()).create(_Worker())
    ticking.start()
    ticking.join(5)
    assert signals == [(os.getpid(), signal.SIGTERM)]


def test_a_clock_that_is_stopped_ends_quietly(monkeypatch: pytest.MonkeyPatch) -> None:
    signals: list[tuple[int, int]] = []
    monkeypatch.setattr(os, "kill", lambda *sent: signals.append(sent))
    running = threading.Event()
    tick = Service.start

    def start(service: Service) -> None:
        running.set()
        tick(service)

    monkeypatch.setattr(Service, "start", start)
    ticking = Clock(_Worker()).create(_Worker())
    ticking.start()
    assert running.wait(5)
    ticking.stop()
    ticking.join(5)
    assert not ticking.is_alive()
    assert signals == []


def _end_by(monkeypatch: pytest.MonkeyPatch, should_stop: int | None) -> list[list[str]]:
    """Let Celery's main return, and say what the process became."""
    became: list[list[str]] = []
    monkeypatch.setattr(worker.app, "worker_main", lambda _words: None)
    monkeypatch.setattr(worker.app, "steps", defaultdict(set))
    monkeypatch.setattr(worker.sys, "argv", ["worker", "-c", "8"])
    monkeypatch.setattr(os, "execv", lambda _program, words: became.append(words[1:]))
    monkeypatch.setattr(state, "should_stop", should_stop)
    worker.main()
    return became


def test_a_worker_that_ends_by_itself_begins_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    assert _end_by(monkeypatch, None) == [["-m", "studio.running.worker", "-c", "8"]]


def test_a_worker_that_is_told_to_end_stays_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    assert _end_by(monkeypatch, 0) == []
