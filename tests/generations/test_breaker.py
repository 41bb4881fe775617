"""The circuit breaker: what opens it, its probes, and what it holds back."""

import pytest
from django.utils import timezone

from generations import probing, rekeying, respites, submitting, unanswered
from generations.models import Account, Attempt, Generation
from generations.models.states import State
from generations.simulator.testing import KEY
from tests.generations.conftest import due_now, fresh, make_studio

DOWN = "http://127.0.0.1:9/dream-machine/v1"


def test_an_open_account_is_sent_nothing_until_a_probe_finds_it_working(db, simulator):
    studio = make_studio(simulator)
    good = studio.account.base_url
    Account.objects.update(base_url=DOWN)
    take, other = studio.order(), studio.order()
    for _ in range(3):
        submitting.submit_due(studio.account.pk)
        Generation.objects.filter(state=State.WAITING).update(next_at=timezone.now())
        respites.forget_after(timezone.now())
    assert fresh(studio.account).is_open
    tries = Attempt.objects.exclude(sent_at=None).count()
    submitting.submit_due(studio.account.pk)
    assert Attempt.objects.exclude(sent_at=None).count() == tries == 3
    assert fresh(take).state == "waiting"

    Account.objects.update(base_url=good)
    due_now()
    studio.work(take, other, until="completed")
    account = fresh(studio.account)
    assert (account.problem, account.failures, account.opened_at) == ("", 0, None)
    kinds = list(take.events.values_list("kind", flat=True))
    assert "account_down" in kinds
    assert "account_up" in kinds


def test_a_refusal_of_the_key_before_says_nothing_of_the_one_put_in_meanwhile(
    db, simulator, monkeypatch
):
    studio = make_studio(simulator)
    studio.account.set_key("bad-key")
    studio.account.save()
    build = submitting.request_of

    def meanwhile(attempt):
        rekeying.put_in(Account.objects.get(pk=attempt.account_id), KEY)
        return build(attempt)

    monkeypatch.setattr(submitting, "request_of", meanwhile)
    take = studio.order()
    submitting.submit_due(studio.account.pk)
    unanswered.note_key(studio.account)  # a poll that began before
    assert (fresh(take).state, take.reason) == ("waiting", "key")
    account = fresh(studio.account)
    assert (account.reveal_key(), account.problem, account.failures) == (KEY, "", 0)
    assert (account.is_open, account.quiet_until) == (False, None)
    due_now()
    submitting.submit_due(studio.account.pk)
    assert fresh(take).state == "queued"


def test_one_probe_at_a_time_and_ever_more_rarely(db, simulator, settings):
    settings.BREAKER_PROBE_S = 10
    studio = make_studio(simulator, "bad-key")
    studio.order()
    submitting.submit_due(studio.account.pk)
    account = fresh(studio.account)
    now = account.probe_at
    copies = [Account.objects.get(pk=account.pk) for _ in range(3)]
    assert [each.take_probe(now) for each in copies] == [True, False, False]
    waits = []
    for _ in range(8):
        now = fresh(account).probe_at
        assert account.take_probe(now)
        waits.append((fresh(account).probe_at - now).total_seconds())
    assert waits == [20, 40, 80, 160, 300, 300, 300, 300]


def test_a_repaired_account_that_fails_again_is_left_alone_at_once(db, simulator):
    studio = make_studio(simulator)
    simulator.faults(out_of_credits=True)
    studio.order()
    submitting.submit_due(studio.account.pk)
    due_now()
    assert probing.probe_due(studio.account.pk)  # its balance looks good
    due_now()
    submitting.submit_due(studio.account.pk)
    account = fresh(studio.account)
    assert account.is_open
    assert account.probes == 1  # and is asked later than the first time


def test_lost_answers_in_a_row_open_the_breaker(db, simulator):
    studio = make_studio(simulator)
    simulator.faults(error_before_accept=True)
    for _ in range(4):
        studio.order()
    submitting.submit_due(studio.account.pk)
    submitting.submit_due(studio.account.pk)
    account = fresh(studio.account)
    assert (account.is_open, account.problem, account.failures) == (True, "unreachable", 3)
    assert Generation.objects.filter(state=State.UNCONFIRMED).count() == 3
    assert Generation.objects.filter(state=State.WAITING).count() == 1


@pytest.mark.parametrize("grave", ["credits", "key"])
@pytest.mark.parametrize("lesser", ["busy", "unreachable"])
def test_a_lesser_trouble_doesnt_hide_a_graver_one_from_its_probe(studio, grave, lesser):
    one, other = Account.objects.get(), Account.objects.get()  # as two workers hold it
    one.note_problem(grave)
    other.note_problem(lesser)
    one.refresh_from_db()
    assert (one.is_open, one.problem) == (True, grave)
    one.close()
    one.note_problem(lesser)
    assert fresh(one).problem == lesser


def test_a_probe_without_money_doesnt_open_the_line_after_a_busy_answer(two):
    studio, _ = two("broke")
    take = studio.order()
    submitting.submit_due(studio.account.pk)
    Account.objects.get(pk=studio.account.pk).note_problem("busy")
    due_now()
    assert probing.probe_due(studio.account.pk) is False
    assert fresh(studio.account).is_open
    assert fresh(take).account != studio.account
