"""What a take's page says of how it came to be: its changes, its times."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from generations import grabbing
from generations.models import Event, State
from generations.ordering import accept
from generations.orders import image
from studio.changes import changes_of
from studio.history import Happening, history_of
from tests.factories import take


@pytest.fixture
def parent(project, artist):
    return take(project, State.COMPLETED, author=artist, words="Fog lifts over the dunes")


def page_of(client, generation):
    return client.get(reverse("generation", args=[generation.uuid])).content.decode()


def test_a_remix_shows_its_words_against_its_parents(client, project, artist, parent):
    remix = take(project, author=artist, parent=parent.prompt, words="Fog rolls over the dunes")
    page = page_of(client, remix)
    assert "Changed from take 1" in page
    assert "Fog <del>lifts </del><ins>rolls </ins>over the dunes" in page
    assert page.count("Fog rolls over the dunes") >= 1


def test_every_setting_that_was_changed_is_told(client, project, artist, parent):
    remix = take(
        project,
        author=artist,
        parent=parent.prompt,
        words=parent.prompt.words,
        ratio="9:16",
        resolution="540p",
        duration_s=9,
        concepts=("push_in", "pan_left"),
    )
    told = {it.name: (it.before, it.after) for it in changes_of(remix).settings}
    assert told == {
        "Ratio": ("16:9", "9:16"),
        "Resolution": ("720p", "540p"),
        "Duration": ("5 s", "9 s"),
        "Camera": ("none", "Push in, Pan left"),
    }
    page = page_of(client, remix)
    assert "<dt>Ratio</dt><dd><del>16:9</del>" in page
    assert 'class="diff"' not in page


def test_what_was_asked_again_as_it_was_says_so(client, project, artist, parent):
    again = take(project, author=artist, parent=parent.prompt, words=parent.prompt.words)
    assert "Nothing: the same was asked again." in page_of(client, again)


def test_a_prompt_of_its_own_has_no_changes(client, project, artist, parent):
    assert changes_of(parent) is None
    assert "Changed from" not in page_of(client, parent)


def test_a_picture_made_of_a_videos_words_tells_only_what_it_has(project, artist, parent):
    picture = accept(project, artist, image("Fog over the dunes"), parent=parent.prompt)
    told = {it.name: (it.before, it.after) for it in changes_of(picture).settings}
    assert told["Kind"] == ("Video", "Image")
    assert told["Format"] == ("none", "JPG")


@pytest.mark.parametrize(
    ("seconds", "said"),
    [(0.4, ""), (12, "12 s"), (250, "4 min"), (3 * 3600, "3 h"), (75 * 3600, "3 days")],
)
def test_the_time_between_two_states_is_told_as_it_is_said(seconds, said):
    assert Happening(Event(), after=timedelta(seconds=seconds)).later == said


def test_the_history_counts_from_what_happened_before(client, project, artist, time_machine):
    start = timezone.now()
    time_machine.move_to(start, tick=False)
    queued = take(project, State.QUEUED, author=artist)
    time_machine.move_to(start + timedelta(seconds=42), tick=False)
    queued.dream(next_at=timezone.now())
    assert [each.later for each in history_of(queued)][-1] == "42 s"
    page = page_of(client, queued)
    assert '42 s<span class="unseen"> later</span>' in page
    assert 'data-local="second"' in page


def test_other_frames_are_told_as_settings(project, artist, parent):
    frame = grabbing.grab_at(parent, 0, artist)
    begun = take(project, author=artist, start=frame, words="Fog")
    assert not changes_of(take(project, author=artist, parent=begun.prompt, start=frame)).settings
    longer = take(project, author=artist, parent=begun.prompt, extends=parent, words="Fog")
    told = {it.name: (it.before, it.after) for it in changes_of(longer).settings}
    assert told == {"Start frame": ("frame 0 of take 1", "take 1")}
    bare = take(project, author=artist, parent=longer.prompt, words="Fog")
    told = {it.name: (it.before, it.after) for it in changes_of(bare).settings}
    assert told == {"Start frame": ("take 1", "none")}
