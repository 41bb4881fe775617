"""Takes and stills put in the composer's places: dragged there, or picked from the newest."""

import re

import pytest
from django.urls import reverse

from generations import discarding
from generations.models import State, Still
from tests.factories import ProjectFactory, drawn, still, take
from tests.studio.test_board import HTMX, WORDS, text


def put(client, project, where, **typed):
    typed = {"words": WORDS, "kind": "video", **typed, "put": where}
    return text(client.post(reverse("compose_put", args=[project.slug]), typed, headers=HTMX))


def picks(client, project, slot, headers=HTMX):
    url = reverse("compose_picks", args=[project.slug])
    return text(client.post(url, {"picks": slot, "words": WORDS}, headers=headers))


def value(page, name):
    return re.search(rf'name="{name}" value="(.*?)"', page)[1]


def test_a_take_at_the_start_is_continued_at_its_own_size(client, project):
    made = take(project, State.COMPLETED, ratio="9:16", resolution="540p")
    page = put(client, project, f"start.take.{made.uuid}")
    assert value(page, "start_take") == str(made.uuid)
    assert "<option selected>9:16</option>" in page
    assert "<option selected>540p</option>" in page
    assert WORDS in page


def test_a_take_at_the_end_keeps_the_size_of_the_one_at_the_start(client, project):
    first = take(project, State.COMPLETED, ratio="9:16")
    last = take(project, State.COMPLETED)
    typed = {"start_take": str(first.uuid), "ratio": "9:16", "model": "ray-2"}
    page = put(client, project, f"end.take.{last.uuid}", **typed)
    assert (value(page, "start_take"), value(page, "end_take")) == (
        str(first.uuid),
        str(last.uuid),
    )
    assert "<option selected>9:16</option>" in page


def test_a_generated_picture_stands_there_as_its_still(client, project):
    shown = drawn(project)
    page = put(client, project, f"end.take.{shown.uuid}", end_take="x")
    assert value(page, "end_still") == str(Still.objects.get().uuid)
    assert value(page, "end_take") == ""


def test_a_still_takes_the_place_of_what_stood_there(client, project):
    kept, made = still(project), take(project, State.COMPLETED)
    page = put(client, project, f"start.still.{kept.uuid}", start_take=str(made.uuid))
    assert value(page, "start_still") == str(kept.uuid)
    assert value(page, "start_take") == ""


def test_a_take_among_the_references_is_its_last_frame(client, project):
    made = take(project, State.COMPLETED)
    page = put(client, project, f"ref0.take.{made.uuid}", kind="image", model="photon-1")
    grabbed = Still.objects.get()
    assert (grabbed.origin, grabbed.source) == ("grabbed", made)
    assert value(page, "ref0_still") == str(grabbed.uuid)


@pytest.mark.parametrize("what", ["take", "still"])
def test_what_is_of_another_project_is_refused_in_words(client, project, what):
    other = ProjectFactory()
    thing = take(other, State.COMPLETED) if what == "take" else still(other)
    page = put(client, project, f"start.{what}.{thing.uuid}")
    assert "isn&#x27;t in this project any more" in page
    assert WORDS in page
    assert str(thing.uuid) not in page


@pytest.mark.parametrize("where", ["", "start", "start.take", "sky.take.x", "start.film.x", "..."])
def test_nonsense_puts_nothing_anywhere(client, project, where):
    page = put(client, project, where)
    assert value(page, "start_take") == value(page, "start_still") == ""


def test_the_newest_takes_and_stills_can_be_picked(client, project):
    made, waits = take(project, State.COMPLETED), take(project)
    kept, foreign = still(project), still(ProjectFactory())
    page = picks(client, project, "end")
    assert "Takes and stills for the end frame" in page
    assert f'value="end.take.{made.uuid}"' in page
    assert f'value="end.still.{kept.uuid}"' in page
    for hidden in (waits, foreign):
        assert str(hidden.uuid) not in page
    whole = picks(client, project, "end", headers={})
    assert "<html" in whole
    assert WORDS in whole
    assert f'value="end.take.{made.uuid}"' in whole


def test_picks_of_an_empty_project_say_so_and_nonsense_is_the_start(client, project):
    page = picks(client, project, "sky")
    assert "for the start frame" in page
    assert "Nothing is here yet." in page


def test_what_is_in_the_trash_is_offered_nowhere(client, project, artist):
    made = drawn(project, author=artist)
    assert str(made.uuid) in picks(client, project, "start")
    discarding.discard([made], artist)
    assert str(made.uuid) not in picks(client, project, "start")
