"""The gateway as the simulator speaks it (crazyrouter sheet §2, §3, §7), call by call."""

from typing import Any

import pytest
from openai import OpenAI

from generations.simulator.clock import ManualClock
from generations.simulator.testing import TestSimulator
from tests.simulator.conftest import Simulate
from tests.simulator.peers import Outside, Reply, about, ask, once
from tests.simulator.test_kinds import facts

KEY = "sk-test"
LAKE: dict[str, Any] = {"user_prompt": "A lake at dusk", "resolution": "540p"}
DOOMED = LAKE | {"user_prompt": "Doomed sea"}


def post(sim: TestSimulator, body: object = DOOMED, key: str | None = KEY, of: str = "") -> Reply:
    return ask("POST", f"{sim.gateway_url}/luma/generations{of}", body, key=key)


def get(sim: TestSimulator, job: str, key: str = KEY) -> Reply:
    return ask("GET", f"{sim.gateway_url}/luma/generations/{job}", key=key)


def code_of(reply: Reply) -> tuple[int, str | None]:
    return reply.status, reply.json["error"]["code"]


def test_a_clip_and_what_goes_on_from_it(simulate: Simulate, outside: Outside) -> None:
    sim = simulate(renderers=1)
    framed = LAKE | {"image_url": outside.picture(), "image_end_url": outside.picture("b.png")}
    asked = post(sim, framed)
    assert (asked.status, asked.json["state"]) == (200, "queued")
    assert set(asked.json) == {"id", "state", "created_at"}
    assert sim.wait_for_end(asked.json["id"]) == "completed"
    told = get(sim, asked.json["id"]).json
    assert told["video"]["url"] == told["video"]["download_url"]
    assert facts(ask("GET", told["video"]["url"], key=None).body) == (960, 540, 5, False)
    more = post(sim, {"user_prompt": "It gets dark"}, of=f"/{told['id']}/extend")
    assert more.json["id"] != told["id"]
    assert sim.wait_for_end(more.json["id"]) == "completed"
    assert sim.gateway_books(KEY)["charged_cents"] == 90


@pytest.mark.parametrize(
    ("body", "says"),
    [
        ({}, "user_prompt: Field required"),
        (LAKE | {"user_prompt": " "}, "1 to 5000 characters"),
        (LAKE | {"duration": 5}, "duration: Input should be a valid string"),
        (LAKE | {"duration": "9"}, "duration: Input should be '5'"),
        (LAKE | {"resolution": "4k"}, "resolution: Input should be '540p', '720p', '1080p'"),
        (LAKE | {"image_url": "nowhere"}, "image_url: Input should be a valid URL"),
        ([], "valid object"),
    ],
)
def test_what_is_not_acceptable_is_refused_in_words(
    sim: TestSimulator, body: object, says: str
) -> None:
    refused = post(sim, body)
    assert refused.status == 400
    assert says in refused.json["error"]["message"]


@pytest.mark.parametrize(
    ("key", "body", "answer"),
    [
        (None, LAKE, (401, "invalid_api_key")),
        ("sk-bad", LAKE, (401, "invalid_api_key")),
        ("sk-broke", LAKE, (403, "insufficient_quota")),
        ("sk-closed", LAKE, (403, None)),
        (KEY, LAKE | {"model_name": "ray-v9"}, (404, "model_not_found")),
        (KEY, LAKE | {"user_prompt": "An erotic dance"}, (400, "content_filter")),
    ],
)
def test_each_refusal_has_its_status_and_code(
    sim: TestSimulator, key: str | None, body: object, answer: tuple[int, str | None]
) -> None:
    assert code_of(post(sim, body, key)) == answer


def test_whose_job_it_isnt_and_whats_not_finished_is_refused(sim: TestSimulator) -> None:
    job = post(sim).json["id"]
    assert get(sim, job, "sk-other").status == 404
    assert get(sim, "0a0a0a0a-0000-4000-8000-000000000000").status == 404
    assert post(sim, LAKE, of=f"/{job}/extend").status == 400
    assert ask("DELETE", f"{sim.gateway_url}/luma/generations/{job}", key=KEY).status == 404
    assert ask("GET", f"{sim.gateway_url}/luma/generations", key=KEY).status == 404


@about("other_states", "unknown_state")
def test_it_has_two_vocabularies_and_may_have_a_third(simulate: Simulate) -> None:
    sim = simulate(clock=ManualClock(1_800_000_000.0), speed=1.0)
    job = post(sim).json["id"]
    words = [get(sim, job).json["state"]]
    sim.faults(other_states=True)
    words.append(get(sim, job).json["state"])
    sim.advance(5)
    words.append(get(sim, job).json["state"])
    sim.faults()
    words.append(get(sim, job).json["state"])
    sim.faults(unknown_state=once())
    words.append(get(sim, job).json["state"])
    sim.advance(40)
    words.append(get(sim, job).json["state"])
    expected = ["queued", "pending", "processing", "dreaming", "hallucinating", "failed"]
    assert words == expected
    assert get(sim, job).json["failure_reason"] == "Job failed"


def posted(sim: TestSimulator, outside: Outside, count: int) -> list[dict[str, Any]]:
    """Return what was posted, once it is so much; what is due goes out with any request."""
    for _ in range(2000):
        ask("GET", f"{sim.gateway_url}/api/pricing", key=None)
        if len(outside.received) >= count:
            break
    return outside.wait_for(count)


def test_its_hook_is_told_of_each_change_and_tried_again_ever_later(
    simulate: Simulate, outside: Outside
) -> None:
    sim = simulate(clock=ManualClock(1_800_000_000.0), speed=1.0)
    job = post(sim, DOOMED | {"notifyHook": outside.callback()}).json["id"]
    sim.advance(5)
    posted(sim, outside, 1)
    outside.answers = [500] * 9
    for heard, seconds in ((2, 15), (3, 10), (4, 30), (5, 60), (5, 600)):
        sim.advance(seconds)
        told = posted(sim, outside, heard)
    assert [(each["id"], each["status"]) for each in told] == [
        (job, "dreaming"),
        *[(job, "failed")] * 4,
    ]
    assert len(outside.answers) == 5


@about("model_not_found", "no_channel")
@pytest.mark.parametrize(("fault", "status"), [("model_not_found", 404), ("no_channel", 503)])
def test_a_model_may_be_away(sim: TestSimulator, fault: str, status: int) -> None:
    sim.faults(**{fault: once()})
    assert code_of(post(sim)) == (status, "model_not_found")
    assert post(sim).status == 200
    assert sim.gateway_books(KEY)["creates_accepted"] == 1


@about("unlisted", "prices_unreadable")
def test_its_price_list_is_public_and_names_what_it_has(sim: TestSimulator) -> None:
    url = f"{sim.gateway_url}/api/pricing"
    named = [each["model_name"] for each in ask("GET", url, key=None).json["data"]]
    assert "luma-ray-v2" in named
    sim.faults(unlisted=True)
    assert "luma" not in ask("GET", url, key=None).body.decode()
    sim.faults(prices_unreadable=True)
    assert b"<html>" in ask("GET", url, key=None).body


@pytest.mark.parametrize(
    ("fault", "status", "made"),
    [
        ("error_before_accept", 500, 0),
        ("error_after_accept", 502, 1),
        ("too_many_requests", 429, 0),
        ("out_of_credits", 403, 0),
    ],
)
def test_its_faults_make_and_charge_what_they_say(
    sim: TestSimulator, fault: str, status: int, made: int
) -> None:
    sim.faults(**{fault: once()})
    assert post(sim).status == status
    assert sim.gateway_books(KEY)["creates_accepted"] == made


def test_the_openai_sdk_makes_pictures_there_with_the_same_balance(simulate: Simulate) -> None:
    sim = simulate(renderers=1)
    sdk = OpenAI(api_key=KEY, base_url=f"{sim.gateway_url}/v1", max_retries=0)
    made = sdk.images.generate(model="flux.1-dev", prompt="A lake", size="1024x1024")
    assert made.data
    assert made.data[0].url
    post(sim)
    assert sim.gateway_books(KEY)["charged_cents"] == 49
    assert [each.id for each in sdk.models.list()]
