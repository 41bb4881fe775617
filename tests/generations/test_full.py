"""Accounts that are full for long: what loses nothing by it goes to another that has room."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from generations import limits, moving, pricing, queueing, standing_in, submitting
from generations.kinds import Kind
from generations.models import Account, Generation
from generations.ordering import accept
from generations.orders import Frame, image, made_from
from tests.factories import AccountFactory
from tests.generations.conftest import another_account, due_now, fresh, make_studio
from tests.generations.test_at_once import at_once


@pytest.fixture
def full(two, settings):
    """A team whose preferred account takes one take at once, and whose spare takes ten."""
    settings.BUSY_LONG_S = 0  # what had no room once has had none for long
    studio, spare = two()
    Account.objects.filter(pk=studio.account.pk).update(concurrent_limit=1)
    return studio, spare


def at(account, *takes):
    """Return those of the takes that are at an account."""
    return [take for take in takes if fresh(take).account_id == account.pk]


def test_what_has_no_room_for_long_is_made_by_another_account(full):
    studio, spare = full
    takes = [studio.order() for _ in range(4)]
    submitting.submit_due(studio.account.pk)
    first, *others = fresh(*takes)
    assert (first.account, first.state) == (studio.account, "queued")
    for take in others:
        assert (take.account, take.state) == (spare, "waiting")
        assert take.notice == (
            f"Moved to {spare}: {studio.account} has been at its limit for long."
        )
        assert take.events.get(kind="moved").detail["words"] == take.notice
    assert submitting.submit_due(spare.pk) == 3
    studio.work(*takes, until="completed")
    assert len(studio.books()["generations"]) == 1
    assert len(studio.simulator.books("luma-spare")["generations"]) == 3
    assert all(take.ledger.spent_usd() == take.price_usd for take in takes)


def test_it_waits_at_its_account_until_it_has_had_no_room_for_long(full, settings):
    settings.BUSY_LONG_S = 120
    studio, spare = full
    takes = [studio.order() for _ in range(2)]
    submitting.submit_due(studio.account.pk)
    assert at(spare, *takes) == []
    nearly = timezone.now() - timedelta(seconds=110)
    Generation.objects.exclude(no_room_since=None).update(no_room_since=nearly)
    due_now()
    submitting.submit_due(studio.account.pk)
    assert at(spare, *takes) == []  # each look since found it without room, and moved no clock
    Generation.objects.exclude(no_room_since=None).update(
        no_room_since=nearly - timedelta(seconds=20)
    )
    due_now()
    submitting.submit_due(studio.account.pk)
    assert at(spare, *takes) == [takes[1]]


def test_only_as_many_move_as_are_sent_at_once_the_first_in_line_first(full):
    studio, spare = full
    Account.objects.filter(pk=spare.pk).update(concurrent_limit=2)
    takes = [studio.order() for _ in range(6)]
    queueing.to_front(takes[5], studio.person)
    submitting.submit_due(studio.account.pk)  # the one in front is sent here
    assert at(spare, *takes) == takes[:2]
    due_now()
    submitting.submit_due(studio.account.pk)
    assert at(spare, *takes) == takes[:2]  # they wait there, and take its room
    submitting.submit_due(spare.pk)
    due_now()
    submitting.submit_due(studio.account.pk)
    assert at(spare, *takes) == takes[:2]  # they run there
    studio.work(*takes, until="completed")


def test_creates_in_a_minute_that_are_used_up_are_no_room_either(full):
    studio, spare = full
    Account.objects.filter(pk=studio.account.pk).update(concurrent_limit=10, per_minute_limit=1)
    takes = [studio.order() for _ in range(2)]
    submitting.submit_due(studio.account.pk)
    assert at(spare, *takes) == [takes[1]]


def test_an_extension_stays_with_its_parent_and_holds_up_nothing_behind_it(full):
    studio, spare = full
    parent = studio.order()
    studio.work(parent, until="stored")
    running = studio.order()
    child = studio.order(start=Frame(source=parent))
    larger = accept(
        studio.project, studio.person, made_from(parent, Kind.UPSCALE, resolution="1080p")
    )
    behind = studio.order()
    submitting.submit_due(studio.account.pk)
    assert at(spare, running, child, larger, behind) == [behind]
    assert child.keyframes.get().source == parent
    studio.work(running, child, larger, behind, until="completed")
    assert fresh(child).account == studio.account


def test_never_to_a_dearer_price_than_was_shown(full):
    studio, spare = full
    pricing.set_own(spare, "ray-2", Kind.VIDEO, price_usd=Decimal(9))
    takes = [studio.order() for _ in range(3)]
    cheap = studio.order(model="ray-flash-2")
    for _ in range(2):
        due_now()
        submitting.submit_due(studio.account.pk)
    assert at(spare, *takes, cheap) == [cheap]
    assert f"{spare} costs $9.00, which is more than was shown. It waits." in fresh(takes[1]).notice
    assert takes[1].events.filter(kind="told").count() == 1


def test_no_other_model_takes_the_place_of_one_that_its_account_makes(full):
    studio, spare = full
    pricing.set_own(spare, "ray-2", Kind.VIDEO, price_usd=Decimal(9))
    standing_in.allow(studio.project.team, "ray-2", "ray-flash-2")
    takes = [studio.order() for _ in range(2)]
    submitting.submit_due(studio.account.pk)
    assert {take.prompt.model for take in fresh(*takes)} == {"ray-2"}
    assert at(spare, *takes) == []


@pytest.mark.parametrize("held", ["the spare", "the account", "the line"])
def test_nothing_moves_to_or_from_what_is_paused(full, held):
    studio, spare = full
    takes = [studio.order() for _ in range(2)]
    Account.objects.filter(pk=spare.pk).update(enabled=False)
    submitting.submit_due(studio.account.pk)
    Account.objects.filter(pk=spare.pk).update(enabled=True)
    if held == "the line":
        queueing.pause_line(studio.project.team, studio.person)
    else:
        account = spare if held == "the spare" else studio.account
        queueing.pause_account(account, studio.person)
    due_now()
    submitting.submit_due(studio.account.pk)
    assert at(spare, *takes) == []


def test_a_take_that_was_paused_waits_anew(full, settings):
    settings.BUSY_LONG_S = 120
    studio, _ = full
    take = [studio.order() for _ in range(2)][1]
    submitting.submit_due(studio.account.pk)
    long_ago = timezone.now() - timedelta(hours=1)
    for pause, resume, whom in (
        (queueing.pause, queueing.resume, take),
        (queueing.pause_line, queueing.resume_line, studio.project.team),
        (queueing.pause_account, queueing.resume_account, studio.account),
    ):
        Generation.objects.filter(pk=take.pk).update(no_room_since=long_ago)
        pause(whom, studio.person)
        resume(whom, studio.person)
        submitting.submit_due(studio.account.pk)
        assert fresh(take).account == studio.account
        assert take.no_room_since > long_ago


def test_a_clock_that_was_set_back_lets_nothing_wait_for_it(full):
    studio, spare = full
    takes = [studio.order() for _ in range(2)]
    Generation.objects.update(no_room_since=timezone.now() + timedelta(days=1))
    submitting.submit_due(studio.account.pk)
    assert at(spare, *takes) == [takes[1]]


def test_an_account_with_the_same_key_has_no_other_room(full):
    studio, spare = full
    Account.objects.filter(pk=spare.pk).delete()
    twin = AccountFactory(
        team=studio.project.team, base_url=studio.account.base_url, key="luma-test", rank=9
    )
    takes = [studio.order() for _ in range(2)]
    submitting.submit_due(studio.account.pk)
    assert at(twin, *takes) == []


def test_one_that_turned_work_away_just_now_gets_none(full):
    studio, spare = full
    spare.note_problem(Account.Problem.BUSY)
    takes = [studio.order() for _ in range(2)]
    submitting.submit_due(studio.account.pk)
    assert at(spare, *takes) == []


def test_pictures_have_room_where_videos_have_none(full):
    studio, spare = full
    Account.objects.filter(pk=spare.pk).update(concurrent_limit=1)
    limits.set_limits(studio.account, 1, None, "photon")
    limits.set_limits(spare, 2, None, "photon")
    videos = [studio.order() for _ in range(4)]
    pictures = [accept(studio.project, studio.person, image("A red door")) for _ in range(4)]
    submitting.submit_due(studio.account.pk)
    assert at(spare, *videos) == videos[1:2]
    assert at(spare, *pictures) == pictures[1:3]


def test_a_limit_of_videos_leaves_pictures_alone(studio):
    studio.simulator.faults(too_many_requests_retry_after={"seconds": 600, "on": ["create"]})
    videos = [studio.order() for _ in range(2)]
    picture = accept(studio.project, studio.person, image("A red door"))
    submitting.submit_due(studio.account.pk)
    submitting.submit_due(studio.account.pk)
    assert [take.state for take in fresh(*videos, picture)] == ["waiting", "waiting", "queued"]
    assert all(take.next_at - timezone.now() > timedelta(minutes=9) for take in fresh(*videos))


def test_what_moved_to_a_cheaper_account_isnt_given_away_to_a_dearer_one(full):
    studio, spare = full
    takes = [studio.order() for _ in range(2)]
    shown_usd = takes[1].price_usd
    Generation.objects.update(price_usd=shown_usd / 2, shown_usd=shown_usd)
    submitting.submit_due(studio.account.pk)
    assert at(spare, *takes) == []
    assert fresh(takes[1]).notice == ""  # it is no dearer than was shown


def test_the_next_in_the_order_of_preference_gets_it(full):
    studio, spare = full
    third = another_account(studio, "Third", "luma-third", rank=3)
    Account.objects.filter(pk=third.pk).update(concurrent_limit=1)
    takes = [studio.order() for _ in range(3)]
    submitting.submit_due(studio.account.pk)
    assert [take.account for take in fresh(*takes)] == [studio.account, third, spare]


def test_a_look_at_a_long_line_costs_the_same_where_no_other_has_room(full):
    studio, spare = full
    Account.objects.filter(pk=spare.pk).update(concurrent_limit=1)

    def look():
        due_now()
        submitting.submit_due(studio.account.pk)
        with CaptureQueriesContext(connection) as queries:
            assert moving.move_due(studio.account.pk) == 0
        return len(queries)

    for _ in range(3):
        studio.order()
    submitting.submit_due(studio.account.pk)
    submitting.submit_due(spare.pk)
    short = look()
    for _ in range(40):
        studio.order()
    assert look() == short
    assert short <= 20


def test_many_workers_move_no_more_than_there_is_room_for(transactional_db, simulate, settings):
    settings.BUSY_LONG_S = 0
    studio = make_studio(simulate())
    spare = another_account(studio)
    Account.objects.filter(pk=studio.account.pk).update(concurrent_limit=1)
    Account.objects.filter(pk=spare.pk).update(concurrent_limit=3)
    takes = [studio.order() for _ in range(12)]

    def work():
        for _ in range(3):
            submitting.submit_due(studio.account.pk)
            moving.move_due(studio.account.pk)
            submitting.submit_due(spare.pk)

    at_once(*[work] * 5)
    assert Generation.objects.filter(account=spare).count() == 3
    assert Generation.objects.in_flight().count() == 4
    assert len(studio.simulator.books("luma-spare")["generations"]) == 3
    for take in fresh(*takes):
        assert take.events.filter(kind="moved").count() == (take.account == spare)
        assert take.ledger.reserved_usd() == take.price_usd
