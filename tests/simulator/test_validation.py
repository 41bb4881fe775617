"""What is refused, and with which words (sheet §3, §4, §7, §8, §10)."""

from decimal import Decimal
from typing import Any

import pytest

from generations.simulator import validation
from generations.simulator.testing import TestSimulator
from tests.simulator.peers import LIGHTHOUSE, Outside, ask

IMAGE = {"type": "image", "url": "http://127.0.0.1:9/start.png"}
LOOP: dict[str, Any] = {"model": "ray-2", "prompt": "Round and round", "loop": True}
OLD: dict[str, Any] = {"model": "ray-1-6", "prompt": "The old model"}
PHOTON: dict[str, Any] = {"model": "photon-1", "prompt": "A still"}


def without(name: str) -> dict[str, Any]:
    return {key: value for key, value in LIGHTHOUSE.items() if key != name}


@pytest.mark.parametrize(
    ("body", "text"),
    [
        (without("prompt"), "Prompt is required"),
        ({**LIGHTHOUSE, "prompt": ""}, "Prompt is required"),
        ({**LIGHTHOUSE, "prompt": "ab"}, "Prompt is too short, minimum length is 3 characters"),
        (
            {**LIGHTHOUSE, "prompt": "a" * 5001},
            "Prompt is too long, maximum length is 5000 characters",
        ),
        ({**LIGHTHOUSE, "keyframes": {}}, "No keyframes provided"),
        ({**LIGHTHOUSE, "generation_type": "song"}, "Unknown request type"),
        ({**OLD, "duration": "5s"}, "Duration is not supported in Ray 1.6 API"),
        ({**OLD, "resolution": "720p"}, "Resolution is not supported in Ray 1.6 API"),
        ({**OLD, "concepts": [{"key": "static"}]}, "concepts are not supported for this model"),
        ({**LIGHTHOUSE, "duration": "7s"}, "Duration is not supported, must be one of 5s, 9s"),
        (
            {**LIGHTHOUSE, "resolution": "8k"},
            "Resolution is not supported, must be one of 540p, 720p, 1080p, 4k",
        ),
        ({**LIGHTHOUSE, "concepts": [{"key": "teleport"}]}, "Unknown concept teleport"),
        (
            {**LOOP, "keyframes": {"frame0": IMAGE, "frame1": IMAGE}},
            "Loop is not supported for keyframes",
        ),
        (
            {**LIGHTHOUSE, "keyframes": {"frame0": {"type": "generation", "id": "nobody's"}}},
            "Keyframe generation not found",
        ),
        (
            {**LIGHTHOUSE, "prompt": "An erotic lighthouse"},
            "prompt not allowed because advanced moderation failed",
        ),
        (
            {**LIGHTHOUSE, "prompt": "A beheading"},
            "prompt not allowed because it contains blacklisted word beheading",
        ),
    ],
)
def test_a_video_is_refused_with_the_sheets_words(
    sim: TestSimulator, body: dict[str, Any], text: str
) -> None:
    refused = ask("POST", f"{sim.url}/generations/video", body)
    assert (refused.status, refused.json) == (400, {"detail": f"400: {text}"})
    sim.faults(no_status_prefix=True)
    assert ask("POST", f"{sim.url}/generations/video", body).json == {"detail": text}
    assert sim.books()["creates_accepted"] == 0


def test_the_old_model_is_made_of_its_words_and_ratio_alone(sim: TestSimulator) -> None:
    made = ask("POST", f"{sim.url}/generations/video", {**OLD, "aspect_ratio": "4:3"})
    assert made.status == 201
    assert (made.json["model"], made.json["request"]["aspect_ratio"]) == ("ray-1-6", "4:3")
    assert ask("GET", f"{sim.url}/generations/{made.json['id']}").json["model"] == "ray-1-6"
    [kept] = sim.books()["generations"]
    assert kept["price_cents"] == 35  # sheet §12


@pytest.mark.parametrize(
    ("frames", "text"),
    [
        ({"frame1": "clip"}, "Loop is not supported for extend reverse"),
        (
            {"frame0": "clip", "frame1": "image"},
            "Loop is not supported for interpolate video to image",
        ),
        (
            {"frame0": "image", "frame1": "clip"},
            "Loop is not supported for interpolate image to video",
        ),
        (
            {"frame0": "clip", "frame1": "clip"},
            "Loop is not supported for interpolate between two videos",
        ),
        ({"frame0": "clip"}, None),
        ({"frame0": "image"}, None),
        ({"frame1": "image"}, None),
    ],
)
def test_loop_is_refused_where_it_makes_no_sense(
    sim: TestSimulator, lighthouse: dict[str, Any], frames: dict[str, str], text: str | None
) -> None:
    clip = finished(sim, lighthouse)
    kinds = {"clip": {"type": "generation", "id": clip}, "image": IMAGE}
    keyframes = {name: kinds[kind] for name, kind in frames.items()}
    answer = ask("POST", f"{sim.url}/generations", {**LOOP, "keyframes": keyframes})
    if text is None:
        assert answer.status == 201
    else:
        assert (answer.status, answer.json) == (400, {"detail": f"400: {text}"})


def finished(sim: TestSimulator, lighthouse: dict[str, Any]) -> str:
    made: str = ask("POST", f"{sim.url}/generations", lighthouse).json["id"]
    assert sim.wait_for_end(made) == "completed"
    return made


def test_an_image_makes_the_prompt_optional(sim: TestSimulator) -> None:
    body = {"model": "ray-2", "keyframes": {"frame1": IMAGE}}
    assert ask("POST", f"{sim.url}/generations", body).status == 201


def test_the_old_model_takes_a_bare_prompt(sim: TestSimulator) -> None:
    assert ask("POST", f"{sim.url}/generations", OLD).status == 201


def test_only_a_completed_video_of_the_same_key_can_be_a_keyframe(sim: TestSimulator) -> None:
    def extended(parent: str, key: str = "luma-test") -> dict[str, Any]:
        keyframes = {"frame0": {"type": "generation", "id": parent}}
        body = {**LIGHTHOUSE, "keyframes": keyframes}
        refused = ask("POST", f"{sim.url}/generations", body, key=key)
        assert refused.status == 400
        return refused.json

    unfinished = ask("POST", f"{sim.url}/generations", {**LIGHTHOUSE, "prompt": "Never made"}).json
    still = ask("POST", f"{sim.url}/generations/image", PHOTON).json
    assert extended(unfinished["id"]) == {"detail": "400: Keyframe generation is not completed"}
    assert extended(still["id"]) == {"detail": "400: Keyframe generation must be a video"}
    stranger = extended(unfinished["id"], key="luma-other")
    assert stranger == {"detail": "400: Keyframe generation not found"}


@pytest.mark.parametrize(
    ("change", "location"),
    [
        ({"model": None}, ["body", "model"]),
        ({"model": "ray-9"}, ["body", "model"]),
        ({"duration": 5}, ["body", "duration"]),
        ({"prompt": 5}, ["body", "prompt"]),
        ({"prompt": "\ud800abc"}, ["body", "prompt"]),
        ({"aspect_ratio": "2:1"}, ["body", "aspect_ratio"]),
        ({"loop": "yes"}, ["body", "loop"]),
        ({"concepts": "static"}, ["body", "concepts"]),
        ({"concepts": [{}]}, ["body", "concepts", 0, "key"]),
        ({"callback_url": "not a URL"}, ["body", "callback_url"]),
        ({"callback_url": "http://[broken"}, ["body", "callback_url"]),
        ({"keyframes": []}, ["body", "keyframes"]),
        ({"keyframes": {"frame0": "x"}}, ["body", "keyframes", "frame0"]),
        ({"keyframes": {"frame0": {"type": "clip"}}}, ["body", "keyframes", "frame0"]),
        ({"keyframes": {"frame0": {"type": []}}}, ["body", "keyframes", "frame0"]),
        ({"keyframes": {"frame0": {"type": "image"}}}, ["body", "keyframes", "frame0", "url"]),
        (
            {"keyframes": {"frame0": {"type": "image", "url": "file:///etc/passwd"}}},
            ["body", "keyframes", "frame0", "url"],
        ),
    ],
)
def test_a_broken_schema_is_422_with_the_place(
    sim: TestSimulator, change: dict[str, Any], location: list[object]
) -> None:
    refused = ask("POST", f"{sim.url}/generations/video", {**LIGHTHOUSE, **change})
    assert refused.status == 422
    assert [problem["loc"] for problem in refused.json["detail"]] == [location]
    assert set(refused.json["detail"][0]) == {"type", "loc", "msg", "input"}


@pytest.mark.parametrize(
    "body", [b"{", b"[]", b"null", b'"words"', b"\xff", b'{"loop": NaN}', b"[" * 100_000]
)
def test_a_body_that_is_no_object_is_422(sim: TestSimulator, body: bytes) -> None:
    assert ask("POST", f"{sim.url}/generations/video", body).status == 422


def test_a_huge_body_is_413(sim: TestSimulator) -> None:
    assert ask("POST", f"{sim.url}/generations/video", b"x" * 1_000_001).status == 413


@pytest.mark.parametrize(
    ("change", "text"),
    [
        ({"prompt": ""}, "Prompt is required"),
        (
            {"image_ref": [{"url": IMAGE["url"]}] * 5},
            "At most 4 images are supported in image_ref",
        ),
        ({"style_ref": [{"weight": 0.5}]}, "style_ref needs a url"),
        (
            {"modify_image_ref": {"url": IMAGE["url"], "weight": 1.5}},
            "Weight of modify_image_ref must be between 0 and 1",
        ),
        (
            {"character_ref": {"identity0": {"images": [IMAGE["url"]] * 5}}},
            "At most 4 images are supported per identity",
        ),
    ],
)
def test_a_still_is_refused_in_words(sim: TestSimulator, change: dict[str, Any], text: str) -> None:
    refused = ask("POST", f"{sim.url}/generations/image", {**PHOTON, **change})
    assert (refused.status, refused.json) == (400, {"detail": f"400: {text}"})


def test_media_must_be_a_readable_clip_that_is_short_enough(
    sim: TestSimulator,
    lighthouse: dict[str, Any],
    outside: Outside,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    body = {
        "generation_type": "modify_video",
        "media": {"url": outside.put("notes.mp4", b"no clip at all")},
        "mode": "flex_1",
        "model": "ray-2",
    }
    refused = ask("POST", f"{sim.url}/generations/video/modify", body)
    assert refused.json == {"detail": "400: Failed to read user input frames"}
    body["media"] = {"url": f"{outside.address}/missing.mp4"}
    refused = ask("POST", f"{sim.url}/generations/video/modify", body)
    assert refused.json == {"detail": "400: Failed to read user input frames"}
    clip = ask("GET", f"{sim.url}/generations/{finished(sim, lighthouse)}").json
    body["media"] = {"url": clip["assets"]["video"]}
    shorter = {"ray-2": Decimal(4), "ray-flash-2": Decimal(15)}
    monkeypatch.setitem(validation.LONGEST_MEDIA_S, "modify_video", shorter)
    refused = ask("POST", f"{sim.url}/generations/video/modify", body)
    text = "Media is too long, maximum duration for ray-2 is 4 seconds"
    assert refused.json == {"detail": f"400: {text}"}
    body["model"] = "ray-flash-2"
    assert ask("POST", f"{sim.url}/generations/video/modify", body).status == 201


def test_a_reframed_source_must_lie_on_the_canvas(sim: TestSimulator, outside: Outside) -> None:
    body: dict[str, Any] = {
        "generation_type": "reframe_image",
        "media": {"url": outside.picture()},
        "aspect_ratio": "1:1",
        "model": "photon-1",
    }
    url = f"{sim.url}/generations/image/reframe"
    place = {"x_start": 0, "x_end": 1600, "y_start": 0, "y_end": 10}
    refused = ask("POST", url, {**body, **place})
    names = "x_start, x_end, y_start, y_end"
    assert refused.json == {"detail": f"400: {names} must lie within 1536x1536"}
    refused = ask("POST", url, {**body, "x_start": 1})
    assert refused.json == {"detail": f"400: {names} must be given together"}
    corner = {"grid_position_x": 0, "grid_position_y": 0}
    size = {"resized_width": 1600, "resized_height": 900}
    assert ask("POST", url, {**body, **corner, **size}).status == 400
    assert (
        ask("POST", url, {**body, **corner, "resized_width": 9, "resized_height": 9}).status == 201
    )


def test_an_upscale_must_go_up_and_needs_a_finished_video(
    sim: TestSimulator, lighthouse: dict[str, Any]
) -> None:
    clip = finished(sim, lighthouse)
    refused = ask("POST", f"{sim.url}/generations/{clip}/upscale", {"resolution": "540p"})
    text = "Resolution must be higher than the resolution of the video"
    assert refused.json == {"detail": f"400: {text}"}
    refused = ask("POST", f"{sim.url}/generations/{clip}/upscale", {"resolution": "8k"})
    assert refused.status == 400
    waiting = ask("POST", f"{sim.url}/generations", {**LIGHTHOUSE, "prompt": "Never made"}).json
    for verb in ("upscale", "audio"):
        refused = ask("POST", f"{sim.url}/generations/{waiting['id']}/{verb}", {})
        assert refused.json == {"detail": "400: Generation is not completed"}
        unknown = f"{sim.url}/generations/00000000-0000-4000-8000-000000000000/{verb}"
        assert ask("POST", unknown, {}).status == 404


def test_an_upscale_without_a_resolution_goes_one_up(
    sim: TestSimulator, lighthouse: dict[str, Any]
) -> None:
    clip = finished(sim, lighthouse)
    upscaled = ask("POST", f"{sim.url}/generations/{clip}/upscale", b"").json
    assert upscaled["request"]["resolution"] == "720p"
