"""What a script may ask for, how leniently, and what it is told of it."""

import time
from datetime import timedelta
from uuid import uuid4

import pytest
from django.utils import timezone

from generations.models import Asset, Budget, Generation, LedgerEntry, State, Still
from studio.models import ApiToken, Role
from tests.factories import ProjectFactory, bring, keep_files, member, take
from tests.simulator.peers import somewhere_else
from tests.studio.dream_machine.conftest import LIGHTHOUSE

NO_TEXT = (b'{"prompt": "A calm\\u0000 sea"}', b'{"prompt": "A calm \\ud800 sea"}')


@pytest.fixture
def outside(settings):
    settings.OUTBOUND_LOOPBACK = True
    with somewhere_else() as somewhere:
        yield somewhere


def test_a_take_is_queued_paid_for_and_on_the_board(script, project, artist, client):
    answer = script.post("/generations/video", LIGHTHOUSE)
    assert answer.status_code == 201
    made = Generation.objects.get()
    assert (made.project, made.author, made.state) == (project, artist, State.WAITING)
    assert answer.json() == {
        "id": str(made.uuid),
        "generation_type": "video",
        "state": "queued",
        "failure_reason": None,
        "created_at": made.created_at.isoformat().replace("+00:00", "Z"),
        "assets": None,
        "model": "ray-2",
        "request": {
            "generation_type": "video",
            "model": "ray-2",
            "prompt": "A lighthouse in a storm at night",
            "aspect_ratio": "16:9",
            "resolution": "720p",
            "duration": "5s",
            "loop": False,
        },
    }
    assert LedgerEntry.objects.get().kind == LedgerEntry.Kind.RESERVED
    assert "A lighthouse in a storm" in client.get(f"/projects/{project.slug}/").text


@pytest.mark.parametrize(
    ("said", "used"),
    [
        (1, "5s"),
        (5, "5s"),
        (6, "9s"),
        (9, "9s"),
        (8.0, "9s"),
        ("5s", "5s"),
        ("9s", "9s"),
        ("7", "9s"),
    ],
)
def test_a_length_may_be_a_number(script, said, used):
    answer = script.post("/generations", {"prompt": "A calm sea", "duration": said})
    assert answer.status_code == 201
    assert answer.json()["request"]["duration"] == used
    assert answer.json()["model"] == "ray-2"  # where none is said
    assert f"{Generation.objects.get().prompt.duration_s}s" == used


@pytest.mark.parametrize(
    ("body", "status", "words"),
    [
        ({}, 400, "words: "),
        ({"prompt": "No"}, 400, "3"),
        ({"prompt": "A calm sea", "model": "ray-9"}, 400, "There is no model called ray-9"),
        ({"prompt": "A calm sea", "duration": "10s"}, 400, "Say 5s or 9s"),
        ({"prompt": "A calm sea", "duration": 10}, 422, "duration"),
        ({"prompt": "A calm sea", "aspect_ratio": "2:1"}, 422, "aspect_ratio"),
        ({"prompt": ["A calm sea"]}, 422, "prompt"),
        ({"prompt": "A calm sea", "resolution": "8k"}, 400, "resolution"),
        ({"prompt": "A calm sea", "concepts": [{"key": "moonwalk"}]}, 400, "moonwalk"),
        ({"prompt": "A calm sea", "callback_url": "ftp://x"}, 422, "callback_url"),
        ([], 422, "body"),
    ],
)
def test_what_cant_be_made_is_refused_in_words_and_costs_nothing(script, body, status, words):
    answer = script.post("/generations/video", body)
    assert (answer.status_code, words in answer.json()["detail"]) == (status, True), answer.json()
    assert not Generation.objects.exists()
    assert not LedgerEntry.objects.exists()


def test_a_body_that_isnt_json_is_refused(script):
    for body in (b"{", b'{"loop": NaN}', b"[" * 100_000, *NO_TEXT):
        assert script.post("/generations/video", body).status_code == 415
    assert script.post("/generations/video", b" " * 300_000).status_code == 413


def test_a_budget_holds_for_scripts_too(script, project):
    Budget.objects.set_limit(project.team, None, 1, None)
    assert script.get("/credits").json() == {"credit_balance": 100.0}
    assert script.post("/generations", LIGHTHOUSE).status_code == 201
    assert script.get("/credits").json() == {"credit_balance": 29.22}  # of a take of 0.7078
    refused = script.post("/generations", LIGHTHOUSE)
    assert refused.status_code == 400
    assert "is left of" in refused.json()["detail"]
    assert Generation.objects.count() == 1


def test_without_a_budget_the_keys_are_asked_what_they_have_left(script, simulator):
    assert script.get("/credits").json() == {"credit_balance": 1_000_000.0}


def test_states_are_lumas(script, project, artist):
    asked = {
        State.REQUESTED: "queued",
        State.WAITING: "queued",
        State.SUBMITTING: "queued",
        State.UNCONFIRMED: "queued",
        State.QUEUED: "queued",
        State.DREAMING: "dreaming",
        State.FAILED: "failed",
        State.DECLINED: "failed",
        State.CANCELLED: "failed",
    }
    for state, word in asked.items():
        made = take(project, state, author=artist)
        told = script.get(f"/generations/{made.uuid}").json()
        assert (told["state"], told["assets"]) == (word, None), state
        assert bool(told["failure_reason"]) is (word == "failed"), state


def test_a_take_whose_file_was_given_up_has_failed_and_says_that_it_was_paid(
    script, project, artist
):
    made = take(project, State.COMPLETED, author=artist, stored=False)
    made.assets.update(state=Asset.State.FAILED, next_at=None, error="the server answered 403")
    told = script.get(f"/generations/{made.uuid}").json()
    assert (told["state"], told["assets"]) == ("failed", None)
    assert "made and paid for, and its file couldn't be fetched" in told["failure_reason"]
    assert made.assets.get(kind=Asset.Kind.VIDEO).fetch_again()
    assert script.get(f"/generations/{made.uuid}").json()["state"] == "dreaming"


def test_a_take_is_completed_once_its_file_is_kept(script, project, artist, client):
    made = take(project, State.COMPLETED, author=artist, stored=False)
    assert script.get(f"/generations/{made.uuid}").json()["state"] == "dreaming"
    keep_files(made)
    told = script.get(f"/generations/{made.uuid}").json()
    assert told["state"] == "completed"
    url = told["assets"]["video"]
    video = made.assets.get(kind=Asset.Kind.VIDEO).file.read_bytes()
    path = url.removeprefix("http://testserver")
    client.logout()  # no token and no sign-in is needed
    assert b"".join(client.get(path).streaming_content) == video
    part = client.get(path, headers={"Range": "bytes=10-19"})
    assert (part.status_code, b"".join(part.streaming_content)) == (206, video[10:20])
    for forged in (path.replace("files/", "files/x"), path[:-20] + "x" * 8 + path[-12:]):
        assert client.get(forged).status_code == 404


def test_an_address_of_a_file_ends_with_its_take_and_its_time(
    script, project, artist, client, time_machine
):
    made = take(project, State.COMPLETED, author=artist)
    told = script.get(f"/generations/{made.uuid}").json()
    path = told["assets"]["video"].removeprefix("http://testserver")
    time_machine.move_to(timezone.now() + timedelta(days=89))
    assert client.get(path).status_code == 200
    time_machine.shift(timedelta(days=2))
    assert client.get(path).status_code == 404
    fresh = script.get(f"/generations/{made.uuid}").json()["assets"]["video"]
    fresh = fresh.removeprefix("http://testserver")
    assert client.get(fresh).status_code == 200
    assert script.ask("DELETE", f"/generations/{made.uuid}").status_code == 204
    assert client.get(fresh).status_code == 404


def test_extending_works_on_the_ids_of_dailies(script, project, artist):
    made = take(project, State.COMPLETED, author=artist)
    frames = {"frame0": {"type": "generation", "id": str(made.uuid)}}
    answer = script.post("/generations/video", {**LIGHTHOUSE, "keyframes": frames})
    assert answer.status_code == 201, answer.json()
    assert answer.json()["request"]["keyframes"] == frames
    extended = Generation.objects.latest("pk")
    assert extended.keyframes.get().source == made
    for unknown in (str(uuid4()), str(take(ProjectFactory(), State.COMPLETED).uuid)):
        frames = {"frame0": {"type": "generation", "id": unknown}}
        refused = script.post("/generations/video", {**LIGHTHOUSE, "keyframes": frames})
        assert refused.status_code == 400
        assert f"There is no take {unknown}" in refused.json()["detail"]


def test_pictures_are_fetched_kept_once_and_left_out_where_it_is_refused(script, outside):
    picture = outside.picture()
    frames = {"frame0": {"type": "image", "url": picture}}
    for _ in range(2):
        answer = script.post("/generations/video", {**LIGHTHOUSE, "keyframes": frames})
        assert answer.status_code == 201, answer.json()
    assert Still.objects.count() == 1
    assert {each.keyframes.get().still for each in Generation.objects.all()} == {
        Still.objects.get()
    }
    other = {"frame0": {"type": "image", "url": outside.picture("other.png", "maroon")}}
    bad = {**LIGHTHOUSE, "keyframes": other, "resolution": "8k"}
    assert script.post("/generations/video", bad).status_code == 400
    assert Still.objects.count() == 1


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("{here}/missing.png", "answered 404"),
        ("{here}/words.txt", "picture"),
        ("http://10.0.0.1/a.png", "isn't https|is not https"),
        ("https://169.254.169.254/latest", "not a public address"),
        ("https://user:pass@example.com/a.png", "plain host"),
    ],
)
def test_a_picture_that_cant_be_had_is_said(script, outside, url, words):
    outside.put("words.txt", b"not a picture at all")
    frames = {"frame1": {"type": "image", "url": url.format(here=outside.address)}}
    refused = script.post("/generations/video", {**LIGHTHOUSE, "keyframes": frames})
    assert refused.status_code == 400
    detail = refused.json()["detail"]
    assert any(each in detail for each in words.split("|")), detail
    assert not Still.objects.exists()
    assert not Generation.objects.exists()


def test_a_request_under_the_same_key_is_ordered_once(script, entitle, artist):
    key = str(uuid4())
    first = script.post("/generations", LIGHTHOUSE, Idempotency_Key=key).json()
    assert script.post("/generations", LIGHTHOUSE, Idempotency_Key=key).json() == first
    assert Generation.objects.count() == 1
    assert entitle(artist).post("/generations", LIGHTHOUSE, Idempotency_Key=key).json() != first
    assert script.post("/generations", LIGHTHOUSE, Idempotency_Key="again").status_code == 400


def test_the_list_is_of_the_project_newest_first(
    script, project, artist, django_assert_num_queries
):
    made = [str(take(project, author=artist).uuid) for _ in range(5)]
    take(ProjectFactory(team=project.team))
    with django_assert_num_queries(5):
        told = script.get("/generations?limit=2&offset=1").json()
    assert [each["id"] for each in told["generations"]] == [made[3], made[2]]
    assert (told["has_more"], told["count"], told["limit"], told["offset"]) == (True, 2, 2, 1)
    rest = script.get("/generations?offset=3").json()
    assert [each["id"] for each in rest["generations"]] == [made[1], made[0]]
    assert rest["has_more"] is False
    for wrong in ("limit=0", "limit=many", "offset=-1", "limit=101"):
        assert script.get(f"/generations?{wrong}").status_code == 422


def test_deleting_cancels_what_waits_and_puts_the_rest_in_the_trash(script, project, artist):
    made = script.post("/generations", LIGHTHOUSE).json()["id"]
    assert script.ask("DELETE", f"/generations/{made}").status_code == 204
    waiting = Generation.objects.get(uuid=made)
    assert (waiting.state, waiting.is_in_trash) == (State.CANCELLED, True)
    assert script.get(f"/generations/{made}").status_code == 404
    dreaming = take(project, author=artist)
    bring(dreaming, State.DREAMING)
    refused = script.ask("DELETE", f"/generations/{dreaming.uuid}")
    assert refused.status_code == 409
    assert refused.json()["detail"]
    theirs = take(project, State.COMPLETED, author=member(project))
    assert script.ask("DELETE", f"/generations/{theirs.uuid}").status_code == 409


def test_a_waited_for_image_answers_after_its_time_as_it_is(script):
    began = time.monotonic()
    body = {"prompt": "A teal lighthouse", "sync": True, "sync_timeout": 0.3}
    answer = script.post("/generations/image", body)
    assert (answer.status_code, answer.json()["state"]) == (201, "queued")
    assert 0.3 <= time.monotonic() - began < 5
    assert "sync" not in answer.json()["request"]


def test_another_project_of_the_team_may_be_named(script, entitle, artist, project):
    other = ProjectFactory(team=project.team, slug="night-sea")
    made = script.post("/generations", LIGHTHOUSE, Dailies_Project="night-sea").json()["id"]
    assert Generation.objects.get(uuid=made).project == other
    assert script.get(f"/generations/{made}").status_code == 200
    elsewhere = ProjectFactory(slug="elsewhere")
    for slug in ("elsewhere", "no-such-film"):
        answer = script.post("/generations", LIGHTHOUSE, Dailies_Project=slug)
        assert answer.status_code == 404
    # Of another team of the same person's, too: the token is of one team.
    elsewhere.team.memberships.create(user=artist, role=Role.OWNER)
    answer = script.post("/generations", LIGHTHOUSE, Dailies_Project="elsewhere")
    assert answer.status_code == 404
    assert script.get(f"/generations/{take(elsewhere).uuid}").status_code == 404
    assert ApiToken.objects.count() == 1
