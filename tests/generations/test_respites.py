"""A key that turned work away is left alone by everybody, and the line keeps its order over it."""

from datetime import timedelta

import pytest
from django.db import OperationalError
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from generations import polling, probing, respites, submitting
from generations.models import Account, AccountBucket, Attempt, Generation
from generations.ordering import accept
from generations.orders import Order, image
from generations.simulator.testing import KEY
from tests.factories import AccountFactory, ProjectFactory, member
from tests.generations.conftest import Studio, due_now, fresh


def order(project, author) -> Generation:
    return accept(project, author, Order("Dunes at dawn", resolution="540p"))


def submit(account: Account) -> None:
    """Have a worker look at an account's line, and at nothing else."""
    submitting.submit_due(account.pk)


def time_passes(seconds: float) -> None:
    """Let every time that something waits for come nearer."""
    by = timedelta(seconds=seconds)
    for name in ("quiet_until", "full_until", "unasked_until"):
        for account in Account.objects.exclude(**{name: None}):
            Account.objects.filter(pk=account.pk).update(**{name: getattr(account, name) - by})
    for own in AccountBucket.objects.exclude(full_until=None):
        AccountBucket.objects.filter(pk=own.pk).update(full_until=own.full_until - by)
    for take in Generation.objects.exclude(next_at=None):
        Generation.objects.filter(pk=take.pk).update(next_at=take.next_at - by)


def sent() -> list[Generation]:
    """What was sent, in that order."""
    found = Attempt.objects.exclude(provider_id="").order_by("sent_at", "pk")
    return [each.generation for each in found.select_related("generation")]


def page(studio: Studio, name: str, *args: str) -> str:
    client = Client()
    client.force_login(studio.person, "allauth.account.auth_backends.AuthenticationBackend")
    return client.get(reverse(name, args=args)).content.decode()


@pytest.fixture
def turned_away(studio) -> tuple[Studio, list[Generation]]:
    """A studio whose first take was just turned away for half an hour; two more wait behind it."""
    studio.simulator.faults(
        too_many_requests_retry_after={"seconds": 1800, "on": ["create"], "times": 1}
    )
    takes = [order(studio.project, studio.person) for _ in range(3)]
    submit(studio.account)
    return studio, takes


def test_who_comes_later_passes_nobody_and_asks_nobody_before_the_time(turned_away):
    studio, takes = turned_away
    later = order(studio.project, member(studio.project))
    assert later.next_at <= timezone.now()
    submit(studio.account)
    assert sent() == []
    assert fresh(later).next_at - timezone.now() > timedelta(minutes=29)
    time_passes(1600)
    submit(studio.account)
    assert sent() == []
    time_passes(700)
    submit(studio.account)
    in_turns = [takes[0], later, *takes[1:]]  # everybody takes turns
    assert sent() == in_turns


def test_a_refusal_is_kept_also_where_the_line_cannot_be_put_off(studio, monkeypatch):
    def deadlock(*args):
        raise OperationalError("deadlock detected")

    monkeypatch.setattr(respites, "send_nothing", deadlock)
    studio.simulator.faults(
        too_many_requests_retry_after={"seconds": 1800, "on": ["create"], "times": 1}
    )
    take = order(studio.project, studio.person)
    submit(studio.account)
    assert (fresh(take).state, take.reason) == ("waiting", "busy")
    assert take.attempts.get(number=1).outcome == "turned_away"
    assert fresh(studio.account).problem == "busy"


def test_the_pages_say_how_long_that_is(turned_away):
    studio, _ = turned_away
    for shown in (page(studio, "queue"), page(studio, "board", studio.project.slug)):
        assert shown.count("; until then Luma takes nothing more") >= 3
        assert "about 3" in shown.lower()  # minutes: 30 to 36
    time_passes(2400)
    assert "takes nothing more" not in page(studio, "queue")


def test_it_is_the_keys_whoever_else_has_that(studio):
    project = ProjectFactory()
    theirs = AccountFactory(team=project.team, key=KEY, base_url=studio.account.base_url)
    studio.simulator.faults(
        too_many_requests_retry_after={"seconds": 1800, "on": ["create"], "times": 1}
    )
    order(studio.project, studio.person)
    submit(studio.account)
    other = order(project, member(project))
    submit(theirs)
    assert sent() == []
    assert fresh(other).next_at - timezone.now() > timedelta(minutes=29)


def test_another_bucket_of_the_account_goes_on_and_has_a_time_of_its_own(turned_away):
    studio, _ = turned_away
    picture = accept(studio.project, studio.person, image("A red door"))
    submit(studio.account)
    assert sent() == [picture]
    studio.simulator.faults(
        too_many_requests_retry_after={"seconds": 900, "on": ["image"], "times": 1}
    )
    first, second = (accept(studio.project, studio.person, image("A door")) for _ in range(2))
    submit(studio.account)
    time_passes(300)
    third = accept(studio.project, studio.person, image("A blue door"))
    submit(studio.account)
    assert sent() == [picture]
    time_passes(900)
    submit(studio.account)
    assert sent() == [picture, first, second, third]


def test_a_free_slot_is_for_who_waits_the_longest(studio):
    Account.objects.update(concurrent_limit=1)
    first, second = (order(studio.project, studio.person) for _ in range(2))
    submit(studio.account)
    Generation.objects.filter(pk=second.pk).update(next_at=timezone.now() + timedelta(seconds=2))
    assert fresh(second).no_room_since
    studio.work(first, until="completed")
    Generation.objects.filter(pk=second.pk).update(next_at=timezone.now() + timedelta(seconds=2))
    third = order(studio.project, studio.person)
    submit(studio.account)
    assert (fresh(second).state, fresh(third).state) == ("queued", "waiting")


def test_a_probe_that_is_answered_wakes_what_waits(studio):
    good = studio.account.base_url
    Account.objects.update(base_url="http://127.0.0.1:9/v1")
    take = order(studio.project, studio.person)
    for _ in range(3):
        submit(studio.account)
        due_now()
    respites.send_nothing(studio.account, timezone.now() + timedelta(seconds=900))
    Account.objects.update(base_url=good)
    assert probing.probe_due(studio.account.pk)
    submit(studio.account)
    assert fresh(take).state == "queued"


def test_a_create_that_is_taken_wakes_who_was_put_off(studio, monkeypatch):
    first, second = (order(studio.project, studio.person) for _ in range(2))
    far = timezone.now() + timedelta(seconds=900)
    build = submitting.request_of

    def meanwhile(attempt):
        """Another worker finds that the provider can't be reached, just before."""
        if attempt.generation == first:
            respites.send_nothing(attempt.account, far)
            Generation.objects.filter(pk=second.pk).update(next_at=far)
        return build(attempt)

    monkeypatch.setattr(submitting, "request_of", meanwhile)
    submit(studio.account)
    assert [take.state for take in fresh(first, second)] == ["queued", "queued"]


def test_a_hint_and_a_new_job_wait_until_the_account_may_be_asked_again(studio):
    first = order(studio.project, studio.person)
    submit(studio.account)
    studio.simulator.faults(too_many_requests_retry_after={"seconds": 900, "on": ["list", "get"]})
    due_now()
    polling.poll_due(studio.account.pk)
    polling.hurry(first.attempt())
    second = order(studio.project, studio.person)
    submit(studio.account)
    Generation.objects.filter(pk=second.pk).update(next_at=timezone.now())
    studio.simulator.faults()
    assert polling.poll_due(studio.account.pk) == 0
    for take in fresh(first, second):
        assert take.next_at - timezone.now() > timedelta(seconds=800)
    time_passes(1200)
    studio.work(first, second, until="completed")


def test_a_clock_that_was_set_back_holds_nobody_up(studio):
    take = order(studio.project, studio.person)
    respites.send_nothing(studio.account, timezone.now() + timedelta(days=3))
    respites.send_nothing(studio.account, timezone.now() + timedelta(days=3), "photon")
    studio.work(take, until="queued")
