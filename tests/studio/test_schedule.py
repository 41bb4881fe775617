"""What beat starts: tasks that there are, often enough, and never in a pile."""

import pytest
from django.conf import settings
from django.urls import reverse

from generations import waking
from generations.models import State
from studio import schedule
from studio.celery import app
from tests.factories import take


@pytest.mark.parametrize("name", settings.CELERY_BEAT_SCHEDULE)
def test_what_is_started_again_and_again_is_there(name):
    app.loader.import_default_modules()
    assert settings.CELERY_BEAT_SCHEDULE[name]["task"] in app.tasks


@pytest.mark.parametrize("sweep_s", [0.2, 1.0, 10.0])
def test_nothing_that_nobody_took_waits_longer_than_until_it_comes_again(sweep_s):
    entries = schedule.every(sweep_s).values()
    assert min(entry["schedule"] for entry in entries) == sweep_s
    for entry in entries:
        assert entry["options"]["expires"] == max(entry["schedule"], 5.0)


def test_who_follows_the_events_is_woken_after_commit_and_once_a_second(
    client, project, artist, monkeypatch, django_capture_on_commit_callbacks
):
    made = take(project, State.COMPLETED, author=artist)
    woken: list[str] = []
    monkeypatch.setattr(app, "send_task", lambda name, **_: woken.append(name))
    now = waking.monotonic() + 60
    monkeypatch.setattr(waking, "monotonic", lambda: now)

    def note_something() -> None:
        with django_capture_on_commit_callbacks(execute=True):
            client.post(reverse("add_note", args=[made.uuid]), {"words": "Warmer"})
            assert not woken

    note_something()
    assert woken == list(settings.EVENT_FOLLOWERS)
    woken.clear()
    note_something()
    assert not woken  # the beat has it
    now += 1
    note_something()
    assert woken == list(settings.EVENT_FOLLOWERS)
    assert set(woken) <= {entry["task"] for entry in settings.CELERY_BEAT_SCHEDULE.values()}
