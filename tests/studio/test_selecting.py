"""Many takes at once: what the bar says of them, and what is done with them."""

import hashlib
import io
import zipfile

import pytest
from django.urls import reverse
from django.utils.html import strip_tags

from generations.models import Asset, Generation, State
from studio.models import Favourite, Role, Tagging
from tests.factories import ProjectFactory, drawn, member, take, version

HTMX = {"HX-Request": "true"}


def post(client, name, project, takes, words="", **headers):
    chosen = {"take": [str(each.uuid) for each in takes], "words": words}
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
    can = "downloaded, compared, sent to review, collected, made into finals or copied"
    assert f"2 of 3 can be {can}: 1 has no file here." in said
    assert "Download as ZIP (2)" in said
    said = bar(client, project, [waiting]).replace("&#x27;", "'")
    assert f"It can't be {can}: it has no file here." in said


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


def test_a_take_whose_version_is_gone_is_packed_as_its_own_file(client, project, artist):
    film = take(project, State.COMPLETED, author=artist)
    upscaled = version(film)
    Asset.objects.get(generation=upscaled, kind="video").file.unlink()
    packed = opened(post(client, "download_chosen", project, [film]))
    [name] = packed.namelist()
    own = Asset.objects.get(generation=film, kind="video")
    assert hashlib.sha256(packed.read(name)).hexdigest() == own.sha256


def test_a_zip_of_nothing_is_refused_in_words(client, project, artist):
    waiting = take(project, author=artist)
    url = reverse("download_chosen", args=[project.slug])
    page = client.post(url, {"take": [waiting.uuid]}, follow=True).content.decode()
    assert "It can&#x27;t be downloaded: it has no file here." in page
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
    # Of the cards in the page only the stars are put in anew, so that they go on playing.
    assert answer.content.decode().count("hx-swap-oob") == (3 if headers else 0)
    answer = post(client, "unfavourite_chosen", project, takes[:2], **headers)
    assert answer.content.decode().count("hx-swap-oob") == (2 if headers else 0)
    assert Favourite.objects.get().generation == takes[2]


def test_the_bar_costs_few_queries(client, project, artist, django_assert_max_num_queries):
    takes = [take(project, State.COMPLETED, author=artist) for _ in range(20)]
    bar(client, project, takes)
    with django_assert_max_num_queries(4):
        bar(client, project, takes)


def tags_of(made):
    return sorted(Tagging.objects.filter(generation=made).values_list("tag__word", flat=True))


def test_the_bar_says_how_many_can_be_deleted_and_why_not_the_others(client, project, artist):
    done = [take(project, State.COMPLETED, author=artist) for _ in range(5)]
    working = [take(project, State.DREAMING, author=artist) for _ in range(2)]
    said = bar(client, project, [*done, *working])
    assert "5 of 7 can be deleted: 2 are under way." in said
    assert "Delete (5)" in said
    another = take(project, State.COMPLETED, author=member(project))
    said = bar(client, project, [*done, *working, another]).replace("&#x27;", "'")
    assert "5 of 8 can be deleted: 2 are under way, 1 is somebody else's." in said
    said = bar(client, project, working)
    assert "None of 2 can be deleted: 2 are under way." in said


@pytest.mark.parametrize("headers", [{}, HTMX])
def test_many_are_deleted_as_far_as_they_can_be_with_one_undo(client, project, artist, headers):
    done = [take(project, State.COMPLETED, author=artist) for _ in range(2)]
    working = take(project, State.DREAMING, author=artist)
    another = take(project, State.COMPLETED, author=member(project))
    answer = post(client, "discard_chosen", project, [*done, working, another], **headers)
    assert set(Generation.objects.in_trash()) == set(done)
    page = answer if headers else client.get(reverse("board", args=[project.slug]))
    said = page.content.decode()
    assert "2 takes are in the trash." in said
    assert "2 takes, 1 dreaming" in strip_tags(said)
    if headers:
        assert answer["HX-Trigger-After-Settle"] == '{"chosen-done": {}}'
        assert said.count('hx-swap-oob="delete"') == 2
    undo = said.split('hx-post="/projects/desert-light/trash/undo/')[1].split('"')[0]
    client.post(f"/projects/desert-light/trash/undo/{undo}")
    assert not Generation.objects.in_trash().exists()


def test_a_producer_deletes_what_others_asked_for(sign_in, project, artist):
    made = take(project, State.COMPLETED, author=artist)
    post(sign_in(member(project, Role.PRODUCER)), "discard_chosen", project, [made])
    assert Generation.objects.in_trash().get() == made


def test_the_board_that_loses_its_last_takes_is_loaded_anew(client, project, artist):
    made = take(project, State.COMPLETED, author=artist)
    answer = post(client, "discard_chosen", project, [made], **HTMX)
    assert answer["HX-Redirect"] == reverse("board", args=[project.slug])


def test_nothing_that_can_be_deleted_is_refused_in_words_and_stays_chosen(client, project, artist):
    working = take(project, State.DREAMING, author=artist)
    answer = post(client, "discard_chosen", project, [working], **HTMX)
    said = answer.content.decode().replace("&#x27;", "'")
    assert "It can't be deleted: it is under way." in said
    assert "HX-Trigger-After-Settle" not in answer


@pytest.mark.parametrize("headers", [{}, HTMX])
def test_many_are_tagged_and_their_cards_say_so(client, project, artist, headers):
    takes = [take(project, author=artist) for _ in range(3)]
    answer = post(client, "tag_chosen", project, takes, "dusk, Second unit", **headers)
    assert [tags_of(each) for each in takes] == [["Second unit", "dusk"]] * 3
    page = answer if headers else client.get(reverse("board", args=[project.slug]))
    said = page.content.decode()
    assert "Tagged 3 takes: dusk, Second unit." in said
    assert said.count('class="take__tags"') == 3
    if headers:
        assert answer["HX-Trigger-After-Settle"] == '{"chosen-done": {}}'


def test_a_tag_that_is_none_is_refused_in_words_at_once(client, project, artist):
    made = take(project, author=artist)
    answer = post(client, "tag_chosen", project, [made], "!!!", **HTMX)
    assert "isn&#x27;t a tag" in answer.content.decode()
    assert "HX-Trigger-After-Settle" not in answer
    assert tags_of(made) == []


@pytest.mark.parametrize(
    ("role", "tags", "deletes"),
    [(Role.VIEWER, 403, 403), (Role.REVIEWER, 302, 403), (Role.ARTIST, 302, 302)],
)
def test_tagging_is_a_reviewers_and_deleting_an_artists(sign_in, project, role, tags, deletes):
    person = member(project, role)
    made = take(project, State.COMPLETED, author=person)
    client = sign_in(person)
    assert ("Delete" in bar(client, project, [made])) == (deletes == 302)
    board = client.get(reverse("board", args=[project.slug])).content.decode()
    assert ('id="chosen-words"' in board) == (tags == 302)
    assert post(client, "tag_chosen", project, [made], "dusk").status_code == tags
    assert post(client, "discard_chosen", project, [made]).status_code == deletes


def test_takes_of_other_projects_are_neither_tagged_nor_deleted(client, project, artist):
    other = take(ProjectFactory(team=project.team), State.COMPLETED, author=artist)
    post(client, "tag_chosen", project, [other], "dusk")
    post(client, "discard_chosen", project, [other])
    assert tags_of(other) == []
    assert not Generation.objects.in_trash().exists()
