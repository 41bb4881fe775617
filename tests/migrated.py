"""The tests' database, made from one that was migrated once for all test processes."""

import os
import shutil
from collections.abc import Iterator

import pytest
from django.conf import settings
from django.contrib.contenttypes.management import create_contenttypes
from django.db import connection
from django.db.models.signals import post_migrate
from django.test.utils import setup_databases, teardown_databases
from pytest_django import DjangoDbBlocker

from tests.databases import empty_postgresql, empty_sqlite


@pytest.fixture(scope="session")
def django_db_setup(
    django_test_environment: None,
    django_db_blocker: DjangoDbBlocker,
    django_db_modify_db_settings: None,
) -> Iterator[None]:
    """Make the tests' database as pytest-django does, from a copy of the migrated one."""
    database = settings.DATABASES["default"]
    is_copied = database["ENGINE"].endswith("sqlite3")
    if is_copied:
        shutil.copy(empty_sqlite(), database["TEST"]["NAME"])
    else:
        database["TEST"]["TEMPLATE"] = empty_postgresql(os.environ["TEST_DATABASE_URL"])
    # No test asks for Django's own permissions: half of what emptying the tables would cost.
    post_migrate.disconnect(dispatch_uid="django.contrib.auth.management.create_permissions")
    post_migrate.disconnect(create_contenttypes)
    with django_db_blocker.unblock():
        made = setup_databases(0, interactive=False, aliases={"default"}, keepdb=is_copied)
        yield
        if not is_copied:
            # A page that was closed may still be being answered: nobody waits for that any more.
            with connection.cursor() as cursor:
                cursor.execute(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                    "WHERE datname = current_database() AND pid <> pg_backend_pid()"
                )
        teardown_databases(made, 0)
