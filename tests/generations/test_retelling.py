"""The request of a take, as a person may read it and send it themselves."""

import json
import subprocess
import uuid
from types import SimpleNamespace

import pytest
from django.urls import reverse
from django.utils import timezone

from generations import outbound
from generations.kinds import Kind
from generations.models import State
from generations.ordering import accept
from generations.orders import Frame, Picture, image, made_from
from generations.retelling import retell
from generations.simulator import validation
from generations.simulator.catalogue import SHAPES
from generations.simulator.schema import read
from generations.submitting import submit_due
from tests.factories import still, take, version

HOSTILE = "It's \"dawn\" $HOME `id` \\n !! ' ; rm -rf / #\nnext line, naïve 霧"


def judged(body):
    """Read a body as the simulator does, and as it judges it."""
    found = SimpleNamespace(is_video=True, state="completed")
    shape = SHAPES[body["generation_type"]]
    asked = read(shape, json.loads(json.dumps(body)))
    validation.check(body["generation_type"], asked, lambda _: found)
    return asked


@pytest.fixture
def made(project, artist):
    return take(project, State.COMPLETED, author=artist)


@pytest.fixture
def every_kind(project, artist, made):
    """A take of every kind, with pictures and takes at its ends."""
    picture = still(project)
    orders = [
        image("A teal lighthouse", references=(Picture("style", picture),)),
        made_from(made, Kind.MODIFY_VIDEO, mode="flex_1"),
        made_from(made, Kind.REFRAME_VIDEO, ratio="9:16"),
    ]
    return [
        made,
        take(project, author=artist, extends=made, end=Frame(still=picture, as_is=True)),
        *(accept(project, artist, order) for order in orders),
        version(made, Kind.UPSCALE),
        version(made, Kind.AUDIO, words="Waves"),
    ]


def test_the_simulator_takes_the_request_of_every_kind_as_it_is_told(every_kind):
    for each in every_kind:
        told = retell(each)
        assert told is not None, each.prompt.kind
        asked = judged(json.loads(told.json))
        assert (asked.get("prompt") or "") == each.prompt.words


def test_it_is_what_was_posted_but_for_addresses_and_the_callback(
    project, artist, monkeypatch, settings
):
    settings.LOCAL_URL = "http://127.0.0.1:8000"
    waiting = take(
        project, author=artist, start=still(project), words=HOSTILE, concepts=("orbit_left",)
    )
    posted = {}

    def call(method, url, *, headers, body, **_):
        posted.update(url=url, body=body, headers=headers)
        raise outbound.NeverSent("not today")

    monkeypatch.setattr(outbound, "call", call)
    submit_due(waiting.account_id)
    told = retell(waiting)
    assert told.url == posted["url"]
    sent = posted["body"]
    assert sent.pop("callback_url")
    address = sent["keyframes"]["frame0"].pop("url")
    here = told.body["keyframes"]["frame0"].pop("url")
    assert told.body == sent
    assert "published" in address
    assert here.startswith("http://127.0.0.1:8000/media/")


def test_nothing_secret_is_in_it(project, artist, made, settings):
    take(project, author=artist)
    waiting = take(project, author=artist, start=still(project))
    attempt = waiting.begin(timezone.now())
    attempt.callback_url = f"https://studio.example/callbacks/luma/{attempt.nonce}"
    attempt.save()
    told = retell(waiting)
    for text in (told.json, told.curl):
        assert str(attempt.nonce) not in text
        assert "callback" not in text
        assert "published" not in text
        assert waiting.account.reveal_key() not in text
    assert '"Authorization: Bearer $LUMA_API_KEY"' in told.curl


def test_the_line_for_a_shell_posts_the_words_as_they_are(project, artist, tmp_path):
    told = retell(take(project, author=artist, words=HOSTILE))
    curl = tmp_path / "curl"
    curl.write_text('#!/bin/sh\nfor each in "$@"; do printf "%s\\0" "$each"; done\n')
    curl.chmod(0o755)
    shell = {"PATH": f"{tmp_path}:/bin:/usr/bin", "LUMA_API_KEY": "luma-key", "HOME": "/nowhere"}
    out = subprocess.run(
        ["sh", "-c", told.curl], env=shell, capture_output=True, check=True, text=True
    ).stdout.split("\0")
    assert out[1] == told.url
    assert "Authorization: Bearer luma-key" in out
    assert json.loads(out[out.index("--data-raw") + 1])["prompt"] == HOSTILE


def test_what_cannot_be_told_is_left_out(client, project, artist, made):
    attempt = made.attempt()
    attempt.provider_id = "no-uuid"
    attempt.save()
    assert retell(version(made, Kind.UPSCALE)) is None
    made.prompt.model = "ray-of-old"
    assert retell(made) is None


@pytest.mark.parametrize(
    ("state", "says"),
    [
        (State.REQUESTED, "What Luma Dream Machine will be sent"),
        (State.WAITING, "What Luma Dream Machine will be sent"),
        (State.COMPLETED, "What Luma Dream Machine was sent"),
        (State.CANCELLED, "What would ask Luma Dream Machine for the same"),
    ],
)
def test_the_page_says_whether_it_was_sent(client, project, artist, state, says):
    made = take(project, state, author=artist, words=f"Fog {uuid.uuid4()}")
    page = client.get(reverse("generation", args=[made.uuid])).content.decode()
    assert says in page
    assert 'data-copy="request-curl"' in page
