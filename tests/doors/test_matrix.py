"""Every address and method, asked by every kind of visitor, against what `declared.txt` says."""

import os
from collections.abc import Iterator

import pytest

from studio.models import Role, User
from tests.doors.routes import address, names_in, routes
from tests.doors.table import declared, named
from tests.doors.visitors import (
    DOOR,
    IN,
    NO_SUCH_METHOD,
    TOO_LOW,
    UNKNOWN,
    Visitor,
    everybody,
    outcome,
    text_of,
    undone,
    writes,
)
from tests.doors.worlds import NOWHERE, World, world
from tests.factories import UserFactory

PARTS = 6  # of the addresses: test processes share them
# Every role at every address of both teams; else those at the threshold of each door, which tell
# where it is, and one in turn at the other team's.
WHOLE = os.environ.get("DOORS") == "whole"
LEVELS = {"anyone", "person", "administrator", "nothing", "nobody", "leaves", "script", "-"} | {
    *Role.values
}
OTHER_METHODS = ("PUT", "PATCH", "DELETE", "OPTIONS", "TRACE")
# What a GET may write: who it was that came, and what they took away.
SEEN = {"django_session", "usersessions_usersession"}
WRITTEN_BY_GET = {
    "spend/download/": {"studio_auditentry"},
    "scoreboard/download/": {"studio_auditentry"},
    "team/log/download/": {"studio_auditentry"},
    "bundles/<uuid>/download/": {"studio_auditentry"},
    "projects/<slug>/storyboard/pdf/": {"studio_auditentry"},
    "share/<token>/": {"studio_share"},  # its views are counted
    # Allauth notes the address of a person whom a command made.
    "accounts/email/": {"account_emailaddress"},
}


def expected(level: str, visitor: str, *, is_of_a_thing: bool) -> str:
    """Say what comes of a visit by what is declared."""
    if level == "anyone":
        return IN
    if visitor == "anonymous":
        return DOOR
    if level == "person":
        return IN
    if visitor == "stranger":  # who owns their own team
        return UNKNOWN if is_of_a_thing else IN
    return IN if Role(visitor).includes(Role(level)) else TOO_LOW


def at_the_threshold(level: str) -> set[str]:
    """Return who says whether a door is where it is declared: the last out, and the first in."""
    some = {"anonymous", "stranger"}
    if level not in Role.values:
        return some | {"viewer", "owner"}
    lower = [role for role in Role if not role.includes(Role(level))]
    return some | {level} | {str(role.value) for role in lower if role.rank + 1 == Role(level).rank}


@pytest.fixture
def worlds(db: None) -> tuple[World, World]:
    """Return two teams, each with one of everything."""
    return world("Aardvark"), world("Bumblebee")


@pytest.fixture
def administrator(db: None) -> Visitor:
    """Return an administrator, who is in no team."""
    person = UserFactory()
    User.objects.filter(pk=person.pk).update(is_staff=True, is_superuser=True)
    return Visitor(User.objects.get(pk=person.pk))


def cells(part: int) -> Iterator[tuple[str, str, str]]:
    """Yield a part of the addresses, with each of their methods and who gets in by it."""
    for route, who in list(declared().items())[part::PARTS]:
        yield route, "GET", who.get
        yield route, "POST", who.post


def test_every_address_is_declared_and_nothing_else():
    assert set(declared()) == set(routes())
    assert {level for who in declared().values() for level in who} <= LEVELS


@pytest.mark.parametrize("part", range(PARTS))
def test_everybody_gets_in_where_it_is_declared_and_nowhere_else(worlds, administrator, part):
    mine, elsewhere = worlds
    visitors = everybody(mine, elsewhere)
    for route, method, level in cells(part):
        path = address(route, named(route, mine))
        if level == "-":
            for visitor in (visitors["anonymous"], visitors["owner"]):
                assert outcome(visitor.ask(method, path)) in (NO_SUCH_METHOD, DOOR), (method, path)
            continue
        for kind, visitor in visitors.items():
            if not (WHOLE or kind in at_the_threshold(level)):
                continue
            with undone(), writes() as written:
                answer = visitor.ask(method, path)
                if route == "readyz":  # nothing beats in a test
                    assert answer.status_code == 503
                    continue
                seen, where = outcome(answer), (method, path, kind)
                if level in ("nothing", "nobody", "administrator", "script"):
                    assert seen in (UNKNOWN, TOO_LOW, DOOR), where
                elif level == "leaves":
                    assert seen in (IN, DOOR), where
                else:
                    thing = bool(names_in(route))
                    assert seen == expected(level, kind, is_of_a_thing=thing), where
                if kind in ("anonymous", "stranger") and level != "anyone":
                    assert mine.secret not in text_of(answer), where
            if method == "GET":
                assert written <= SEEN | WRITTEN_BY_GET.get(route, set()), where
        if level == "administrator":
            with undone():
                seen = outcome(administrator.ask(method, path))
                assert seen != DOOR, (method, path)


@pytest.mark.parametrize("part", range(PARTS))
def test_no_role_in_one_team_opens_a_door_of_the_other(worlds, part):
    mine, elsewhere = worlds
    visitors = [Visitor(person) for person in elsewhere.people.values()]
    asked = [
        (method, *(address(route, it) for it in (named(route, mine), NOWHERE)))
        for route, method, level in cells(part)
        if level in Role.values and names_in(route)
    ]
    for turn, (method, there, nowhere) in enumerate(asked):
        some = visitors if WHOLE else visitors[turn % len(visitors) :][:1]
        answers = [visitor.ask(method, there) for visitor in some]
        # And they don't learn whether it is there.
        answers.append(visitors[turn % len(visitors)].ask(method, nowhere))
        for answer in answers:
            assert outcome(answer) == UNKNOWN, (method, there)
            assert mine.secret not in text_of(answer), (method, there)


@pytest.mark.parametrize("part", range(PARTS))
def test_nothing_knows_another_method(worlds, part):
    owner = Visitor(worlds[0].people[Role.OWNER])
    for route in list(declared())[part::PARTS]:
        if route.startswith(("accounts/", "admin/", "api/")):
            continue  # theirs, and what tests/studio/dream_machine asks with a token
        path = address(route, named(route, worlds[0]))
        for method in OTHER_METHODS:
            assert outcome(owner.ask(method, path)) == NO_SUCH_METHOD, (method, path)


@pytest.mark.parametrize("part", range(PARTS))
def test_another_method_changes_nothing_behind_doors_of_others(worlds, administrator, part):
    """Ask what Django's admin, allauth and scripts answer, which know some of them."""
    theirs = [route for route in declared() if route.startswith(("accounts/", "admin/", "api/"))]
    visitors = [administrator, Visitor(worlds[0].people[Role.OWNER]), Visitor()]
    for turn, route in enumerate(theirs[part::PARTS]):
        path = address(route, named(route, worlds[0]))
        some = OTHER_METHODS if WHOLE else (OTHER_METHODS[turn % len(OTHER_METHODS)],)
        for method in some:
            for visitor in visitors if WHOLE else [visitors[turn % 2]]:
                with undone(), writes() as written:
                    assert outcome(visitor.ask(method, path)), (method, path)
                assert written <= SEEN | WRITTEN_BY_GET.get(route, set()), (method, path)


def test_another_team_is_not_entered_by_naming_it(worlds):
    mine, elsewhere = worlds
    stranger = Visitor(elsewhere.people[Role.OWNER])
    asked = f"?team={mine.project.team.uuid}"
    for route, who in declared().items():
        if (
            who.get in ("-", "administrator", "script")
            or names_in(route)
            or route.startswith("accounts/")
        ):
            continue
        answer = stranger.ask("GET", f"/{route}{asked}")
        assert route == "readyz" or outcome(answer) in (IN, UNKNOWN, TOO_LOW)
        assert mine.secret not in text_of(answer), route
