"""Every address of a deleted team, asked by everybody who was in it, and by nobody."""

from urllib.parse import urlsplit

import pytest
from django.urls import reverse

from generations import publishing
from generations.models import Account, Generation, State, Still
from studio.dream_machine import files, tokens
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
from tests.factories import PASSWORD, take

PARTS = 4
NOT_ITS_OWN = ("accounts/", "admin/", "sheets/", "callbacks/")
# What opens with a token that was handed out; nobody's door.
HANDED_OUT = ("media/published/", "api/")


@pytest.fixture
def there(db: None) -> World:
    """Return a team with one of everything."""
    return world("Aardvark")


@pytest.fixture
def gone(there: World) -> World:
    """Return that team, deleted by its owner."""
    delete(there)
    return there


def delete(made: World) -> None:
    team = made.project.team
    owner = Visitor(made.people[Role.OWNER])
    said = {"name": team.name, "password": PASSWORD}
    answer = owner.ask("POST", f"{reverse('delete_team')}?team={team.uuid}", data=said)
    assert answer.status_code == 302
    assert Team.objects.get(pk=team.pk).deleted_at


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
        if names_in(route) and not route.startswith((*NOT_ITS_OWN, *HANDED_OUT)) and level != "-"
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


def handed_out(made: World) -> dict[str, tuple[str, str]]:
    """Return what addresses with a token name: by route, how it is asked, and where."""
    film = made.project
    generation = Generation.objects.get(uuid=made.things["generations/"]["uuid"])
    video = generation.assets.get(kind="video")
    account = Account.objects.get(team=film.team)
    still = Still.objects.get(uuid=made.things["stills/"]["uuid"])
    published = urlsplit(publishing.publish(still, account)).path
    file = urlsplit(publishing.publish_asset(video, account)).path
    found = {
        "media/published/<token>": ("GET", published),
        "media/published/file/<token>": ("GET", file),
        "api/dream-machine/v1/files/<token>/<name>": ("GET", files.address_of(video)),
    }
    for route, who in declared().items():
        if "script" in who:
            method = "GET" if who.get == "script" else "POST"
            named = {"uuid": generation.uuid, "elsewhere": "elsewhere"}
            found[route] = (method, address(route, named))
    return found


def test_what_was_handed_out_to_scripts_and_providers_opens_nothing(there):
    handed = handed_out(there)
    routes = {route for route in declared() if route.startswith(HANDED_OUT)}
    assert handed.keys() == routes - {"api/dream-machine/v1/openapi.json"}
    token = tokens.make(there.people[Role.ARTIST], there.project, "Nightly")[1]
    script = {"headers": {"authorization": f"Bearer {token}"}}
    for method, path in handed.values():
        assert Visitor().ask(method, path, **script).status_code != 401, path
    for route in routes & {it for it in handed if "<token>" in it}:
        assert Visitor().ask(*handed[route]).status_code == 200, route
    delete(there)
    for route, (method, path) in handed.items():
        status = 404 if "<token>" in route else 401
        assert Visitor().ask(method, path, **script).status_code == status, path
    take(there.project, State.DREAMING)
    for route in ("media/published/<token>", "media/published/file/<token>"):
        assert Visitor().ask(*handed[route]).status_code == 200, "its provider fetches it yet"


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
