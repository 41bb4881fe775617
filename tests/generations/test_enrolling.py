"""A team's keys: tested before they are kept, preferred in an order, sealed anew."""

import logging
from decimal import Decimal

import pytest
from django.utils import timezone

from generations import enrolling, limits, moving, pricing, rekeying, submitting
from generations.enrolling import Key
from generations.kinds import Kind
from generations.models import Account, Reconciliation
from generations.ordering import accept
from generations.orders import made_from
from generations.refusal import Refused
from generations.sealing import seal
from generations.simulator.testing import KEY
from tests.factories import AccountFactory
from tests.generations.conftest import another_account, fresh
from tests.generations.test_fallback import DOWN


def given(studio, key="luma-second-key", **changes):
    return Key(**{"name": "Second", "key": key, "base_url": studio.simulator.url} | changes)


def refused(studio, **changes):
    before = Account.objects.count()
    with pytest.raises(Refused) as caught:
        enrolling.enroll(studio.project.team, given(studio, **changes))
    assert Account.objects.count() == before
    return caught.value.errors


def test_a_key_that_answers_is_kept_sealed_last_in_the_order(studio):
    made = enrolling.enroll(studio.project.team, given(studio))
    kept = Account.objects.get(pk=made.pk)
    assert (kept.enabled, kept.simulated, kept.key_suffix) == (True, True, "-key")
    assert kept.rank > studio.account.rank
    assert kept.credits_usd > 0
    assert kept.tested_at is not None
    assert "luma-second-key" not in str(vars(kept))
    assert kept.reveal_key() == "luma-second-key"


@pytest.mark.parametrize(
    ("changes", "field", "says"),
    [
        ({"key": "bad-key"}, "key", "refused this key"),
        ({"key": "broke"}, "key", "no credits"),
        ({"base_url": DOWN}, "base_url", "doesn't answer"),
        ({"base_url": "http://example.com/v1"}, "base_url", "begins with https:"),
        ({"base_url": "https://user:word@example.com"}, "base_url", "no user or password"),
        ({"base_url": "https://example.com:99999/"}, "base_url", "names port 99999"),
        ({"provider": "nobody"}, "provider", "from the list"),
        ({"name": "Simulator"}, "name", "Choose another"),
        ({"key": "luma-test"}, "key", "has this very key"),
        ({"key": "luma-api-x"}, "key", "This is a key of Luma Agents"),
        ({"key": "luma-x", "provider": "luma-agents"}, "key", "a key of Luma Dream Machine"),
    ],
)
def test_a_key_that_doesnt_work_is_refused_in_words(studio, changes, field, says):
    errors = refused(studio, **changes)
    assert list(errors) == [field]
    assert says in errors[field]


def test_a_key_that_failed_its_test_may_knowingly_be_kept_switched_off(studio):
    made = enrolling.enroll(studio.project.team, given(studio, key="broke"), even_if_refused=True)
    assert Account.objects.get(pk=made.pk).enabled is False


def test_no_real_key_is_in_use_beside_the_simulator(studio):
    assert "OUTBOUND_LOOPBACK" in refused(studio, base_url="")["key"]
    real = AccountFactory(team=studio.project.team, simulated=False, enabled=False)
    with pytest.raises(Refused, match="beside which no real key"):
        enrolling.switch_on(real)


def test_no_key_is_ever_written_to_a_log(studio, caplog):
    caplog.set_level(logging.DEBUG)
    enrolling.enroll(studio.project.team, given(studio))
    with pytest.raises(Refused) as caught:
        enrolling.enroll(studio.project.team, given(studio, key="bad-secret-key"))
    assert caplog.text
    for key in ("luma-second-key", "bad-secret-key"):
        assert key not in caplog.text
        assert key not in str(caught.value)


def test_another_key_is_another_account_and_what_waits_moves_to_it(studio):
    take = studio.order()
    old = studio.account
    made = enrolling.replace_key(old, "luma-newer")
    assert (made.name, made.rank, made.enabled) == ("Simulator", old.rank, True)
    assert not fresh(old).enabled
    assert old.name.startswith("Simulator …test, until ")
    submitting.submit_due(old.pk)
    assert fresh(take).account == made


def test_another_key_keeps_the_own_prices_and_the_pause(studio):
    old = studio.account
    pricing.set_own(old, "ray-2", Kind.VIDEO, price_usd=Decimal("0.30"))
    take = studio.order()
    Account.objects.filter(pk=old.pk).update(paused_at=timezone.now())
    made = enrolling.replace_key(fresh(old), "luma-newer")
    assert fresh(made).paused_at
    assert moving.move_due(old.pk) == 0  # it was to wait
    Account.objects.filter(pk=made.pk).update(paused_at=None)
    moving.move_due(old.pk)
    assert (fresh(take).account, fresh(take).price_usd) == (made, Decimal("0.30"))
    assert studio.order().price_usd == Decimal("0.30")


def test_a_key_that_was_given_is_in_no_repr(studio):
    assert "luma-second-key" not in repr(given(studio))


def test_a_key_that_fails_replaces_nothing(studio):
    with pytest.raises(Refused):
        enrolling.replace_key(studio.account, "bad-key")
    assert fresh(studio.account).enabled
    assert Account.objects.count() == 1


def test_a_test_begins_and_ends_an_accounts_trouble(studio):
    spare = another_account(studio, key="bad-key")
    assert "refused this key" in enrolling.try_again(spare)
    assert fresh(spare).is_open
    spare.set_key("luma-good")
    spare.save()
    spare.note_problem("credits")
    assert "answers, and has $" in enrolling.try_again(spare)
    assert not fresh(spare).is_open


def test_the_order_of_preference_decides_where_work_goes(studio):
    spare = another_account(studio)
    assert studio.order().account == studio.account
    enrolling.prefer(spare)
    assert studio.order().account == spare
    enrolling.prefer(spare)  # the first stays the first
    assert studio.order().account == spare


def test_switched_off_it_gets_no_work_and_its_own_moves(studio):
    spare = another_account(studio)
    take = studio.order()
    enrolling.switch_off(studio.account)
    assert studio.order().account == spare
    moving.move_due(studio.account.pk)
    assert fresh(take).account == spare
    enrolling.switch_on(fresh(studio.account))
    assert studio.order().account == studio.account


def test_an_account_is_removed_only_while_it_is_unused(studio):
    spare = another_account(studio)
    enrolling.remove(spare)
    assert Account.objects.count() == 1
    studio.order()
    with pytest.raises(Refused, match="Switch it off instead"):
        enrolling.remove(studio.account)


def test_an_account_whose_spending_was_booked_is_kept(studio):
    spare = another_account(studio)
    for balance_usd in (10, 4):
        reading = Reconciliation.objects.create(
            account=spare,
            balance_usd=balance_usd,
            taken_usd=0,
            at_work_usd=0,
            doubtful_usd=0,
            expected_usd=10,
            difference_usd=balance_usd - 10,
            verdict="more" if balance_usd < 10 else "first",
        )
    assert reading.correct(studio.person)
    with pytest.raises(Refused, match="Switch it off instead"):
        enrolling.remove(spare)
    assert studio.project.team.ledger.spent_usd() == 6


def test_limits_are_at_least_one(studio):
    limits.set_limits(studio.account, 3, 7)
    account = fresh(studio.account)
    assert (account.concurrent_limit, account.per_minute_limit) == (3, 7)
    with pytest.raises(Refused, match="at least 1"):
        limits.set_limits(account, 0, 7)


SAME = f"{KEY}~2"


def test_another_key_of_the_same_account_keeps_what_was_made_with_it(studio):
    account = studio.account
    pricing.set_own(account, "ray-2", Kind.VIDEO, price_usd=Decimal("0.30"))
    done = studio.order()
    studio.work(done, until="stored")
    flying = studio.order()
    submitting.submit_due(account.pk)
    Account.objects.filter(pk=account.pk).update(sealed_key=seal("bad-key"))  # it was revoked
    waiting = studio.order()
    rekeying.rekey(fresh(account), SAME)
    account = fresh(account)
    assert (Account.objects.count(), account.reveal_key(), account.enabled) == (1, SAME, True)
    studio.work(flying, waiting, until="completed")
    made = accept(studio.project, studio.person, made_from(done, Kind.UPSCALE, resolution="1080p"))
    studio.work(made, until="completed")
    assert waiting.price_usd == Decimal("0.30")
    assert len(studio.paid()) == 4


def test_a_key_of_another_account_is_told_from_it_by_its_jobs(studio):
    take = studio.order()
    studio.work(take, until="completed")
    with pytest.raises(Refused, match="it is a key of another account"):
        rekeying.rekey(studio.account, "luma-other")
    assert fresh(studio.account).reveal_key() == KEY
    studio.simulator.faults(too_many_requests={"on": ["get"]})
    with pytest.raises(Refused, match="can't be asked whether it is a key of the same"):
        rekeying.rekey(studio.account, SAME)
    with pytest.raises(Refused, match="refused this key"):
        rekeying.rekey(studio.account, "bad-key")


def test_what_was_sent_with_the_earlier_key_is_never_sent_again_by_itself(studio):
    studio.order()
    before = timezone.now()
    rekeying.rekey(studio.account, "luma-unknown")  # nothing was made that could be asked for
    assert fresh(studio.account).key_since >= before
