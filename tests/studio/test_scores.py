"""Scoring takes by the team's rubric."""

import pytest
from django.urls import reverse

from generations.models import State
from studio.models import Criterion, Role, Score
from studio.models.rubric import USUAL
from tests.factories import ProjectFactory, TeamFactory, member, take

HTMX = {"HX-Request": "true"}


@pytest.fixture
def made(project, artist):
    return take(project, State.COMPLETED, author=artist)


def give(client, made, criterion, value):
    said = {"criterion": criterion, "value": value}
    return client.post(reverse("score", args=[made.uuid]), said, headers=HTMX)


@pytest.mark.django_db
def test_a_new_team_scores_by_the_usual():
    assert [each.words for each in Criterion.objects.filter(team=TeamFactory()).kept()] == [*USUAL]


def test_each_gives_one_score_and_sees_what_all_gave(client, sign_in, project, artist, made):
    motion = Criterion.objects.filter(team=project.team).kept()[0]
    give(client, made, motion.pk, "9")
    give(client, made, motion.pk, "7")
    other = sign_in(member(project, Role.REVIEWER))
    said = give(other, made, motion.pk, "10").content.decode()
    assert "8.5 by 2" in said
    assert sorted(Score._default_manager.values_list("value", flat=True)) == [7, 10]
    assert f'id="score-{motion.pk}-10" checked' in said


def test_a_score_is_taken_back(client, project, made):
    motion = Criterion.objects.filter(team=project.team).kept()[0]
    give(client, made, motion.pk, "9")
    give(client, made, motion.pk, "")
    assert not Score._default_manager.exists()


@pytest.mark.parametrize("value", ["0", "11", "-3", "5.5", "many", "00101", "٧", "9" * 500])
def test_what_is_no_score_is_refused(client, project, made, value):
    motion = Criterion.objects.filter(team=project.team).kept()[0]
    give(client, made, motion.pk, value)
    assert not Score._default_manager.exists()


def test_by_another_teams_rubric_nothing_is_scored(client, made):
    elsewhere = Criterion.objects.filter(team=ProjectFactory().team).kept()[0]
    for criterion in (elsewhere.pk, "", "x", "9" * 40):
        assert give(client, made, criterion, "5").status_code == 200
    assert not Score._default_manager.exists()


def test_viewers_score_nothing(viewer, project, made):
    motion = Criterion.objects.filter(team=project.team).kept()[0]
    assert give(viewer, made, motion.pk, "5").status_code == 403


def rubric(client, lines):
    return client.post(reverse("set_rubric"), {"lines": lines}, follow=True).content.decode()


def words_of(project):
    return [each.words for each in Criterion.objects.filter(team=project.team).kept()]


def test_a_producer_changes_what_takes_are_scored_by(client, sign_in, project, made):
    motion = Criterion.objects.filter(team=project.team).kept()[0]
    give(client, made, motion.pk, "9")
    producer = sign_in(member(project, Role.PRODUCER))
    rubric(producer, "Overall\n  Colour   and light \n\nOverall")
    assert words_of(project) == ["Overall", "Colour and light"]
    assert Score._default_manager.get().value == 9  # what was scored stays
    rubric(producer, "Motion coherence")
    assert Criterion.objects.filter(team=project.team).kept().get() == motion
    assert client.post(reverse("set_rubric"), {"lines": "Mine"}).status_code == 403


@pytest.mark.parametrize(
    ("lines", "said"),
    [("x" * 61, "at most 60 characters"), ("\n".join(map(str, range(21))), "at most 20 lines")],
)
def test_what_is_no_rubric_is_refused_and_kept(sign_in, project, lines, said):
    before = words_of(project)
    page = rubric(sign_in(member(project, Role.PRODUCER)), lines)
    assert said in page
    assert lines.splitlines()[0] in page
    assert words_of(project) == before
