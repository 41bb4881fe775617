"""What Ray 3.2 alone does, from the composer's form over the worker to the provider and back."""

import time
import zipfile
from typing import Any

import pytest
from django.urls import reverse

from generations import sweeping
from generations.models import Account, Asset, Generation
from generations.simulator.testing import TestSimulator, running
from tests.factories import AccountFactory

KEY = "luma-api-test"
ASKED = {
    **{"words": "Dunes at dawn", "model": "ray-3.2", "ratio": "16:9", "resolution": "360p"},
    **{"duration_s": "5", "count": "1", "shown_usd": "100"},
}


@pytest.fixture
def simulator(tmp_path, settings, project):
    """What the team's account at Luma Agents speaks to."""
    settings.OUTBOUND_LOOPBACK = True
    settings.POLL_AFTER_S = 0.0
    settings.LOCAL_URL = "http://127.0.0.1:9"
    with running(tmp_path / "simulator", renderers=1) as simulator:
        AccountFactory(
            team=project.team,
            provider="luma-agents",
            name="Agents",
            key=KEY,
            base_url=simulator.agents_url,
        )
        yield simulator


def made(client, project, simulator: TestSimulator, **typed: Any) -> Generation:
    """Send the form, and do the worker's share until all that comes of it is kept."""
    answer = client.post(reverse("generate", args=[project.slug]), ASKED | typed)
    assert answer.status_code == 302, answer.content.decode()
    take = Generation.objects.latest("pk")
    ends = time.monotonic() + 120
    while not _is_kept(take):
        sweeping.work_once()
        simulator.wait_for_renders(timeout_s=0.25)
        take.refresh_from_db()
        assert time.monotonic() < ends, (take.state, take.words)
    return take


def _is_kept(take: Generation) -> bool:
    files = list(take.assets.values_list("state", flat=True))
    return bool(files) and set(files) == {Asset.State.STORED}


def video(simulator: TestSimulator, take: Generation) -> dict[str, Any]:
    """What the provider was asked for of the video, without what wasn't said."""
    job = simulator.engine.store.latest(take.attempt().provider_id)
    return {name: value for name, value in job.request["video"].items() if value is not None}


def test_a_take_is_gone_on_from_and_led_up_to_by_its_own_id(client, project, simulator):
    take = made(client, project, simulator)
    known = {"generation_id": take.attempt().provider_id}
    onward = made(client, project, simulator, start_take=str(take.uuid))
    toward = made(client, project, simulator, end_take=str(take.uuid))
    looped = made(client, project, simulator, start_take=str(take.uuid), loop="on")
    asked = [video(simulator, each) for each in (onward, toward, looped)]
    for said, end in zip(asked, ("start_frame", "end_frame", "start_frame"), strict=True):
        named = {name: value for name, value in said[end].items() if value is not None}
        assert named == known
        assert {"start_frame", "end_frame"} & set(said) == {end}
    assert [bool(said.get("loop")) for said in asked] == [False, False, True]
    for each in (onward, toward, looped):
        assert each.keyframes.get().source == take
        assert not each.notice  # nothing stands in for it
    charged = [each["price_cents"] for each in simulator.agents_books(KEY)["generations"]]
    assert charged == [6, 6, 6, 6]


def test_hdr_and_exr_are_ordered_and_kept(client, project, simulator):
    take = made(client, project, simulator, resolution="720p", hdr="on", exr="on")
    asked = video(simulator, take)
    assert (asked["hdr"], asked["exr_export"]) == (True, True)
    exr = take.assets.get(kind="exr")
    with zipfile.ZipFile(exr.file) as archive:
        assert len(archive.namelist()) == 121
    page = client.get(reverse("generation", args=[take.uuid])).content.decode()
    assert "HDR" in page
    assert reverse("media", args=[take.uuid, "exr"]) in page
    assert take.price_usd * 100 == simulator.agents_books(KEY)["generations"][0]["price_cents"]
    assert Account.objects.get(provider="luma-agents").hdr == Account.Access.YES


def test_a_reframe_places_its_source_where_the_form_says(client, project, simulator):
    take = made(client, project, simulator)
    where = {"column": "0", "row": "2", "percent": "50"}
    sent = {"kind": "reframe", "source_take": str(take.uuid), "ratio": "9:16", "words": "Wider"}
    version = made(client, project, simulator, **sent, **where)
    assert version.version_of == take
    place = video(simulator, version)["source_position"]
    # Half as wide as the canvas, on the left and at the bottom: 9:16 of 16:9 is 0.3164 high.
    assert (place["x_norm"], place["w_norm"]) == (0, 0.5)
    assert place["h_norm"] == pytest.approx(0.5 * (9 / 16) ** 2, abs=0.01)
    assert place["y_norm"] + place["h_norm"] == pytest.approx(1, abs=0.001)
    kept = version.assets.get(kind="video")
    assert kept.height > kept.width
