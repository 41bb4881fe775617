"""Private projects: there for those whom they are private to, and for the team's owner."""

import csv
import io
import re

import pytest
from django.urls import reverse
from django.utils import timezone

from generations.models import Budget, State
from studio import noting
from studio.mentioning import meant
from studio.models import AuditEntry, Filling, Membership, Recipe, Review, Role, Tag, User, Verdict
from tests.doors.routes import address
from tests.doors.table import declared
from tests.doors.worlds import Things, named_in, things_of
from tests.factories import ProjectFactory, member, take

WORDS = "A secret rocket over the salt flats"
OF_PROJECTS = ("projects/", "generations/", "media/", "stills/", "imports/", "sequences/")
OF_PROJECTS += ("exports/", "sounds/", "shots/", "runs/")


@pytest.fixture
def there(project) -> Things:
    """Return one of everything that it has."""
    return things_of(project)


@pytest.fixture
def owner(project) -> User:
    return member(project, Role.OWNER)


@pytest.fixture
def producer(project, owner) -> User:
    return member(project, Role.PRODUCER)


@pytest.fixture
def secret(project, producer, artist):
    """The project, private to its producer and an artist; a second one is open to all."""
    project.name = "Moonshot"
    project.created_by = producer
    project.save()
    project.make_private([artist], producer)
    ProjectFactory(team=project.team, name="Harbour", slug="harbour")
    return project


@pytest.fixture
def outsider(project) -> User:
    """A producer of the team who isn't in it."""
    return member(project, Role.PRODUCER)


@pytest.fixture
def outside(outsider, sign_in):
    return sign_in(outsider)


def text(client, name: str, **asked) -> str:
    return client.get(reverse(name), asked).content.decode()


# --- choosing ---------------------------------------------------------------------------------


def choose(client, project, is_private="yes", *people):
    said = {"is_private": is_private, "people": [person.pk for person in people]}
    return client.post(reverse("project_privacy", args=[project.slug]), said)


def test_a_producer_chooses_who_sees_it(project, producer, artist, owner, sign_in):
    client, other = sign_in(producer), member(project)
    board = reverse("board", args=[project.slug])
    assert choose(client, project, "yes", artist).status_code == 302
    seen = {it: sign_in(it).get(board).status_code for it in (producer, artist, owner, other)}
    assert seen == {producer: 200, artist: 200, owner: 200, other: 404}
    assert "Had Desert Light be seen by" in AuditEntry.objects.first().words
    page = client.get(reverse("project_settings", args=[project.slug])).content.decode()
    assert re.search(rf'value="{artist.pk}" checked', page)
    assert not re.search(rf'value="{other.pk}" checked', page)
    assert "Private" in client.get(board).content.decode()
    choose(client, project, "")
    assert sign_in(other).get(board).status_code == 200


def test_one_is_private_from_its_first_moment(project, producer, owner, artist, sign_in):
    client = sign_in(producer)
    sent = {"name": "Hush", "team": project.team_id, "is_private": "on"}
    answer = client.post(reverse("new_project"), sent, follow=True)
    assert answer.redirect_chain[-1][0] == "/projects/hush/settings/#privacy"
    assert "Choose below who else sees it." in answer.text
    assert sign_in(owner).get("/projects/hush/").status_code == 200
    assert sign_in(artist).get("/projects/hush/").status_code == 404
    assert AuditEntry.objects.filter(words__startswith="Had Hush be seen by").count() == 1
    answer = client.post(reverse("new_project"), sent | {"name": "Loud", "is_private": ""})
    assert answer["Location"] == "/projects/loud/"
    assert sign_in(artist).get("/projects/loud/").status_code == 200


def test_who_made_it_and_who_chooses_are_always_among_them(project, producer, sign_in):
    maker = member(project, Role.PRODUCER)
    project.created_by = maker
    project.save()
    choose(sign_in(producer), project)
    assert set(project.private_to.all()) == {maker, producer}


def test_nobody_of_another_team_is_chosen(project, producer, sign_in):
    elsewhere = member(ProjectFactory())
    answer = choose(sign_in(producer), project, "yes", elsewhere)
    assert "Choose again" in answer.content.decode()
    project.refresh_from_db()
    assert not project.is_private
    for wrong in ({"is_private": "perhaps"}, {"is_private": "yes", "people": ["x\0"]}):
        answer = sign_in(producer).post(reverse("project_privacy", args=[project.slug]), wrong)
        assert answer.status_code == 200
        assert 'role="alert"' in answer.content.decode()


@pytest.mark.parametrize("role", ["artist", "reviewer", "viewer"])
def test_below_a_producer_nobody_chooses(project, sign_in, role):
    assert choose(sign_in(member(project, Role(role))), project).status_code == 403


def test_who_left_the_team_and_comes_back_is_not_in_it(secret, artist, owner, sign_in):
    row = Membership.objects.get(user=artist)
    sign_in(owner).post(reverse("remove_member", args=[row.pk]))
    Membership.objects.create(team=secret.team, user=artist, role=Role.ARTIST)
    assert sign_in(artist).get(reverse("board", args=[secret.slug])).status_code == 404


def test_an_owner_who_hands_over_sees_it_no_more(secret, owner, sign_in):
    heir = member(secret, Role.VIEWER)
    client = sign_in(owner)
    board = reverse("board", args=[secret.slug])
    assert client.get(board).status_code == 200
    client.post(reverse("hand_over", args=[Membership.objects.get(user=heir).pk]))
    assert client.get(board).status_code == 404
    assert sign_in(heir).get(board).status_code == 200


# --- that it isn't there for the others --------------------------------------------------------


def test_no_address_of_it_answers_a_member_who_is_not_in_it(secret, outside, there):
    found = 0  # that they are there for the others, tests/doors/test_matrix.py shows
    for route, who in declared().items():
        if not route.startswith(OF_PROJECTS) or route == "projects/new/" or "nothing" in who:
            continue
        path = address(route, named_in(there, route))
        for ask, level in ((outside.get, who.get), (outside.post, who.post)):
            assert ask(path).status_code == (405 if level == "-" else 404), path
        found += 1
    assert found > 100


@pytest.mark.parametrize(
    "name",
    [
        *("home", "gallery", "review", "dailies", "requests", "archive", "people"),
        *("wall", "collections", "scoreboard", "queue", "spend", "audit_log"),
    ],
)
def test_no_page_tells_of_it(secret, artist, outside, outsider, name):
    made = take(secret, State.COMPLETED, words=WORDS)
    asked = take(secret, State.REQUESTED, words=WORDS)
    Review.objects.create(
        generation=made, project=secret, verdict=Verdict.WAITING, asked_at=timezone.now()
    )
    Tag.objects.put("lift-off", [made], artist)
    outsider.refresh_from_db()
    noting.note(made, artist, noting.Remark(f"@{outsider.name} watch it burn", None, []))
    if name == "archive":
        secret.archive()
    told = text(outside, name)
    for hidden in (WORDS, "Moonshot", "lift-off", str(made.uuid), str(asked.uuid), "burn"):
        assert hidden not in told, hidden
    assert "1 waiting for you" not in told


def test_those_in_it_are_told(secret, artist, sign_in):
    made = take(secret, State.COMPLETED, words=WORDS)
    Tag.objects.put("lift-off", [made], artist)
    page = text(sign_in(artist), "gallery")
    assert WORDS in page
    assert "lift-off" in page


def test_it_is_counted_nowhere(secret, outside, producer, sign_in):
    take(secret, State.REQUESTED, words=WORDS)
    made = take(secret, State.COMPLETED)
    Review.objects.create(
        generation=made, project=secret, verdict=Verdict.WAITING, asked_at=timezone.now()
    )
    assert 'aria-label="1 waiting for you"' in text(sign_in(producer), "home")
    assert "waiting for you" not in text(outside, "home")
    assert "No take is like that" in text(outside, "gallery", find="secret")


def test_chosen_takes_of_it_are_left_out_in_the_gallery(secret, outside):
    made = take(secret, State.COMPLETED)
    said = {"take": [str(made.uuid)], "words": "stolen"}
    outside.post(reverse("tag_chosen") + f"?team={secret.team.uuid}", said)
    assert not made.taggings.exists()


def test_a_page_that_is_open_learns_nothing_of_it(secret, outside, outsider):
    version = re.search(r'name="version" value="([^"]+)"', text(outside, "review"))[1]
    take(secret, State.COMPLETED)
    answer = outside.get(reverse("review_live"), {"version": version})
    assert answer.status_code == 204


def test_the_queue_tells_the_places_of_its_takes_and_nothing_else(secret, outside, artist):
    first = take(secret, words=WORDS, author=artist)
    running = take(secret, State.DREAMING, words=WORDS, author=artist)
    other = secret.team.projects.get(slug="harbour")
    take(other, words="A harbour at dawn")
    page = text(outside, "queue")
    assert page.count("A take of a private project") == 2
    for hidden in (WORDS, "Moonshot", str(first.uuid), str(running.uuid), artist.name):
        assert hidden not in page
    assert '<span class="unseen">Place </span>1' in page
    assert '<span class="unseen">Place </span>2' in page
    assert "A harbour at dawn" in page
    for verb in ("pause", "up", "front", "cancel"):
        assert outside.post(reverse(verb, args=[first.uuid])).status_code == 404


def test_spend_has_its_sums_and_not_its_name(secret, outside, producer, sign_in):
    take(secret, State.COMPLETED, words=WORDS)
    Budget.objects.set_limit(secret.team, secret, 50, producer)
    page = text(outside, "spend")
    assert "A private project" in page
    assert "Moonshot" not in page
    assert f'value="{secret.slug}"' not in page
    answer = outside.get(reverse("spend_download"))
    rows = list(csv.reader(io.StringIO(answer.content.decode())))
    assert {row[2] for row in rows[1:]} == {"A private project"}
    assert "Moonshot" in text(sign_in(producer), "spend")
    answer = outside.post(reverse("set_budget"), {"limit_usd": "1", "project": secret.slug})
    assert Budget.objects.get(project=secret).limit_usd == 50


def test_the_audit_log_tells_of_it_to_those_in_it_and_the_owner(
    secret, outside, owner, producer, sign_in
):
    made = take(secret, State.COMPLETED)
    sign_in(producer).post(reverse("judge", args=[made.uuid]), {"verdict": "rejected", "seen": ""})
    for client, is_told in ((outside, False), (sign_in(owner), True), (sign_in(producer), True)):
        assert ("Moonshot" in text(client, "audit_log")) is is_told
        rows = b"".join(client.get(reverse("audit_log_download")).streaming_content).decode()
        assert ("Moonshot" in rows) is is_told


def test_a_note_means_only_those_who_see_its_take(secret, artist, producer, outsider):
    for person, name in ((producer, "Ada"), (outsider, "Bo")):
        User.objects.filter(pk=person.pk).update(name=name)
    assert [str(each) for each in meant("@Ada and @Bo", secret, artist)] == ["Ada"]


def test_what_blanks_are_filled_with_there_is_not_offered_to_the_team(secret, artist, sign_in):
    recipe = Recipe.objects.create(team=secret.team, name="Opening", words="Over {place}")
    use = reverse("use_recipe", args=[secret.slug, recipe.uuid])
    sign_in(artist).post(use, {"blank-0": "Launch pad 39"})
    assert not Filling.objects.exists()


def test_a_copy_in_an_open_project_tells_not_whence_it_came(secret, artist, outside, sign_in):
    made = take(secret, State.COMPLETED)
    said = {"take": [str(made.uuid)], "to": "harbour"}
    sign_in(artist).post(reverse("copy_chosen", args=[secret.slug]), said)
    copy = secret.team.projects.get(slug="harbour").generations.get()
    page = outside.get(reverse("generation", args=[copy.uuid])).content.decode()
    assert "of a private project" in page
    assert "Moonshot" not in page


def test_a_member_may_be_in_one_private_project_and_not_in_another(
    secret, outsider, outside, producer
):
    other = secret.team.projects.get(slug="harbour")
    other.make_private([outsider], producer)
    take(other, State.COMPLETED, words="A harbour at dawn")
    take(secret, State.COMPLETED, words=WORDS)
    page = text(outside, "gallery")
    assert page.count("A harbour at dawn") >= 1
    assert WORDS not in page


def test_an_order_of_takes_stays_one_row_each(secret, artist, producer, outsider, sign_in):
    """Who is chosen multiplies nothing."""
    secret.make_private([artist, producer, outsider], producer)
    made = take(secret, State.COMPLETED)
    page = text(sign_in(artist), "gallery")
    assert page.count(f'value="{made.uuid}"') == 1
    assert text(sign_in(artist), "home").count(f'href="/projects/{secret.slug}/"') >= 1
