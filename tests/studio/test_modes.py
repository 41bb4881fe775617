"""The composer's modes: what was chosen in one is there again when one comes back to it."""

import html
import json
import re

import pytest
from django.urls import reverse

from generations.models import State
from tests.factories import still, take
from tests.studio.test_board import HTMX, text
from tests.studio.test_options import note

VIDEO = {
    "kind": "video",
    "words": "A lighthouse",
    "model": "ray-2",
    "ratio": "9:16",
    "resolution": "1080p",
    "duration_s": "9",
    "concepts": ["push_in", "tilt_up"],
    "count": "2",
    "parent": "",
    "wishes": "",
}


def into(client, project, mode, typed):
    """Go to another mode, as the form goes: what it shows."""
    answer = client.post(reverse("compose", args=[project.slug]), typed | {"make": mode}, **AS_HTMX)
    return html.unescape(text(answer))


AS_HTMX = {"headers": HTMX}


def held(page):
    """Everything that a composer would send."""
    form = page[page.index('<form class="composer"') :]
    found = dict(
        re.findall(r'<input type="hidden" name="(\w+)" value="(.*?)"(?: data-kept)?>', form)
    )
    for name, inner in re.findall(r'<select[^>]* name="(\w+)".*?>(<.*?)</select>', form):
        chosen = re.search(r'<option(?: value="([^"]*)")? selected>([^<]*)', inner)
        found[name] = chosen[1] or chosen[2]
    found["concepts"] = sorted(re.findall(r'name="concepts" value="(\w+)" checked', form))
    for name in ("loop", "percent"):
        if at := re.search(rf'name="{name}"[^>]*?(?: value="(\d+)"| (checked))', form):
            found[name] = at[1] or "on"
    found["words"] = re.search(r'name="words"[^>]*>(.*?)</textarea>', form)[1]
    return found


def test_a_videos_settings_frames_and_moves_are_back_after_an_image(client, project, artist):
    first = take(project, State.COMPLETED, author=artist)
    end = still(project)
    typed = VIDEO | {"start_take": str(first.uuid), "end_still": str(end.uuid), "end_as_is": "1"}
    page = into(client, project, "image", typed)
    assert note(page) == "Kept for Video: the start frame, the end frame, push in, tilt up."
    image = held(page) | {"ratio": "1:1", "ref0_still": str(end.uuid), "ref0_role": "style"}
    page = into(client, project, "video", image | {"words": "A lighthouse at dawn"})
    assert note(page) == "Kept for Image: picture 1."
    video = held(page)
    assert video["words"] == "A lighthouse at dawn"
    for name in ("ratio", "resolution", "duration_s", "concepts", "start_take", "end_still"):
        assert video[name] == typed[name], name
    assert video["end_as_is"] == "1"
    assert "loop" not in video
    assert video["count"] == "2"
    assert video["key"] != image["key"]
    again = held(into(client, project, "image", video))
    assert (again["ratio"], again["ref0_still"], again["ref0_role"]) == (
        "1:1",
        str(end.uuid),
        "style",
    )


def test_a_take_that_is_modified_gives_the_end_frame_back(client, project, artist):
    made = take(project, State.COMPLETED, author=artist)
    end = still(project)
    typed = VIDEO | {"start_take": str(made.uuid), "end_still": str(end.uuid)}
    modify = held(into(client, project, "modify", typed))
    assert modify["source_take"] == str(made.uuid)
    reframe = held(into(client, project, "reframe", modify | {"mode": "reimagine_2"}))
    assert reframe["source_take"] == str(made.uuid)
    page = into(client, project, "modify", reframe | {"percent": "40"})
    assert held(page)["mode"] == "reimagine_2"
    assert held(into(client, project, "reframe", held(page)))["percent"] == "40"
    video = held(into(client, project, "video", held(page)))
    assert video["end_still"] == str(end.uuid)
    assert video["start_take"] == str(made.uuid)


def test_what_is_made_from_comes_along_to_a_mode_that_had_none(client, project, artist):
    made = take(project, State.COMPLETED, author=artist)
    empty = held(into(client, project, "modify", VIDEO))
    reframe = held(into(client, project, "reframe", empty)) | {"source_take": str(made.uuid)}
    assert held(into(client, project, "modify", reframe))["source_take"] == str(made.uuid)


def test_a_file_that_only_the_page_holds_is_kept_for_its_mode_too(client, project):
    page = into(client, project, "image", VIDEO | {"concepts": [], "picked": "start"})
    assert note(page) == "Kept for Video: the start frame."


def test_without_scripts_a_file_that_a_change_of_mode_loses_is_asked_for_again(client, project):
    url = reverse("compose", args=[project.slug])
    page = text(client.post(url, VIDEO | {"start": "dune.jpg", "make": "image"}))
    assert "Start: choose the picture again." in note(html.unescape(page))
    page = text(client.post(url, VIDEO | {"start": "dune.jpg", "without": "start"}))
    assert "choose the picture again" not in page


def test_the_other_modes_stay_as_they_were_when_one_is_sent(client, project):
    image = held(into(client, project, "image", VIDEO)) | {"shown_usd": "100"}
    sent = client.post(reverse("generate", args=[project.slug]), image, **AS_HTMX)
    fresh = html.unescape(text(sent))
    assert "data-fresh" in fresh
    video = held(into(client, project, "video", held(fresh)))
    assert (video["duration_s"], video["concepts"]) == ("9", ["push_in", "tilt_up"])
    assert video["words"] == ""


def test_a_tools_page_without_scripts_brings_the_other_modes_back(client, project):
    modify = held(into(client, project, "modify", VIDEO)) | {"mode": "flex_2"}
    tool = html.unescape(text(client.post(reverse("structure", args=[project.slug]), modify)))
    carried = dict(re.findall(r'<input type="hidden" name="(\w+)" value="(.*?)">', tool))
    assert carried["mode"] == "flex_2"
    assert json.loads(carried["aside"])["video"]["duration_s"] == ["9"]


@pytest.mark.parametrize(
    "aside",
    [
        "[",
        "[]",
        '"x"',
        '{"video": 3}',
        '{"video": {"model": 4}}',
        '{"image": {"ratio": [[1]]}}',
        "[" * 9000,
    ],
)
def test_what_cant_be_kept_modes_counts_as_nothing(client, project, aside):
    page = into(client, project, "image", VIDEO | {"aside": aside})
    assert held(page)["kind"] == "image"
    assert held(into(client, project, "video", held(page)))["duration_s"] == "9"
