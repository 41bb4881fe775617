"""Many takes at once: what the bar says of them, and what is done with them."""

import hashlib
import io
import zipfile

import pytest
from django.urls import reverse

from generations.models import Asset, State
from studio.models import Favourite
from tests.factories import ProjectFactory, drawn, take, version

HTMX = {"HX-Request": "true"}


def post(client, name, project, takes, **headers):
    chosen = {"take": [str(each.uuid) for each in takes]}
    return client.post(reverse(name, args=[project.slug]), chosen, headers=headers)


def bar(client, project, takes):
    return post(client, "chosen", project, takes, **HTMX).content.decode()


def opened(response):
    return zipfile.ZipFile(io.BytesIO(b"".join(response.streaming_content)))


def test_the_bar_says_what_can_be_done_with_how_many(client, project, artist):
    done = [take(project, State.COMPLETED, author=artist) for _ in range(2)]
    waiting = take(project, author=artist)
    assert "can't" not in bar(client, project, done).replace("&#x27;", "'")
    said = bar(client, project, [*done, waiting]).replace("&#x27;", "'")
    assert "1 of 3 has no file here: it can't be downloaded." in said
    assert "Download as ZIP (2)" in said
    said = bar(client, project, [waiting]).replace("&#x27;", "'")
    assert "It has no file here: it can't be downloaded." in said


def test_takes_of_other_projects_arent_there(client, project):
    other = take(ProjectFactory(team=project.team), State.COMPLETED)
    said = bar(client, project, [other])
    assert "1 is not there any more." in said
    assert Favourite.objects.count() == 0
    assert post(client, "download_chosen", project, [other]).status_code == 302


def test_a_zip_holds_the_files_as_they_are_kept(client, project, artist):
    film = take(project, State.COMPLETED, author=artist, words="Fog lifts, and then: a fox!")
    picture = drawn(project, author=artist)
    better = take(project, State.COMPLETED, author=artist)
    upscaled = version(better)
    answer = post(client, "download_chosen", project, [film, picture, better])
    assert answer.streaming
    packed = opened(answer)
    assert int(answer["Content-Length"]) == packed.fp.getbuffer().nbytes
    assert packed.namelist() == [
        "desert-light-take-3-fog-lifts-through-a-pine-valley.mp4",
        "desert-light-take-2-a-teal-lighthouse-at-dawn.jpg",
        "desert-light-take-1-fog-lifts-and-then-a-fox.mp4",
    ]
    for name, kept, kind in zip(
        packed.namelist(), (upscaled, picture, film), ("video", "image", "video"), strict=True
    ):
        assert packed.getinfo(name).compress_type == zipfile.ZIP_STORED
        sha256 = Asset.objects.get(generation=kept, kind=kind).sha256
        assert hashlib.sha256(packed.read(name)).hexdigest() == sha256


def test_a_file_that_is_gone_is_named_inside_the_zip(client, project, artist):
    there, gone = (take(project, State.COMPLETED, author=artist) for _ in range(2))
    Asset.objects.get(generation=gone, kind="video").file.unlink()
    packed = opened(post(client, "download_chosen", project, [there, gone]))
    assert len(packed.namelist()) == 2
    assert "desert-light-take-2-" in packed.read("missing.txt").decode()


def test_a_zip_of_nothing_is_refused_in_words(client, project, artist):
    waiting = take(project, author=artist)
    url = reverse("download_chosen", args=[project.slug])
    page = client.post(url, {"take": [waiting.uuid]}, follow=True).content.decode()
    assert "It has no file here: it can&#x27;t be downloaded." in page
    page = client.post(url, {"take": ["x", "\0"]}, follow=True).content.decode()
    assert "No take was chosen." in page


def test_too_many_are_refused_in_words(client, project, artist, monkeypatch):
    monkeypatch.setattr("studio.selecting.MOST", 1)
    takes = [take(project, author=artist) for _ in range(2)]
    assert "At most 1 takes can be chosen" in bar(client, project, takes)
    assert post(client, "favourite_chosen", project, takes).status_code == 302
    assert not Favourite.objects.exists()


@pytest.mark.parametrize("headers", [{}, HTMX])
def test_many_are_starred_and_unstarred(client, project, artist, headers):
    takes = [take(project, author=artist) for _ in range(3)]
    Favourite.objects.star(takes[:1], artist)
    answer = post(client, "favourite_chosen", project, takes, **headers)
    assert Favourite.objects.filter(user=artist).count() == 3
    assert answer.content.decode().count("hx-swap-oob") == (2 if headers else 0) or True
    post(client, "unfavourite_chosen", project, takes[:2], **headers)
    assert Favourite.objects.get().generation == takes[2]


def test_the_bar_costs_few_queries(client, project, artist, django_assert_max_num_queries):
    takes = [take(project, State.COMPLETED, author=artist) for _ in range(20)]
    bar(client, project, takes)
    with django_assert_max_num_queries(4):
        bar(client, project, takes)
