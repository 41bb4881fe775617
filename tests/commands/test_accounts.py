"""Every team has the installation's account, and an account keeps its key."""

from decimal import Decimal

import pytest
import time_machine
from cryptography.fernet import Fernet
from django.core.management import call_command
from django.db import connection
from django.urls import reverse
from django.utils import timezone
from pytest_django import Settings

from generations import enrolling, pricing, rekeying
from generations.kinds import Kind
from generations.models import Account
from generations.providers.base import Unreachable
from studio.models import AuditEntry, Team
from tests.factories import AccountFactory, TeamFactory

OLD, NEW = "luma-old-key-1234", "luma-new-key-5678"


@pytest.fixture
def team(db: None, settings: Settings) -> Team:
    settings.LUMA_API_KEY = ""
    return TeamFactory()


def sync(settings: Settings, key: str) -> None:
    """Start again with another key."""
    settings.LUMA_API_KEY = key
    call_command("accounts")


def usable(team: Team, provider: str = "luma") -> Account:
    (account,) = Account.objects.filter(team=team, provider=provider).usable()
    return account


def test_a_key_switches_the_simulator_off_and_luma_on_and_back(
    team: Team, settings: Settings
) -> None:
    sync(settings, NEW)
    luma = usable(team)
    assert (luma.reveal_key(), luma.simulated, luma.base_url) == (NEW, False, "")

    settings.SIMULATOR_URL = "http://127.0.0.1:4321"
    sync(settings, "")
    simulator = usable(team)
    assert simulator.simulated
    assert simulator.base_url == "http://127.0.0.1:4321/dream-machine/v1"
    assert Account.objects.filter(provider="luma").count() == 2
    assert usable(team, "luma-agents").base_url == "http://127.0.0.1:4321/agents/v1"


def test_each_api_has_its_own_key_and_either_one_ends_the_simulation(
    team: Team, settings: Settings
) -> None:
    sync(settings, "")
    settings.LUMA_AGENTS_API_KEY = "luma-api-1234"
    call_command("accounts")
    agents = usable(team, "luma-agents")
    assert (agents.name, agents.reveal_key()) == ("Luma Agents", "luma-api-1234")
    assert not agents.simulated
    assert not Account.objects.filter(team=team, provider="luma").usable()
    sync(settings, NEW)
    assert usable(team).reveal_key() == NEW
    assert usable(team, "luma-agents") == agents


def test_an_images_server_of_ones_own_is_an_account_with_its_address_and_model(
    team: Team, settings: Settings
) -> None:
    settings.OUTBOUND_LOOPBACK = False
    settings.IMAGES_API_KEY = "anything"
    settings.IMAGES_BASE_URL, settings.IMAGES_MODEL = "https://Images.example.com/v1/", "flux.1-dev"
    for _ in range(2):
        call_command("accounts")
    first = usable(team, "images")
    assert (first.name, first.base_url) == ("Images server", "https://images.example.com/v1")
    assert (first.model_name, first.reveal_key()) == ("flux.1-dev", "anything")
    settings.IMAGES_MODEL = "flux.2"
    call_command("accounts")
    second = usable(team, "images")
    assert (second.name, second.model_name) == ("Images server", "flux.2")
    settings.IMAGES_MODEL = "flux.1-dev"
    call_command("accounts")
    assert usable(team, "images") == first
    settings.IMAGES_API_KEY = settings.IMAGES_BASE_URL = settings.IMAGES_MODEL = ""
    call_command("accounts")
    assert not Account.objects.filter(team=team, provider="images").usable()


def test_another_key_is_another_account_and_the_same_key_changes_nothing(
    team: Team, settings: Settings
) -> None:
    sync(settings, OLD)
    old = usable(team)
    sync(settings, OLD)
    assert usable(team) == old
    with time_machine.travel("2026-11-22T18:00:00Z"):
        sync(settings, NEW)
    new = usable(team)
    assert (new.name, new.reveal_key()) == ("Luma", NEW)
    assert new != old
    before = old.sealed_key
    old.refresh_from_db()
    assert (old.name, old.enabled) == ("Luma …1234, until 22 Nov 2026", False)
    assert old.sealed_key == before
    assert old.reveal_key() == OLD


def test_what_another_key_changes_is_in_the_audit_log(team: Team, settings: Settings) -> None:
    settings.OUTBOUND_LOOPBACK = False
    for key in ("", "", OLD, OLD):
        sync(settings, key)
    with time_machine.travel("2026-11-22T18:00:00Z"):
        sync(settings, NEW)
    noted = AuditEntry.objects.filter(team=team).order_by("pk")
    assert [each.words.removesuffix(", as the settings ask") for each in noted] == [
        "Added the account Simulator",
        "Added the account Simulator of Luma Agents",
        "Added the account Simulator of OpenAI images",
        "Switched the account Simulator off",
        "Switched the account Simulator of Luma Agents off",
        "Switched the account Simulator of OpenAI images off",
        "Added the account Luma, whose key ends in 1234",
        "Called the account Luma …1234, until 22 Nov 2026, before Luma",
        "Switched the account Luma …1234, until 22 Nov 2026 off",
        "Added the account Luma, whose key ends in 5678",
    ]
    assert {(each.kind, each.who) for each in noted} == {("keys", "At the server")}
    assert not any(key in repr(vars(each)) for each in noted for key in (OLD, NEW))


def test_a_key_that_is_put_back_finds_its_own_account(team: Team, settings: Settings) -> None:
    with time_machine.travel("2026-11-22T18:00:00Z"):
        for key in (OLD, NEW, OLD, "luma-third-key-5678", NEW, OLD):
            sync(settings, key)
    assert usable(team).reveal_key() == OLD
    assert sorted(Account.objects.values_list("name", flat=True)) == [
        "Luma",
        "Luma …5678, until 22 Nov 2026",
        "Luma …5678, until 22 Nov 2026 (2)",
    ]


def test_a_key_that_cannot_be_opened_any_more_is_entered_again(
    team: Team, settings: Settings
) -> None:
    sync(settings, OLD)
    settings.ENCRYPTION_KEYS = [Fernet.generate_key().decode()]
    sync(settings, OLD)
    assert Account.objects.get().reveal_key() == OLD


def test_every_team_has_an_account_from_its_beginning(
    team: Team, newcomer, settings: Settings
) -> None:
    settings.LUMA_API_KEY = OLD
    newcomer.post(reverse("new_team"), {"name": "Latecomers"})
    latecomers = Team.objects.get(name="Latecomers")
    assert usable(latecomers).reveal_key() == OLD
    assert not Account.objects.filter(team=team).exists()
    sync(settings, OLD)
    assert usable(team).reveal_key() == OLD
    assert Account.objects.count() == 2


def test_a_second_team_beside_the_simulator_generates_at_once(
    team: Team, newcomer, settings: Settings
) -> None:
    settings.LUMA_API_KEY = ""
    settings.OUTBOUND_LOOPBACK = True
    newcomer.post(reverse("new_team"), {"name": "Latecomers"})
    account = usable(Team.objects.get(name="Latecomers"))
    assert (account.simulated, account.reveal_key()) == (True, "simulator")


def test_what_a_person_switched_off_stays_off_when_it_starts_again(
    team: Team, settings: Settings
) -> None:
    settings.OUTBOUND_LOOPBACK = False
    sync(settings, OLD)
    enrolling.switch_off(usable(team))
    sync(settings, OLD)
    assert not Account.objects.filter(team=team).usable()
    sync(settings, "")
    sync(settings, OLD)  # it is asked for anew
    assert usable(team).reveal_key() == OLD


def test_a_key_that_a_person_replaced_stays_replaced(
    team: Team, settings: Settings, monkeypatch
) -> None:
    settings.OUTBOUND_LOOPBACK = False
    monkeypatch.setattr(enrolling, "try_out", lambda account: 5)
    sync(settings, OLD)
    fresh = enrolling.replace_key(usable(team), "luma-fresh-key")
    sync(settings, OLD)
    assert usable(team) == fresh
    sync(settings, NEW)  # a new key is another account, beside the person's own
    assert {each.name for each in Account.objects.filter(team=team).usable()} == {"Luma", "Luma 2"}
    fresh.refresh_from_db()
    assert (fresh.name, fresh.reveal_key()) == ("Luma", "luma-fresh-key")


@pytest.mark.parametrize(("answer", "stays"), [(True, True), (False, False), (None, False)])
def test_another_key_of_the_same_account_stays_in_it(
    team: Team, settings: Settings, monkeypatch, answer, stays
) -> None:
    settings.OUTBOUND_LOOPBACK = False
    sync(settings, OLD)
    luma = usable(team)
    monkeypatch.setattr(rekeying, "knows_its_jobs", lambda account, key: answer)
    sync(settings, NEW)
    now = usable(team)
    assert (now.reveal_key(), now.name) == (NEW, "Luma")
    assert (now == luma) == stays
    said = AuditEntry.objects.filter(words__contains="Put another key, which ends in 5678")
    assert said.exists() == stays


def test_a_provider_is_asked_before_anything_is_locked_and_what_changed_meanwhile_counts(
    team: Team, settings: Settings, monkeypatch
) -> None:
    settings.OUTBOUND_LOOPBACK = False
    sync(settings, OLD)
    luma = usable(team)
    held = []

    def asks(account, key):
        held.extend(connection.savepoint_ids)
        fresh = Account.objects.get(pk=account.pk)
        fresh.set_key("luma-other-key-9999")  # somebody replaces it meanwhile
        fresh.save()
        return True

    monkeypatch.setattr(rekeying, "knows_its_jobs", asks)
    sync(settings, NEW)
    assert held == []
    now = usable(team)
    assert (now.reveal_key(), now != luma) == (NEW, True)
    luma.refresh_from_db()
    assert (luma.reveal_key(), luma.enabled) == ("luma-other-key-9999", False)


def test_where_nobody_can_be_asked_another_key_is_another_account(
    team: Team, settings: Settings, monkeypatch
) -> None:
    def away(account, key):
        raise Unreachable("no answer")

    settings.OUTBOUND_LOOPBACK = False
    sync(settings, OLD)
    luma = usable(team)
    monkeypatch.setattr(rekeying, "knows_its_jobs", away)
    sync(settings, NEW)
    assert usable(team) != luma


def test_a_persons_own_account_is_never_touched(team: Team, settings: Settings) -> None:
    settings.OUTBOUND_LOOPBACK = False
    own = AccountFactory(team=team, name="Luma", simulated=False, key=OLD)
    sync(settings, "")
    sync(settings, OLD)
    own.refresh_from_db()
    assert (own.enabled, own.name, usable(team)) == (True, "Luma", own)


def test_a_team_that_was_made_by_hand_has_the_installations_account_at_once(
    db: None, settings: Settings
) -> None:
    settings.LUMA_API_KEY = OLD
    team = Team.objects.create(name="By hand")
    account = usable(team)
    assert (account.reveal_key(), account.managed) == (OLD, Account.Managed.NOW)
    team.name = "By another hand"
    enrolling.switch_off(account)
    team.save()
    assert not Account.objects.filter(team=team).usable()  # only when it is made


def test_another_key_takes_the_own_prices_and_the_pause_over(
    team: Team, settings: Settings
) -> None:
    sync(settings, OLD)
    pricing.set_own(usable(team), "ray-2", Kind.VIDEO, price_usd=Decimal("0.30"))
    Account.objects.filter(team=team).update(paused_at=timezone.now())
    sync(settings, NEW)
    assert usable(team).paused_at
    assert usable(team).price_overrides.get().price_usd == Decimal("0.30")
