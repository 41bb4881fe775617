"""A database is brought up to date, and one that an early Dailies left halfway is refused."""

import pytest
from django.core.management import CommandError, call_command
from django.core.management.base import SystemCheckError
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder

from studio import migrating

pytestmark = pytest.mark.django_db


def forget(app: str, name: str) -> None:
    MigrationRecorder(connection).record_unapplied(app, name)


def test_a_database_that_had_every_early_step_has_nothing_left_to_do():
    for app in ("generations", "studio"):
        for squashed in ("0001_squashed", "0002_squashed"):
            forget(app, squashed)
    migrating.bring_up_to_date()
    call_command("migrate", check_unapplied=True, skip_checks=False, verbosity=0)


def test_a_database_that_lacks_an_early_step_is_refused_in_words():
    forget("studio", "0038_teams_being_emptied")
    forget("generations", "0039_shown_price")
    with pytest.raises(CommandError, match="lacks 2 of its steps\\. Run the commit before"):
        migrating.bring_up_to_date()
    with pytest.raises(SystemCheckError, match="lacks 2 of its steps"):
        call_command("migrate", skip_checks=False, verbosity=0)
