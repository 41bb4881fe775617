"""The database's tables are made, or brought up to date.

One that an early Dailies left halfway is refused in words: Django would take it for one without
tables, and say that nothing is to be done.
"""

from collections.abc import Sequence
from typing import Any

from django.core.checks import CheckMessage, Error, Tags, register
from django.core.management import CommandError, call_command
from django.db import DEFAULT_DB_ALIAS, connections
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.loader import MigrationLoader

_SAYS = "The database was made by a Dailies from before 0.1.0 and lacks {lacking} of its steps."
_HINT = (
    "Run the commit before “Make all tables at once” on it once, then this one; its data stays. "
    "docs/decisions/0034 tells why."
)


def bring_up_to_date() -> None:
    """Migrate the database where there is something to migrate. Raises CommandError."""
    executor = MigrationExecutor(connections[DEFAULT_DB_ALIAS])
    if lacking := _lacking(executor.loader):
        raise CommandError(f"{_SAYS.format(lacking=lacking)} {_HINT}")
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        # Called so it leaves out the checks of the whole site, which would load all of it.
        call_command("migrate", interactive=False, verbosity=0)


@register(Tags.database)
def early_steps_are_whole(
    databases: Sequence[str] | None = None, **_kwargs: Any
) -> list[CheckMessage]:
    """Tell of databases in which only some of the steps were run that are one migration now."""
    return [
        Error(_SAYS.format(lacking=lacking), hint=_HINT, id="studio.E001")
        for name in databases or []
        if (lacking := _lacking(MigrationLoader(connections[name])))
    ]


def _lacking(loader: MigrationLoader) -> int:
    """Return how many early steps a database lacks that has some of those in one migration.

    One that has all of the first migration's, and none of the next one's, is this Dailies' own,
    whose first start was ended.
    """
    early = [set(each.replaces) for each in loader.replacements.values()]
    applied = set(loader.applied_migrations)
    is_halfway = any(steps & applied and steps - applied for steps in early)
    return len(set().union(*early) - applied) if is_halfway else 0
