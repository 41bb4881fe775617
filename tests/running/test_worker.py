"""The worker's clock: beat as a thread that nobody outlives."""

import os
import signal
import threading

import pytest
from celery import Celery
from celery.beat import Service
from django.conf import settings

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
