"""Guest links as guests see them: what shows, what never does, and how a link ends."""

import re
from datetime import timedelta
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from generations import discarding
from generations.models import State
from studio import reviewing
from studio.editing import exporting
from studio.models import Export, Membership, Role, Sequence, Share, Verdict
from tests.factories import ProjectFactory, drawn, take, version
from tests.studio.shared import GONE, approve, ask, files, link, look, views
from tests.studio.test_media import body

# --- what shows ------------------------------------------------------------------------------


def test_a_guest_sees_an_approved_take_and_nothing_else_of_the_team(client, anonymous, made):
    page = look(anonymous, link(client, made))
    assert "Take 1, Desert Light" in page
    assert f"Shared by {made.author} of {made.project.team}, until" in page
    for hidden in ("secret harbour", "$", "/projects/", f'"/media/{made.uuid}', "Download"):
        assert hidden not in page
    assert 'class="rail"' not in page
    video, poster = files(page)
    whole = made.assets.get(kind="video").file.read_bytes()
    assert body(anonymous.get(video)) == whole
    part = anonymous.get(video, headers={"Range": "bytes=100-199"})
    assert (part.status_code, body(part)) == (206, whole[100:200])
    assert anonymous.get(poster)["Content-Type"] == "image/jpeg"
    assert anonymous.get(reverse("media", args=[made.uuid, "video"])).status_code == 302


def test_what_is_not_approved_shows_only_where_that_was_chosen(client, anonymous, waiting):
    asked = link(client, waiting)
    page = look(anonymous, asked)
    assert "Nothing to see yet" in page
    assert files(page) == []
    guessed = f"{asked}media/{waiting.uuid}/video"
    assert anonymous.get(guessed).status_code == 404
    shown = look(anonymous, link(client, waiting, shows_unapproved="on"))
    assert anonymous.get(files(shown)[0]).status_code == 200


def test_what_holds_nothing_is_not_said_to_lack_approval(client, anonymous, project, artist):
    empty = Sequence.begin(project, artist, "Rough cut")
    page = look(anonymous, link(client, empty, shows_unapproved="on"))
    assert "There is nothing in it, or nothing of it is finished." in page
    assert "isn't approved yet" in look(anonymous, link(client, empty))


def test_a_verdict_that_is_taken_back_hides_the_take(client, anonymous, made, producer):
    address = link(client, made)
    [video, _] = files(look(anonymous, address))
    reviewing.undo(made, producer, Role.PRODUCER)
    assert "Nothing to see yet" in look(anonymous, address)
    assert anonymous.get(video).status_code == 404


def test_prompts_and_prices_show_only_where_that_was_chosen(client, anonymous, made):
    page = look(anonymous, link(client, made, shows_prompts="on", shows_prices="on"))
    assert "Fog over a secret harbour" in page
    assert "$" in page


def test_a_download_is_offered_only_where_that_was_chosen(client, anonymous, made):
    without = files(look(anonymous, link(client, made)))[0]
    assert anonymous.get(without, {"download": 1}).status_code == 404
    page = look(anonymous, link(client, made, may_download="on"))
    answer = anonymous.get(files(page)[0], {"download": 1})
    assert answer["Content-Disposition"] == 'attachment; filename="desert-light-take-1.mp4"'
    named = look(anonymous, link(client, made, may_download="on", shows_prompts="on"))
    answer = anonymous.get(files(named)[0], {"download": 1})
    assert "fog-over-a-secret-harbour" in answer["Content-Disposition"]


def test_the_best_version_plays_once_it_was_judged(client, anonymous, made, producer):
    own = made.assets.get(kind="video").file.read_bytes()
    better = version(made)
    made.refresh_from_db()
    assert made.best_version == better
    better.assets.get(kind="video").file.write_bytes(b"better")
    page = look(anonymous, link(client, made))
    assert str(better.uuid) not in page
    assert body(anonymous.get(files(page)[0])) == own  # nobody has judged the version yet
    whatever = look(anonymous, link(client, made, shows_unapproved="on"))
    assert body(anonymous.get(files(whatever)[0])) == b"better"
    reviewing.judge(made, Verdict.APPROVED, producer, seen=Verdict.APPROVED)
    assert body(anonymous.get(files(page)[0])) == b"better"


def test_a_picture_is_shown_as_one(client, anonymous, project, artist, producer):
    picture = drawn(project, author=artist)
    approve(picture, producer)
    page = look(anonymous, link(client, picture))
    [address] = [each for each in files(page) if each.endswith("/image")]
    assert anonymous.get(address)["Content-Type"] == "image/jpeg"


def test_a_collection_plays_as_a_reel_of_what_is_approved(client, anonymous, reel, made, waiting):
    page = look(anonymous, link(client, reel))
    assert "Best of autumn" in page
    assert "For the client" in page
    assert page.count("data-reel-take") == 1
    assert str(made.uuid) in page
    assert str(waiting.uuid) not in page
    both = look(anonymous, link(client, reel, shows_unapproved="on", shows_prices="on"))
    assert both.count("data-reel-take") == 2
    assert "in all" in both


def test_a_sequence_shows_the_parts_that_its_clips_show(client, anonymous, sequence, made, waiting):
    page = look(anonymous, link(client, sequence))
    assert f"/media/{made.uuid}/video#t=0.500,1.500" in page
    assert 'data-from="0.500"' in page
    assert str(waiting.uuid) not in page
    both = look(anonymous, link(client, sequence, shows_unapproved="on"))
    assert both.count("data-reel-take") == 2


def test_a_sequence_shows_its_newest_film_once_all_in_it_is_approved(
    client, anonymous, sequence, film, waiting, producer
):
    address = link(client, sequence)
    assert str(film.uuid) not in look(anonymous, address)
    approve(waiting, producer)
    page = look(anonymous, address)
    [file] = files(page)
    assert file.endswith(f"/media/{film.uuid}/export")
    part = anonymous.get(file, headers={"Range": "bytes=4-7"})
    assert (part.status_code, body(part)) == (206, b"ftyp")
    taken = file.replace(f"{film.uuid}/export", f"{waiting.uuid}/video")
    assert anonymous.get(taken).status_code == 404
    discarding.discard([waiting], producer)  # the film stays a film; clips of it would go
    assert files(look(anonymous, address)) == [file]
    film.delete()
    assert str(waiting.uuid) not in look(anonymous, address)
    discarding.restore([waiting], producer)
    assert str(waiting.uuid) in look(anonymous, address)


def test_an_export_is_shown_once_all_in_it_is_approved(client, anonymous, film, waiting, producer):
    address = link(client, film, may_download="on")
    assert "Nothing to see yet" in look(anonymous, address)
    approve(waiting, producer)
    page = look(anonymous, address)
    answer = anonymous.get(files(page)[0], {"download": 1})
    assert "desert-light-trailer" in answer["Content-Disposition"]
    assert b"ftyp" in body(answer)


def test_a_film_with_a_version_that_nobody_judged_waits_for_a_verdict(
    client, anonymous, sequence, film, made, waiting, producer, artist
):
    approve(waiting, producer)
    address = link(client, film)
    better = version(made)
    assert files(look(anonymous, address))  # it was made before
    kind = Export.Kind.MP4
    Export.objects.create(sequence=sequence, edit=sequence.head, author=artist, kind=kind)
    assert exporting.export_due() == 1
    again = link(client, Export.objects.exclude(pk=film.pk).get())
    assert "Nothing to see yet" in look(anonymous, again)
    discarding.discard([better], artist)  # the film has it in it all the same
    assert "Nothing to see yet" in look(anonymous, again)
    assert files(look(anonymous, address))
    discarding.restore([better], artist)
    reviewing.judge(made, Verdict.APPROVED, producer, seen=Verdict.APPROVED)
    assert files(look(anonymous, again))


def test_a_link_opens_nothing_but_what_it_is_to(client, anonymous, made, project, artist, producer):
    other = take(project, State.COMPLETED, author=artist)
    approve(other, producer)
    theirs = take(ProjectFactory(), State.COMPLETED)
    address = link(client, made)
    for uuid in (other.uuid, theirs.uuid, uuid4()):
        for kind in ("video", "poster", "preview", "image", "export", "still", "sound"):
            assert anonymous.get(f"{address}media/{uuid}/{kind}").status_code == 404
    assert anonymous.get(f"{address}media/{made.uuid}/preview").status_code == 404


def test_a_take_in_the_trash_is_not_shown(client, anonymous, made, artist):
    address = link(client, made)
    discarding.discard([made], artist)
    assert "Nothing to see yet" in look(anonymous, address)


# --- how it ends -----------------------------------------------------------------------------


def gone(guest, address) -> str:
    """Return what is said where a link isn't there, without the form's token, always another."""
    answer = guest.get(address)
    assert answer.status_code == 404
    assert GONE in answer.content.decode()
    return re.sub(r'"X-CSRFToken": "\w+"', "", answer.content.decode())


def test_expired_revoked_and_unknown_links_answer_alike(client, anonymous, made, time_machine):
    address = link(client, made)
    [video, _] = files(look(anonymous, address))
    client.post(reverse("revoke_share", args=[Share.objects.get().uuid]))
    revoked = gone(anonymous, address)
    assert anonymous.get(video).status_code == 404
    short = link(client, made, days="1")
    time_machine.move_to(timezone.now() + timedelta(days=1, minutes=1))
    assert gone(anonymous, short) == revoked
    assert gone(anonymous, f"/share/{'A' * 43}/") == revoked
    assert gone(anonymous, f"/share/{'A' * 43}/media/{made.uuid}/video") == revoked


@pytest.mark.parametrize("how", ["leaves", "is made a viewer", "is shut out", "loses the project"])
def test_a_link_ends_when_its_maker_may_not_share_any_more(
    client, anonymous, made, artist, producer, how
):
    address = link(client, made)
    mine = Membership.objects.filter(user=artist)
    if how == "leaves":
        mine.delete()
    elif how == "is made a viewer":
        mine.update(role=Role.VIEWER)
    elif how == "is shut out":
        type(artist).objects.filter(pk=artist.pk).update(is_active=False)
    else:
        made.project.make_private([], producer)
    gone(anonymous, address)


def test_a_collection_shows_a_guest_no_project_that_its_sharer_is_not_in(
    client, anonymous, reel, made, producer
):
    address = link(client, reel)
    assert str(made.uuid) in look(anonymous, address)
    made.project.make_private([], producer)
    assert str(made.uuid) not in look(anonymous, address)


def test_nothing_of_a_link_is_kept_by_caches_or_found_by_search(client, anonymous, made):
    page = anonymous.get(link(client, made))
    assert "no-store" in page["Cache-Control"]
    file = anonymous.get(files(page.content.decode())[0])
    assert file["Cache-Control"] == "private, no-cache"
    assert page["X-Robots-Tag"] == file["X-Robots-Tag"] == "noindex, nofollow"


# --- views -----------------------------------------------------------------------------------


def test_a_view_is_counted_once_for_each_session_of_a_guest(client, viewer, anonymous, made):
    address = link(client, made)
    anonymous.head(address)
    Client().get(address, headers={"Sec-Purpose": "prefetch;prerender"})
    assert views() == 0
    for _ in range(3):
        for each in [address, *files(look(anonymous, address))]:
            anonymous.get(each)
    assert views() == 1
    look(Client(), address)
    assert views() == 2
    look(viewer, address)  # one of the team
    assert views() == 2
    assert "2 views" in client.get(reverse("share_take", args=[made.uuid])).content.decode()


def test_a_storyboard_goes_out_only_with_its_prompts(client, sequence, artist, anonymous):
    Export.objects.create(
        sequence=sequence, edit=sequence.head, author=artist, kind=Export.Kind.PDF
    )
    assert exporting.export_due() == 1
    paper = Export.objects.get()
    refused = ask(client, paper, may_download="on", shows_unapproved="on")
    assert "A storyboard has the prompts in it." in refused.content.decode()
    terms = {"may_download": "on", "shows_unapproved": "on", "shows_prompts": "on"}
    address = link(client, paper, **terms)
    assert "download=1" in look(anonymous, address)
    Share.objects.update(shows_prompts=False)
    assert "download=1" not in look(anonymous, address)


def test_a_guest_whose_form_is_too_old_is_told_in_a_guests_words(client, anonymous, made):
    address = link(client, made, takes_notes="on")
    strict = Client(enforce_csrf_checks=True)
    answer = strict.post(f"{address}takes/{made.uuid}/say/", {"guest": "Ann", "words": "Hm"})
    assert answer.status_code == 403
    page = answer.content.decode()
    assert "open for too long, or this browser keeps no cookies" in page
    assert "signed in" not in page
    assert ">Home<" not in page


def test_who_shares_a_sequence_without_a_film_is_told_what_guests_get(client, sequence, film):
    page = client.get(reverse("share_sequence", args=[sequence.uuid])).content.decode()
    assert "There is no film of it yet" not in page
    film.delete()
    page = client.get(reverse("share_sequence", args=[sequence.uuid])).content.decode()
    assert "Their browser gets these whole, also what is cut away here" in page
