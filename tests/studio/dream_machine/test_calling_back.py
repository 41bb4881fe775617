"""Scripts are called back when their takes move, and never to a private address."""

import logging
from datetime import timedelta

import pytest

from generations.models import Asset, Generation, State
from generations.models.states import Reason
from studio.dream_machine import calling_back, tokens
from studio.dream_machine.calling_back import MOST_TRIES
from studio.leaving import departing
from studio.models import ApiRequest, ApiToken
from studio.tasks import call_scripts_back
from tests.factories import bring, keep_files, member
from tests.simulator.peers import somewhere_else
from tests.studio.dream_machine.conftest import LIGHTHOUSE


@pytest.fixture
def outside(settings):
    settings.OUTBOUND_LOOPBACK = True
    with somewhere_else() as somewhere:
        yield somewhere


@pytest.fixture
def asked(script, outside) -> Generation:
    answer = script.post("/generations", {**LIGHTHOUSE, "callback_url": outside.callback()})
    assert answer.json()["request"]["callback_url"] == outside.callback()
    return Generation.objects.get()


def test_a_script_is_told_where_the_file_was_given_up(asked, outside):
    bring(asked, State.DREAMING)
    call_scripts_back()
    asked.refresh_from_db()
    assert asked.complete(asked.attempt(), Asset.Kind.VIDEO, "https://example.com/video")
    asked.assets.update(state=Asset.State.FAILED, next_at=None)
    for _ in range(2):
        call_scripts_back()
    assert [each["state"] for each in outside.received] == ["dreaming", "failed"]


def test_each_state_is_told_once(asked, script, outside, caplog):
    caplog.set_level(logging.INFO)
    call_scripts_back()
    assert outside.received == []  # it waits
    bring(asked, State.DREAMING)
    for _ in range(2):
        call_scripts_back()
    asked.refresh_from_db()
    assert asked.complete(asked.attempt(), Asset.Kind.VIDEO, "https://example.com/video")
    call_scripts_back()
    assert [each["state"] for each in outside.received] == ["dreaming"]  # its file isn't here yet
    keep_files(asked)
    for _ in range(2):
        call_scripts_back()
    states = [(each["id"], each["state"]) for each in outside.received]
    assert states == [(str(asked.uuid), "dreaming"), (str(asked.uuid), "completed")]
    video = outside.received[-1]["assets"]["video"]
    assert video.startswith("http://127.0.0.1")
    body = {"media": {"url": video}, "mode": "flex_1", "model": "ray-2", "prompt": "In oil colours"}
    named = script.post("/generations/video/modify", {**body, "generation_type": "modify_video"})
    assert named.status_code == 201, named.json()
    assert str(asked.uuid) in caplog.text
    assert "unguessable" not in caplog.text


def test_what_nobody_hears_is_tried_four_times_and_then_let_be(asked, outside, time_machine):
    outside.answers.extend([500] * 10)
    bring(asked, State.DREAMING)
    kept = ApiRequest.objects.get()
    time_machine.move_to(asked.created_at)
    for _ in range(10):
        call_scripts_back()
        time_machine.shift(timedelta(minutes=2))
    assert len(outside.received) == MOST_TRIES
    kept.refresh_from_db()
    assert (kept.told_state, kept.tries, kept.next_at) == ("dreaming", 0, None)
    outside.answers.clear()
    asked.refresh_from_db()
    assert asked.fail(asked.attempt(), Reason.PROVIDER, "Luma failed this job.")
    call_scripts_back()
    assert outside.received[-1]["state"] == "failed"


def test_an_inside_address_is_never_called(script, settings):
    settings.OUTBOUND_LOOPBACK = False
    for url in ("https://127.0.0.1/hook", "http://169.254.169.254/latest", "https://10.1.2.3/x"):
        script.post("/generations", {**LIGHTHOUSE, "callback_url": url})
    for made in Generation.objects.all():
        bring(made, State.DREAMING)
    for _ in range(2):
        call_scripts_back()
    assert set(ApiRequest.objects.values_list("tries", flat=True)) == {1}


def test_takes_that_go_on_dreaming_hold_up_nobody(script, outside, monkeypatch):
    monkeypatch.setattr(calling_back, "_MOST_AT_ONCE", 1)
    for _ in range(2):
        script.post("/generations", {**LIGHTHOUSE, "callback_url": outside.callback()})
    first, second = Generation.objects.order_by("pk")
    bring(first, State.DREAMING)
    call_scripts_back()
    bring(second, State.FAILED)
    call_scripts_back()
    assert [each["id"] for each in outside.received] == [str(first.uuid), str(second.uuid)]


def test_where_a_script_is_called_is_told_to_no_other_script(asked, script, entitle, project):
    path = f"/generations/{asked.uuid}"
    assert "callback_url" in script.get(path).json()["request"]
    told = entitle(member(project)).get(path).json()["request"]
    assert "callback_url" not in told
    assert told["prompt"] == LIGHTHOUSE["prompt"]


@pytest.mark.parametrize("ends", ["the token", "the membership", "the account"])
def test_who_may_not_ask_any_more_is_not_called_any_more(asked, outside, artist, ends):
    if ends == "the token":
        assert tokens.revoke(ApiToken.objects.get())
    elif ends == "the membership":
        artist.memberships.all().delete()
    else:
        departing.depart(artist)
        assert not ApiToken.objects.exists()
    bring(asked, State.COMPLETED)
    for _ in range(2):
        call_scripts_back()
    assert outside.received == []
    assert not ApiRequest.objects.exclude(callback_url="").exists()
