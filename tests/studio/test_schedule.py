"""What beat starts: tasks that there are, often enough, and never in a pile."""

import pytest
from django.conf import settings

from studio import schedule
from studio.celery import app


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
