"""Every address of a deleted team, asked by everybody who was in it, and by nobody."""

import pytest
from django.urls import reverse

from studio.models import Role, Team
from tests.doors.routes import address, names_in
from tests.doors.table import declared, named
from tests.doors.visitors import (
    DOOR,
    IN,
    NO_SUCH_METHOD,
    TOO_LOW,
    UNKNOWN,
    Visitor,
    outcome,
    text_of,
)
from tests.doors.visitors import undone as taken_back
from tests.doors.worlds import NOWHERE, World, world
from tests.factories import PASSWORD

PARTS = 4
NOT_ITS_OWN = ("accounts/", "admin/", "sheets/", "media/published/", "api/", "callbacks/")


@pytest.fixture
def gone(db: None) -> World:
    """Return a team with one of everything, deleted by its owner."""
    made = world("Aardvark")
    team = made.project.team
    owner = Visitor(made.people[Role.OWNER])
    said = {"name": team.name, "password": PASSWORD}
    answer = owner.ask("POST", f"{reverse('delete_team')}?team={team.uuid}", data=said)
    assert answer.status_code == 302
    assert Team.objects.get(pk=team.pk).deleted_at
    return made


def visitors_of(gone: World) -> list[Visitor]:
    return [*(Visitor(person) for person in gone.people.values()), Visitor()]


def tells(answer: object, gone: World) -> bool:
    """Tell whether an answer says anything of the team; its people are called by its secret."""
    said = text_of(answer)
    return any(f"{what} {gone.secret}" in said for what in ("Film", "Account", "Reel", "Recipe"))


@pytest.mark.parametrize("part", range(PARTS))
def test_nothing_that_an_address_names_is_there_for_anybody_who_was_in_it(gone, part):
    *members, nobody = visitors_of(gone)
    asked = [
        (route, method, level)
        for route, who in list(declared().items())[part::PARTS]
        for method, level in (("GET", who.get), ("POST", who.post))
        if names_in(route) and not route.startswith(NOT_ITS_OWN) and level != "-"
    ]
    assert len(asked) > 50
    for turn, (route, method, level) in enumerate(asked):
        if route == "teams/<uuid>/restore/":
            continue
        there, nowhere = (address(route, named(route, gone)), address(route, NOWHERE))
        owner = members[list(gone.people).index(Role.OWNER)]
        for visitor in (owner, members[turn % len(members)]):
            answer = visitor.ask(method, there)
            assert not tells(answer, gone), (method, there)
            if level == "anyone" or route.startswith(("invitations/", "you/")):
                # As if there had never been such a link.
                assert answer.status_code == visitor.ask(method, nowhere).status_code, there
            else:
                assert outcome(answer) == UNKNOWN, (method, there)
        answer = nobody.ask(method, there)
        assert (
            outcome(answer) in (DOOR, UNKNOWN)
            or level == "anyone"
            or (answer.status_code == nobody.ask(method, nowhere).status_code)
        ), (method, there)
        assert not tells(answer, gone), (method, there)


def test_no_page_tells_of_it_and_naming_it_opens_none(gone):
    asked = f"?team={gone.project.team.uuid}"
    for route, who in declared().items():
        if names_in(route) or route.startswith(("accounts/", "admin/", "api/")) or who.get == "-":
            continue
        for visitor in visitors_of(gone):
            for path in (f"/{route}", f"/{route}{asked}"):
                with taken_back():
                    answer = visitor.ask("GET", path)
                if route != "readyz":  # nothing beats in a test
                    assert outcome(answer) in (IN, UNKNOWN, TOO_LOW, DOOR, NO_SUCH_METHOD), path
                assert not tells(answer, gone), path


def test_only_its_owner_gets_it_back_with_everything_in_it(gone):
    restore = address("teams/<uuid>/restore/", named("teams/<uuid>/restore/", gone))
    board = reverse("board", args=[gone.project.slug])
    people = gone.people
    for role in (Role.PRODUCER, Role.ARTIST, Role.REVIEWER, Role.VIEWER):
        assert outcome(Visitor(people[role]).ask("POST", restore)) == UNKNOWN
    assert outcome(Visitor(people[Role.OWNER]).ask("POST", restore)) == IN
    for person in people.values():
        assert outcome(Visitor(person).ask("GET", board)) == IN
    assert (
        outcome(Visitor().ask("GET", address("share/<token>/", named("share/<token>/", gone))))
        == IN
    )
    assert outcome(Visitor(people[Role.OWNER]).ask("POST", restore)) == UNKNOWN
