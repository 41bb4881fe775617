"""A team that is deleted while something is under way in it, and restored: that goes on."""

import pytest
from django.urls import reverse
from django.utils import timezone

from generations.models import Asset, State
from studio import deleting
from studio.dream_machine import calling_back, tokens
from studio.finals import following as finals_following
from studio.models import ApiRequest, Final, Finals, Role, Storyboard, Team
from studio.storyboarding import following
from studio.tasks import call_scripts_back
from studio.views import queue
from tests.factories import bring, keep_files, member, take
from tests.simulator.peers import somewhere_else
from tests.studio.dream_machine.conftest import LIGHTHOUSE, Script
from tests.studio.finals.steps import approve, arrive, draft, made
from tests.studio.test_storyboard import planned
from tests.studio.test_storyboard_runs import newest, press, stages, take_to, takes


@pytest.fixture
def owner(project):
    return member(project, Role.OWNER)


def restore(project, owner):
    assert deleting.restore(Team.objects.get(pk=project.team.pk), owner)


def test_a_run_goes_on(client, project, owner):
    board = planned(project, "Lift-off", "Clouds")
    press(client, project)
    first = newest(project)
    first.refresh_from_db()
    attempt = first.begin(timezone.now())
    assert first.accept(attempt, "abc", next_at=timezone.now())
    deleting.delete(project.team, owner)
    assert first.dream(next_at=timezone.now())
    assert first.complete(attempt, Asset.Kind.VIDEO, "https://example.com/video.mp4")
    keep_files(first)
    assert following.follow_all() == 0
    following.follow(Storyboard.objects.get(pk=board.pk))  # as if it had begun just before
    assert stages(project) == ["done", "waiting"]
    assert len(takes(project)) == 1, "nothing is ordered in a deleted team"
    restore(project, owner)
    following.follow_all()
    assert stages(project) == ["done", "ordered"]
    take_to(newest(project), State.COMPLETED)
    following.follow_all()
    assert stages(project) == ["done", "done"]


def test_finals_go_on(client, project, owner):
    one = draft(project)
    other = draft(project, extends=one)
    first, second = made(client, project, [one, other])
    approve(arrive(first))
    deleting.delete(project.team, owner)
    assert finals_following.follow_all() == 0
    finals_following.follow(Finals.objects.get(pk=second.finals_id))
    second.refresh_from_db()
    assert second.stage == Final.Stage.WAITING
    restore(project, owner)
    for _ in range(2):
        finals_following.follow_all()
    second.refresh_from_db()
    assert second.stage == Final.Stage.ORDERED


@pytest.fixture
def outside(settings):
    settings.OUTBOUND_LOOPBACK = True
    with somewhere_else() as somewhere:
        yield somewhere


def test_a_script_is_called_once_its_team_is_back(project, artist, owner, outside):
    script = Script(tokens.make(artist, project, "Nightly")[1])
    script.post("/generations", {**LIGHTHOUSE, "callback_url": outside.callback()})
    asked = newest(project)
    bring(asked, State.DREAMING)
    deleting.delete(project.team, owner)
    call_scripts_back()
    calling_back._tell(ApiRequest.objects.get())  # as if it had been read just before
    assert outside.received == []
    restore(project, owner)
    call_scripts_back()
    assert [each["state"] for each in outside.received] == ["dreaming"]


def test_a_line_that_a_producer_lets_go_on_meanwhile_stands_still(
    project, owner, sign_in, monkeypatch
):
    producer = sign_in(member(project, Role.PRODUCER))
    producer.post(reverse("pause_line"))
    take(project, State.SUBMITTING)
    door = queue.team_for

    def delete_behind_it(*args, **kwargs):
        team = door(*args, **kwargs)
        deleting.delete(team, owner)
        return team

    monkeypatch.setattr(queue, "team_for", delete_behind_it)
    producer.post(reverse("resume_line"))
    assert hasattr(Team.objects.get(pk=project.team.pk), "paused_line")
