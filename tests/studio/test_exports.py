"""A sequence's exports, as people see them: begun, watched, fetched, cancelled, deleted."""

import re
from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest
from django.urls import reverse
from django.utils import timezone

from generations import discarding
from generations.models import State
from studio import working
from studio.editing import exporting
from studio.editing.cut import Clip, Cut, SoundClip
from studio.models import AuditEntry, Export, Role, Sequence
from tests.factories import member, take

ASKED = {"kind": "mp4", "height": "", "loudness": "-14"}


@pytest.fixture
def shot(project):
    return take(project, State.COMPLETED)


@pytest.fixture
def sequence(project, artist, shot):
    return Sequence.begin(project, artist, "Trailer", Cut(clips=(Clip("a", shot.uuid),)))


@pytest.fixture
def export(sequence, artist):
    return Export.objects.create(
        sequence=sequence, edit=sequence.head, author=artist, kind=Export.Kind.MP4
    )


def page_of(client, sequence):
    return client.get(reverse("exports", args=[sequence.uuid])).content.decode()


def test_an_export_is_begun_rendered_and_fetched_in_parts(client, sequence):
    assert "Nothing is exported yet" in page_of(client, sequence)
    answer = client.post(reverse("begin_export", args=[sequence.uuid]), ASKED)
    assert answer.status_code == 302
    assert "Waiting for a worker" in page_of(client, sequence)
    assert exporting.export_due() == 1
    made = Export.objects.get()
    page = page_of(client, sequence)
    assert "Ready" in page
    assert "320 × 180" in page
    address = reverse("media", args=[made.uuid, "export"])
    assert f'{address}?download=1"' in page
    whole = client.get(address, {"download": 1})
    assert whole["Content-Type"] == "video/mp4"
    assert f"{sequence.project.slug}-trailer-" in whole["Content-Disposition"]
    assert len(b"".join(whole.streaming_content)) == made.size_bytes
    part = client.get(address, headers={"Range": "bytes=4-7"})
    assert part.status_code == 206
    assert b"".join(part.streaming_content) == b"ftyp"
    noted = AuditEntry.objects.filter(kind=AuditEntry.Kind.EXPORT).order_by("pk")
    assert [each.words for each in noted] == [
        f"{did} “Trailer” as MP4, H.264 of {sequence.project}" for did in ("Exported", "Downloaded")
    ]


def test_a_viewer_fetches_and_doesnt_export(viewer, sequence, export):
    exporting.export_due()
    page = page_of(viewer, sequence)
    assert "Download" in page
    assert "Delete…" not in page
    assert reverse("begin_export", args=[sequence.uuid]) not in page
    assert viewer.get(reverse("media", args=[export.uuid, "export"])).status_code == 200
    for name, named in (
        ("begin_export", sequence),
        ("cancel_export", export),
        ("export_again", export),
        ("open_export_cut", export),
        ("discard_export", export),
    ):
        assert viewer.post(reverse(name, args=[named.uuid]), ASKED).status_code == 403


def test_a_stranger_fetches_nothing(stranger, export):
    exporting.export_due()
    assert stranger.get(reverse("media", args=[export.uuid, "export"])).status_code == 404


def test_what_isnt_there_yet_isnt_sent(client, export):
    assert client.get(reverse("media", args=[export.uuid, "export"])).status_code == 404


def test_what_stands_in_the_way_is_said_with_its_number_and_remedy(project, artist, client, shot):
    dreaming, failed = take(project, State.DREAMING), take(project, State.FAILED)
    trashed = take(project, State.COMPLETED)
    discarding.discard([trashed], artist)
    clips = (shot.uuid, dreaming.uuid, failed.uuid, trashed.uuid)
    cut = Cut(clips=tuple(Clip(f"k{at}", uuid) for at, uuid in enumerate(clips)))
    sequence = Sequence.begin(project, artist, "Trailer", cut)
    page = page_of(client, sequence)
    assert f"Clip 2: take {dreaming.take_number} is still being made. Wait for it" in page
    assert f"Clip 3: take {failed.take_number} has failed. Retry it" in page
    assert f"Clip 4: take {trashed.take_number} is in the trash. Restore it" in page
    assert "3 clips stand in the way" in page
    silent = replace(cut, sounds=(SoundClip("s", uuid4(), 24),))
    sequence.change(sequence.version, artist, "Added a sound", lambda _: silent)
    page = page_of(client, sequence)
    assert "3 clips and 1 sound stand in the way" in page
    assert "The sound at 00:00:01:00 was deleted. Take it out" in page
    assert client.post(reverse("begin_export", args=[sequence.uuid]), ASKED).status_code == 422
    assert not Export.objects.exists()


def test_an_empty_sequence_isnt_exported(project, artist, client):
    sequence = Sequence.begin(project, artist, "Trailer")
    answer = client.post(reverse("begin_export", args=[sequence.uuid]), ASKED)
    assert answer.status_code == 422
    assert "Put takes into it first" in answer.content.decode()


def test_letters_that_would_be_boxes_are_told_before(project, artist, client):
    cut = Cut(clips=(Clip("a", words="夜明け at dawn", out_frame=48),))
    sequence = Sequence.begin(project, artist, "Trailer", cut)
    assert "doesn&#x27;t have 夜明け" in page_of(client, sequence).replace("'", "&#x27;")


def test_a_take_deleted_meanwhile_fails_the_export_in_words(shot, artist, export):
    discarding.discard([shot], artist)
    exporting.export_due()
    export.refresh_from_db()
    assert export.state == Export.State.FAILED
    assert "Clip 1" in export.words
    assert "in the trash" in export.words


@pytest.mark.parametrize("wrong", [{"kind": "exe"}, {"height": "9999"}, {"loudness": "loud"}])
def test_what_isnt_offered_is_refused_at_its_field(client, sequence, wrong):
    answer = client.post(reverse("begin_export", args=[sequence.uuid]), ASKED | wrong)
    assert answer.status_code == 422
    assert "Choose one of the" in answer.content.decode()
    assert not Export.objects.exists()


@pytest.mark.parametrize(
    ("kind", "words"), [("sheet", "JPEG"), ("pdf", "PDF"), ("gif", "GIF, 540p")]
)
def test_a_size_is_kept_of_films_alone(client, sequence, kind, words):
    asked = ASKED | {"kind": kind, "height": "540"}
    client.post(reverse("begin_export", args=[sequence.uuid]), asked)
    assert Export.objects.get().height == (540 if kind == "gif" else None)
    assert f"{words}</h3>" in page_of(client, sequence)


@pytest.mark.parametrize(
    ("seconds", "words"), [(2, "ready in a moment"), (31, "ready in about 30 s")]
)
def test_when_it_would_be_ready_is_said(client, sequence, monkeypatch, seconds, words):
    monkeypatch.setattr("studio.editing.foreseeing.Foreseen.seconds", lambda *_: seconds)
    assert f"0:02 long, {words}<" in page_of(client, sequence)


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        ({"kind": "webm"}, "0:52 long, ready in about 30 s"),
        ({"kind": "prores"}, "0:52 long, ready in about 1 min"),
        ({"kind": "gif"}, "0:52 long, ready in about 10 s"),
        ({"kind": "pdf"}, "2 clips, ready in a moment"),
        ({"kind": "sheet"}, "2 clips, ready in a moment"),
        ({"kind": "frames", "clip": "a"}, "48 pictures, ready in a moment"),
        ({"kind": "frames"}, ""),
    ],
)
def test_the_estimate_is_of_what_is_asked_for(project, artist, client, shot, asked, words):
    shot.assets.update(width=1280, height=720)
    clips = (Clip("a", shot.uuid), Clip("b", words="Slow", out_frame=50 * 24))
    sequence = Sequence.begin(project, artist, "Trailer", Cut(clips=clips))
    found = client.get(reverse("export_ready", args=[sequence.uuid]), ASKED | asked)
    assert found.content.decode().partition(">")[2].startswith(f"{words}</p>")


def test_an_estimate_of_pictures_goes_by_how_long_the_last_ones_took(client, sequence, artist):
    for _ in range(3):
        Export.objects.create(
            sequence=sequence,
            edit=sequence.head,
            kind="sheet",
            state="done",
            path="x",
            size_bytes=5,
            sha256="x",
            frames_rendered=1,
            took_s=5,
            width=2040,
            pixel_height=422,
        )
    client.post(reverse("begin_export", args=[sequence.uuid]), ASKED | {"kind": "sheet"})
    assert Export.objects.get(state="waiting").estimate_s == pytest.approx(6)


def test_frames_need_nothing_but_their_clip(project, artist, client, shot):
    dreaming = take(project, State.DREAMING)
    cut = Cut(clips=(Clip("a", dreaming.uuid), Clip("b", shot.uuid)))
    sequence = Sequence.begin(project, artist, "Trailer", cut)
    page = page_of(client, sequence)
    assert "PNG frames of a clip whose take is here can be exported" in page
    assert f">2: {shot.name}<" in page
    assert f">1: {dreaming.name}<" not in page
    address = reverse("begin_export", args=[sequence.uuid])
    for kind, key, words in (
        ("frames", "a", "or its take isn&#x27;t here"),
        ("sheet", "b", "Only PNG frames"),
    ):
        answer = client.post(address, ASKED | {"kind": kind, "clip": key})
        assert answer.status_code == 422
        assert words in answer.content.decode()
    client.post(address, ASKED | {"kind": "frames", "clip": "b"})
    assert exporting.export_due() == 1
    made = Export.objects.get()
    assert (made.state, made.frames_rendered) == ("done", 48)


def test_frames_of_a_take_that_was_deleted_meanwhile_say_which_clip_it_is(
    project, artist, client, shot
):
    other = take(project, State.COMPLETED)
    cut = Cut(clips=(Clip("a", other.uuid), Clip("b", shot.uuid)))
    sequence = Sequence.begin(project, artist, "Trailer", cut)
    asked = ASKED | {"kind": "frames", "clip": "b"}
    client.post(reverse("begin_export", args=[sequence.uuid]), asked)
    discarding.discard([shot, other], artist)
    exporting.export_due()
    words = Export.objects.get().words
    assert words.startswith("Clip 2:")
    assert "Clip 1" not in words


def test_a_waiting_export_is_cancelled_and_exported_again(client, sequence, export):
    client.post(reverse("cancel_export", args=[export.uuid]))
    assert exporting.export_due() == 0
    assert "Cancelled" in page_of(client, sequence)
    client.post(reverse("export_again", args=[export.uuid]))
    assert exporting.export_due() == 1


def test_one_that_was_given_up_is_rendered_when_it_is_asked_for_once_more(client, export):
    Export.objects.update(tries=working.MOST_TRIES, state=Export.State.RENDERING)
    Export.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
    assert exporting.export_due() == 0
    client.post(reverse("export_again", args=[export.uuid]))
    assert exporting.export_due() == 1
    export.refresh_from_db()
    assert export.state == Export.State.DONE


def test_one_that_is_cancelled_time_and_again_is_no_server_that_ended(client, export):
    for _ in range(working.MOST_TRIES + 1):
        assert export.claim(60)
        client.post(reverse("cancel_export", args=[export.uuid]))
        client.post(reverse("export_again", args=[export.uuid]))
        export.refresh_from_db()
    assert exporting.export_due() == 1


def test_the_list_is_asked_for_again_only_when_it_changed(client, sequence, export):
    live = reverse("exports_live", args=[sequence.uuid])
    shown = client.get(live)
    version = shown.content.decode().split('name="version" value="')[1].split('"')[0]
    assert client.get(live, {"version": version}).status_code == 204
    export.claim(60)
    assert "Rendering" in client.get(live, {"version": version}).content.decode()


@pytest.mark.parametrize(
    ("chosen", "shown", "words"),
    [
        ({"kind": "webm"}, "webm", "0:02 long, ready"),
        ({"kind": "sheet", "clip": "a"}, "sheet", "1 clip, ready"),
        ({"kind": "frames"}, "frames", ""),
        ({"kind": "frames", "earlier": ""}, "mp4", "0:02 long, ready"),
        ({"kind": "frames", "earlier": "", "clip": "a"}, "frames", "48 pictures, ready"),
        ({"kind": "frames", "earlier": "exe"}, "mp4", "0:02 long, ready"),
    ],
)
def test_what_was_chosen_stays_while_something_stands_in_the_way_and_after(
    client, project, artist, sequence, chosen, shown, words
):
    live = reverse("exports_live", args=[sequence.uuid])
    whole = sequence.cut
    dreaming = Clip("b", take(project, State.DREAMING).uuid)
    sequence.change(sequence.version, artist, "Added one", lambda _: Cut((*whole.clips, dreaming)))
    held = client.get(live, ASKED | chosen | {"version": "a-b"}).content.decode()
    earlier = re.search(r'name="earlier" value="(\w*)"', held)
    assert "1 clip stands in the way" in held
    sequence.change(sequence.version, artist, "Removed it", lambda _: whole)
    asked = ASKED | chosen | {"kind": "frames", "earlier": earlier[1], "version": "a-b"}
    page = client.get(live, asked).content.decode()
    assert re.search(r'value="(\w+)" selected', page)[1] == shown
    assert words in page
    assert 'name="earlier"' not in page


def test_deleting_asks_first_and_takes_the_file_away(client, sequence, export):
    exporting.export_due()
    export.refresh_from_db()
    address = reverse("discard_export", args=[export.uuid])
    assert "goes for good" in client.get(address).content.decode()
    assert export.file.exists()
    client.post(address)
    assert not export.file.exists()
    assert not Export.objects.exists()


def test_one_that_is_being_made_isnt_deleted(client, export):
    export.claim(60)
    client.post(reverse("discard_export", args=[export.uuid]))
    assert Export.objects.filter(pk=export.pk).exists()


def test_the_cut_of_an_export_is_opened_as_a_sequence_of_its_own(client, artist, sequence, export):
    sequence.change(sequence.version, artist, "Emptied it", lambda cut: Cut())
    assert "Open that cut" not in page_of(client, sequence)
    export.cancel()
    assert "Open that cut" in page_of(client, sequence)
    client.post(reverse("open_export_cut", args=[export.uuid]))
    opened = Sequence.objects.exclude(pk=sequence.pk).get()
    assert opened.cut == export.edit.cut
    sequence.refresh_from_db()
    assert not sequence.cut.clips


def test_a_state_with_an_export_is_never_forgotten(sequence, artist, export):
    sequence.change(sequence.version, artist, "Emptied it", lambda cut: Cut())
    sequence.edits.forget_old(sequence, 501)
    assert sequence.edits.filter(pk=export.edit_id).exists()


def test_the_page_costs_the_same_with_many_exports(
    client, artist, sequence, export, django_assert_max_num_queries
):
    for _ in range(20):
        Export.objects.create(sequence=sequence, edit=sequence.head, author=artist, kind="mp4")
    with django_assert_max_num_queries(14):
        page_of(client, sequence)


def test_another_teams_export_is_nowhere(stranger, sequence, export):
    assert stranger.get(reverse("exports", args=[sequence.uuid])).status_code == 404
    assert stranger.post(reverse("cancel_export", args=[export.uuid])).status_code == 404


def test_a_producer_exports_as_an_artist_does(project, sign_in, sequence):
    producer = sign_in(member(project, Role.PRODUCER))
    answer = producer.post(reverse("begin_export", args=[sequence.uuid]), ASKED)
    assert answer.status_code == 302


def test_frames_say_which_clip_they_are_of(client, sequence, artist, shot):
    edit = sequence.head
    Export.objects.create(sequence=sequence, edit=edit, kind="frames", clip_key="a")
    assert f"PNG frames of a clip, ZIP: clip 1, {shot.name}<" in page_of(client, sequence)


def test_a_double_click_begins_one_export_and_the_next_one_later_another(client, sequence):
    address = reverse("begin_export", args=[sequence.uuid])
    for _ in range(2):
        assert client.post(address, ASKED).status_code == 302
    made = Export.objects.get()
    assert made.cancel()
    client.post(address, ASKED)
    assert Export.objects.count() == 2


def test_deleting_a_sequence_says_that_its_exports_go_too(client, sequence, export):
    address = reverse("discard_sequence", args=[sequence.uuid])
    page = client.get(address).content.decode()
    assert "1 export of it goes too, with its file." in page
    client.post(address)
    assert not Export.objects.exists()


def test_what_is_begun_is_in_the_logs_by_its_id(client, sequence, caplog):
    caplog.set_level("INFO", "studio")
    client.post(reverse("begin_export", args=[sequence.uuid]), ASKED)
    begun = f"export={Export.objects.get().uuid} state=waiting kind=mp4 edit={sequence.head_id}"
    assert f"{begun} sequence={sequence.uuid}" in caplog.messages
