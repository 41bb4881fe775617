"""The probes: /healthz asks nothing, /readyz asks everything."""

import socket
import time
from pathlib import Path

from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from generations.models import Heartbeat


def test_healthz_answers_a_stranger_without_the_database() -> None:
    answer = Client().get("/healthz")
    assert (answer.status_code, answer.json()) == (200, {"web": "ok"})


def test_readyz_names_what_is_missing(
    client: Client, db: None, settings: Settings, tmp_path: Path
) -> None:
    settings.CELERY_BROKER_URL = f"redis+socket://{tmp_path}/none?virtual_host=0"
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json() == {"database": "ok", "broker": "missing", "sweep": "missing"}


def test_readyz_answers_while_the_broker_hangs(
    client: Client, db: None, settings: Settings
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as hung:  # connects, and never says a word
        settings.CELERY_BROKER_URL = f"redis://127.0.0.1:{hung.getsockname()[1]}/0"
        started = time.monotonic()
        answer = client.get("/readyz")
        took_s = time.monotonic() - started
    assert answer.json()["broker"] == "missing"
    assert took_s < 8, "a probe gives up after ten seconds or less"


def test_a_sweep_of_long_ago_is_no_sign_of_life(client: Client, db: None) -> None:
    Heartbeat.beat("sweep", timezone.now() - timezone.timedelta(seconds=61))
    assert client.get("/readyz").json()["sweep"] == "missing"
    Heartbeat.beat("sweep")
    assert client.get("/readyz").json()["sweep"] == "ok"
