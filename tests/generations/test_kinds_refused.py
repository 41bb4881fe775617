"""What a provider would refuse of any kind is refused here, with the field and the remedy."""

from dataclasses import replace
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from generations import ordering, pricing
from generations.kinds import Kind
from generations.models import Account, Asset, Generation, LedgerEntry, PriceOverride, Prompt, State
from generations.ordering import accept, retry
from generations.orders import Frame, Order, Picture, image, made_from
from generations.placement import Placement
from generations.providers.luma.refusing import refusal
from generations.refusal import Refused
from tests.factories import AccountFactory, ProjectFactory, drawn, still, take, version


@pytest.fixture
def made(project) -> Generation:
    return take(project, State.COMPLETED)


def refused(project, order: Order) -> dict[str, str]:
    """Order, be refused with nothing recorded, and return the errors."""
    counted = (Prompt, Generation, LedgerEntry)
    before = [model.objects.count() for model in counted]
    with pytest.raises(Refused) as caught:
        accept(project, None, order)
    assert [model.objects.count() for model in counted] == before
    return caught.value.errors


@pytest.mark.parametrize(
    ("change", "field", "says"),
    [
        ({"words": ""}, "words", "at least 3 characters"),
        ({"words": "x" * 5001}, "words", "Shorten by 1."),
        ({"ratio": "2:1"}, "ratio", "Choose one of: 16:9"),
        ({"image_format": "gif"}, "image_format", "Choose one of: jpg, png"),
        ({"image_format": ""}, "image_format", "Choose one of: jpg, png"),
        ({"model": "ray-2"}, "model", "Choose one of: photon-1, photon-flash-1"),
        ({"loop": True}, "loop", "can't make loops"),
        ({"concepts": ("push_in",)}, "concepts", "takes no camera concepts"),
        ({"negative_words": "no fog"}, "negative_words", "for sound alone"),
        ({"placement": Placement(0, 1, 0, 1)}, "placement", "Leave the place out"),
    ],
)
def test_what_a_picture_cant_have_is_refused(project, change, field, says):
    errors = refused(project, replace(image("A lighthouse"), **change))
    assert list(errors) == [field]
    assert says in errors[field]


def test_references_have_their_most_and_their_weights(project):
    kept = still(project)

    def after(*pictures):
        return refused(project, image("A lighthouse", references=pictures))["references"]

    assert "At most 4 image pictures: take 1 out" in after(*[Picture("image", kept)] * 5)
    assert "At most 1 modify picture: take 1 out" in after(*[Picture("modify", kept)] * 2)
    assert "isn't between 0 and 1" in after(Picture("style", kept, Decimal("1.01")))
    assert "no use called mood" in after(Picture("mood", kept))
    assert "another project" in after(Picture("style", still(ProjectFactory(team=project.team))))


def test_a_frame_of_a_picture_is_refused(project):
    order = replace(image("A lighthouse"), start=Frame(still=still(project)))
    assert "takes no start frame" in refused(project, order)["start"]


@pytest.mark.parametrize("kind", [k for k in Kind if k not in (Kind.VIDEO, Kind.IMAGE)])
def test_what_is_made_from_something_needs_it(project, kind):
    AccountFactory(team=project.team, provider="luma-agents", name="Agents", rank=9)
    model = {Kind.REFRAME_IMAGE: "photon-1", Kind.LAYERS: "uni-1"}.get(kind, "ray-2")
    facts = pricing.catalogue().models[model].kinds[kind]
    order = Order(
        *("", model, kind),
        resolution=facts.resolutions[0],
        mode="flex_1",
        image_format="jpg",
    )
    assert "Choose what it is made from" in refused(project, order)["source"]


def test_a_mode_that_isnt_one_is_refused(project, made):
    order = made_from(made, Kind.MODIFY_VIDEO, mode="wild_9")
    assert "Choose one of: adhere_1" in refused(project, order)["mode"]


def test_words_of_a_modified_take_may_be_left_out_and_not_be_two_letters(project, made):
    assert accept(project, None, made_from(made, Kind.MODIFY_VIDEO, mode="flex_1"))
    order = made_from(made, Kind.MODIFY_VIDEO, mode="flex_1", words="ab")
    assert "at least 3" in refused(project, order)["words"]


@pytest.mark.parametrize(
    "place", [(0, 721, 0, 405), (10, 10, 0, 405), (-1, 700, 0, 405), (0, 720, 500, 400)]
)
def test_a_source_off_its_canvas_is_refused(project, made, place):
    order = made_from(made, Kind.REFRAME_VIDEO, ratio="9:16", placement=Placement(*place))
    assert "must lie on the canvas of 720 × 1280" in refused(project, order)["placement"]


@pytest.mark.parametrize("percent", [1, 50, 100])
@pytest.mark.parametrize(("column", "row"), [(0, 0), (1, 1), (2, 2), (0, 2)])
def test_a_place_on_the_grid_always_fits(percent, column, row):
    for canvas in ((720, 1280), (2432, 1024)):
        for source in ((960, 540), (540, 960), (5000, 3), (1, 1)):
            place = Placement.on_grid(canvas, source, column=column, row=row, percent=percent)
            assert place.fits(canvas)


def test_a_video_that_is_too_long_or_too_heavy_is_refused(project, made):
    video = made.assets.filter(kind="video")
    video.update(duration_s=12.0)
    order = made_from(made, Kind.MODIFY_VIDEO, mode="flex_1", model="ray-2")
    assert "12.0 s long, and Ray 2 takes at most 10 s" in refused(project, order)["source"]
    assert accept(project, None, replace(order, model="ray-flash-2"))
    video.update(duration_s=5.0, size_bytes=120_000_000)
    order = made_from(made, Kind.REFRAME_VIDEO, ratio="1:1")
    assert "has 120.0 MB, and Luma takes at most 100 MB" in refused(project, order)["source"]


def test_a_still_over_ten_megabytes_cant_be_reframed(project):
    kept = still(project)
    kept.size_bytes = 10_000_001
    order = made_from(kept, Kind.REFRAME_IMAGE, ratio="1:1")
    assert "at most 10 MB" in refused(project, order)["source"]


def test_a_take_is_upscaled_only_to_more_pixels(project, made):
    made.assets.filter(kind="video").update(width=1280, height=720)
    for resolution in ("540p", "720p"):
        order = made_from(made, Kind.UPSCALE, resolution=resolution)
        assert "is 1280 × 720 already" in refused(project, order)["source"]
    assert accept(project, None, made_from(made, Kind.UPSCALE, resolution="1080p"))


def test_two_that_may_share_an_id_are_made_one_after_the_other(project, made):
    version(made, Kind.UPSCALE, State.DREAMING)
    errors = refused(project, made_from(made, Kind.AUDIO))
    assert "The upscaled take 1 is on its way already" in errors["source"]


@pytest.fixture
def meanwhile(project, made, monkeypatch):
    """Have another version ordered between an order's check and its acceptance."""
    check, left = ordering.check, [made_from(made, Kind.AUDIO, words="Wind and rain")]

    def and_then(*order, **how):
        check(*order, **how)
        if left:
            accept(project, made.author, left.pop())

    monkeypatch.setattr(ordering, "check", and_then)


def test_of_two_that_may_share_an_id_ordered_at_once_one_is_made(project, made, meanwhile):
    with pytest.raises(Refused) as caught:
        accept(project, made.author, made_from(made, Kind.UPSCALE, resolution="1080p"))
    assert "is on its way already" in caught.value.errors["source"]
    assert [each.prompt.kind for each in made.versions.all()] == ["audio"]


def test_a_version_isnt_retried_beside_another_ordered_at_once(made, request):
    failed = version(made, Kind.UPSCALE, State.FAILED)
    request.getfixturevalue("meanwhile")
    with pytest.raises(Refused, match="is on its way already"):
        retry(failed, made.author)
    failed.refresh_from_db()
    assert failed.state == State.FAILED


def test_what_luma_didnt_make_it_cant_upscale(project, made):
    made.attempts.update(provider_id="")
    errors = refused(project, made_from(made, Kind.AUDIO))
    assert "wasn't made by Luma" in errors["source"]


def test_an_upscale_is_done_by_the_account_that_made_the_take(project, made):
    Account.objects.update(enabled=False)
    assert "is switched off" in refused(project, made_from(made, Kind.AUDIO))["source"]


def test_pictures_and_videos_arent_taken_for_each_other(project, made):
    shown = drawn(project)
    with pytest.raises(Refused, match="is a picture, and this needs a video"):
        made_from(shown, Kind.UPSCALE)
    order = made_from(made, Kind.REFRAME_IMAGE, ratio="1:1")
    assert "is a video, and this needs a picture" in refused(project, order)["source"]
    order = Order("On it goes", start=Frame(source=shown))
    assert "Take 2 is a picture" in refused(project, order)["start"]
    order = made_from(still(project), Kind.MODIFY_VIDEO, mode="flex_1")
    assert "This needs a video" in refused(project, replace(order, duration_s=5))["source"]


def test_an_unfinished_take_or_one_of_another_project_is_refused(project, made):
    on_its_way = take(project, State.DREAMING)
    order = replace(made_from(made, Kind.AUDIO), source=Frame(source=on_its_way))
    assert refused(project, order)["source"]
    elsewhere = ProjectFactory(team=project.team)
    assert "another project" in refused(elsewhere, made_from(made, Kind.AUDIO))["source"]


def test_a_provider_that_cant_reach_us_is_given_no_file(project, made):
    Account.objects.update(simulated=False)
    order = made_from(made, Kind.REFRAME_VIDEO, ratio="1:1")
    assert "Set PUBLIC_URL" in refused(project, order)["source"]
    assert accept(project, None, made_from(made, Kind.AUDIO))  # that goes by the provider's id


def test_a_failed_version_is_retried_as_it_was_asked_for(project, made):
    failed = version(made, Kind.AUDIO, State.FAILED, words="Waves", negative_words="voices")
    retry(failed, None)
    failed.refresh_from_db()
    assert (failed.state, failed.version_of) == ("waiting", made)
    assert failed.price_usd == Decimal("0.04")  # two seconds


def test_an_accounts_own_price_is_the_one_that_counts(project, made):
    account = made.account
    order = made_from(made, Kind.AUDIO)
    assert pricing.is_estimated(order)
    pricing.set_own(account, "ray-2", Kind.AUDIO, rate_usd=Decimal("0.05"))
    assert pricing.quote_usd(order, account) == Decimal("0.1")
    assert accept(project, None, order).price_usd == Decimal("0.1")
    pricing.set_own(account, "ray-2", Kind.VIDEO, price_usd=Decimal("0.3"))
    assert take(project, resolution="4k").price_usd == Decimal("0.3")
    assert pricing.quote_usd(Order("Dunes", model="ray-flash-2"), account) == Decimal("0.2433")
    assert pricing.forget_own(account, "ray-2", Kind.VIDEO)
    assert take(project, resolution="540p").price_usd == Decimal("0.3981")


@pytest.mark.parametrize(
    ("model", "prices"),
    [
        ("ray-9", {"rate_usd": Decimal(1)}),
        ("ray-2", {}),
        ("ray-2", {"rate_usd": Decimal(1), "price_usd": Decimal(1)}),
        ("ray-2", {"rate_usd": Decimal(-1)}),
        ("ray-2", {"price_usd": Decimal(0)}),
        ("ray-2", {"rate_usd": Decimal(0)}),
        ("ray-2", {"price_usd": Decimal("0.00004")}),
    ],
)
def test_an_own_price_that_cant_be_is_refused(project, model, prices):
    account = Account.objects.get()
    with pytest.raises(Refused):
        pricing.set_own(account, model, Kind.VIDEO, **prices)
    assert not PriceOverride.objects.exists()


@pytest.mark.parametrize("price", [{"rate_usd": 0}, {"price_usd": 0}, {"price_usd": "-0.5"}])
def test_the_database_keeps_no_own_price_of_nothing(project, price):
    free = PriceOverride(account=Account.objects.get(), model="ray-2", kind=Kind.VIDEO, **price)
    with pytest.raises(IntegrityError, match="above_zero"), transaction.atomic():
        free.save()


def test_the_smallest_rate_still_costs_something(project):
    account = Account.objects.get()
    pricing.set_own(account, "ray-2", Kind.VIDEO, rate_usd=Decimal("0.000001"))
    assert pricing.quote_usd(Order("Dunes"), account) == Decimal("0.0001")


@pytest.mark.parametrize(
    ("detail", "says"),
    [
        ("400: Loop is not supported for keyframes", "Switch Loop off"),
        ("No keyframes provided", "Luma saw no frame"),
        ("Unknown request type", "Order another kind"),
        ("400: Duration is not supported in Ray 1.6 API", "Choose another one"),
        ("Your hat is on fire.", "In Luma's words: “Your hat is on fire”. Nothing was charged."),
    ],
)
def test_what_isnt_caught_here_is_said_in_words(detail, says):
    import json

    from generations.outbound import Answer

    told = refusal(Answer(400, {}, json.dumps({"detail": detail}).encode()))
    assert says in told.words("Luma")
    assert told.words("Luma").endswith("Nothing was charged.")


def test_a_model_of_a_fixed_size_is_sent_none(project):
    from generations import requesting

    generation = take(project, model="ray-1-6", resolution="720p", duration_s=5)
    sent = requesting.request_of(generation.attempt())
    assert (sent.resolution, sent.duration_s, generation.price_usd) == ("", 0, Decimal("0.35"))
    assert Asset.objects.count() == 0
