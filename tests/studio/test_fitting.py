"""The composer's offer for a picture of another ratio, and the still's own page."""

import pytest

from generations.models import Account, Generation, State, Still
from generations.stills import keep_upload
from tests.factories import AccountFactory, take
from tests.generations.pictures import picture

ORDER = {
    "words": "Slow push in over the dunes",
    "model": "ray-2",
    "ratio": "16:9",
    "resolution": "540p",
    "duration_s": "5",
    "shown_usd": "100",
}


@pytest.fixture
def still(project, artist):
    return keep_upload(project, artist, picture(640, 480))


def post(client, path, **fields):
    return client.post(f"/projects/desert-light/{path}", {**ORDER, **fields})


def test_a_wrong_ratio_is_refused_in_the_composer_with_both_ways_out(client, still):
    answer = post(client, "generate/", start_still=still.uuid)
    page = answer.content.decode()
    assert "The picture is 4:3 and the take 16:9." in page
    assert "Crop to 16:9" in page
    assert "Keep as it is" in page
    assert Generation.objects.count() == 0


def test_cropping_fills_the_slot_with_the_part_and_offers_other_parts(client, still):
    page = post(client, "compose/cut/", start_still=still.uuid, cut="start.middle").content.decode()
    part = Still.objects.exclude(pk=still.pk).get()
    assert f'name="start_still" value="{part.uuid}"' in page
    assert "Cut to 16:9." in page
    for place in ("Top", "Middle", "Bottom"):
        assert f">{place}</button>" in page
    assert ORDER["words"] in page
    assert post(client, "generate/", start_still=part.uuid).status_code == 302


def test_keeping_it_is_remembered_until_it_is_sent(client, still):
    page = post(client, "compose/keep/", start_still=still.uuid, keep="start").content.decode()
    assert 'name="start_as_is" value="1"' in page
    assert "It is kept as it is." in page
    assert post(client, "generate/", start_still=still.uuid, start_as_is="1").status_code == 302
    assert Generation.objects.get().keyframes.get().still == still


def test_another_picture_chosen_meanwhile_is_kept(client, still):
    answer = post(
        client, "compose/cut/", start_still=still.uuid, cut="start.start", end=picture(64, 36)
    )
    assert Still.objects.count() == 3
    assert str(Still.objects.get(width=64).uuid) in answer.content.decode()


@pytest.fixture
def elsewhere(project, artist):
    """A finished take, 16:9, of an account that the team no longer uses."""
    made = take(project, State.COMPLETED, author=artist)
    Account.objects.update(enabled=False)
    AccountFactory(team=project.team)
    return made


def test_a_take_of_another_account_is_fitted_as_the_picture_that_is_sent(client, elsewhere):
    square = {"ratio": "1:1", "start_take": elsewhere.uuid}
    page = post(client, "generate/", **square).content.decode()
    assert "so that only a picture of it can be sent. The picture is 16:9 and the take 1:1." in page
    assert Generation.objects.count() == 1
    for words in ("Crop to 1:1", "Keep as it is"):
        assert words in page

    page = post(client, "compose/cut/", cut="start.middle", **square).content.decode()
    part = Still.objects.get(cut_from__source=elsewhere)
    assert part.width == part.height == 180
    assert f'name="start_still" value="{part.uuid}"' in page
    assert f'name="start_take" value="{elsewhere.uuid}"' not in page

    page = post(client, "compose/keep/", keep="start", **square).content.decode()
    whole = Still.objects.get(cut_from=None)
    assert (whole.source, whole.width) == (elsewhere, 320)
    assert f'name="start_still" value="{whole.uuid}"' in page
    asked = {"ratio": "1:1", "start_still": whole.uuid, "start_as_is": "1"}
    assert post(client, "generate/", **asked).status_code == 302
    assert Generation.objects.latest("id").keyframes.get().still == whole


def test_a_take_of_the_account_itself_is_continued_whatever_its_ratio(client, project, artist):
    made = take(project, State.COMPLETED, author=artist)
    assert post(client, "generate/", ratio="1:1", start_take=made.uuid).status_code == 302


@pytest.mark.parametrize("cut", ["", "start", "end.middle", "start.nowhere", "x.y.z"])
def test_a_cut_that_makes_no_sense_changes_nothing(client, still, cut):
    answer = post(client, "compose/cut/", start_still=still.uuid, cut=cut)
    assert answer.status_code == 200
    assert Still.objects.count() == 1


def test_another_ratio_is_judged_at_once(client, still):
    quote = "/projects/desert-light/quote/"
    wrong = client.get(quote, {**ORDER, "start_still": still.uuid}).content.decode()
    assert "The picture is 4:3 and the take 16:9." in wrong
    right = client.get(quote, {**ORDER, "ratio": "4:3", "start_still": still.uuid})
    assert "The picture is" not in right.content.decode()


def test_a_small_picture_is_said_and_not_refused(client, project, artist):
    small = keep_upload(project, artist, picture(64, 36))
    page = client.get("/projects/desert-light/quote/", {**ORDER, "start_still": small.uuid})
    assert "it may look soft" in page.content.decode()
    assert post(client, "generate/", start_still=small.uuid).status_code == 302


def test_a_viewer_may_not_cut_and_a_stranger_finds_nothing(viewer, stranger, still):
    for path, fields in (("compose/cut/", {"cut": "start.middle"}), ("compose/keep/", {})):
        assert post(viewer, path, start_still=still.uuid, **fields).status_code == 403
        assert post(stranger, path, start_still=still.uuid, **fields).status_code == 404
    assert Still.objects.count() == 1


def test_a_note_about_rights_is_kept_with_the_still(client, viewer, stranger, project, still):
    url = f"/stills/{still.uuid}/"
    assert "Who holds them, and what was agreed" in client.get(url).content.decode()
    note = "Jo Doe, for this film only"
    assert client.post(f"{url}rights/", {"rights": note}).status_code == 302
    assert note in client.get(url).content.decode()
    assert note in viewer.get(url).content.decode()
    begun = take(project, start=still, ratio="4:3")
    assert note in client.get(f"/generations/{begun.uuid}/").content.decode()
    assert "shorten it" in client.post(f"{url}rights/", {"rights": "x" * 301}).content.decode()
    assert viewer.post(f"{url}rights/", {"rights": "mine"}).status_code == 403
    assert stranger.get(url).status_code == 404
    assert stranger.post(f"{url}rights/", {"rights": "mine"}).status_code == 404
    still.refresh_from_db()
    assert still.rights == note
