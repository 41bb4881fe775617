"""Each kind of generation, through HTTP to a finished file of the right sort and size."""

import io
from typing import Any

import av
import pytest
from PIL import Image

from generations.simulator.testing import TestSimulator
from tests.simulator.conftest import Simulate
from tests.simulator.peers import Outside, ask, finished


@pytest.fixture
def studio(simulate: Simulate) -> TestSimulator:
    return simulate(renderers=2)


def made(sim: TestSimulator, path: str, body: dict[str, Any]) -> bytes:
    """Create, wait, download."""
    answer = ask("POST", f"{sim.url}/generations{path}", body)
    assert answer.status in (200, 201), answer.json
    assert sim.wait_for_end(answer.json["id"]) == "completed"
    assets = ask("GET", f"{sim.url}/generations/{answer.json['id']}").json["assets"]
    return ask("GET", assets["video"] or assets["image"], key=None).body


def facts(clip: bytes) -> tuple[int, int, int, bool]:
    """Width, height, whole seconds, sound."""
    with av.open(io.BytesIO(clip)) as container:
        video = container.streams.video[0]
        assert video.codec_context.name == "h264"
        assert video.average_rate == 24
        seconds = round((container.duration or 0) / 1_000_000)
        return video.width, video.height, seconds, bool(container.streams.audio)


def test_a_video(studio: TestSimulator, lighthouse: dict[str, Any]) -> None:
    assert facts(made(studio, "/video", lighthouse)) == (960, 540, 5, False)


def test_an_image_keyframe(
    studio: TestSimulator, lighthouse: dict[str, Any], outside: Outside
) -> None:
    keyframes = {"frame0": {"type": "image", "url": outside.picture()}}
    clip = made(studio, "/video", {**lighthouse, "keyframes": keyframes})
    assert facts(clip) == (960, 540, 5, False)


def test_an_upscale(studio: TestSimulator, lighthouse: dict[str, Any]) -> None:
    parent = finished(studio, lighthouse)
    clip = made(studio, f"/{parent['id']}/upscale", {"resolution": "720p"})
    assert facts(clip) == (1280, 720, 5, False)


def test_sound(studio: TestSimulator, lighthouse: dict[str, Any]) -> None:
    parent = finished(studio, lighthouse)
    clip = made(studio, f"/{parent['id']}/audio", {"prompt": "Waves and gulls"})
    assert facts(clip) == (960, 540, 5, True)


def test_sound_under_the_parents_id_replaces_its_file(
    studio: TestSimulator, lighthouse: dict[str, Any]
) -> None:
    parent = finished(studio, lighthouse)
    studio.faults(audio_parent_id=True)
    clip = made(studio, f"/{parent['id']}/audio", {"prompt": "Waves and gulls"})
    assert facts(clip) == (960, 540, 5, True)
    before = ask("GET", parent["assets"]["video"], key=None).body
    assert facts(before) == (960, 540, 5, False)


def test_a_reframed_video(studio: TestSimulator, lighthouse: dict[str, Any]) -> None:
    body = {
        "generation_type": "reframe_video",
        "media": {"url": finished(studio, lighthouse)["assets"]["video"]},
        "aspect_ratio": "9:16",
        "model": "ray-2",
    }
    assert facts(made(studio, "/video/reframe", body)) == (720, 1280, 5, False)


def test_a_modified_video(studio: TestSimulator, lighthouse: dict[str, Any]) -> None:
    body = {
        "generation_type": "modify_video",
        "media": {"url": finished(studio, lighthouse)["assets"]["video"]},
        "mode": "reimagine_1",
        "model": "ray-flash-2",
        "prompt": "At dawn",
    }
    assert facts(made(studio, "/video/modify", body)) == (960, 540, 5, False)


def test_a_still_that_is_waited_for(studio: TestSimulator) -> None:
    body = {"model": "photon-1", "prompt": "A teal lighthouse", "sync": True}
    answer = ask("POST", f"{studio.url}/generations/image", body)
    assert (answer.status, answer.json["state"]) == (201, "completed")
    answered = ask("GET", answer.json["assets"]["image"], key=None)
    assert answered.headers["Content-Type"] == "image/jpeg"
    image = Image.open(io.BytesIO(answered.body))
    assert (image.format, image.size) == ("JPEG", (2048, 1152))


def test_a_reframed_still(studio: TestSimulator, outside: Outside) -> None:
    body = {
        "generation_type": "reframe_image",
        "media": {"url": outside.picture()},
        "aspect_ratio": "1:1",
        "model": "photon-flash-1",
        "format": "png",
    }
    image = Image.open(io.BytesIO(made(studio, "/image/reframe", body)))
    assert (image.format, image.size) == ("PNG", (1536, 1536))


def test_an_equal_request_reuses_the_render(
    studio: TestSimulator, lighthouse: dict[str, Any]
) -> None:
    latest, path = studio.engine.store.latest, studio.engine.renders.path
    first = finished(studio, lighthouse)
    rendered = path(latest(first["id"]).file).stat()
    second = finished(studio, lighthouse)
    reused = path(latest(second["id"]).file).stat()
    assert (reused.st_ino, reused.st_mtime_ns) == (rendered.st_ino, rendered.st_mtime_ns)
    assert first["assets"]["video"] != second["assets"]["video"]


def test_a_render_that_fails_fails_the_generation_and_gives_back(
    simulate: Simulate, lighthouse: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FFMPEG_BIN", "/nonexistent/ffmpeg")
    sim = simulate(renderers=1)
    answer = ask("POST", f"{sim.url}/generations", {**lighthouse, "prompt": "No camera at all"})
    assert sim.wait_for_end(answer.json["id"]) == "failed"
    told = ask("GET", f"{sim.url}/generations/{answer.json['id']}").json
    assert told["failure_reason"] == "Job failed"
    assert sim.books()["balance_cents"] == 1_000_000
