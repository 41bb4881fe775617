"""Who is named in a note behind an @ learns of it on Home."""

import re

import pytest
from django.urls import reverse
from django.utils import timezone

from generations.models import State
from studio.mentioning import meant
from studio.models import Mention, Role
from tests.factories import MembershipFactory, UserFactory, take


@pytest.fixture
def made(project, artist):
    return take(project, State.COMPLETED, author=artist)


@pytest.fixture
def ari(project):
    person = UserFactory(name="Ari Kaurismäki", email="ari.k@example.com")
    MembershipFactory(team=project.team, user=person, role=Role.VIEWER)
    return person


def note(client, made, words):
    client.post(reverse("add_note", args=[made.uuid]), {"words": words})


def seen(client, until=None):
    until = (until or timezone.now()).timestamp()
    client.post(reverse("mentions_seen"), {"until": f"{until:.6f}"})


def test_who_is_named_sees_it_on_home_until_they_say_so(client, sign_in, made, ari):
    before = timezone.now()
    note(client, made, "Look at the fog, @Ari Kaurismäki, it rolls backwards")
    home = sign_in(ari).get("/").content.decode()
    assert "You are mentioned" in home
    assert "it rolls backwards" in home
    assert reverse("generation", args=[made.uuid]) + "#note-" in home  # a viewer has no room
    page = sign_in(ari).get(reverse("generation", args=[made.uuid])).content.decode()
    assert "it rolls backwards" in page
    assert "You are mentioned" not in client.get("/").content.decode()
    seen(sign_in(ari), before)
    assert "You are mentioned" in sign_in(ari).get("/").content.decode()
    seen(sign_in(ari))
    assert "You are mentioned" not in sign_in(ari).get("/").content.decode()


def test_what_was_not_shown_of_the_mentions_is_not_seen_and_is_counted(client, sign_in, made, ari):
    for number in range(8):
        note(client, made, f"@ari wave {number}")
    own = sign_in(ari)
    home = own.get("/").content.decode()
    assert re.findall(r"wave (\d)", home) == list("012345")
    assert "2 more come once these are seen." in home
    shown = re.findall(r'name="mention" value="(\d+)"', home)
    client.post(reverse("mentions_seen"), {"mention": shown})  # somebody else's
    assert not Mention.objects.exclude(seen_at=None).exists()
    own.post(reverse("mentions_seen"), {"mention": [*shown, "x", "9" * 30]})
    home = own.get("/").content.decode()
    assert re.findall(r"wave (\d)", home) == list("67")
    assert "more come" not in home


@pytest.mark.parametrize(
    "words", ["@ari look", "(@Ari)", "@ARI.K", "see @ari kaurismäki's", "a, @ari!", "@ari\n@ari.k"]
)
def test_a_first_name_and_an_address_name_somebody(project, artist, ari, words):
    assert meant(words, project, artist) == [ari]


@pytest.mark.parametrize(
    "words", ["ari", "a@ari.example", "@arizona", "@", "@@ari", "@arik", "@somebody"]
)
def test_what_names_nobody(project, artist, ari, words):
    assert meant(words, project, artist) == []


def test_the_longest_name_counts_and_a_shared_one_names_both(project, artist, ari):
    other = UserFactory(name="Ari", email="second@example.com")
    MembershipFactory(team=project.team, user=other)
    assert meant("@Ari Kaurismäki", project, artist) == [ari]
    assert meant("@ari", project, artist) == [ari, other]


def test_an_author_and_a_stranger_are_never_told(client, project, artist, made):
    artist.name = "Maya"
    artist.save()
    stranger = UserFactory(name="Zoe")
    note(client, made, "@Maya @Zoe")
    assert not Mention.objects.exists()
    assert meant("@Zoe", project, artist) == []
    assert stranger.pk


def test_who_left_the_team_sees_it_no_more(client, sign_in, project, made, ari):
    note(client, made, "@ari")
    project.team.memberships.filter(user=ari).delete()
    assert "You are mentioned" not in sign_in(ari).get("/").content.decode()
