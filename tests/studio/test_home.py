"""Home, teams, projects, and the doors."""

import pytest
from django.urls import reverse

from generations import queueing
from generations.models import State
from studio.models import Membership, Project, Role, Team
from tests.factories import MembershipFactory, ProjectFactory, UserFactory, member, take


def text(response):
    return response.content.decode()


def test_somebody_without_a_team_names_one_first(newcomer):
    answer = newcomer.get("/", follow=True)
    assert answer.redirect_chain == [(reverse("new_team"), 302)]
    after = newcomer.post(reverse("new_team"), {"name": "Northlight"}, follow=True)
    assert "Start your first film" in text(after)
    assert Membership.objects.get().role == Role.OWNER


def test_a_team_needs_a_name(newcomer):
    assert "This field is required" in text(newcomer.post(reverse("new_team"), {"name": " "}))
    assert not Team.objects.exists()


def test_home_shows_the_teams_projects_and_what_runs_and_nobody_elses(client, project):
    take(project, State.DREAMING, words="A comet over the bay")
    theirs = ProjectFactory(name="Secret film")
    take(theirs, State.DREAMING, words="Nobody may know")
    page = text(client.get("/"))
    assert "Desert Light" in page
    assert "A comet over the bay" in page
    assert "Secret film" not in page
    assert "Nobody may know" not in page


def test_a_producer_starts_a_project_and_lands_on_its_board(project, sign_in):
    producer = sign_in(member(project, Role.PRODUCER))
    answer = producer.post(reverse("new_project"), {"name": "Desert Light"})
    made = Project.objects.latest("id")
    assert made.slug == "desert-light-2"
    assert made.team == project.team
    assert answer["Location"] == reverse("board", args=[made.slug])


def test_an_artist_may_not_start_a_project(client, project):
    answer = client.post(reverse("new_project"), {"name": "Mine"})
    assert answer.status_code == 403
    assert "role of producer or above" in text(answer)
    assert Project.objects.count() == 1


def test_a_project_starts_only_in_a_team_of_ones_own(project, sign_in):
    producer = member(project, Role.PRODUCER)
    second = MembershipFactory(user=producer, role=Role.OWNER).team
    theirs = ProjectFactory().team
    client = sign_in(producer)
    refused = client.post(reverse("new_project"), {"name": "Stolen", "team": theirs.pk})
    assert refused.status_code == 200
    assert not Project.objects.filter(name="Stolen").exists()
    client.post(reverse("new_project"), {"name": "Mine", "team": second.pk})
    assert Project.objects.get(name="Mine").team == second


@pytest.mark.parametrize(
    ("role", "status"),
    [("owner", 200), ("producer", 200), ("artist", 200), ("reviewer", 403), ("viewer", 403)],
)
def test_each_role_may_do_what_the_ones_below_it_may(project, sign_in, role, status):
    client = sign_in(member(project, Role(role)))
    assert client.get(reverse("board", args=[project.slug])).status_code == 200
    assert client.get(reverse("compose", args=[project.slug])).status_code == status


def test_a_role_counts_only_in_its_own_team(project, sign_in):
    person = member(project, Role.VIEWER)
    MembershipFactory(user=person, role=Role.OWNER)
    MembershipFactory(team=project.team, role=Role.OWNER)
    assert sign_in(person).get(reverse("compose", args=[project.slug])).status_code == 403


def test_sign_in_is_in_our_look_and_works(db, anonymous):
    person = UserFactory(email="maya@example.com")
    page = text(anonymous.get(reverse("account_login")))
    assert "entrance__view" in page
    assert "style=" not in page
    asked = {"login": "maya@example.com", "password": "a long enough password"}
    answer = anonymous.post(reverse("account_login"), asked)
    assert answer["Location"] == "/"
    assert int(anonymous.session["_auth_user_id"]) == person.pk


def test_signing_up_is_offered_only_where_it_is_open(db, anonymous, settings):
    sign_up = reverse("account_signup")
    assert sign_up not in text(anonymous.get(reverse("account_login")))
    assert 'name="password1"' not in text(anonymous.get(sign_up))
    settings.SIGNUP_OPEN = True
    assert sign_up in text(anonymous.get(reverse("account_login")))
    assert 'name="password1"' in text(anonymous.get(sign_up))


@pytest.mark.parametrize(
    "name", ["account_reset_password", "account_login", "account_reset_password_done"]
)
def test_the_doors_are_open_to_nobody_in_particular(db, anonymous, name):
    page = text(anonymous.get(reverse(name)))
    assert 'class="entrance"' in page


@pytest.mark.parametrize("name", ["account_email", "account_change_password", "mfa_index"])
def test_ones_own_account_pages_are_in_our_look(client, name):
    assert 'class="rail"' in text(client.get(reverse(name)))


def test_a_page_that_does_not_exist_says_so_in_our_look(client):
    answer = client.get("/nowhere/")
    assert answer.status_code == 404
    assert "Nothing here" in text(answer)


def test_a_broken_page_says_that_nothing_was_lost(client, monkeypatch, project):
    client.raise_request_exception = False

    def broken(*_):
        raise RuntimeError("broken")

    monkeypatch.setattr("studio.views.board._takes", broken)
    answer = client.get(reverse("board", args=[project.slug]))
    assert answer.status_code == 500
    assert "nothing was lost" in text(answer)


def test_every_page_forbids_inline_script_and_style(client, project):
    policy = client.get("/")["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy


def test_home_tells_what_runs_from_what_waits(client, project, artist):
    take(project, State.DREAMING, words="A comet over the bay")
    take(project, State.WAITING, words="A fox in the reeds")
    take(project, State.REQUESTED, author=artist, words="A pier at dusk")
    queueing.pause(take(project, State.WAITING, author=artist, words="An owl on a post"), artist)
    page = text(client.get("/"))
    order = [
        *("Waiting for you", "An owl on a post", "A pier at dusk"),
        *("Running now", "A comet over the bay", "In line", "A fox in the reeds", "Projects"),
    ]
    main = page[page.index("<h1>") :]
    places = [main.index(words) for words in order]
    assert places == sorted(places)
