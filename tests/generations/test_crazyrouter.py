"""Luma's models at a gateway, by its own contract, against a real simulator over real HTTP.

What every provider has to do alike is in test_contract.
"""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone

from generations import enrolling, looking, pricing, standing_in, submitting, sweeping
from generations.enrolling import Key
from generations.kinds import Kind
from generations.models import Account, Generation
from generations.orders import Frame
from generations.providers.crazyrouter import Crazyrouter
from generations.providers.crazyrouter.reading import names_lumas_models, snapshot_of
from generations.refusal import Refused
from generations.simulator.testing import TestSimulator
from tests.factories import ProjectFactory
from tests.generations.conftest import Studio, due_now, fresh, make_studio

KEY = "sk-test"
PRICE = Decimal("0.45")


@pytest.fixture
def gateway(db: None, simulate: Callable[..., TestSimulator]) -> Studio:
    """A team whose second account is at a gateway, with its own price of Ray 2."""
    studio = make_studio(simulate())
    studio.account = enrolled(studio)
    pricing.set_own(studio.account, "ray-v2", Kind.VIDEO, rate_usd=PRICE)
    return studio


def enrolled(studio: Studio, key: str = KEY) -> Account:
    given = Key("Gateway", key, "crazyrouter", studio.simulator.gateway_url)
    return enrolling.enroll(studio.project.team, given)


def order(studio: Studio, words: str = "A teal lighthouse", **more: Any) -> Generation:
    return studio.order(words, **{"model": "ray-v2", **more})


def paid(studio: Studio) -> list[dict[str, Any]]:
    """The simulator's jobs that were charged and not refunded."""
    books = studio.simulator.gateway_books(KEY)
    return [each for each in books["generations"] if not each["refunded"]]


def test_a_clip_is_made_at_the_teams_own_price_paid_and_kept(gateway: Studio) -> None:
    take = order(gateway)
    assert (take.account, take.price_usd) == (gateway.account, PRICE)
    gateway.work(take, until="stored")
    video = take.assets.get(kind="video")
    assert (video.width, video.height, video.duration_s) == (960, 540, 5.0)
    (job,) = paid(gateway)
    assert job["price_cents"] == 45
    asked = gateway.simulator.engine.store.latest(job["id"]).request
    assert (asked["model_name"], asked["duration"], asked["resolution"]) == ("ray-v2", "5", "540p")
    assert asked["expand_prompt"] is False


def test_both_of_its_vocabularies_are_understood_and_unknown_words_polled_on(
    gateway: Studio,
) -> None:
    gateway.simulator.faults(other_states=True, unknown_state={"times": 2})
    take = order(gateway)
    gateway.work(take, until="stored")
    assert gateway.simulator.struck("unknown_state") == 2
    told = {"id": "task_1", "created_at": 1_780_000_000, "video": {"url": "https://a.example/v"}}
    seen = {
        word: snapshot_of(told | {"state": word}).progress.value
        for word in ("queued", "pending", "dreaming", "processing", "completed", "failed", "new")
    }
    assert list(seen.values()) == [
        *("queued", "queued", "dreaming", "dreaming", "completed", "failed", "unknown")
    ]


def test_a_take_is_gone_on_from_by_words_alone(gateway: Studio) -> None:
    first = order(gateway)
    gateway.work(first, until="stored")
    second = order(gateway, "The light turns", start=Frame(source=first))
    gateway.work(second, until="stored")
    _, job = paid(gateway)
    asked = gateway.simulator.engine.store.latest(job["id"])
    assert "continues" in asked.inputs
    assert "model_name" not in asked.request


@pytest.mark.parametrize("otherwise", [{"resolution": "720p"}, {"at_its_end": True}])
def test_what_its_extension_cant_do_is_done_from_a_picture(
    gateway: Studio, otherwise: dict[str, Any]
) -> None:
    first = order(gateway)
    gateway.work(first, until="stored")
    place = "end" if otherwise.pop("at_its_end", False) else "start"
    second = order(gateway, "The light turns", **{place: Frame(source=first)}, **otherwise)
    assert second.keyframes.get().still
    assert "goes on only from a take's end, with its own model and resolution" in second.notice


@pytest.mark.parametrize("fault", ["model_not_found", "no_channel"])
def test_a_model_that_isnt_there_is_said_costs_nothing_and_is_looked_at_again(
    gateway: Studio, fault: str
) -> None:
    gateway.simulator.faults(**{fault: True, "unlisted": True})
    take = order(gateway)
    sweeping.work_once()
    assert fresh(take).state == "failed"
    assert "doesn't have the model “ray-v2”" in take.words
    assert not paid(gateway)
    sweeping.work_once()
    assert fresh(gateway.account).lacks_models


def test_what_its_price_list_doesnt_name_is_offered_only_once_it_does(
    db: None, simulate: Callable[..., TestSimulator]
) -> None:
    studio = make_studio(simulate(faults={"unlisted": True}))
    account = enrolled(studio)
    pricing.set_own(account, "ray-v2", Kind.VIDEO, rate_usd=PRICE)
    assert (account.enabled, account.lacks_models) == (True, True)
    assert account.looked_at
    with pytest.raises(Refused, match="price list"):
        order(studio)
    studio.simulator.faults()
    sweeping.work_once()
    assert fresh(account).lacks_models  # it isn't due yet
    Account.objects.filter(pk=account.pk).update(look_at=timezone.now())
    sweeping.work_once()
    assert not fresh(account).lacks_models
    assert account.look_at > timezone.now() + timedelta(hours=5)
    assert order(studio).account == account


def test_a_price_list_that_cant_be_read_changes_nothing_and_offers_nothing_new(
    gateway: Studio,
) -> None:
    gateway.simulator.faults(prices_unreadable=True)
    assert not looking.look(gateway.account)
    assert not fresh(gateway.account).lacks_models
    enrolling.remove(gateway.account)
    again = enrolled(gateway)
    assert (again.lacks_models, again.looked_at) == (True, None)


def test_nothing_is_ordered_before_somebody_said_what_it_costs(gateway: Studio) -> None:
    with pytest.raises(Refused, match="Nobody publishes what Ray 1 at the gateway costs"):
        order(gateway, model="ray-v1")
    pricing.forget_own(gateway.account, "ray-v2", Kind.VIDEO)
    with pytest.raises(Refused, match="put in what this team pays"):
        order(gateway)
    assert not Generation.objects.exists()


def test_a_key_that_may_not_use_the_model_is_said(gateway: Studio) -> None:
    gateway.account.set_key("sk-closed")
    gateway.account.save()
    take = order(gateway)
    sweeping.work_once()
    assert (fresh(take).state, take.reason) == ("waiting", "key")
    assert "doesn't let this key use this model" in take.words


def test_a_lost_answer_is_a_persons_to_settle_at_any_5xx(gateway: Studio) -> None:
    gateway.simulator.faults(error_after_accept={"times": 1})
    take = order(gateway)
    gateway.work(take, until="unconfirmed")
    for _ in range(3):
        due_now()
        sweeping.work_once()
    assert len(paid(gateway)) == 1
    assert "no list of jobs" in take.words


def test_it_takes_lumas_place_where_the_team_allows_it_and_it_costs_no_more(
    gateway: Studio,
) -> None:
    luma = gateway.project.team.accounts.get(provider="luma")
    luma.set_key("broke-luma")
    luma.save()
    standing_in.allow(gateway.project.team, "ray-2", "ray-v2")
    dear, cheap = gateway.order(resolution="720p"), gateway.order(resolution="540p")
    looping = gateway.order(resolution="720p", loop=True)
    submitting.submit_due(luma.pk)
    assert (fresh(dear).account, dear.price_usd) == (gateway.account, PRICE)
    assert dear.notice.startswith("Made with Ray 2 at the gateway instead of Ray 2")
    assert (fresh(cheap).account, fresh(looping).account) == (luma, luma)
    gateway.work(dear, until="stored")


@pytest.mark.parametrize(
    ("price_list", "names"),
    [
        ({"data": [{"model_name": "luma-ray-2"}]}, True),
        ([{"id": "Ray-V2"}], True),
        ({"ray2": {"price": 1}}, True),
        ({"models": ["kling", "x-ray-detector", "array-1", "gray 2"]}, False),
        ({"data": []}, False),
        ("nonsense", False),
        ({"about": "Luma " + "makes films. " * 20}, False),
    ],
)
def test_a_price_list_is_understood_whatever_its_shape(price_list: Any, names: bool) -> None:
    assert names_lumas_models(price_list) is names


@pytest.mark.parametrize(
    ("key", "provider", "address", "says"),
    [
        ("luma-a1", "luma-agents", "", "a key of Luma Dream Machine"),
        ("luma-api-a1", "luma", "", "a key of Luma Agents"),
        ("luma-api-a1", "luma", "https://luma.example.com/v1", "a key of Luma Agents"),
        ("sk-proj-a1", "luma", "", "a key of OpenAI images"),
        ("sk-proj-a1", "crazyrouter", "", "a key of OpenAI images"),
        ("sk-a1", "luma", "", "a key of OpenAI images or Crazyrouter (gateway)"),
        ("luma-a1", "openai", "", "a key of Luma Dream Machine"),
        ("luma-api-a1", "crazyrouter", "", "a key of Luma Agents"),
        ("luma-a1", "images", "https://images.example.com/v1", "a key of Luma Dream Machine"),
    ],
)
def test_a_key_of_one_api_that_is_given_to_another_is_recognised(
    db: None, key: str, provider: str, address: str, says: str
) -> None:
    given = Key("A", key, provider, address, "flux" if provider == "images" else "")
    with pytest.raises(Refused) as caught:
        enrolling.enroll(ProjectFactory().team, given)
    assert says in caught.value.errors["key"]


@pytest.mark.parametrize(
    "base", ["https://a.example", "https://a.example/", "https://a.example/v1"]
)
def test_the_address_for_its_images_will_do(base: str) -> None:
    assert Crazyrouter("sk-x", base)._caller._base == "https://a.example"
