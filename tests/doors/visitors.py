"""Who asks, and what comes of it."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection, transaction
from django.http import HttpResponse
from django.test import Client

from studio.models import Role, User
from tests.doors.worlds import World

IN, TOO_LOW, UNKNOWN, NO_SUCH_METHOD, DOOR = "in", "403", "404", "405", "door"
DOORS = ("/accounts/login/", "/admin/login/")
_CHANGES = ("INSERT", "UPDATE", "DELETE")


class Visitor:
    """Nobody, or a person, whose every question is their first since they signed in."""

    def __init__(self, person: User | None = None) -> None:
        client = Client()
        if person:
            client.force_login(person, "allauth.account.auth_backends.AuthenticationBackend")
        self._cookies = {name: cookie.value for name, cookie in client.cookies.items()}

    def ask(self, method: str, path: str, **said: Any) -> Any:
        """Return the answer to a request, that of a failing server too."""
        client = Client(raise_request_exception=False)
        client.cookies.load(self._cookies)
        return getattr(client, method.lower())(path, **said)


def everybody(mine: World, elsewhere: World) -> dict[str, Visitor]:
    """Return the seven kinds of visitor of a team: nobody, a stranger, and each role."""
    return {
        "anonymous": Visitor(),
        "stranger": Visitor(elsewhere.people[Role.OWNER]),
        **{str(role.value): Visitor(person) for role, person in mine.people.items()},
    }


def outcome(answer: HttpResponse) -> str:
    """Say in a word what an answer was. It is never that the server failed."""
    assert answer.status_code < 500, (answer.request, answer.status_code)  # type: ignore[attr-defined]
    if answer.status_code in (403, 404, 405):
        return str(answer.status_code)
    if "WWW-Authenticate" in answer.headers:  # a script's door
        return DOOR
    if answer.status_code == 302 and answer["Location"].startswith(DOORS):
        return DOOR
    return IN


def text_of(answer: HttpResponse) -> str:
    """Return all that an answer says, its headers too."""
    body = b"".join(answer.streaming_content) if answer.streaming else answer.content  # type: ignore[attr-defined]
    return f"{answer.headers}\n{body.decode(errors='replace')}"


@contextmanager
def undone() -> Iterator[None]:
    """Take back what is done in the database meanwhile."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


@contextmanager
def writes() -> Iterator[set[str]]:
    """Give the tables that are written to meanwhile."""
    tables: set[str] = set()

    def note(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        verb, *rest = sql.split(maxsplit=3)
        if verb in _CHANGES:
            tables.add(rest[0 if verb == "UPDATE" else 1].strip('"'))
        return execute(sql, params, many, context)

    with connection.execute_wrapper(note):
        yield tables
