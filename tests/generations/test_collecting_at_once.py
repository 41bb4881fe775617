"""Files that come slowly must not hold up the rest of the engine."""

import threading
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler

import pytest
from django.db import connection
from django.utils import timezone

from generations import tasks
from generations.models import Asset, Heartbeat
from studio.running.children import WORKER_THREADS
from tests.factories import ProjectFactory, take
from tests.loopback import Loopback, Quiet


class Dripping:
    """A server whose files come byte by byte until it is told that it is over."""

    def __init__(self):
        self.over, self.begun = threading.Event(), threading.Semaphore(0)
        drip = self

        class Handler(Quiet, BaseHTTPRequestHandler):
            def do_GET(self):
                if drip.over.is_set():
                    self.send_error(404)
                    return
                self.send_response(200)
                self.send_header("Content-Length", "1000000")
                self.end_headers()
                drip.begun.release()
                while not drip.over.wait(0.05):
                    self.wfile.write(b"x")

        self.server = Loopback(Handler)


@pytest.fixture
def dripping(transactional_db, settings):
    settings.OUTBOUND_LOOPBACK = True
    drip = Dripping()
    project = ProjectFactory()
    for _ in range(WORKER_THREADS):
        take(project, "completed", stored=False)
    with drip.server as server:
        Asset.objects.update(source_url=f"{server.address}/a.mp4", next_at=timezone.now())
        yield drip


def working(task):
    try:
        task()
    finally:
        connection.close()


def test_the_sweep_beats_while_every_file_drips(dripping, settings):
    with ThreadPoolExecutor(WORKER_THREADS) as worker:
        fetches = [worker.submit(working, tasks.collect_due) for _ in range(WORKER_THREADS)]
        try:
            for _ in range(settings.COLLECTS_AT_ONCE):
                assert dripping.begun.acquire(timeout=10)
            worker.submit(working, tasks.sweep).result(timeout=10)
            assert Heartbeat.alive("sweep", 30)
            assert not dripping.begun.acquire(blocking=False)
        finally:
            dripping.over.set()
        for fetch in fetches:
            fetch.result(timeout=30)
    assert Asset.objects.filter(tries=0).count() == 0  # those that waited were fetched after all
