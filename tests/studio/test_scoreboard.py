"""The scoreboard: what takes came to, by model, settings and project, and who sees it."""

import csv
from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from generations import discarding
from generations.models import Generation, State
from studio.models import Criterion, Review, Role, Score
from tests.factories import ProjectFactory, drawn, member, take, version


@pytest.fixture
def other(project):
    return ProjectFactory(team=project.team, name="Launch film", slug="launch-film")


def judge(it, verdict):
    Review.objects.create(
        generation=it, project=it.project, verdict=verdict, judged_at=timezone.now()
    )


def score(it, *values, by="Overall"):
    criterion = Criterion.objects.get(team=it.project.team, words=by)
    for value in values:
        Score.give(it, criterion, member(it.project), value)


def ready_after(it, seconds):
    at = timezone.now()
    times = {"accepted_at": at, "finished_at": at + timedelta(seconds=seconds)}
    Generation.objects.filter(pk=it.pk).update(**times)


def look(client, **query):
    response = client.get("/scoreboard/", query)
    assert response.status_code == 200
    return response


def table(response, title):
    found = next(it for it in response.context["board"].tables if it.title == title)
    return {row.name: row.tally for row in found.rows}


@pytest.fixture
def made(project, other, artist):
    """Four takes of two models in two projects, three of them judged, and one without a video."""
    first = take(project, State.COMPLETED, author=artist)
    second = take(project, State.COMPLETED, author=artist)
    third = take(other, State.COMPLETED, author=artist, model="ray-flash-2", duration_s=9)
    fourth = take(other, State.FAILED, author=artist)
    for it, verdict in ((first, "approved"), (second, "rejected"), (third, "approved")):
        judge(it, verdict)
    score(first, 8, 6)
    score(second, 1)
    score(third, 9)
    for it, seconds in ((first, 20), (second, 60), (third, 30)):
        ready_after(it, seconds)
    return first, second, third, fourth


def test_models_are_held_against_each_other(client, made):
    first, second, third, _ = made
    page = look(client)
    rows = table(page, "By model")
    assert list(rows) == ["Ray 2 Flash", "Ray 2"], "the best scored first"
    ray = rows["Ray 2"]
    assert (ray.takes, ray.ready, ray.judged, ray.approved) == (3, 2, 2, 1)
    assert (ray.scores, ray.mean) == (3, 5)
    assert ray.spread == pytest.approx(2.944, abs=0.001)
    assert ray.approved_percent == 50
    assert ray.spent_usd == first.price_usd + second.price_usd, "what failed cost nothing"
    assert ray.per_approved_usd == ray.spent_usd
    assert ray.took_s == 40
    flash = rows["Ray 2 Flash"]
    assert (flash.mean, flash.spread, flash.approved_percent) == (9, None, 100)
    assert flash.per_approved_usd == third.price_usd
    said = page.content.decode()
    assert 'aria-label="5.0 of 10, with a spread of 2.9"' in said
    assert "1 (50 %)" in said


def test_what_they_cost_and_how_many_are_approved_is_drawn_too(client, made):
    _, _, third, _ = made
    found = next(each for each in look(client).context["board"].tables if each.title == "By model")
    drawn = {each.title: {it.name: it for it in each.bars} for each in found.charts}
    approved = drawn["Approved of what was judged"]
    assert {name: it.long for name, it in approved.items()} == {"Ray 2": 50, "Ray 2 Flash": 100}
    spent = drawn["Spent for each approved"]
    assert spent["Ray 2"].long == 100, "the dearest"
    assert spent["Ray 2 Flash"].value == third.price_usd
    assert 0 < spent["Ray 2 Flash"].long < 100
    took = drawn["Time to finish"]
    assert (took["Ray 2"].long, took["Ray 2 Flash"].long) == (100, 75)


def test_settings_and_projects_are_told_apart(client, made):
    page = look(client)
    settings = table(page, "By settings")
    assert list(settings) == ["Ray 2 Flash, 720p, 9 s", "Ray 2, 720p, 5 s"]
    projects = table(page, "By project")
    assert projects["Launch film"].takes == 2
    assert projects["Launch film"].mean == 9
    assert projects["Desert Light"].took_s == 40


def test_what_its_versions_cost_and_were_given_counts_as_the_takes(client, project, artist):
    it = take(project, State.COMPLETED, author=artist, model="ray-flash-2")
    upscaled = version(it)
    score(it, 4)
    score(upscaled, 8)
    rows = table(look(client), "By model")
    assert list(rows) == ["Ray 2 Flash"]
    assert rows["Ray 2 Flash"].takes == 1
    assert rows["Ray 2 Flash"].spent_usd == it.price_usd + upscaled.price_usd
    assert rows["Ray 2 Flash"].mean == 6
    assert list(table(look(client), "By settings")) == ["Ray 2 Flash, 720p, 5 s"]


def test_a_picture_has_no_length_and_the_trash_and_the_archive_count(
    client, project, other, artist
):
    picture = drawn(project, author=artist)
    gone = take(other, State.COMPLETED, author=artist)
    discarding.discard([gone], artist)
    other.archive()
    page = look(client)
    assert all("0 s" not in name for name in table(page, "By settings"))
    assert page.context["board"].whole.takes == 2
    assert page.context["board"].whole.spent_usd == picture.price_usd + gone.price_usd


def test_it_is_narrowed_by_project_days_and_criterion(client, project, made):
    first = made[0]
    Generation.objects.filter(pk=first.pk).update(created_at=timezone.now() - timedelta(days=400))
    score(first, 10, by="Physics")
    assert list(table(look(client, project="launch-film"), "By project")) == ["Launch film"]
    assert table(look(client, when="today"), "By model")["Ray 2"].scores == 1
    physics = Criterion.objects.get(team=project.team, words="Physics")
    narrowed = look(client, by=str(physics.pk))
    assert table(narrowed, "By model")["Ray 2"].mean == 10
    assert table(narrowed, "By model")["Ray 2 Flash"].mean is None
    assert "for Physics" in narrowed.content.decode()
    long_ago = look(client, to="2001-01-01").content.decode()
    assert "Nothing was made then" in long_ago


@pytest.mark.parametrize(
    "query",
    [{"project": "no-such"}, {"by": "x"}, {"by": "9" * 30}, {"when": "soon"}, {"from": "\0"}],
)
def test_what_isnt_known_in_its_address_is_left_out(client, made, query):
    assert look(client, **query).context["board"].whole.takes == 4


def test_nothing_to_compare_is_said_in_words(client):
    assert "Nothing to compare yet" in look(client).content.decode()


def test_nothing_judged_or_scored_is_told_as_such(client, project, artist):
    take(project, State.COMPLETED, author=artist)
    page = look(client)
    whole = page.context["board"].whole
    assert (whole.mean, whole.approved_percent, whole.per_approved_usd) == (None, None, None)
    assert "Mean scores" not in page.content.decode()


def test_the_same_goes_to_a_spreadsheet(client, project, made, artist):
    bad = ProjectFactory(team=project.team, name="=1+1", slug="formula")
    take(bad, State.COMPLETED, author=artist)
    answer = client.get("/scoreboard/download/", {"when": "month"})
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    lines = list(csv.DictReader(answer.content.decode().splitlines()))
    assert len(lines) == 4
    ray = next(it for it in lines if it["project"] == "Desert Light")
    assert ray["model"] == "Ray 2"
    assert (ray["takes"], ray["approved"], ray["mean_score"], ray["spread"]) == (
        *("2", "1", "5.0", "2.94"),
    )
    assert Decimal(ray["usd_per_approved"]) == made[0].price_usd + made[1].price_usd
    assert ray["median_s"] == "40.0"
    formula = next(it for it in lines if it["project"] == "'=1+1")
    assert formula["mean_score"] == formula["usd_per_approved"] == ""
    assert f"/scoreboard/download/?team={project.team.uuid}" in look(client).content.decode()


def test_it_costs_the_same_few_queries_however_much_was_made(client, project, made, artist):
    def queries():
        with CaptureQueriesContext(connection) as found:
            look(client)
        return len(found)

    look(client)
    few = queries()
    for _ in range(3):
        film = ProjectFactory(team=project.team)
        it = take(film, State.COMPLETED, author=artist, duration_s=9)
        judge(it, "approved")
        score(it, 3)
    assert queries() == few <= 13


def test_a_project_private_to_others_isnt_counted(viewer, other, made):
    other.is_private = True
    other.save()
    page = look(viewer)
    assert page.context["board"].whole.takes == 2
    assert "Launch film" not in page.content.decode()
    assert "Launch film" not in viewer.get("/scoreboard/download/").content.decode()


def test_everybody_in_the_team_sees_it_and_nobody_else(
    client, viewer, stranger, anonymous, newcomer, sign_in, project, made
):
    reviewer = sign_in(member(project, Role.REVIEWER))
    for each in (client, viewer, reviewer):
        assert look(each).context["board"].whole.takes == 4
    theirs = look(stranger)
    assert theirs.context["board"].whole.takes == 0
    assert "Desert Light" not in theirs.content.decode()
    for path in ("/scoreboard/", "/scoreboard/download/"):
        assert stranger.get(path, {"team": project.team.uuid}).status_code == 404
        assert stranger.post(path).status_code == 405
        assert anonymous.get(path).status_code == 302
        assert newcomer.get(path).status_code == 404
    kept = stranger.get("/scoreboard/download/", {"project": project.slug}).content.decode()
    assert len(kept.splitlines()) == 1
