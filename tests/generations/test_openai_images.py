"""Pictures from OpenAI's images API, or any server that speaks it: the answer is the picture.

Against a real simulator over real HTTP.
"""

import base64
import json
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import OperationalError
from django.utils import timezone
from PIL import Image

from generations import answers, collecting, disk, enrolling, outbound, submitting, sweeping
from generations.catalogue import catalogue
from generations.enrolling import Key
from generations.kinds import Kind
from generations.models import Account, Attempt, Generation, LedgerEntry, Still
from generations.ordering import accept
from generations.orders import Order, Picture, image
from generations.providers.base import ImageRequest, LostAnswer, Snapshot
from generations.providers.openai_images import OpenAIImages
from generations.refusal import Refused
from generations.simulator.testing import TestSimulator
from tests.factories import ProjectFactory
from tests.generations.conftest import Studio, due_now, fresh, make_studio
from tests.generations.test_luma_agents_kinds import picture

OPENAI, GATEWAY = "sk-test", "gateway-test"


@pytest.fixture
def openai(db: None, simulate: Callable[..., TestSimulator]) -> Studio:
    """A team whose second account is at OpenAI."""
    return studio_with(simulate(), Key("OpenAI", OPENAI, "openai"))


@pytest.fixture
def gateway(db: None, simulate: Callable[..., TestSimulator]) -> Studio:
    """A team whose second account is a server of its own choice, with its own model."""
    return studio_with(simulate(), Key("Ours", GATEWAY, "images", model_name="flux.1-dev"))


def studio_with(simulator: TestSimulator, key: Key) -> Studio:
    studio = make_studio(simulator)
    given = Key(key.name, key.key, key.provider, simulator.openai_url, key.model_name)
    studio.account = enrolling.enroll(studio.project.team, given)
    return studio


def order(studio: Studio, words: str = "A teal lighthouse", **more: Any) -> Generation:
    model = "gpt-image-2" if studio.account.provider == "openai" else "own-image"
    asked = image(words, model=model, image_format="png", **more)
    return accept(studio.project, studio.person, asked)


def jobs(studio: Studio) -> list[dict[str, Any]]:
    books = studio.simulator.openai_books(OPENAI if is_openai(studio) else GATEWAY)
    return list(books["generations"])


def is_openai(studio: Studio) -> bool:
    return studio.account.provider == "openai"


def collect(take: Generation) -> Generation:
    take.assets.update(next_at=timezone.now())
    collecting.collect_due()
    return fresh(take)


@pytest.mark.parametrize(("ratio", "size"), [("16:9", (1536, 864)), ("1:1", (1024, 1024))])
def test_a_picture_is_paid_once_and_kept_as_a_still(
    openai: Studio, ratio: str, size: tuple[int, int]
) -> None:
    take = order(openai, ratio=ratio)
    assert (take.account, take.price_usd) == (openai.account, Decimal("0.0530"))
    sweeping.work_once()
    assert fresh(take).state == "completed"
    collect(take)
    kept = take.assets.get(kind="image")
    assert (kept.state, kept.width, kept.height) == ("stored", *size)
    with Image.open(kept.file) as opened:
        assert opened.format == "PNG"
    assert Still.objects.get(source=take).width == size[0]
    assert answers.of(take) is None  # it is needed no longer
    (job,) = jobs(openai)
    assert job["price_cents"] == 5.3
    assert LedgerEntry.objects.filter(kind="charged").count() == 1


@pytest.mark.parametrize(
    ("quality", "usd", "cents"),
    [("low", "0.0060", 0.6), ("", "0.0530", 5.3), ("high", "0.2110", 21.1)],
)
def test_a_picture_is_asked_for_and_paid_in_the_quality_that_was_chosen(
    openai: Studio, quality: str, usd: str, cents: float
) -> None:
    take = order(openai, options={"quality": quality} if quality else {})
    assert take.price_usd == Decimal(usd)
    sweeping.work_once()
    (job,) = jobs(openai)
    asked = openai.simulator.engine.store.latest(job["id"])
    assert asked.request["quality"] == (quality or "medium")
    assert job["price_cents"] == cents


def test_a_quality_that_a_model_doesnt_have_is_refused_in_words(openai: Studio) -> None:
    with pytest.raises(Refused, match="one of: medium, low, high"):
        order(openai, options={"quality": "ultra"})
    of_photon = image("A teal lighthouse", options={"quality": "high"})
    with pytest.raises(Refused, match="Photon has one quality"):
        accept(openai.project, openai.person, of_photon)
    assert not Generation.objects.exists()


def test_a_server_of_ones_own_is_asked_for_its_own_model_and_answers_with_an_address(
    gateway: Studio,
) -> None:
    take = order(gateway)
    gateway.simulator.faults(download_cut={"times": 1})
    sweeping.work_once()
    for _ in range(3):
        collect(take)
    assert take.assets.get(kind="image").state == "stored"
    asked = gateway.simulator.engine.store.latest(jobs(gateway)[0]["id"])
    assert (asked.model, asked.request["size"]) == ("flux.1-dev", "1792x1024")
    assert "quality" not in asked.request


def test_pictures_go_along_with_the_order_itself(openai: Studio) -> None:
    still = picture(openai, (200, 40, 40))
    references = (Picture("image", still),)
    take = order(openai, references=references)
    sweeping.work_once()
    assert collect(take).assets.get(kind="image").state == "stored"
    asked = openai.simulator.engine.store.latest(jobs(openai)[0]["id"])
    assert list(asked.inputs) == ["reference0"]


@pytest.mark.parametrize("fault", ["lost_answer", "error_after_accept", "malformed_json"])
def test_a_lost_answer_waits_for_a_person_and_is_never_sent_again(
    openai: Studio, settings: Any, fault: str
) -> None:
    settings.SETTLE_AFTER_S = 0
    openai.simulator.faults(**{fault: {"times": 1, "on": ["image"]}})
    take = order(openai)
    sweeping.work_once()
    assert fresh(take).state == "unconfirmed"
    for _ in range(3):
        due_now()
        sweeping.work_once()
        assert not fresh(take).needs_decision  # its POST may still arrive
    Attempt.objects.update(lease_until=timezone.now())
    due_now()
    sweeping.work_once()
    assert fresh(take).needs_decision
    assert "keeps no list" in take.words
    assert "OpenAI's own page" in take.words
    assert len(jobs(openai)) == 1


@pytest.mark.parametrize(
    ("fault", "reason"),
    [
        ("too_many_requests", "busy"),
        ("too_many_requests_retry_after", "busy"),
        ("out_of_credits", "credits"),
    ],
)
@pytest.mark.parametrize("server", ["openai", "gateway"])
def test_what_is_turned_away_waits_and_is_paid_once(
    request: pytest.FixtureRequest, server: str, fault: str, reason: str
) -> None:
    studio = request.getfixturevalue(server)
    studio.simulator.faults(**{fault: {"times": 1}})
    take = order(studio)
    sweeping.work_once()
    assert (fresh(take).state, take.reason) == ("waiting", reason)
    assert "Luma" not in take.words
    for _ in range(3):  # an account without money is probed first
        due_now()
        sweeping.work_once()
    assert fresh(take).state == "completed"
    assert len(jobs(studio)) == 1


def test_moderation_has_words_and_gives_the_price_back(openai: Studio) -> None:
    take = order(openai, "Nude dunes")
    sweeping.work_once()
    assert (fresh(take).state, take.reason) == ("failed", "content")
    assert "OpenAI" in take.words or "images server" in take.words
    assert LedgerEntry.objects.filter(kind="released").count() == 1
    assert not jobs(openai)


def test_a_model_that_is_gone_is_said_with_its_name(openai: Studio) -> None:
    Account.objects.filter(pk=openai.account.pk).update(model_name="dall-e-3")
    take = order(openai)
    sweeping.work_once()
    assert fresh(take).state == "failed"
    assert "doesn't have the model “dall-e-3”" in take.words


def test_an_answer_survives_a_worker_that_dies_before_it_is_collected(
    openai: Studio, monkeypatch: pytest.MonkeyPatch
) -> None:
    take = order(openai)
    monkeypatch.setattr(collecting, "store_image", dies)
    sweeping.work_once()
    with pytest.raises(KeyboardInterrupt):
        collect(take)
    assert answers.of(take)
    assert answers.tidy() == 0
    monkeypatch.undo()
    assert collect(take).assets.get(kind="image").state == "stored"
    assert len(jobs(openai)) == 1


def test_a_picture_is_called_what_it_is_whatever_was_asked_for(
    openai: Studio, monkeypatch: pytest.MonkeyPatch
) -> None:
    take = order(openai)
    with monkeypatch.context() as patched:
        patched.setattr(collecting, "store_image", dies)
        sweeping.work_once()
        with pytest.raises(KeyboardInterrupt):
            collect(take)
    kept = answers.of(take)
    assert kept
    Image.open(kept).save(kept, "WEBP")  # as servers answer that know no output_format
    asset = collect(take).assets.get(kind="image")
    assert (asset.file.suffix, asset.content_type, asset.codec) == (".webp", "image/webp", "webp")
    assert Image.open(asset.file).format == "WEBP"
    assert Still.objects.get(source=take).content_type == "image/jpeg"


def dies(*_: Any, **__: Any) -> None:
    raise KeyboardInterrupt


def is_full(*_: Any) -> None:
    raise OSError(28, "No space left on device")


def test_where_an_answer_couldnt_be_kept_nothing_is_ordered(
    openai: Studio, monkeypatch: pytest.MonkeyPatch
) -> None:
    takes = [order(openai), order(openai, "Dunes")]
    monkeypatch.setattr(disk, "check_room", is_full)
    for _ in takes:
        sweeping.work_once()
    for take in takes:
        assert fresh(take).state == "waiting"
        assert "No space left on device" in take.words
    assert not jobs(openai)
    monkeypatch.undo()
    due_now()
    sweeping.work_once()
    assert "completed" in {fresh(take).state for take in takes}


def test_a_disk_that_is_full_afterwards_is_said_and_nothing_is_sent_again(
    openai: Studio, monkeypatch: pytest.MonkeyPatch
) -> None:
    take = order(openai)
    monkeypatch.setattr(answers, "keep", is_full)
    sweeping.work_once()
    assert fresh(take).state == "completed"
    assert "made and paid for" in take.notice
    assert len(jobs(openai)) == 1
    assert LedgerEntry.objects.filter(kind="charged").count() == 1


@pytest.mark.parametrize("server", ["openai", "gateway"])
def test_an_answer_that_nobody_could_book_is_found_where_it_was_kept(
    request: pytest.FixtureRequest, server: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    studio = request.getfixturevalue(server)

    def is_away(*_: Any, **__: Any) -> bool:
        raise OperationalError("the connection was lost")

    take = order(studio)
    monkeypatch.setattr(Generation, "accept", is_away)
    with pytest.raises(OperationalError):
        submitting.submit_due(studio.account.pk)
    monkeypatch.undo()
    assert fresh(take).state == "submitting"
    Generation.objects.update(next_at=timezone.now())  # its lease is over
    for _ in range(3):
        due_now()
        sweeping.work_once()
    assert fresh(take).state == "completed"
    for _ in range(3):
        collect(take)
    assert take.assets.get(kind="image").state == "stored"
    assert len(jobs(studio)) == 1
    assert LedgerEntry.objects.filter(kind="charged").count() == 1


@pytest.mark.parametrize("decided", ["sent again", "given up"])
def test_an_answer_that_comes_after_a_persons_decision_is_kept_and_booked(
    openai: Studio, monkeypatch: pytest.MonkeyPatch, decided: str
) -> None:
    take = order(openai)
    create = OpenAIImages.create

    def slowly(self: OpenAIImages, request: Any) -> Snapshot:
        snapshot = create(self, request)
        asked, now = fresh(take), timezone.now()
        asked.lose_answer(asked.attempt(), next_at=now, words="Nobody knows.")
        if decided == "given up":
            asked.write_off(asked.attempt(), openai.person)
        else:
            asked.find_absent(asked.attempt(), next_at=now + timedelta(hours=1))
        return snapshot

    monkeypatch.setattr(OpenAIImages, "create", slowly)
    assert submitting.submit_due(openai.account.pk) == 1
    (made,) = Generation.objects.filter(state="completed")
    assert (made == take) == (decided == "given up")
    assert collect(made).assets.get(kind="image").state == "stored"
    assert len(jobs(openai)) == 1
    assert LedgerEntry.objects.filter(kind="charged").count() == 1
    assert fresh(take).state == ("completed" if decided == "given up" else "waiting")


def test_one_order_has_a_place_and_then_the_next(openai: Studio) -> None:
    takes = [order(openai), order(openai, "Dunes")]
    assert submitting.submit_due(openai.account.pk) == 1
    assert sorted(fresh(take).state for take in takes) == ["completed", "waiting"]


def test_servers_of_ones_own_dont_stand_in_for_each_other(gateway: Studio) -> None:
    given = Key("Other", "gateway-two", "images", gateway.simulator.openai_url, "sdxl")
    enrolling.enroll(gateway.project.team, given)
    take = order(gateway)
    enrolling.switch_off(take.account)
    due_now()
    sweeping.work_once()
    assert (fresh(take).state, take.account) == ("waiting", gateway.account)


PIXEL = base64.b64encode(b"a picture").decode()


@pytest.mark.parametrize(
    "said",
    [
        {"b64_json": PIXEL},
        {"b64_json": f"data:image/png;base64,{PIXEL}"},
        {"b64_json": f"{PIXEL[:4]}\r\n{PIXEL[4:]}\n"},
        {"b64_json": None, "url": f"data:image/png;base64,{PIXEL}"},
    ],
)
def test_a_picture_is_read_however_it_is_spelled(
    monkeypatch: pytest.MonkeyPatch, said: dict[str, Any]
) -> None:
    assert answered(monkeypatch, {"data": [said]}).content == b"a picture"


@pytest.mark.parametrize(
    "body",
    [
        {"data": []},
        {"data": [{"b64_json": "not base64!"}]},
        {"data": [{"url": "https://example.com/" + "a" * 2_000}]},
        {"data": [{"url": "data:image/png;base64,"}]},
        {"data": [{}] * 10_000},
        [],
    ],
)
def test_an_answer_that_makes_no_sense_is_a_lost_one(
    monkeypatch: pytest.MonkeyPatch, body: Any
) -> None:
    with pytest.raises(LostAnswer):
        answered(monkeypatch, body)


def answered(monkeypatch: pytest.MonkeyPatch, body: Any) -> Snapshot:
    """Return what is made of a server's answer."""
    answer = outbound.Answer(200, {}, json.dumps(body).encode())
    monkeypatch.setattr(outbound, "call", lambda *_, **__: answer)
    return OpenAIImages("sk-x", "https://images.example.com/v1").create(
        ImageRequest("own-image", "Dunes", "1:1", "png")
    )


def test_what_others_make_is_not_ordered_there(openai: Studio) -> None:
    assert list(catalogue().models["gpt-image-2"].kinds) == [Kind.IMAGE]
    with pytest.raises(Refused):
        accept(openai.project, openai.person, Order("Dunes", model="gpt-image-2"))


@pytest.mark.parametrize(
    ("key", "field"),
    [
        (Key("A", "sk-x", "images", model_name="flux"), "base_url"),
        (Key("A", "sk-x", "images", "https://images.example.com/v1"), "model_name"),
        (Key("A", "sk-x", "openai", model_name="flux"), "model_name"),
        (Key("A", "sk-x", "luma"), "key"),
        (Key("A", "luma-x", "openai"), "key"),
    ],
)
def test_an_account_that_cant_be_is_refused_at_its_field(db: None, key: Key, field: str) -> None:
    with pytest.raises(Refused) as caught:
        enrolling.enroll(ProjectFactory().team, key)
    assert list(caught.value.errors) == [field]
