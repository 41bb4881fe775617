"""Accepting work: bad input is refused with the field, the reason and the remedy."""

from dataclasses import replace
from decimal import Decimal
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse
from django.utils.html import strip_tags
from PIL import Image, ImageChops, ImageStat

from generations import approving, discarding, grabbing, media
from generations.models import (
    Account,
    Budget,
    Generation,
    Keyframe,
    LedgerEntry,
    Prompt,
    SpendingRules,
    Still,
)
from generations.ordering import accept, accept_all, quote_usd, retry
from generations.orders import Frame, Order
from generations.refusal import Refused
from generations.stills import keep_upload
from studio.models import Project
from tests.factories import drawn
from tests.generations.conftest import another_account
from tests.generations.pictures import picture


def refused(studio, **order):
    """Order, be refused with nothing recorded, and return the errors."""
    before = (Prompt.objects.count(), Generation.objects.count(), LedgerEntry.objects.count())
    with pytest.raises(Refused) as caught:
        studio.order(**order)
    after = (Prompt.objects.count(), Generation.objects.count(), LedgerEntry.objects.count())
    assert before == after
    assert studio.books()["generations"] == []
    return caught.value.errors


@pytest.mark.parametrize(
    ("order", "field", "says"),
    [
        ({"words": ""}, "words", "at least 3 characters"),
        ({"words": " ab "}, "words", "at least 3 characters"),
        ({"words": "x" * 5001}, "words", "Shorten by 1."),
        ({"model": "ray-9"}, "model", "Choose one of: ray-2, ray-flash-2"),
        ({"ratio": "2:1"}, "ratio", "Choose one of: 16:9"),
        ({"resolution": "8k"}, "resolution", "Choose one of: 540p"),
        ({"duration_s": 7}, "duration_s", "Choose one of: 5 s, 9 s"),
        ({"concepts": ("moonwalk",)}, "concepts", "no camera concept called moonwalk"),
    ],
)
def test_bad_settings_are_refused_with_the_remedy(studio, order, field, says):
    errors = refused(studio, **order)
    assert list(errors) == [field]
    assert says in errors[field]


@pytest.mark.parametrize("length", [3, 5000])
def test_words_of_3_to_5000_characters_are_taken(studio, length):
    assert studio.order("x" * length).state == "waiting"


def test_a_loop_with_two_frames_is_refused(studio):
    still = keep_upload(studio.project, studio.person, picture())
    frame = Frame(still=still)
    assert "can't have both" in refused(studio, loop=True, start=frame, end=frame)["loop"]


def test_a_picture_needs_no_words(studio):
    still = keep_upload(studio.project, studio.person, picture())
    take = studio.order("", start=Frame(still=still))
    assert Keyframe.objects.get(generation=take).still == still


def test_another_projects_picture_or_take_is_refused(studio):
    other = Project.objects.create(team=studio.project.team, name="Other", slug="other")
    still = keep_upload(other, studio.person, picture())
    assert "another project" in refused(studio, start=Frame(still=still))["start"]
    take = accept(other, studio.person, Order(words="Elsewhere"))
    with pytest.raises(Refused, match="another project"):
        studio.order(start=Frame(source=take))


def test_an_unfinished_take_cant_be_extended(studio):
    take = studio.order()
    with pytest.raises(Refused, match="Take 1 isn't finished yet"):
        studio.order(start=Frame(source=take))


@pytest.fixture
def elsewhere(studio):
    """A finished take of an account that the team no longer uses."""
    take = studio.order()
    studio.work(take, until="stored")
    old = studio.account
    Account.objects.update(enabled=False)
    new = Account(team=old.team, provider="luma", name="Second", base_url=old.base_url)
    new.simulated = True
    new.set_key("another")
    new.save()
    return take


def test_a_take_of_another_account_is_continued_from_its_last_frame(studio, elsewhere):
    take = studio.order("On it goes", start=Frame(source=elsewhere))
    still = take.keyframes.get().still
    assert (still.origin, still.source) == ("grabbed", elsewhere)
    assert (still.width, still.height) == (960, 540)
    wanted = media.frame_of(elsewhere.assets.get(kind="video").file, last=True)
    with Image.open(still.file) as kept:
        difference = ImageChops.difference(wanted, kept.convert("RGB"))
    assert max(ImageStat.Stat(difference).mean) < 1.5
    shown = Generation.objects.for_cards().get(pk=take.pk)
    assert shown.starts_on_take == elsewhere.take_number


def test_a_take_of_another_account_is_led_up_to_by_its_first_frame(studio, elsewhere):
    take = studio.order("Up to it", end=Frame(source=elsewhere))
    still = take.keyframes.get().still
    wanted = media.frame_of(elsewhere.assets.get(kind="video").file, last=False)
    with Image.open(still.file) as kept:
        difference = ImageChops.difference(wanted, kept.convert("RGB"))
    assert max(ImageStat.Stat(difference).mean) < 1.5


def test_the_same_frame_is_one_still_for_a_whole_list_and_for_every_later_order(studio, elsewhere):
    orders = [Order(f"On it goes, {n}", start=Frame(source=elsewhere)) for n in range(3)]
    takes = accept_all(studio.project, studio.person, orders)
    takes.append(studio.order("Once more", start=Frame(source=elsewhere)))
    assert len({take.keyframes.get().still_id for take in takes}) == Still.objects.count() == 1


def test_a_refused_order_leaves_no_frame_behind_but_one_that_was_there(studio, elsewhere):
    Budget.objects.create(team=studio.project.team, limit_usd=Decimal("0.5"))
    frames = {"start": Frame(source=elsewhere), "end": Frame(source=elsewhere)}
    with pytest.raises(Refused, match="is left"):
        studio.order(**frames)
    assert not Still.objects.exists()

    kept = grabbing.grab(elsewhere, grabbing.Which.LAST, studio.person)
    with pytest.raises(Refused, match="is left"):
        studio.order(**frames)
    assert list(Still.objects.all()) == [kept]
    assert kept.file.exists()


def test_a_generated_picture_whose_take_is_in_the_trash_is_no_frame(studio):
    made = drawn(studio.project, author=studio.person)
    still = Still.objects.get(source=made)
    discarding.discard([made], studio.person)
    errors = refused(studio, start=Frame(still=still, as_is=True))
    assert "is in the trash" in errors["start"]


LAST = "Done from the last frame of take 1 as a picture: that take was made with another account."
FIRST = "Ends on the first frame of take 1 as a picture: that take was made with another account."


def switch_accounts(studio):
    Account.objects.update(enabled=False)
    another_account(studio)


@pytest.fixture
def first(studio):
    take = studio.order()
    studio.work(take, until="stored")
    return take


@pytest.mark.parametrize(
    ("position", "words", "on_card"),
    [
        ("start", LAST, "from the last frame of take 1"),
        ("end", FIRST, "ends on a frame of take 1"),
    ],
)
def test_a_take_says_that_it_is_done_from_a_picture_of_another_accounts(
    studio, elsewhere, position, words, on_card
):
    take = studio.order("On it goes", **{position: Frame(source=elsewhere)})
    assert take.notice == words
    assert take.events.get(kind="told").detail["words"] == words
    client = Client()
    client.force_login(studio.person)
    board = client.get(reverse("board", args=["film"])).content.decode()
    assert words in board
    assert on_card in " ".join(strip_tags(board).split())


def test_a_take_of_the_same_account_needs_no_notice(studio, first):
    assert studio.order("On it goes", start=Frame(source=first)).notice == ""


@pytest.mark.parametrize(("position", "words"), [("start", LAST), ("end", FIRST)])
def test_a_take_is_retried_at_another_account_from_a_picture_of_what_it_continued(
    studio, first, position, words
):
    take = studio.order("On it goes", **{position: Frame(source=first)})
    take.cancel(studio.person)
    switch_accounts(studio)
    take = Generation.objects.get(pk=take.pk)
    retry(take, studio.person)
    keyframe = take.keyframes.get()
    assert (keyframe.source, keyframe.still.source) == (None, first)
    assert take.notice == words
    assert take.events.get(kind="told").detail["words"] == words


def test_a_retry_that_no_budget_admits_leaves_no_still_behind(studio, first):
    take = studio.order("On it goes", start=Frame(source=first))
    take.cancel(studio.person)
    switch_accounts(studio)
    Budget.objects.create(team=studio.project.team, limit_usd="0.01")
    with pytest.raises(Refused, match="left"):
        retry(Generation.objects.get(pk=take.pk), studio.person)
    assert take.keyframes.get().source == first
    assert not Still.objects.exists()


def test_a_request_is_approved_at_another_account_from_a_picture_of_what_it_continued(
    studio, first
):
    SpendingRules.objects.create(team=studio.project.team, approval_above_usd="0.10")
    order = Order("On it goes", resolution="540p", start=Frame(source=first))
    take = accept(studio.project, studio.person, order, asks=True)
    assert take.state == "requested"
    switch_accounts(studio)
    take = Generation.objects.get(pk=take.pk)
    approving.approve(take, studio.person, take.price_usd)
    assert take.keyframes.get().still.source == first
    assert take.notice == LAST


def test_a_frame_that_cant_be_fetched_refuses_to_continue_another_accounts_take(studio, elsewhere):
    Account.objects.update(simulated=False)
    with pytest.raises(Refused, match=r"Set PUBLIC_URL .*or STILLS_BUCKET to an S3 bucket"):
        studio.order("On it goes", start=Frame(source=elsewhere))


def test_a_team_without_an_account_is_told_how_to_get_one(studio):
    Account.objects.all().delete()
    with pytest.raises(Refused, match="LUMA_API_KEY"):
        studio.order()


def test_a_picture_for_a_provider_that_cant_reach_us_is_refused(studio, settings):
    still = keep_upload(studio.project, studio.person, picture())
    Account.objects.update(simulated=False)
    assert "Set PUBLIC_URL" in refused(studio, start=Frame(still=still))["start"]
    settings.PUBLIC_URL = "https://dailies.example"
    assert studio.order(start=Frame(still=still)).state == "waiting"


def test_the_price_is_reserved_when_the_order_is_accepted(studio):
    take = studio.order(resolution="1080p", duration_s=9)
    assert take.price_usd == Decimal("2.8665")
    assert LedgerEntry.objects.reserved_usd() == Decimal("2.8665")
    entry = take.ledger.get()
    assert (entry.kind, entry.attempt, entry.team) == (
        *("reserved", take.attempt(), studio.project.team),
    )


# luma-dream-machine-v1 sheet §12, dollars
TABLE = {
    ("ray-2", 5): ("0.40", "0.71", "1.59", "6.37"),
    ("ray-2", 9): ("0.72", "1.27", "2.87", "11.47"),
    ("ray-flash-2", 5): ("0.14", "0.24", "0.55", "2.19"),
    ("ray-flash-2", 9): ("0.25", "0.43", "0.99", "3.94"),
}


@pytest.mark.parametrize(("model", "duration_s"), TABLE)
@pytest.mark.parametrize(("column", "resolution"), list(enumerate(("540p", "720p", "1080p", "4k"))))
def test_prices_are_those_of_the_sheet(model, duration_s, column, resolution):
    price = quote_usd(Order(words="", model=model, duration_s=duration_s, resolution=resolution))
    assert price.as_tuple().exponent == -4
    expected = Decimal(TABLE[model, duration_s][column])
    assert abs(price - expected) < Decimal("0.01")  # the sheet has whole cents


def test_the_same_order_sent_again_is_accepted_once(studio):
    key = uuid4()
    order = Order(words="Dunes at dawn")
    first = accept(studio.project, studio.person, order, key=key)
    assert accept(studio.project, studio.person, order, key=key) == first
    assert Generation.objects.count() == LedgerEntry.objects.count() == 1


@pytest.mark.parametrize(
    "change",
    [{"words": "Dunes at dusk"}, {"concepts": ("push_in",)}, {"ratio": "1:1"}, {"loop": True}],
)
def test_a_changed_order_under_an_old_key_is_another_and_accepted_once(studio, change):
    key = uuid4()
    order = Order(words="Dunes at dawn")
    first = accept(studio.project, studio.person, order, key=key)
    changed = replace(order, **change)
    second = accept(studio.project, studio.person, changed, key=key)
    assert first != second
    assert accept(studio.project, studio.person, changed, key=key) == second


def test_another_frame_is_another_order_and_the_same_picture_is_not(studio):
    key = uuid4()
    sizes = ((64, 36), (64, 36), (80, 45))
    stills = [keep_upload(studio.project, studio.person, picture(*size)) for size in sizes]
    takes = [
        accept(studio.project, None, Order(words="On it", start=Frame(still=still)), key=key)
        for still in stills
    ]
    assert takes[0] == takes[1] != takes[2]
