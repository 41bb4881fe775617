"""A take at the end: what is made leads up to it, alone or from a picture or another take."""

import re
import time

import pytest
from django.urls import reverse

from generations import sweeping
from generations.models import Generation, State
from studio.models import Role
from tests.factories import drawn, member, still, take

HTMX = {"HX-Request": "true"}
PLACED = re.compile(r'name="((?:start|end)_(?:take|still|as_is))" value="([^"]*)"')


@pytest.fixture
def made(project, artist) -> Generation:
    return take(project, State.COMPLETED, author=artist)


def put(client, verb, generation, composer=None, **typed):
    """Return what the composer holds once a verb has put a take in it."""
    sent = (composer or {}) | typed
    answer = client.post(reverse(verb, args=[generation.uuid]), sent, headers=HTMX)
    assert answer.status_code == 200
    return dict(PLACED.findall(answer.content.decode()))


def test_a_take_is_put_in_the_end_slot_beside_what_is_typed(client, project, made):
    picture = str(still(project).uuid)
    placed = put(client, "lead_up", made, words="The tide turns", start_still=picture)
    assert (placed["end_take"], placed["start_still"]) == (str(made.uuid), picture)


def test_two_takes_stand_at_both_ends_whichever_comes_first(client, project, artist, made):
    other = take(project, State.COMPLETED, author=artist)
    for first, then in (("extend", "lead_up"), ("lead_up", "extend")):
        at = {"extend": other, "lead_up": made}
        held = put(client, first, at[first], words="The tide turns")
        held = put(client, then, at[then], held, words="The tide turns")
        assert (held["start_take"], held["end_take"]) == (str(other.uuid), str(made.uuid))


def test_the_end_has_its_takes_size_unless_a_take_at_the_start_has_one(client, project, artist):
    tall = take(project, State.COMPLETED, author=artist, ratio="9:16", resolution="540p")
    url = reverse("lead_up", args=[tall.uuid])
    alone = client.get(url).context["composer"]
    assert [alone[name].value() for name in ("ratio", "resolution")] == ["9:16", "540p"]
    typed = {"words": "Dunes", "ratio": "1:1", "resolution": "720p", "model": "ray-2"}
    start = take(project, State.COMPLETED, author=artist)
    kept = client.post(url, typed | {"start_take": str(start.uuid)}).context["composer"]
    assert [kept[name].value() for name in ("ratio", "resolution")] == ["1:1", "720p"]


def test_cards_and_pages_of_videos_lead_there_by_a_plain_link(client, project, made, artist):
    link = f'href="{reverse("lead_up", args=[made.uuid])}"'
    assert link in client.get(reverse("board", args=[project.slug])).content.decode()
    assert link in client.get(reverse("generation", args=[made.uuid])).content.decode()
    shown = drawn(project, author=artist)
    page = client.get(reverse("generation", args=[shown.uuid])).content.decode()
    assert reverse("lead_up", args=[shown.uuid]) not in page


def test_only_those_who_may_order_put_a_take_at_the_end(made, project, viewer, stranger, sign_in):
    url = reverse("lead_up", args=[made.uuid])
    assert viewer.get(url).status_code == 403
    assert stranger.get(url).status_code == 404
    assert sign_in(member(project, Role.ARTIST)).get(url).status_code == 200


def generate(client, project, words, **placed) -> Generation:
    settings = {"kind": "video", "model": "ray-2", "ratio": "16:9", "resolution": "540p"}
    typed = {"words": words, "duration_s": "5", "shown_usd": "100"} | settings | placed
    answer = client.post(reverse("generate", args=[project.slug]), typed)
    assert answer.status_code == 302, answer.context["composer"].errors
    return Generation.objects.latest("pk")


def work(simulator, *states: State, timeout_s: float = 90) -> None:
    """Do the worker's share until all takes are in one of some states."""
    end = time.monotonic() + timeout_s
    while Generation.objects.exclude(state__in=states).exists():
        sweeping.work_once()
        simulator.wait_for_renders(timeout_s=0.25)
        assert time.monotonic() < end, list(Generation.objects.values("state", "words"))


@pytest.mark.django_db(transaction=True)
def test_every_pair_of_ends_is_accepted_by_the_provider(client, project, simulator):
    first, last = (generate(client, project, words) for words in ("A harbour", "A harbour at dusk"))
    work(simulator, State.COMPLETED)
    picture = {"start_still": str(still(project).uuid)}
    orders = {
        "reverse extend": put(client, "lead_up", last, words="Boats come in"),
        "from a picture": put(client, "lead_up", last, picture, words="Boats come in"),
        "between takes": put(client, "lead_up", last, put(client, "extend", first), words="Boats"),
        "up to a picture": put(client, "extend", first, words="Boats leave")
        | {"end_still": picture["start_still"]},
    }
    takes = {name: generate(client, project, name, **held) for name, held in orders.items()}
    work(simulator, State.QUEUED, State.DREAMING, State.COMPLETED)
    ids = {each.attempt().provider_id: each.take_number for each in (first, last)}
    sent = {}
    for name, made in takes.items():
        frames = simulator.engine.store.latest(made.attempt().provider_id).request["keyframes"]
        sent[name] = [
            frame and (ids.get(frame.get("id")) or frame["type"])
            for frame in (frames["frame0"], frames["frame1"])
        ]
    assert sent == {
        "reverse extend": [None, 2],
        "from a picture": ["image", 2],
        "between takes": [1, 2],
        "up to a picture": [1, "image"],
    }
    board = client.get(reverse("board", args=[project.slug])).content.decode()
    assert board.count("leads up to take 2") == 3
