"""What every provider has to do alike, through the engine: from an order to a file that is kept.

Each speaks with its simulator over real HTTP. What one of them can and others can't, its row says.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from PIL import Image

from generations import checking, deciding, erasing, media, pricing, sweeping
from generations.catalogue import catalogue
from generations.kinds import Kind
from generations.models import Account, Asset, Attempt, Erasure, Generation, LedgerEntry
from generations.ordering import accept
from generations.orders import Order, image
from generations.providers import abilities_of, named, provider_for
from generations.providers.base import ProviderError
from generations.simulator import rendering
from generations.simulator.clock import ManualClock
from generations.simulator.testing import TestSimulator
from tests.factories import tiny_poster, tiny_video
from tests.generations.conftest import due_now, fresh, make_studio


@dataclass(frozen=True)
class Api:
    """One provider: how it is reached and ordered from, and what is its own."""

    provider: str
    address: str
    """The property of the simulator that says where it is."""
    books: str
    key: str
    order: Order
    cents: Decimal
    model_name: str = ""
    own_price_usd: Decimal | None = None
    doomed: str = "provider"
    """Why a job failed that the provider accepted and gave up."""
    answers_with_the_file: bool = False
    """Whether the work comes with the answer to an order, and no address of it."""

    def __str__(self) -> str:
        return self.provider

    @property
    def is_picture(self) -> bool:
        return self.order.kind is Kind.IMAGE

    def key_that(self, begins: str) -> str:
        """Return a key of the simulator's that is refused (bad) or owns nothing (broke)."""
        return f"{_BEFORE.get(self.provider, '')}{begins}-key"


_BEFORE = {"images": "gateway-", "crazyrouter": "sk-"}
_WORDS = "A lighthouse in a storm"
APIS = [
    Api(
        "luma",
        "url",
        "books",
        "luma-contract",
        Order(_WORDS, "ray-2", resolution="540p"),
        Decimal("39.81"),
    ),
    Api(
        "luma-agents",
        "agents_url",
        "agents_books",
        "luma-api-contract",
        Order(_WORDS, "ray-3.2", resolution="360p"),
        Decimal(6),
    ),
    Api(
        "openai",
        "openai_url",
        "openai_books",
        "sk-contract",
        image(_WORDS, "gpt-image-2", image_format="png"),
        Decimal("5.3"),
        doomed="content",
        answers_with_the_file=True,
    ),
    Api(
        "images",
        "openai_url",
        "openai_books",
        "gateway-contract",
        image(_WORDS, "own-image", image_format="png"),
        Decimal(4),
        model_name="flux.1-dev",
        doomed="content",
    ),
    Api(
        "crazyrouter",
        "gateway_url",
        "gateway_books",
        "sk-contract",
        Order(_WORDS, "ray-v2", resolution="540p"),
        Decimal(45),
        own_price_usd=Decimal("0.45"),
    ),
]
ALL = pytest.mark.parametrize("api", APIS, ids=str)
# Whose answer to an order is the work itself has no states, and nothing to be asked after.
ASKED_AFTER = pytest.mark.parametrize("api", [a for a in APIS if not a.is_picture], ids=str)


@dataclass
class Bench:
    """A team with one account at a provider, and whoever does the worker's share."""

    api: Api
    simulator: TestSimulator
    account: Account
    project: Any
    person: Any

    def order(self, words: str = _WORDS) -> Generation:
        return accept(self.project, self.person, replace(self.api.order, words=words))

    def work(self, take: Generation, until: str, rounds: int = 12) -> None:
        """Do what is due, again and again, until a take is in a state, or `stored`."""
        for _ in range(rounds):
            sweeping.work_once()
            if self._is(fresh(take), until):
                return
            due_now()
            take.assets.filter(next_at__isnull=False).update(next_at=timezone.now())
        raise AssertionError((take.state, take.reason, take.words, take.assets.values()))

    def _is(self, take: Generation, until: str) -> bool:
        if until == "stored":
            return take.assets.filter(kind=self.kind, state="stored").exists()
        return bool(take.state == until)

    @property
    def kind(self) -> str:
        return "image" if self.api.is_picture else "video"

    @property
    def made(self) -> list[dict[str, Any]]:
        """The jobs that its simulator accepted."""
        books = getattr(self.simulator, self.api.books)(self.api.key)
        return list(books["generations"])

    @property
    def paid_cents(self) -> list[float]:
        return [each["price_cents"] for each in self.made if not each["refunded"]]


@pytest.fixture
def bench(
    db: None,
    simulate: Callable[..., TestSimulator],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> Callable[..., Bench]:
    """Open a bench: renders and previews cost nothing on it, all HTTP is real."""

    def opened(api: Api, key: str = "", **settings: Any) -> Bench:
        renders = tmp_path / "renders"
        simulator = simulate(renders=renders, **settings)
        (renders / "tiny.mp4").write_bytes(tiny_video().read_bytes())
        Image.new("RGB", (1024, 1024), "teal").save(renders / "tiny.png")
        simulator.engine.renders.order = _instantly  # type: ignore[method-assign]
        monkeypatch.setattr(media, "make_poster", lambda _, to: _copy(tiny_poster(), to))
        monkeypatch.setattr(media, "make_preview", lambda _, to: _copy(tiny_video(), to))
        studio = make_studio(simulator)
        account = studio.account
        account.provider, account.model_name = api.provider, api.model_name
        account.base_url = getattr(simulator, api.address)
        account.set_key(key or api.key)
        account.save()
        if api.own_price_usd:
            pricing.set_own(account, api.order.model, Kind.VIDEO, rate_usd=api.own_price_usd)
        return Bench(api, simulator, account, studio.project, studio.person)

    return opened


def _instantly(job: rendering.Job, done: Callable[[str | None], None]) -> None:
    done("tiny.png" if isinstance(job, rendering.ImageJob) else "tiny.mp4")


def _copy(file: Path, to: Path) -> None:
    to.write_bytes(file.read_bytes())


def booked() -> dict[str, Decimal]:
    """Return what the ledger says is reserved, and what is spent, in dollars."""
    entries = LedgerEntry.objects.all()
    return {"reserved": entries.reserved_usd(), "spent": entries.spent_usd()}


def says_who_it_was(take: Generation) -> bool:
    """Tell whether the words at a take name its own provider, and no other one."""
    own = named(take.account)
    others = {each.called for each in catalogue().providers.values()} - {own}
    said = take.words.lower()
    return own.lower() in said and not any(each.lower() in said for each in others)


Open = Callable[..., Bench]


@ALL
def test_an_order_is_sent_once_paid_as_shown_and_its_file_is_kept(bench: Open, api: Api) -> None:
    at = bench(api)
    take = at.order()
    at.work(take, until="stored")
    assert take.state == "completed"
    assert booked() == {"reserved": 0, "spent": take.price_usd}
    (cents,) = at.paid_cents
    assert Decimal(str(cents)) == api.cents
    assert round(take.price_usd * 100, 2) == api.cents
    assert take.attempt().provider_id


@ASKED_AFTER
def test_its_states_are_ours(bench: Open, api: Api) -> None:
    at = bench(api, clock=ManualClock(1_800_000_000.0), speed=1.0)
    take = at.order()
    states = []
    for seconds in (0, 1, 4, 30):
        at.simulator.advance(seconds)
        due_now()
        sweeping.work_once()
        states.append(fresh(take).state)
    assert states == ["queued", "queued", "dreaming", "completed"]


@ASKED_AFTER
def test_a_state_that_nobody_documented_is_asked_after_on_and_on(bench: Open, api: Api) -> None:
    at = bench(api)
    at.simulator.faults(unknown_state={"times": 3, "on": ["get"]})
    take = at.order()
    at.work(take, until="stored")
    assert at.simulator.struck("unknown_state") == 3
    assert len(at.made) == 1


@ASKED_AFTER
@pytest.mark.parametrize(
    "fault", ["error_before_accept", "malformed_json", "too_many_requests_retry_after"]
)
def test_a_question_that_isnt_answered_is_asked_again(bench: Open, api: Api, fault: str) -> None:
    at = bench(api)
    at.simulator.faults(**{fault: {"times": 2, "on": ["list", "get"]}})
    take = at.order()
    at.work(take, until="stored")
    assert at.simulator.struck(fault) == 2
    assert booked() == {"reserved": 0, "spent": take.price_usd}
    assert len(at.made) == 1


@ALL
def test_what_it_refuses_itself_is_said_and_costs_nothing(
    bench: Open, api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    at = bench(api)
    with monkeypatch.context() as unseen:
        unseen.setattr(checking, "words_errors", lambda *_: {})  # we would have seen it before
        take = at.order("")
    at.work(take, until="failed")
    assert take.reason == "request"
    assert "Nothing was charged" in take.words
    assert says_who_it_was(take)
    assert booked() == {"reserved": 0, "spent": 0}
    assert not at.made


@ALL
@pytest.mark.parametrize("words", ["Nude dunes", "An erotic dance"])
def test_moderation_has_words_and_costs_nothing(bench: Open, api: Api, words: str) -> None:
    at = bench(api)
    take = at.order(words)
    at.work(take, until="failed")
    assert take.reason == "content"
    assert "moderation" in take.words
    assert says_who_it_was(take)
    assert "Nothing was charged" in take.words
    assert booked() == {"reserved": 0, "spent": 0}
    assert not at.paid_cents


@ALL
def test_a_job_that_fails_says_why_and_costs_nothing(bench: Open, api: Api) -> None:
    at = bench(api)
    take = at.order("Doomed sea")
    at.work(take, until="failed")
    assert take.reason == api.doomed
    assert says_who_it_was(take)
    assert "Nothing was charged" in take.words
    assert booked() == {"reserved": 0, "spent": 0}
    assert not at.paid_cents


@ALL
@pytest.mark.parametrize(
    ("fault", "reason"),
    [
        ("too_many_requests", "busy"),
        ("too_many_requests_retry_after", "busy"),
        ("out_of_credits", "credits"),
    ],
)
def test_what_is_turned_away_waits_and_is_sent_once_it_may(
    bench: Open, api: Api, fault: str, reason: str
) -> None:
    at = bench(api)
    at.simulator.faults(**{fault: {"times": 1}})
    take = at.order()
    sweeping.work_once()
    assert (fresh(take).state, take.reason) == ("waiting", reason)
    assert says_who_it_was(take)
    assert not at.made
    assert booked() == {"reserved": take.price_usd, "spent": 0}
    at.work(take, until="stored")
    assert len(at.paid_cents) == 1


@ALL
@pytest.mark.parametrize(("begins", "reason"), [("broke", "credits"), ("bad", "key")])
def test_without_money_or_a_good_key_it_waits_and_says_so(
    bench: Open, api: Api, begins: str, reason: str
) -> None:
    at = bench(api, api.key_that(begins))
    take = at.order()
    sweeping.work_once()
    assert (fresh(take).state, take.reason) == ("waiting", reason)
    assert "Nothing was charged" in take.words
    assert says_who_it_was(take)
    assert fresh(at.account).is_open


@ALL
def test_a_server_that_isnt_there_is_sent_nothing(bench: Open, api: Api) -> None:
    at = bench(api)
    Account.objects.update(base_url="http://127.0.0.1:9")
    take = at.order()
    sweeping.work_once()
    assert (fresh(take).state, take.reason) == ("waiting", "unreachable")
    assert "Nothing was sent or charged" in take.words
    assert says_who_it_was(take)


@ALL
@pytest.mark.parametrize("fault", ["lost_answer", "error_after_accept", "malformed_json"])
def test_a_lost_answer_is_never_sent_again_and_paid_once(
    bench: Open, api: Api, settings: Any, fault: str
) -> None:
    settings.SETTLE_AFTER_S = 0
    at = bench(api)
    on = ["image" if api.is_picture else "create"]
    at.simulator.faults(**{fault: {"times": 1, "on": on}})
    take = at.order()
    sweeping.work_once()
    assert fresh(take).state == "unconfirmed"
    assert says_who_it_was(take)
    Attempt.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
    can = abilities_of(at.account)
    if not can.can_list:
        for _ in range(3):
            due_now()
            sweeping.work_once()
        assert fresh(take).needs_decision
        assert "of jobs" in take.words or "keeps no list" in take.words
    if can.can_get and not can.can_list:
        deciding.it_was_made(take, at.person, at.made[0]["id"])
    if can.can_get:
        at.work(take, until="stored")
    else:
        deciding.give_up(take, at.person)
        assert fresh(take).state == "failed"
    assert booked() == {"reserved": 0, "spent": take.price_usd}
    assert len(at.made) == len(at.paid_cents) == 1


@ALL
def test_what_never_arrived_is_sent_again_where_a_list_or_a_person_says_so(
    bench: Open, api: Api, settings: Any
) -> None:
    settings.SETTLE_AFTER_S = 0
    at = bench(api)
    at.simulator.faults(error_before_accept={"times": 1})
    take = at.order()
    sweeping.work_once()
    assert fresh(take).state == "unconfirmed"
    assert says_who_it_was(take)
    Attempt.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
    for _ in range(3):
        due_now()
        sweeping.work_once()
    assert fresh(take).needs_decision  # no list has echoed anything of ours yet
    deciding.send_again(take, at.person)
    at.work(take, until="stored")
    assert len(at.made) == 1
    assert booked() == {"reserved": 0, "spent": take.price_usd}


@ALL
@pytest.mark.parametrize("fault", ["asset_expires", "download_cut", "wrong_length"])
def test_a_file_that_doesnt_come_whole_is_fetched_again(bench: Open, api: Api, fault: str) -> None:
    at = bench(api)
    seconds = {"seconds": 0} if fault == "asset_expires" else {}
    at.simulator.faults(**{fault: {"times": 1, **seconds}})
    take = at.order()
    at.work(take, until="stored")
    assert take.state == "completed"
    assert at.simulator.struck(fault) == (0 if api.answers_with_the_file else 1)
    assert len(at.paid_cents) == 1


@ALL
def test_an_address_that_stays_expired_is_given_up_and_what_can_be_done_is_said(
    bench: Open, api: Api, client: Client
) -> None:
    at = bench(api)
    at.simulator.faults(asset_expires={"seconds": 0})
    take = at.order()
    if api.answers_with_the_file:
        at.work(take, until="stored")
        return
    at.work(take, until="completed")
    file = take.assets.get(kind=at.kind)
    for _ in range(20):
        Asset.objects.filter(pk=file.pk, state="pending").update(next_at=timezone.now())
        sweeping.work_once()
    can = abilities_of(at.account)
    assert (fresh(file).state, file.tries) == ("failed", 20 if can.can_get else 9)
    assert booked() == {"reserved": 0, "spent": take.price_usd}  # it was made
    client.force_login(at.person)
    page = client.get(reverse("generation", args=[take.uuid])).content.decode()
    gone = "It was made and paid for, and can&#x27;t be fetched any more"
    assert (gone in page) is not can.can_get
    assert ("Fetch again" in page) is can.can_get
    at.simulator.faults()
    client.post(reverse("fetch", args=[take.uuid]))
    sweeping.work_once()
    assert fresh(file).state == ("stored" if can.can_get else "failed")
    assert len(at.paid_cents) == 1


@ALL
def test_what_is_cancelled_in_our_line_never_gets_there(bench: Open, api: Api) -> None:
    at = bench(api)
    take = at.order()
    assert take.cancel(at.person)
    sweeping.work_once()
    assert fresh(take).state == "cancelled"
    assert booked() == {"reserved": 0, "spent": 0}
    assert not at.made


@ALL
def test_it_is_deleted_there_where_that_can_be(bench: Open, api: Api) -> None:
    at = bench(api)
    take = at.order()
    at.work(take, until="stored")
    can = abilities_of(at.account).can_delete
    assert erasing.can_erase(take) is can
    if not can:
        with pytest.raises(ProviderError, match=r"can't|nothing"):
            provider_for(at.account).delete(take.attempt().provider_id)
        return
    with transaction.atomic():
        erasing.erase([take], at.person)
    for _ in range(3):
        Erasure.objects.under_way().update(next_at=timezone.now())
        erasing.erase_due()
    assert at.made[0]["deleted"]


@ALL
def test_it_says_what_it_can_do(bench: Open, api: Api) -> None:
    at = bench(api)
    provider, can = provider_for(at.account), abilities_of(at.account)
    provider.ping()
    assert provider.has_models()
    assert (provider.credits_usd() is not None) is can.tells_balance
    if not can.can_list:
        with pytest.raises(ProviderError):
            provider.list()
    with pytest.raises(ProviderError):
        provider.get("../../etc/passwd")
