"""A team that is deleted in the very moment in which something else happens in it."""

import threading
from contextlib import suppress
from datetime import timedelta

import pytest
from django.utils import timezone

from generations import queueing
from generations.models import Event, Generation, State
from studio import auditing, deleting, emptying, shutting_out
from studio.leaving import departing
from studio.models import FormerMembership, Membership, Role, Team, User
from tests.factories import AccountFactory, ProjectFactory, UserFactory, member, take
from tests.generations.test_at_once import at_once


@pytest.fixture
def project(transactional_db):
    made = ProjectFactory()
    AccountFactory(team=made.team)
    return made


def test_deleting_and_a_take_that_moves_never_wait_for_each_other(project, monkeypatch):
    owner = member(project, Role.OWNER)
    artist = member(project)
    one, other = take(project, author=artist), take(project, author=artist)
    met = threading.Barrier(2)

    def meet():
        with suppress(threading.BrokenBarrierError):
            met.wait(1)

    pause_line, record = queueing.pause_line, Event.record

    def pause_and_meet(*args):
        pause_line(*args)  # the project's counter is raised
        meet()

    def meet_and_record(generation, kind, **facts):
        if kind == State.CANCELLED and facts["actor"] == artist:
            meet()  # its row is locked
        return record(generation, kind, **facts)

    monkeypatch.setattr(queueing, "pause_line", pause_and_meet)
    monkeypatch.setattr(Event, "record", meet_and_record)
    at_once(lambda: deleting.delete(project.team, owner), lambda: other.cancel(artist))
    states = Generation.objects.filter(pk__in=(one.pk, other.pk)).values_list("state", flat=True)
    assert set(states) == {State.CANCELLED}


def test_a_team_whose_restore_has_begun_is_not_emptied(project, monkeypatch, settings):
    owner = member(project, Role.OWNER)
    file = take(project, State.COMPLETED).assets.get(kind="video").file
    deleting.delete(project.team, owner)
    gone = Team.objects.get(pk=project.team.pk)
    met, emptied, note = threading.Barrier(2), threading.Event(), auditing.note

    def meet_and_note(kind, team, words, **facts):
        if words.startswith("Restored"):
            met.wait(30)
            emptied.wait(1)  # it isn't: its row is held
        note(kind, team, words, **facts)

    def empty():
        met.wait(30)
        due = timezone.now() + timedelta(days=settings.TRASH_DAYS + 1)
        done = emptying._empty(gone, now=due)
        emptied.set()
        return done

    monkeypatch.setattr(auditing, "note", meet_and_note)
    assert at_once(lambda: deleting.restore(gone, owner), empty) == [True, False]
    assert file.exists()
    assert Membership.objects.filter(team=gone, user=owner).exists()


@pytest.fixture
def gone(project):
    """A deleted team that had an owner and a producer."""
    owner = member(project, Role.OWNER)
    member(project, Role.PRODUCER)
    deleting.delete(project.team, owner)
    return Team.objects.get(pk=project.team.pk)


@pytest.fixture
def restored_in_the_midst(gone, monkeypatch):
    """Have the owner leave for good, and a producer restore the team once a step of it is done."""

    def do(module, step):
        owner, producer = (
            each.user for each in FormerMembership.objects.filter(team=gone).order_by("role")
        )
        begun, over, take_step = threading.Event(), threading.Event(), getattr(module, step)

        def step_and_wait(*args, **facts):
            take_step(*args, **facts)
            begun.set()
            over.wait(1)  # it isn't: the restore waits for whom this holds

        def restore():
            assert begun.wait(30)
            done = deleting.restore(gone, producer)
            over.set()
            return done

        monkeypatch.setattr(module, step, step_and_wait)
        assert at_once(lambda: departing.depart(owner), restore) == [None, True]
        places = Membership.objects.filter(team=gone).values_list("user", "role")
        assert list(places) == [(producer.pk, Role.OWNER)]
        assert not FormerMembership.objects.exists()

    return do


def test_a_team_is_not_given_to_who_leaves_in_this_moment(restored_in_the_midst):
    restored_in_the_midst(auditing, "note_of_person")


def test_leaving_and_restoring_never_wait_for_each_other(gone, restored_in_the_midst):
    producers = gone.former.filter(role=Role.PRODUCER).values("user")
    User.objects.filter(pk__in=producers).update(is_staff=True, is_superuser=True)
    UserFactory(is_staff=True, is_superuser=True)
    restored_in_the_midst(shutting_out, "keep_one")  # which holds the superusers
