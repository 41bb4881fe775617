"""A project's stills: uploaded, listed, placed, cut and deleted."""

import re
from html import unescape
from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from generations import discarding, grabbing, stills
from generations.models import State, Still
from generations.refusal import Refused
from studio.forms.slots import REFERENCE_SLOTS
from studio.models import Role, Shot, Storyboard
from studio.stills import PAGE
from tests.factories import drawn, member, still, take
from tests.generations.pictures import picture

HTMX = {"HX-Request": "true"}
VIDEO = b"\x00\x00\x00\x18ftypmp42\x00\x00\x00\x00isom"
HEIC = b"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1heic"


def file(name, data=None):
    return SimpleUploadedFile(name, picture().read() if data is None else data)


def page(client, project, **query):
    return client.get(reverse("stills", args=[project.slug]), query).content.decode()


def upload(client, project, *files, htmx=False):
    url = reverse("upload_stills", args=[project.slug])
    return client.post(url, {"pictures": files}, headers=HTMX if htmx else {})


def shown(html):
    return re.findall(r'data-still="([\w-]+)"', html)


def verb(name, kept):
    return reverse(name, args=[kept.uuid])


def test_many_pictures_are_uploaded_at_once_without_a_script(client, project, artist):
    answer = upload(client, project, file("dune.jpg"), file("crest.jpg"))
    assert answer["Location"] == reverse("stills", args=[project.slug])
    kept = Still.objects.order_by("-id")
    assert [each.author for each in kept] == [artist, artist]
    html = page(client, project)
    assert shown(html) == [str(each.uuid) for each in kept]
    assert "2 stills kept." in html


def test_each_file_that_is_no_picture_is_told_why_at_its_name(client, project):
    sent = [
        file("dune.jpg"),
        file("clip.mp4", VIDEO),
        file("phone.heic", HEIC),
        file("nothing.png", b""),
        file("notes.txt", b"Fade in"),
    ]
    html = upload(client, project, *sent).content.decode()
    told = dict(re.findall(r'upload__name">([^<]+)</span><span class="upload__say">([^<]+)', html))
    assert told["dune.jpg"] == "Kept."
    assert told["clip.mp4"].startswith("This is a video")
    assert told["phone.heic"].startswith("This is a HEIC photo")
    assert told["nothing.png"].startswith("This file is empty")
    assert told["notes.txt"].startswith("This file isn&#x27;t a picture")
    assert Still.objects.count() == 1


def test_an_upload_without_a_file_says_what_to_do(client, project):
    html = upload(client, project).content.decode()
    assert "Choose one or more pictures first." in html


def test_a_script_gets_the_card_of_what_it_sent_or_the_reason(client, project):
    html = upload(client, project, file("dune.jpg"), htmx=True).content.decode()
    assert shown(html) == [str(Still.objects.get().uuid)]
    assert "<html" not in html
    refused = upload(client, project, file("clip.mp4", VIDEO), htmx=True).content.decode()
    assert re.search(r"<p data-refused>This is a video", refused)


def test_a_viewer_sees_the_stills_and_uploads_none(viewer, project):
    still(project)
    html = page(viewer, project)
    assert len(shown(html)) == 1
    assert "data-upload" not in html
    assert "Use as start frame" not in html
    assert upload(viewer, project, file("dune.jpg")).status_code == 403


def test_every_still_says_where_it_came_from_and_how_often_it_is_used(client, project, artist):
    uploaded, made = still(project), take(project, State.COMPLETED, author=artist)
    grabbed = grabbing.grab(made, grabbing.Which.LAST, artist)
    picture_take = drawn(project, author=artist)
    take(project, start=uploaded, author=artist)
    take(project, start=uploaded, author=artist)
    html = page(client, project)
    cards = dict(re.findall(r'data-still="([\w-]+)"(.*?)</li>', html, re.DOTALL))
    assert "in 2 takes" in cards[str(uploaded.uuid)]
    assert f'A frame of <a href="{verb("generation", made)}">take 1</a>' in cards[str(grabbed.uuid)]
    drawn_still = Still.objects.get(origin="generated")
    assert f'href="{verb("generation", picture_take)}">take 2</a>' in cards[str(drawn_still.uuid)]
    assert "Generated as" in cards[str(drawn_still.uuid)]
    assert shown(page(client, project, origin="grabbed")) == [str(grabbed.uuid)]
    assert len(shown(page(client, project, origin="nonsense"))) == 3


def test_the_grid_pages_by_keyset_in_as_many_queries_however_many(
    client, project, django_assert_max_num_queries
):
    for _ in range(PAGE + 5):
        still(project)
    page(client, project)
    with django_assert_max_num_queries(10):
        first = page(client, project)
    after = re.search(r"after=(\d+)", first).group(1)
    url = reverse("stills", args=[project.slug])
    rest = client.get(url, {"after": after}, headers=HTMX).content.decode()
    assert len(shown(first)) == PAGE
    assert len(shown(rest)) == 5
    assert not set(shown(first)) & set(shown(rest))
    assert "after=" not in rest


@pytest.mark.parametrize("position", ["start", "end"])
def test_a_still_is_put_in_the_composer_from_the_grid(client, project, position):
    kept = still(project)
    html = client.get(verb(f"still_{position}", kept)).content.decode()
    assert f'name="{position}_still" value="{kept.uuid}"' in html
    assert "data-partial" in html


def test_a_still_becomes_the_next_free_reference(client, project):
    kept, first = still(project), still(project)
    typed = {"words": "A pier", "kind": "image", "ref0_still": first.uuid}
    url = verb("still_reference", kept)
    html = client.post(url, typed, headers=HTMX).content.decode()
    assert f'name="ref0_still" value="{first.uuid}"' in html
    assert f'name="ref1_still" value="{kept.uuid}"' in html
    full = typed | {f"ref{place}_still": first.uuid for place in range(len(REFERENCE_SLOTS))}
    assert "All places for pictures are taken" in client.post(url, full).content.decode()


def test_a_still_is_cut_to_a_ratio_where_it_was_placed(client, project, artist):
    kept = still(project)
    answer = client.post(verb("crop_still", kept), {"ratio": "1:1", "share": "0.25"})
    made = Still.objects.latest("id")
    assert answer["Location"] == verb("still", made)
    assert (made.width, made.height, made.cut_from, made.author) == (180, 180, kept, artist)
    client.post(verb("crop_still", kept), {"ratio": "9:16", "place": "end"})
    assert Still.objects.latest("id").height == 180
    whole = client.get(verb("still", kept)).content.decode()
    assert verb("still", made) in whole
    assert f"{verb('still', kept)}#crop" in client.get(verb("still", made)).content.decode()


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ({}, "Choose a ratio."),
        ({"ratio": "5:1"}, "Choose a ratio."),
        ({"ratio": "16:9"}, "It is 16:9 already."),
        ({"ratio": "1:1", "share": "1.5"}, "Choose which part is kept."),
        ({"ratio": "1:1", "share": "NaN"}, "Choose which part is kept."),
        ({"ratio": "1:1", "place": "outside"}, "Choose which part is kept."),
    ],
)
def test_a_crop_that_cannot_be_is_refused_in_words(client, project, typed, says):
    kept = still(project)
    assert says in client.post(verb("crop_still", kept), typed).content.decode()
    assert Still.objects.count() == 1


def test_a_still_whose_file_is_gone_is_cut_by_nobody(client, project):
    kept = still(project)
    kept.file.unlink()
    answer = client.post(verb("crop_still", kept), {"ratio": "1:1"})
    assert "file can&#x27;t be read" in answer.content.decode()


def test_an_artist_deletes_no_still_of_another(client, project, sign_in):
    kept = still(project, author=member(project, Role.ARTIST))
    assert "Delete this still" not in client.get(verb("still", kept)).content.decode()
    assert client.post(verb("discard_still", kept)).status_code == 403
    assert Still.objects.exists()
    producer = sign_in(member(project, Role.PRODUCER))
    assert producer.post(verb("discard_still", kept)).status_code == 302
    assert not Still.objects.exists()


def test_a_still_that_nothing_uses_is_deleted(client, project, artist):
    kept = still(project, author=artist)
    assert "Delete this still" in client.get(verb("still", kept)).content.decode()
    answer = client.post(verb("discard_still", kept), follow=True)
    assert answer.redirect_chain == [(reverse("stills", args=[project.slug]), 302)]
    assert "The still is deleted." in answer.content.decode()
    assert not Still.objects.exists()


def test_a_still_that_takes_are_made_from_stays(client, project, artist):
    kept = still(project, author=artist)
    take(project, start=kept, author=artist)
    html = client.get(verb("still", kept)).content.decode()
    assert "Delete this still" not in html
    answer = client.post(verb("discard_still", kept), follow=True)
    assert "takes are made from it" in answer.content.decode()
    assert Still.objects.filter(pk=kept.pk).exists()


def test_a_still_of_the_storyboard_and_the_cover_stays_and_says_where_it_is(
    client, project, artist
):
    kept = still(project, author=artist)
    board = Storyboard.begun(project)
    gone, shot = Shot(words="Mist", start=kept), Shot(words="Dunes", start=kept, end=kept)
    board.add(artist, [gone, shot])
    board.remove(gone, artist)
    project.set_cover(still=kept)
    assert "in 1 shot, on the cover" in page(client, project)
    html = client.get(verb("still", kept)).content.decode()
    assert (
        f'href="{reverse("storyboard", args=[project.slug])}#shot-{shot.uuid}">shot 1</a>' in html
    )
    assert f'href="{reverse("project_settings", args=[project.slug])}#cover"' in html
    assert "Delete this still" not in html
    answer = client.post(verb("discard_still", kept), follow=True)
    said = unescape(answer.content.decode())
    assert "it is used by shot 1 and the project's cover. Take it out there first." in said
    with pytest.raises(Refused):  # nor does anything else that removes pictures
        stills.discard(kept)
    shot.refresh_from_db()
    assert (shot.start, shot.end) == (kept, kept)

    board.remove(shot, artist)
    project.set_cover()
    html = client.get(verb("still", kept)).content.decode()
    assert "Nothing uses it." in html
    assert "taken out of the storyboard would come back without it" in html
    client.post(verb("discard_still", kept))
    assert not Still.objects.exists()


def test_a_generated_picture_stays_with_its_take(client, project, artist):
    drawn(project, author=artist)
    answer = client.post(verb("discard_still", Still.objects.get()), follow=True)
    assert "Take 1 is this picture" in answer.content.decode()
    assert Still.objects.count() == 1


def test_a_generated_picture_that_outlived_its_takes_files_can_be_deleted(client, project, artist):
    made = drawn(project, author=artist)
    kept = Still.objects.get()
    board = Storyboard.begun(project)
    shot = Shot(words="Mist", start=kept)
    board.add(artist, [shot])
    made.discard(timezone.now(), artist)
    discarding.purge(made, artist)
    shot.refresh_from_db()
    assert shot.start == kept
    assert kept.file.exists()
    board.remove(shot, artist)
    answer = client.post(verb("discard_still", kept), follow=True)
    assert "The still is deleted." in answer.content.decode()
    assert not Still.objects.exists()


def test_a_viewer_changes_no_still(viewer, project):
    kept = still(project)
    html = viewer.get(verb("still", kept)).content.decode()
    for name in ("crop_still", "discard_still", "still_start", "still_end", "still_reference"):
        assert verb(name, kept) not in html
        assert viewer.post(verb(name, kept), {"ratio": "1:1"}).status_code == 403
    assert Still.objects.count() == 1


def test_a_list_gets_the_small_copy_and_the_whole_where_there_is_none(client, project):
    upload(client, project, file("dune.jpg", picture(1600, 900).read()))
    kept, old = Still.objects.get(), still(project)
    small = client.get(reverse("media", args=[kept.uuid, "still-small"]))
    assert small["Content-Type"] == "image/webp"
    assert len(b"".join(small)) < kept.size_bytes
    whole = client.get(reverse("media", args=[old.uuid, "still-small"]))
    assert whole["Content-Type"] == "image/jpeg"


def test_the_heads_tabs_are_the_same_on_the_board_and_at_the_stills(client, project, sign_in):
    producer = sign_in(member(project, Role.PRODUCER))
    for name in ("board", "stills"):
        html = producer.get(reverse(name, args=[project.slug])).content.decode()
        assert f'href="{reverse(name, args=[project.slug])}" aria-current="page"' in html
        assert "Bring in takes" in html


def test_a_picture_that_is_too_large_is_refused_whole(client, project):
    large = BytesIO(b"\x00" * 20_000_002).getvalue()
    html = upload(client, project, file("large.jpg", large)).content.decode()
    assert "over 20 MB" in html
    assert not Still.objects.exists()


@pytest.mark.parametrize("htmx", [True, False])
def test_an_archived_project_takes_no_uploads_and_says_so(client, project, htmx):
    project.archive()
    said = upload(client, project, file("dune.jpg"), htmx=htmx).content.decode()
    assert f"{project.name} is archived and takes no new work" in said
    assert not Still.objects.exists()
    html = page(client, project)
    assert "is archived and takes no new pictures" in html
    assert 'name="pictures"' not in html
