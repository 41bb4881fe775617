"""Transitions when other clips come to stand beside them: shortened openly, and brought back."""

import pytest
from django.urls import reverse

from studio.editing.cut import Clip, Cut, Into, Join
from studio.models import Sequence
from tests.studio.editing.test_timeline_page import (  # noqa: F401
    HTMX,
    clips,
    keys,
    post,
    said,
    takes,
)

FADE = Into(Join.CROSSFADE, 40)


@pytest.fixture
def sequence(project, artist, takes):  # noqa: F811
    """Clips a and b with a long crossfade between them, and a short one, s, behind."""
    a, b, s = (made.uuid for made in takes)
    row = (Clip("a", a, into=FADE), Clip("b", b), Clip("s", s, 0, 6))
    return Sequence.begin(project, artist, "Rough cut", Cut(row))


@pytest.mark.parametrize(
    ("verb", "sent", "order"),
    [
        ("remove_clip", {"clip": "b"}, "as"),
        ("move_clip", {"clip": "s", "place": 1}, "asb"),
    ],
)
def test_a_crossfade_is_shortened_openly_and_comes_back(client, sequence, verb, sent, order):
    page = said(post(client, sequence, verb, follow=True, **sent))
    assert keys(sequence) == order
    assert clips(sequence)[0].into == Into(Join.CROSSFADE, 5)
    assert "The crossfade after clip 1 is shortened to 5 frames. Undo brings it back." in page
    head = Sequence.objects.get(pk=sequence.pk).head
    assert head.said.endswith("; the crossfade after clip 1 is shortened to 5 frames")
    post(client, sequence, "undo")
    assert (keys(sequence), clips(sequence)[0].into) == ("abs", FADE)


def test_a_dip_without_frames_becomes_a_cut_and_says_so(client, sequence, artist):
    dip = Into(Join.BLACK, 8)
    row = (Clip("a", sequence.cut.clips[0].take, into=dip), *sequence.cut.clips[1:2])
    row = (*row, Clip("one", sequence.cut.clips[0].take, 0, 1))
    sequence.change(1, artist, "Dipped", lambda cut: Cut(row))
    answer = client.post(
        reverse("remove_clip", args=[sequence.uuid]), {"version": 2, "clip": "b"}, headers=HTMX
    )
    assert "the dip to black after clip 1 is a cut now, for want of frames" in said(answer)
    assert clips(sequence)[0].into == Into()


def test_a_take_or_a_card_that_is_put_in_between_leaves_transitions_that_fit(
    client,
    sequence,
    takes,  # noqa: F811
):
    post(client, sequence, "add_card", words="Fin", place=1)
    post(client, sequence, "add_clip", take=str(takes[2].uuid), place=1)
    assert clips(sequence)[0].into == FADE
    post(client, sequence, "duplicate_clip", clip=["a", "b"])
    page = said(client.get(reverse("sequence", args=[sequence.uuid])))
    assert "is shortened to" not in page


def test_a_cut_whose_take_is_shorter_by_now_is_restored_with_what_fits(
    client,
    sequence,
    artist,
    takes,  # noqa: F811
):
    named = sequence.name_cut(1, artist, "v1")
    post(client, sequence, "remove_clip", clip="b")
    takes[1].assets.filter(kind="video").update(duration_s=1)
    url = reverse("restore_cut", args=[sequence.uuid])
    page = said(client.post(url, {"version": 2, "cut": named.pk}, follow=True))
    words = "the crossfade after clip 1 is shortened to 23 frames"
    assert f"It is as in “v1” again, but {words}. Undo takes you back." in page
    assert keys(sequence) == "abs"
    assert clips(sequence)[0].into == Into(Join.CROSSFADE, 23)
    post(client, sequence, "undo")
    assert keys(sequence) == "as"


def test_what_undoing_brings_back_with_too_few_frames_says_so(
    client,
    sequence,
    takes,  # noqa: F811
):
    post(client, sequence, "remove_clip", clip="b")
    takes[1].assets.filter(kind="video").update(duration_s=1)  # another file plays by now
    page = said(post(client, sequence, "undo", follow=True))
    assert clips(sequence)[0].into == FADE  # the state is what it was
    assert "A transition of this state is longer than its clips have frames for" in page
    address = reverse("sequence", args=[sequence.uuid])
    page = said(client.get(f"{address}?clip=a"))
    assert "It is seen in 00:23 only: the clips have no more frames for it." in page
    takes[1].assets.filter(kind="video").update(duration_s=5)
    assert "no more frames" not in said(client.get(f"{address}?clip=a"))
