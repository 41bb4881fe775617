"""A database is brought up to date, and one that an early Dailies left halfway is refused."""

import pytest
from django.core.management import CommandError, call_command
from django.core.management.base import SystemCheckError
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder

from studio import migrating

pytestmark = pytest.mark.django_db


def forget(app: str, name: str) -> None:
    MigrationRecorder(connection).record_unapplied(app, name)


def only_the_early_steps():
    """Forget what came later, and return by its name what stands for steps."""
    loader = MigrationLoader(connection)
    for app, name in loader.disk_migrations.keys() - loader.replacements.keys():
        if app in ("generations", "studio"):
            forget(app, name)
    return loader.replacements


def test_a_database_that_had_every_early_step_has_nothing_left_to_do():
    for app in ("generations", "studio"):
        for squashed in ("0001_squashed", "0002_squashed"):
            forget(app, squashed)
    migrating.bring_up_to_date()
    call_command("migrate", check_unapplied=True, skip_checks=False, verbosity=0)


@pytest.mark.parametrize("made", [["studio"], ["studio", "generations"]])
def test_one_whose_first_start_was_ended_goes_on(made):
    """Each of the three is made whole or not at all, and tells of the steps that it stands for."""
    squashed = only_the_early_steps()
    first = [squashed[(app, "0001_squashed")] for app in made]
    had = {step for each in first for step in each.replaces}
    for key, each in squashed.items():
        for step in {key, *each.replaces} - had:
            forget(*step)
    call_command("check", databases=["default"])
    planned = MigrationExecutor(connection)
    left = planned.migration_plan(planned.loader.graph.leaf_nodes())
    ahead = [migration for migration, _ in left if migration.replaces]
    assert {*ahead} == {*squashed.values()} - {*first}


def test_one_that_had_the_first_early_step_alone_is_refused():
    for key, each in only_the_early_steps().items():
        for step in {key, *each.replaces} - {("studio", "0001_initial")}:
            forget(*step)
    with pytest.raises(CommandError, match="lacks 76 of its steps"):
        migrating.bring_up_to_date()


def test_a_database_that_lacks_an_early_step_is_refused_in_words():
    forget("studio", "0038_teams_being_emptied")
    forget("generations", "0039_shown_price")
    with pytest.raises(CommandError, match="lacks 2 of its steps\\. Run the commit before"):
        migrating.bring_up_to_date()
    with pytest.raises(SystemCheckError, match="lacks 2 of its steps"):
        call_command("migrate", skip_checks=False, verbosity=0)
