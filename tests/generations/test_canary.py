"""A key is stored, used and refused, and then looked for in all that anybody can get to see."""

import io
import logging
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings as site
from django.db import connection
from django.urls import reverse

from generations import sweeping
from studio.leaving import bundling
from studio.models import Bundle, Role, User
from tests.doors.crawl import crawl
from tests.doors.visitors import Visitor, undone
from tests.doors.worlds import World, things_of

USED, REFUSED = "luma-canary-4f1d9a7c-used", "bad-canary-4f1d9a7c-refused"
MARK = "canary-4f1d9a7c"


def dump() -> Iterator[str]:
    """Yield every row of the database, as text."""
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT * FROM "{table}"')
            for row in cursor.fetchall():
                yield f"{table}: {row!r}"


def body_of(answer) -> bytes:
    """Return all bytes of an answer, those within a ZIP as they were before."""
    data = b"".join(answer.streaming_content) if answer.streaming else answer.content
    if not data.startswith(b"PK"):
        return data
    with zipfile.ZipFile(io.BytesIO(data)) as packed:
        return data + b"".join(packed.read(name) for name in packed.namelist())


@pytest.mark.long
def test_a_key_that_is_used_is_found_nowhere(studio, caplog):
    caplog.set_level(logging.DEBUG)
    owner = Visitor(studio.person)
    account = studio.account
    account.set_key(USED)
    account.save()
    said = [owner.ask("POST", reverse("test_account", args=[account.uuid]))]
    studio.work(studio.order(), until="stored")
    assert studio.simulator.books(USED)["generations"], "it was used"
    # One that the provider refuses leaves words of a failure behind.
    said.append(
        owner.ask("POST", reverse("replace_key", args=[account.uuid]), data={"key": REFUSED})
    )
    account.refresh_from_db()
    account.set_key(REFUSED)
    account.save()
    studio.order("Rain over the harbour")
    sweeping.work_once()
    account.refresh_from_db()
    assert account.problem, "the refusal was noticed"

    things = things_of(studio.project)
    mine = World("Dunes", studio.project, {Role.OWNER: studio.person}, things)
    with undone():
        User.objects.filter(pk=studio.person.pk).update(is_staff=True, is_superuser=True)
        for asking in crawl(mine):
            if asking.method == "GET":
                said.append(owner.ask("GET", asking.path, data=dict(asking.said)))
        admin = "/admin/generations/account/"
        for path in ("/admin/", admin, f"{admin}{account.pk}/change/"):
            said.append(owner.ask("GET", path))
        said.append(owner.ask("POST", reverse("take_along")))
        bundling.bundle_due()
        for bundle in Bundle.objects.filter(project=studio.project):
            said.append(owner.ask("GET", reverse("download_bundle", args=[bundle.uuid])))
        assert len(said) > 100
        for answer in said:
            assert MARK.encode() not in body_of(answer), answer.request["PATH_INFO"]
            assert MARK not in str(answer.headers)
        for row in dump():
            assert MARK not in row
    for record in caplog.records:
        assert MARK not in record.getMessage() + repr(vars(record))
    for file in Path(site.MEDIA_ROOT).rglob("*"):
        assert not file.is_file() or MARK.encode() not in file.read_bytes()
