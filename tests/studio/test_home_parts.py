"""Home: what runs, what failed since one looked, and what waits for one."""

import re
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from generations import queueing
from generations.models import Asset, Generation, State
from generations.models.states import Reason
from studio import reviewing
from studio.models import Ballot, Project, Role
from tests.factories import AccountFactory, ProjectFactory, member, take, version
from tests.studio.bakeoffs.steps import TWO, begun

HTMX = {"HX-Request": "true"}


def page(client):
    return client.get(reverse("home")).content.decode()


def part(html, words):
    """Return the section below a heading, or nothing."""
    found = re.search(rf">{words}</h2>(.*?)</section>", html, re.DOTALL)
    return found.group(1) if found else ""


MISSED = "Not generated since you last looked"


def test_what_failed_since_one_looked_is_there_with_the_reason_and_the_next_step(
    client, project, artist
):
    failed = take(project, State.FAILED, words="A comet over the bay")
    refused = take(project, State.FAILED, reason=Reason.CONTENT, failure="Moderation refused it.")
    missed = part(page(client), MISSED)
    assert "A comet over the bay" in missed
    assert "Luma failed this job. Nothing was charged." in missed
    assert "Moderation refused it." in missed
    assert f'action="{reverse("retry", args=[failed.uuid])}"' in missed
    assert f'action="{reverse("retry", args=[refused.uuid])}"' not in missed
    assert f'href="{reverse("remix", args=[refused.uuid])}"' in missed
    artist.refresh_from_db()
    assert artist.looked_at is None  # looking changes nothing


def test_what_was_seen_is_gone_and_what_failed_since_is_there(client, project, artist):
    take(project, State.FAILED, words="A comet over the bay")
    html = page(client)
    until = re.search(r'name="until" value="([\d.]+)"', html).group(1)
    take(project, State.FAILED, words="A fox in the reeds")
    assert client.post(reverse("seen"), {"until": until})["Location"] == reverse("home")
    missed = part(page(client), MISSED)
    assert "A fox in the reeds" in missed
    assert "A comet over the bay" not in missed
    client.post(reverse("seen"), {"until": str(float(until) - 3600)})
    assert "A comet over the bay" not in page(client)  # what was seen stays seen


def test_what_was_not_shown_is_not_seen_and_is_counted(client, project, artist):
    for number in range(9):
        take(project, State.FAILED, words=f"Wave {number}")
    missed = part(page(client), MISSED)
    assert re.findall(r"Wave (\d)", missed) == list("012345")
    assert "3 more come once these are seen." in missed
    until = untils(page(client))
    client.post(reverse("seen"), {"until": until[0]})
    missed = part(page(client), MISSED)
    assert re.findall(r"Wave (\d)", missed) == list("678")
    assert "more come" not in missed
    client.post(reverse("seen"), {"until": until[1]})  # "All 9 seen", on the page of before
    assert not part(page(client), MISSED)


def untils(html):
    return re.findall(r'name="until" value="([\d.]+)"', html)


def test_a_version_runs_waits_and_fails_on_home_as_a_take_does(client, project, artist):
    first, second, third = (take(project, State.COMPLETED) for _ in range(3))
    version(first, state=State.DREAMING)
    version(second, state=State.WAITING)
    version(third, state=State.FAILED)
    html = page(client)
    assert "the upscaled take 1" in part(html, "Running now")
    assert "the upscaled take 2" in part(html, "In line")
    assert "the upscaled take 3" in part(html, MISSED)
    second.discard(timezone.now(), artist)  # none of one in the trash
    assert "the upscaled take 2" not in page(client)


def test_what_is_to_be_judged_waits_for_one_by_project(client, sign_in, viewer, project, artist):
    other = ProjectFactory(team=project.team, name="Northern cabin", slug="northern-cabin")
    made = [take(project, State.COMPLETED), take(project, State.COMPLETED)]
    reviewing.send(made, artist)
    reviewing.send([take(other, State.COMPLETED)], artist)
    bakeoff = begun(client, other)
    waits = part(page(sign_in(member(project, Role.REVIEWER))), "Waiting for you")
    piles = re.findall(r'href="([^"]*)">([^<]* in [^<]*)<', waits)
    room = reverse("review")
    assert piles == [
        (f"{room}?project={project.slug}", "2 takes to judge in Desert Light"),
        (f"{room}?project=northern-cabin", "1 take to judge in Northern cabin"),
        (reverse("bakeoff", args=[bakeoff.uuid]), "1 bake-off to judge in Northern cabin"),
    ]
    assert "to judge" not in page(viewer)
    # A preview that couldn't be made yet keeps nobody from judging.
    first = bakeoff.entrants.first().generation
    first.assets.filter(kind=Asset.Kind.PREVIEW).update(
        state=Asset.State.PENDING, next_at=timezone.now()
    )
    assert "1 bake-off to judge" in page(client)
    first.assets.filter(kind=Asset.Kind.VIDEO).update(state=Asset.State.FAILED)
    assert "bake-off to judge" not in page(client)
    first.assets.update(state=Asset.State.STORED)
    assert "1 bake-off to judge" in page(client)
    Ballot.objects.create(bakeoff=bakeoff, judge=artist, done_at=timezone.now())
    assert "bake-off to judge" not in page(client)
    coming = begun(client, project, TWO, State.COMPLETED, State.DREAMING)
    assert str(coming.uuid) not in page(client)


@pytest.mark.parametrize("until", ["", "soon", "nan", "1e99", "-1e99", "99999999999"])
def test_a_moment_that_is_none_or_in_the_future_hides_nothing_to_come(client, project, until):
    client.post(reverse("seen"), {"until": until})
    take(project, State.FAILED, words="A comet over the bay")
    assert "A comet over the bay" in part(page(client), MISSED)


def test_each_person_looks_for_themselves(client, project, sign_in):
    take(project, State.FAILED, words="A comet over the bay")
    other = sign_in(member(project))
    client.post(reverse("seen"), {"until": str(timezone.now().timestamp())})
    assert not part(page(client), MISSED)
    assert "A comet over the bay" in part(page(other), MISSED)


def test_what_failed_long_before_one_ever_looked_is_not_told(client, project):
    old = take(project, State.FAILED)
    Generation.objects.filter(pk=old.pk).update(finished_at=timezone.now() - timedelta(days=8))
    assert not part(page(client), MISSED)


def test_a_declined_take_is_told_to_who_asked_for_it(client, project, artist, sign_in):
    take(project, State.DECLINED, author=artist, words="A pier at dusk")
    missed = part(page(client), MISSED)
    assert "A pier at dusk" in missed
    assert "Try it shorter first." in missed
    assert not part(page(sign_in(member(project))), MISSED)


def test_requests_and_decisions_wait_for_a_producer(client, project, sign_in):
    asked = take(project, State.REQUESTED, words="A pier at dusk")
    unsure = take(project, State.UNCONFIRMED, words="An owl on a post")
    Generation.objects.filter(pk=unsure.pk).update(reason=Reason.UNDECIDED)
    lost = take(project, State.FAILED, reason=Reason.LOST, words="A heron lifts off")
    html = page(sign_in(member(project, Role.PRODUCER)))
    assert "Waiting for you" in html
    assert f'href="{reverse("requests")}#request-{asked.uuid}"' in part(html, "Waiting for you")
    decide = part(html, "Waiting for you")
    assert f'href="{reverse("generation", args=[unsure.uuid])}">Decide</a>' in decide
    assert "A heron lifts off" in decide
    assert "A heron lifts off" not in part(html, MISSED)
    artists = page(client)
    assert "Waiting for you" not in artists
    assert "A heron lifts off" in part(artists, MISSED)
    assert lost.is_unreleased


def test_ones_own_takes_that_are_held_back_wait_for_one(client, project, artist):
    take(project, State.REQUESTED, author=artist, words="A pier at dusk")
    paused = take(project, State.WAITING, author=artist, words="An owl on a post")
    theirs = take(project, State.WAITING, words="A fox in the reeds")
    queueing.pause(paused, artist)
    queueing.pause(theirs, theirs.author)
    html = page(client)
    held = part(html, "Waiting for you")
    assert "A pier at dusk" in held
    assert f'action="{reverse("resume", args=[paused.uuid])}"' in held
    assert "A fox in the reeds" not in held
    assert "A fox in the reeds" in part(html, "In line")


def test_a_viewer_is_told_what_failed_and_offered_nothing(viewer, project):
    failed = take(project, State.FAILED)
    missed = part(page(viewer), MISSED)
    assert "Luma failed this job" in missed
    assert reverse("retry", args=[failed.uuid]) not in missed
    assert reverse("remix", args=[failed.uuid]) not in missed


def test_nothing_of_another_team_is_on_home(stranger, client, project, sign_in):
    for state in (State.FAILED, State.DREAMING, State.REQUESTED):
        take(project, state, words="Nobody may know")
    assert "Nobody may know" not in page(stranger)


def test_the_live_refresh_costs_one_query_more_than_knowing_who_asks(
    client, project, django_assert_max_num_queries
):
    take(project, State.DREAMING, words="A comet over the bay")
    version = re.search(r'name="version" value="([^"]*)"', page(client)).group(1)
    live = reverse("home_live")
    with django_assert_max_num_queries(3):
        assert client.get(live, {"version": version}, headers=HTMX).status_code == 204
    take(project, State.FAILED, words="A fox in the reeds")
    changed = client.get(live, {"version": version}, headers=HTMX).content.decode()
    assert "A fox in the reeds" in part(changed, MISSED)
    assert 'id="version"' in changed
    assert "<html" not in changed


def test_home_costs_the_same_however_many_projects(client, project, artist, sign_in):
    def fill(film: Project) -> None:
        for state in (State.DREAMING, State.WAITING, State.FAILED, State.REQUESTED):
            take(film, state, author=artist)

    fill(project)
    few = queries(client)
    for _ in range(12):
        fill(ProjectFactory(team=project.team))
    AccountFactory(team=project.team)
    assert queries(client) <= few + 1  # a section that is longer than shown asks no more
    assert few < 30


def queries(client) -> int:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    page(client)
    with CaptureQueriesContext(connection) as asked:
        page(client)
    return len(asked)
