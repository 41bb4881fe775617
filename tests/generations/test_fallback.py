"""Accounts in trouble: the circuit breaker, and what waits for them moving to others."""

from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from django.conf import settings as django_settings
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from generations import enrolling, moving, ordering, pricing, probing, queueing, submitting
from generations.kinds import Kind
from generations.models import Account, Attempt, Budget, Generation, Still
from generations.orders import Frame
from generations.refusal import Refused
from tests.generations.conftest import another_account, due_now, fresh

DOWN = "http://127.0.0.1:9/dream-machine/v1"


@pytest.mark.parametrize(
    ("key", "trouble"), [("broke", "is out of credits"), ("bad-key", "had its key refused")]
)
def test_work_moves_on_when_an_account_cant_pay_or_is_revoked(two, key, trouble):
    studio, spare = two(key)
    takes = [studio.order(), studio.order()]
    submitting.submit_due(studio.account.pk)
    for take in fresh(*takes):
        assert (take.state, take.account) == ("waiting", spare)
        assert take.notice == f"Moved to {spare}: {studio.account} {trouble}."
        assert take.words == ""
        assert take.events.get(kind="moved").detail["words"] == take.notice
    studio.work(*takes, until="completed")
    assert fresh(takes[0]).notice  # it says so for good
    for take in takes:
        kinds = [entry.kind for entry in take.ledger.order_by("id")]
        assert kinds[-3:] == ["released", "reserved", "charged"]
        assert take.ledger.spent_usd() == take.price_usd
        assert take.ledger.reserved_usd() == 0
    assert len(studio.simulator.books("luma-spare")["generations"]) == 2


def test_work_moves_on_when_an_api_is_down(two):
    studio, spare = two(url=DOWN)
    take = studio.order()
    for _ in range(2):
        submitting.submit_due(studio.account.pk)
        due_now()
        assert fresh(take).account == studio.account  # twice is no breakdown yet
    submitting.submit_due(studio.account.pk)
    assert fresh(studio.account).is_open
    assert fresh(take).account == spare
    assert "can't be reached" in take.notice
    studio.work(take, until="completed")


def test_new_work_goes_to_the_next_account_and_back_when_the_first_works_again(two):
    studio, spare = two(url=DOWN)
    Account.objects.filter(pk=studio.account.pk).update(
        opened_at=timezone.now(), probe_at=timezone.now(), problem="unreachable", failures=3
    )
    assert studio.order().account == spare
    assert probing.probe_due(studio.account.pk) is False
    assert studio.order().account == spare

    Account.objects.filter(pk=studio.account.pk).update(base_url=studio.simulator.url)
    due_now()
    assert probing.probe_due(studio.account.pk) is True
    assert not fresh(studio.account).is_open
    assert studio.order().account == studio.account


@pytest.mark.parametrize(("factor", "moves"), [("1.5", False), ("0.8", True)])
def test_a_server_at_another_factor_gets_only_what_is_no_dearer_there(two, factor, moves):
    studio, spare = two("broke")
    pricing.set_factor(spare, Decimal(factor))
    take = studio.order()
    shown_usd = take.price_usd
    submitting.submit_due(studio.account.pk)
    assert (fresh(take).account == spare) is moves
    assert take.price_usd == (round(shown_usd * Decimal(factor), 4) if moves else shown_usd)
    assert moves or "which is more than was shown" in take.notice


def test_a_lost_answer_is_never_moved(two):
    studio, _ = two()
    studio.simulator.faults(lost_answer=True)
    take = studio.order()
    submitting.submit_due(studio.account.pk)
    Account.objects.filter(pk=studio.account.pk).update(enabled=False)
    assert moving.move_due(studio.account.pk) == 0
    assert fresh(take).account == studio.account
    assert take.state == "unconfirmed"


def test_work_moves_on_when_an_account_is_at_its_limit_for_long(two, settings):
    studio, spare = two()
    studio.simulator.faults(too_many_requests={"times": 2})
    take = studio.order()
    submitting.submit_due(studio.account.pk)
    assert fresh(take).account == studio.account
    since = timezone.now() - timedelta(seconds=settings.BUSY_LONG_S + 1)
    Account.objects.filter(pk=studio.account.pk).update(problem_since=since)
    due_now()
    submitting.submit_due(studio.account.pk)
    assert fresh(take).account == spare
    assert "at its limit" in take.notice


def test_an_account_at_its_limit_is_tried_again_once_nothing_was_sent_to_it_for_long(two):
    studio, spare = two()
    studio.simulator.faults(too_many_requests={"times": 1})
    take = studio.order()
    submitting.submit_due(studio.account.pk)
    take.cancel(studio.person)
    days_ago = timezone.now() - timedelta(days=3)
    Account.objects.filter(pk=studio.account.pk).update(problem_since=days_ago)
    assert fresh(studio.account).trouble
    assert studio.order().account == spare

    Attempt.objects.exclude(sent_at=None).update(sent_at=timezone.now() - timedelta(minutes=6))
    assert not fresh(studio.account).trouble
    tried = studio.order()
    assert tried.account == studio.account
    studio.work(tried, until="completed")
    assert fresh(studio.account).problem == ""


def test_an_account_at_its_limit_whose_answers_are_lost_is_left_alone(two, settings):
    account = two()[0].account
    account.note_problem(Account.Problem.BUSY)
    for _ in range(settings.BREAKER_FAILURES - 1):
        account.note_lost_answer()
        account.note_problem(Account.Problem.BUSY)
        assert not fresh(account).is_open
    account.note_lost_answer()
    assert (fresh(account).is_open, account.problem) == (True, Account.Problem.UNREACHABLE)


@pytest.mark.parametrize("probes", [1_100, 32_767])
def test_a_probe_that_failed_thousands_of_times_is_sent_again(two, probes):
    studio, _ = two()
    now = timezone.now()
    Account.objects.filter(pk=studio.account.pk).update(
        opened_at=now, probe_at=now, problem="unreachable", failures=3, probes=probes
    )
    assert probing.probe_due(studio.account.pk) is True
    assert not fresh(studio.account).is_open


def test_work_moves_on_when_an_account_is_switched_off(two):
    studio, spare = two()
    take = studio.order()
    Account.objects.filter(pk=studio.account.pk).update(enabled=False)
    submitting.submit_due(studio.account.pk)
    assert fresh(take).account == spare
    assert "is switched off" in take.notice


def test_a_paused_take_and_a_paused_account_are_left_as_they_are(two):
    studio, spare = two("broke")
    held, free = studio.order(), studio.order()
    queueing.pause(held, studio.person)
    queueing.pause_account(spare, studio.person)
    submitting.submit_due(studio.account.pk)
    assert fresh(free).account == studio.account  # the only other one is paused
    queueing.resume_account(spare, studio.person)
    due_now()
    submitting.submit_due(studio.account.pk)
    assert fresh(free).account == spare
    assert fresh(held).account == studio.account


def test_the_simulator_never_stands_in_for_a_real_account(two):
    studio, spare = two("broke")
    Account.objects.filter(pk=spare.pk).update(simulated=False)
    take = studio.order()
    submitting.submit_due(studio.account.pk)
    assert fresh(take).account == studio.account


def test_when_every_account_is_down_it_waits_and_says_so(two):
    studio, spare = two("broke")
    spare.set_key("broke-too")
    spare.save()
    take = studio.order()
    submitting.submit_due(studio.account.pk)
    submitting.submit_due(spare.pk)
    take = fresh(take)
    assert (take.state, take.reason) == ("waiting", "credits")
    assert "out of credits" in take.words
    assert fresh(spare).is_open


def test_an_extension_moves_as_a_picture_of_its_parents_last_frame(two):
    studio, spare = two()
    parent = studio.order()
    studio.work(parent, until="stored")
    child = studio.order(start=Frame(source=parent))
    Account.objects.filter(pk=studio.account.pk).update(enabled=False)
    submitting.submit_due(studio.account.pk)
    assert fresh(child).account == spare
    keyframe = child.keyframes.get()
    assert keyframe.source is None
    assert keyframe.still.source == parent
    assert "Done from the last frame of take 1 as a picture" in child.notice
    assert submitting.submit_due(spare.pk) == 1
    assert len(studio.simulator.books("luma-spare")["generations"]) == 1


def test_an_extension_of_another_ratio_is_not_moved_as_a_picture_that_nobody_has_fitted(two):
    studio, _ = two()
    parent = studio.order()
    studio.work(parent, until="stored")
    child = studio.order(start=Frame(source=parent), ratio="1:1")
    Account.objects.filter(pk=studio.account.pk).update(enabled=False)
    submitting.submit_due(studio.account.pk)
    assert fresh(child).account == studio.account
    assert child.keyframes.get().source == parent


def test_never_to_a_dearer_price_than_was_shown(two, monkeypatch):
    studio, spare = two("broke")
    take = studio.order()
    monkeypatch.setattr(moving, "quote_usd", lambda *_: take.price_usd + Decimal("0.01"))
    submitting.submit_due(studio.account.pk)
    assert fresh(take).account == studio.account
    assert "more than was shown" in take.notice
    assert str(spare) in take.notice


def test_what_became_cheaper_may_go_back_up_to_the_price_that_was_shown(two):
    studio, spare = two()
    pricing.set_factor(spare, Decimal("0.7"))
    take = studio.order()
    shown_usd = take.price_usd
    Account.objects.filter(pk=studio.account.pk).update(enabled=False)
    moving.move_due(studio.account.pk)
    assert (fresh(take).account, fresh(take).price_usd) == (
        spare,
        round(shown_usd * Decimal("0.7"), 4),
    )
    Account.objects.filter(pk=studio.account.pk).update(enabled=True)
    Account.objects.filter(pk=spare.pk).update(enabled=False)
    Budget.objects.create(team=studio.project.team, limit_usd=take.price_usd)
    moving.move_due(spare.pk)
    assert fresh(take).account == spare
    assert "is left of the team's" in take.notice
    assert "so it waits" in take.notice or "and it waits" in take.notice
    Budget.objects.update(limit_usd=shown_usd)
    moving.move_due(spare.pk)
    assert (fresh(take).account, take.price_usd) == (studio.account, shown_usd)
    assert take.ledger.reserved_usd() == shown_usd
    pricing.set_factor(spare, Decimal("1.1"))
    Account.objects.filter(pk=spare.pk).update(enabled=True)
    Account.objects.filter(pk=studio.account.pk).update(enabled=False)
    moving.move_due(studio.account.pk)
    assert fresh(take).account == studio.account
    assert "more than was shown" in take.notice


def test_a_file_that_cant_be_read_holds_up_nothing_behind_it(two):
    studio, spare = two()
    parents = [studio.order(), studio.order()]
    for parent in parents:
        studio.work(parent, until="stored")
    children = [studio.order(start=Frame(source=parent)) for parent in parents]
    behind = studio.order()
    gone, broken = (parent.assets.get(kind="video").file for parent in parents)
    gone.unlink()
    broken.write_bytes(b"no video")
    Account.objects.filter(pk=studio.account.pk).update(enabled=False)
    assert moving.move_due(studio.account.pk) == 1
    assert fresh(behind).account == spare
    assert [child.account for child in fresh(*children)] == [studio.account] * 2


def test_a_take_elsewhere_whose_file_cant_be_read_is_not_continued(two):
    studio, _ = two()
    parent = studio.order()
    studio.work(parent, until="stored")
    parent.assets.get(kind="video").file.write_bytes(b"no video")
    Account.objects.filter(pk=studio.account.pk).update(enabled=False)
    with pytest.raises(Refused) as caught:
        studio.order(start=Frame(source=parent))
    assert caught.value.errors == {
        "start": "The file of take 1 can't be read. Choose another take."
    }


def test_what_cant_move_holds_up_nothing_behind_it(two, monkeypatch):
    monkeypatch.setattr(moving, "_AT_ONCE", 2)
    studio, spare = two()
    pricing.set_own(spare, "ray-2", Kind.VIDEO, price_usd=Decimal(9))
    dear = [studio.order() for _ in range(5)]
    cheap = studio.order(model="ray-flash-2")
    Account.objects.filter(pk=studio.account.pk).update(enabled=False)
    assert moving.move_due(studio.account.pk) == 1
    assert fresh(cheap).account == spare
    assert {take.account for take in fresh(*dear)} == {studio.account}


def test_a_look_at_a_line_that_cant_move_costs_the_same_however_long_it_is(two):
    studio, spare = two()
    pricing.set_own(spare, "ray-2", Kind.VIDEO, price_usd=Decimal(9))
    studio.order()
    Account.objects.filter(pk=studio.account.pk).update(enabled=False)
    assert asked_by_a_second_look(studio) == (short := asked_by_a_second_look(studio))
    Account.objects.filter(pk=studio.account.pk).update(enabled=True)
    enrolling.prefer(studio.account)
    for seconds in (5, 9):
        for _ in range(20):
            studio.order(duration_s=seconds)
    Account.objects.filter(pk=studio.account.pk).update(enabled=False)
    assert asked_by_a_second_look(studio) == short + 1  # the price of nine seconds


def asked_by_a_second_look(studio):
    """Look twice, and return how many queries the second look took."""
    moving.move_due(studio.account.pk)
    with CaptureQueriesContext(connection) as queries:
        assert moving.move_due(studio.account.pk) == 0
    return len(queries)


def test_a_long_line_is_worked_off_in_passes_that_leave_nobody_out(two, monkeypatch):
    woken = []
    monkeypatch.setattr(moving, "wake", lambda *asked: woken.append(asked))
    monkeypatch.setattr(moving, "_CHANGES_AT_ONCE", 2)
    studio, spare = two()
    pricing.set_own(spare, "ray-2", Kind.VIDEO, price_usd=Decimal(9))
    dear = [studio.order() for _ in range(3)]
    cheap = [studio.order(model="ray-flash-2") for _ in range(2)]
    Account.objects.filter(pk=studio.account.pk).update(enabled=False)
    passes = [moving.move_due(studio.account.pk) for _ in range(4)]
    assert passes == [0, 1, 1, 0]
    assert woken.count(("submit_due", studio.account.pk)) == 2
    assert {take.account for take in fresh(*cheap)} == {spare}
    assert all("more than was shown" in take.notice for take in fresh(*dear))


def test_of_dearer_accounts_the_cheapest_is_named_once(two):
    studio, spare = two()
    pricing.set_own(spare, "ray-2", Kind.VIDEO, price_usd=Decimal(9))
    cheaper = another_account(studio, "Third", "luma-third", rank=6)
    pricing.set_own(cheaper, "ray-2", Kind.VIDEO, price_usd=Decimal(8))
    take = studio.order()
    Account.objects.filter(pk=studio.account.pk).update(enabled=False)
    for _ in range(3):
        assert moving.move_due(studio.account.pk) == 0
    assert f"{cheaper} costs $8.00" in fresh(take).notice
    assert take.events.filter(kind="told").count() == 1


def test_retry_says_nothing_of_the_move_before(two):
    studio, _ = two("broke")
    take = studio.order()
    submitting.submit_due(studio.account.pk)
    take = Generation.objects.get(pk=take.pk)
    assert take.cancel(studio.person)
    ordering.retry(Generation.objects.get(pk=take.pk), studio.person)
    assert fresh(take).notice == ""


def test_a_move_that_loses_its_race_leaves_no_still_behind(
    two, monkeypatch, django_capture_on_commit_callbacks
):
    studio, _ = two()
    parent = studio.order()
    studio.work(parent, until="stored")
    child = studio.order(start=Frame(source=parent))
    Account.objects.filter(pk=studio.account.pk).update(enabled=False)
    grab = moving.grabbing.grab

    def grab_and_be_late(*args):
        still = grab(*args)
        assert fresh(child).cancel(studio.person)
        return still

    monkeypatch.setattr(moving.grabbing, "grab", grab_and_be_late)
    with django_capture_on_commit_callbacks(execute=True):
        assert moving.move_due(studio.account.pk) == 0
    assert not Still.objects.exists()
    assert not list(Path(django_settings.MEDIA_ROOT).glob("stills/*/*"))
