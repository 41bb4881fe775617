"""Luma Agents as the simulator speaks it: its errors, limits, files and URLs (its sheet §2–§7)."""

import base64
from collections.abc import Callable
from typing import Any

import pytest

from generations.simulator.agents import prices
from generations.simulator.clock import ManualClock
from generations.simulator.testing import TestSimulator
from tests.simulator.agents_calls import DUNES, KEY
from tests.simulator.peers import Reply, about, ask, once

PIXEL = base64.b64encode(b"not really a picture").decode()


def post(sim: TestSimulator, body: object = None, key: str = KEY) -> Reply:
    return ask("POST", f"{sim.agents_url}/generations", DUNES if body is None else body, key=key)


def video(**options: Any) -> dict[str, Any]:
    return DUNES | {"video": DUNES["video"] | options}


FRAME = {"data": PIXEL, "media_type": "image/png"}
OTHER = {"generation_id": "0a0a0a0a-0000-4000-8000-000000000000"}
PINNED = {"keyframes": [FRAME], "keyframe_indexes": [7]}


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (DUNES | {"prompt": ""}, "Prompt must be between 1 and 6000 characters"),
        (DUNES | {"prompt": "x" * 6001}, "Prompt must be between 1 and 6000 characters"),
        (DUNES | {"model": "ray-9"}, "Unknown model: ray-9"),
        (DUNES | {"model": "uni-1"}, "Type 'video' is not supported for model 'uni-1'"),
        (DUNES | {"aspect_ratio": "9:21"}, "Invalid aspect_ratio '9:21'. Valid: 9:16, 3:4"),
        (DUNES | {"type": "video_edit"}, "source is required for type 'video_edit'"),
        (video(duration="9s"), "video.duration: Input should be '5s', '10s'"),
        (video(duration="10s", start_frame=FRAME), "not supported with duration 10s"),
        (video(duration="10s", loop=True), "loop is not supported with duration 10s"),
        (video(loop=True, hdr=True, resolution="720p"), "loop is not supported with hdr"),
        (video(loop=True, **PINNED), "loop is not supported with keyframes"),
        (video(loop=True, end_frame=FRAME), "loop is not supported with end_frame"),
        (video(hdr=True), "hdr is only supported at 720p and 1080p"),
        (video(exr_export=True), "exr_export requires hdr"),
        (video(start_frame=FRAME, **PINNED), "keyframes are mutually exclusive"),
        (video(keyframes=[FRAME], keyframe_indexes=[121]), "must be between 0 and 120"),
        (video(keyframes=[FRAME], keyframe_indexes=[1, 2]), "must have the same length"),
        (video(keyframes=[FRAME] * 2, keyframe_indexes=[3, 3]), "must be unique"),
        (video(keyframes=[FRAME] * 65, keyframe_indexes=[*range(65)]), "At most 64 keyframes"),
        (video(start_frame=OTHER, end_frame=FRAME), "can't be combined with any other frame"),
        (video(start_frame=OTHER), "404"),
        (video(start_frame={}), "provide one of url, data"),
        (video(start_frame={**FRAME, "url": "https://a.example/b.png"}), "either 'url' or 'data'"),
    ],
)
def test_what_is_not_acceptable_is_refused_in_words(
    sim: TestSimulator, body: dict[str, Any], words: str
) -> None:
    answer = post(sim, body)
    assert answer.status == (404 if words == "404" else 400)
    assert isinstance(answer.json["detail"], str)
    assert words in f"{answer.status} {answer.json['detail']}"
    assert sim.agents_books()["creates_accepted"] == 0


@about("too_many_jobs")
def test_the_two_kinds_of_429_differ_by_their_headers(sim: TestSimulator) -> None:
    sim.faults(too_many_jobs=once())
    jobs = post(sim)
    assert (jobs.status, jobs.headers["Retry-After"]) == (429, "60")
    assert "X-RateLimit-Limit" not in jobs.headers
    sim.faults(too_many_requests=once())
    requests = post(sim)
    assert requests.status == 429
    assert requests.headers["Retry-After"]
    assert requests.headers["X-RateLimit-Limit"]


def test_its_limits_are_its_own(simulate: Callable[..., TestSimulator]) -> None:
    stands = {"clock": ManualClock(1_800_000_000.0), "speed": 1.0}  # nothing ends meanwhile
    sim = simulate(agents_concurrent=2, agents_per_minute=3, concurrent=1, **stands)
    made = [post(sim) for _ in range(3)]
    assert [each.status for each in made] == [201, 201, 429]
    assert made[0].headers["X-RateLimit-Remaining"] == "2"
    assert made[2].json["detail"] == "Too many concurrent jobs"
    other = simulate(sim.engine.settings.directory.parent / "other", agents_per_minute=1)
    assert post(other).status == 201
    limited = post(other)
    assert (limited.status, limited.json["detail"]) == (429, "Rate limit exceeded")
    assert limited.headers["X-RateLimit-Remaining"] == "0"


@pytest.mark.parametrize(
    ("key", "status"), [("", 401), ("bad", 401), ("revoked", 401), ("suspended", 403)]
)
def test_a_key_that_is_not_good_is_refused(sim: TestSimulator, key: str, status: int) -> None:
    assert post(sim, key=key).status == status


def test_a_key_without_credits_pays_nothing(sim: TestSimulator) -> None:
    answer = post(sim, key="broke")
    assert answer.status == 402
    assert answer.json["detail"] == "Insufficient credits. Please add credits to continue."


def test_there_is_no_list_and_no_echo(sim: TestSimulator) -> None:
    made = post(sim).json
    assert ask("GET", f"{sim.agents_url}/generations", key=KEY).status == 405
    told = ask("GET", f"{sim.agents_url}/generations/{made['id']}", key=KEY).json
    assert set(told) == {
        *("id", "type", "model", "state", "created_at", "output", "failure_code"),
        "failure_reason",
    }
    stranger = ask("GET", f"{sim.agents_url}/generations/{made['id']}", key="luma-api-other")
    assert stranger.status == 404
    # Dream Machine doesn't know it either, with the same key.
    assert ask("GET", f"{sim.url}/generations/{made['id']}", key=KEY).status == 404
    assert ask("GET", f"{sim.url}/generations", key=KEY).json["count"] == 0


@pytest.mark.parametrize(
    ("words", "code"),
    [("Nude dunes", "content_moderated"), ("A doomed ship", "generation_failed")],
)
def test_a_failure_has_a_code_and_gives_the_price_back(
    sim: TestSimulator, words: str, code: str
) -> None:
    made = post(sim, DUNES | {"prompt": words}).json
    assert sim.wait_for_end(made["id"]) == "failed"
    told = ask("GET", f"{sim.agents_url}/generations/{made['id']}", key=KEY).json
    assert (told["state"], told["failure_code"]) == ("failed", code)
    books = sim.agents_books(KEY)
    assert books["refunded_cents"] == books["charged_cents"] == 6


def test_a_file_goes_up_in_one_piece_and_is_then_ready(sim: TestSimulator) -> None:
    content = (
        b'--x\r\nContent-Disposition: form-data; name="purpose"\r\n\r\nreference\r\n'
        b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.png"\r\n'
        b"Content-Type: image/png\r\n\r\n\x89PNG\r\n\x00\r\n--x--\r\n"
    )
    made = ask(
        "POST",
        f"{sim.agents_url}/files",
        content,
        key=KEY,
        headers={"Content-Type": "multipart/form-data; boundary=x"},
    )
    assert (made.status, made.json["state"], made.json["upload"]) == (201, "pending", None)
    file = ask("GET", f"{sim.agents_url}/files/{made.json['id']}", key=KEY).json
    assert (file["state"], file["purpose"], file["mime_type"]) == (
        "ready",
        "reference",
        "image/png",
    )
    assert (file["filename"], file["size_bytes"]) == ("a.png", 7)
    ask("DELETE", f"{sim.agents_url}/files/{file['id']}", key=KEY)
    refused = post(sim, video(start_frame={"file_id": file["id"]}))
    assert (refused.status, "deleted" in refused.json["detail"]) == (400, True)


def test_files_are_listed_page_by_page(sim: TestSimulator) -> None:
    wanted = {"mime_type": "image/png", "size_bytes": 4}
    made = [ask("POST", f"{sim.agents_url}/files", wanted, key=KEY).json["id"] for _ in range(3)]
    first = ask("GET", f"{sim.agents_url}/files?limit=2", key=KEY).json
    assert [each["id"] for each in first["data"]] == [made[2], made[1]]
    assert first["has_more"]
    rest = ask("GET", f"{sim.agents_url}/files?cursor={first['next_cursor']}", key=KEY).json
    assert [each["id"] for each in rest["data"]] == [made[0]]
    assert not rest["has_more"]


@pytest.mark.parametrize(
    ("options", "cents"),
    [
        ({"resolution": "360p"}, 6),
        ({"resolution": "540p", "duration": "10s"}, 45),
        ({"resolution": "720p", "hdr": True}, 60),
        ({"resolution": "1080p", "hdr": True, "exr_export": True}, 360),
        ({}, 30),
    ],
)
def test_a_clip_costs_what_the_table_says(
    sim: TestSimulator, options: dict[str, Any], cents: int
) -> None:
    post(sim, DUNES | {"video": options})
    assert sim.agents_books(KEY)["charged_cents"] == cents
    assert prices.video(options.get("resolution", "720p"), options) == cents


@about("budget_exhausted")
def test_a_job_fails_whose_key_has_used_up_its_budget(sim: TestSimulator) -> None:
    sim.faults(budget_exhausted=once())
    made = post(sim).json["id"]
    assert sim.wait_for_end(made) == "failed"
    told = ask("GET", f"{sim.agents_url}/generations/{made}", key=KEY).json
    assert (told["state"], told["failure_code"]) == ("failed", "budget_exhausted")
    (job,) = sim.agents_books(KEY)["generations"]
    assert job["refunded"]


@about("file_slow", "file_fails")
def test_a_file_is_pending_for_a_while_or_of_no_use(sim: TestSimulator) -> None:
    sim.faults(file_slow={"seconds": 3600, "times": 1}, file_fails={"times": 1})
    states = []
    for _ in range(3):
        announced = {"mime_type": "image/png", "size_bytes": 4}
        made = ask("POST", f"{sim.agents_url}/files", announced, key=KEY).json
        assert ask("PUT", made["upload"]["url"], b"\x89PNG", key=None).status == 200
        done = ask("POST", f"{sim.agents_url}/files/{made['id']}/complete", key=KEY).json
        states.append((done["state"], done["failure_reason"]))
    assert states == [("failed", "corrupt_input"), ("pending", None), ("ready", None)]
