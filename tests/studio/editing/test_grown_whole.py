"""The whole path with a real simulator: what grows joins the clip, in the very pictures."""

from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest
from PIL import Image, ImageChops, ImageStat

from generations import clocks, media
from generations.models import Generation
from generations.simulator.testing import running
from studio.editing import operations
from studio.editing.cut import Clip, Cut, placed
from studio.editing.footage import footage_of, lengths_from
from studio.editing.growing import Asked, Growth, Where
from studio.editing.grown import grow
from studio.editing.seams import Seam, name_of
from studio.models import Sequence
from tests.generations.conftest import Studio, make_studio

SLOW_S = 240
WORDS = "Dunes at dawn, the camera pushes in"
ASKED = Asked(WORDS, "ray-2", 5)


@pytest.fixture
def films(live_server, settings, tmp_path: Path) -> Iterator[Studio]:
    """A team at a simulator that fetches pictures from here."""
    settings.OUTBOUND_LOOPBACK = True
    settings.POLL_AFTER_S = 0.0
    settings.LOCAL_URL = live_server.url
    clocks.clock.forget()
    with running(tmp_path / "simulator", renderers=1) as simulator:
        yield make_studio(simulator)


def begun(films, *takes):
    """A sequence of finished takes."""
    films.work(*takes, until="stored", timeout_s=SLOW_S)
    clips = tuple(Clip(f"c{place}", each.uuid) for place, each in enumerate(takes))
    return Sequence.begin(films.project, films.person, "Rough cut", Cut(clips))


def grown(films, sequence, where=Where.AFTER):
    """Have something grow at the first clip, and made; returns its take."""
    sequence = Sequence.objects.get(pk=sequence.pk)
    grow(Growth(sequence, "c0", where, ASKED), films.person)
    made = Generation.objects.latest("pk")
    films.work(made, until="stored", timeout_s=SLOW_S)
    return made


def spots(films, sequence):
    cut = Sequence.objects.get(pk=sequence.pk).cut
    footage = footage_of(films.project, cut.takes)
    return placed(cut, lengths_from(footage)), footage


def seams(films, sequence):
    places, footage = spots(films, sequence)
    return [
        Seam.of(one, two, footage[one.clip.take], footage[two.clip.take]).mismatch()
        for one, two in pairwise(places)
    ]


def frame(take, number) -> Image.Image:
    return media.frame_at(take.assets.get(kind="video").file, number).convert("RGB")


def difference(one, other) -> float:
    return sum(ImageStat.Stat(ImageChops.difference(one, other)).rms) / 3


def test_an_extension_of_a_whole_clip_is_the_providers_own_and_seamless(films):
    first, other = films.order(WORDS), films.order("A green aurora over snowy mountains")
    sequence = begun(films, first, other)
    made = grown(films, sequence)
    assert made.keyframes.get().source == first
    before, after = seams(films, sequence)
    assert name_of(before) == "seamless"
    assert name_of(after) == "jump"
    # Trimmed by two seconds it doesn't go on from there any more, and yet is no other take.
    sequence = Sequence.objects.get(pk=sequence.pk)
    _, footage = spots(films, sequence)
    sequence.change(
        sequence.version,
        films.person,
        "Trimmed",
        lambda cut: operations.trim(cut, "c0", 0, 72, lengths_from(footage)),
    )
    trimmed, _ = seams(films, sequence)
    assert before < trimmed < after
    assert name_of(trimmed) == "close"


def test_after_a_trimmed_clip_it_starts_on_that_very_frame(films):
    first = films.order(WORDS)
    sequence = begun(films, first)
    _, footage = spots(films, sequence)
    sequence.change(
        1,
        films.person,
        "Trimmed",
        lambda cut: operations.trim(cut, "c0", 0, 60, lengths_from(footage)),
    )
    made = grown(films, sequence)
    begins = frame(made, 0)
    assert difference(frame(first, 59), begins) < difference(frame(first, 119), begins) / 3
    assert name_of(seams(films, sequence)[0]) == "seamless"


def test_of_an_extension_that_comes_joined_only_the_new_part_is_shown(films):
    first = films.order(WORDS)
    sequence = begun(films, first)
    films.simulator.faults(joined_extension=True)
    made = grown(films, sequence)
    assert made.assets.get(kind="video").duration_s == pytest.approx(10, abs=0.1)
    (_, spot), _ = spots(films, sequence)
    assert (spot.in_frame, spot.out_frame) == (120, 240)
    assert seams(films, sequence)[0] < 10


def test_of_a_lead_up_that_comes_joined_only_the_new_part_is_shown(films):
    first = films.order(WORDS)
    sequence = begun(films, first)
    films.simulator.faults(joined_extension=True)
    made = grown(films, sequence, Where.BEFORE)
    assert made.assets.get(kind="video").duration_s == pytest.approx(10, abs=0.1)
    assert difference(frame(made, 239), frame(first, 119)) < 10
    (spot, _), _ = spots(films, sequence)
    assert (spot.in_frame, spot.out_frame) == (0, 120)
    assert seams(films, sequence)[0] < 10
