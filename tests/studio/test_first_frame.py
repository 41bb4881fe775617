"""A first frame: a video's words become pictures, and the one that is picked begins the video."""

import re

from django.urls import reverse

from generations.models import Generation, State
from tests.factories import drawn

HTMX = {"HX-Request": "true"}
TYPED = {
    **{"kind": "video", "words": "A teal lighthouse, waves crash", "model": "ray-flash-2"},
    **{"ratio": "9:16", "resolution": "540p", "duration_s": "9", "loop": "on", "count": "2"},
}


def make_first_frame(client, project, **typed):
    url = reverse("first_frame", args=[project.slug])
    return client.post(url, TYPED | typed, headers=HTMX).content.decode()


def chosen(page: str, name: str) -> str:
    """Return what is chosen in one of the composer's lists."""
    listed = page[page.index(f'name="{name}"') :]
    listed = listed[: listed.index("</select>")]
    found = re.search(r"<option(?: value=\"([^\"]*)\")? selected>([^<]*)<", listed)
    assert found, f"nothing is chosen in {name}"
    return found[1] or found[2]


def hidden(page: str, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]*)"', page)
    assert found
    return found[1].replace("&quot;", '"')


def test_the_words_and_the_ratio_go_over_to_four_pictures(client, project):
    page = make_first_frame(client, project)
    assert 'name="kind" value="image"' in page
    assert "A teal lighthouse, waves crash</textarea>" in page
    assert (chosen(page, "ratio"), chosen(page, "count")) == ("9:16", "4")
    assert "choose Animate at the best" in page
    assert not Generation.objects.exists()


def test_the_picture_that_is_animated_begins_the_video_that_stood_there(client, project, artist):
    page = make_first_frame(client, project)
    picture = drawn(project, author=artist, words="A {red} lighthouse", ratio="9:16")
    sent = {"kind": "image", "words": "", "model": "photon-1", "ratio": "9:16", "count": "4"}
    sent |= {"image_format": "jpg", "aside": hidden(page, "aside")}
    url = reverse("animate", args=[picture.uuid])
    page = client.post(url, sent, headers=HTMX).content.decode()
    assert 'name="kind" value="video"' in page
    names = ("model", "ratio", "resolution", "duration_s", "count")
    assert [chosen(page, name) for name in names] == ["ray-flash-2", "9:16", "540p", "9", "2"]
    assert re.search(r'name="loop" checked', page)
    assert hidden(page, "start_still") == str(picture.stills.get().uuid)
    assert r"A \{red\} lighthouse</textarea>" in page, "the picture's own words, for none are typed"


def test_words_that_are_typed_stay_and_a_picture_alone_makes_one_video(client, project, artist):
    picture = drawn(project, author=artist)
    sent = {"kind": "image", "words": "It begins to rain", "model": "photon-1", "count": "4"}
    url = reverse("animate", args=[picture.uuid])
    page = client.post(url, sent, headers=HTMX).content.decode()
    assert "It begins to rain</textarea>" in page
    assert chosen(page, "count") == "1"


def test_it_is_offered_where_a_video_has_no_first_frame(client, project, artist):
    board = client.get(f"/projects/{project.slug}/").content.decode()
    assert "Make a first frame</button>" in board
    picture = client.get(reverse("compose", args=[project.slug]), {"make": "image"})
    assert "Make a first frame" not in picture.content.decode()
    waiting = drawn(project, State.WAITING, author=artist)
    page = client.get(reverse("edit", args=[waiting.uuid])).content.decode()
    assert "Make a first frame" not in page


def test_only_who_makes_takes_may(project, viewer, stranger):
    url = reverse("first_frame", args=[project.slug])
    assert viewer.post(url, TYPED).status_code == 403
    assert stranger.post(url, TYPED).status_code == 404
