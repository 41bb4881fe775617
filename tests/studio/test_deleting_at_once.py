"""A team that is deleted in the very moment in which something else happens in it."""

import threading
from contextlib import suppress
from datetime import timedelta

import pytest
from django.utils import timezone

from generations import queueing
from generations.models import Event, Generation, State
from studio import auditing, deleting, emptying
from studio.models import Membership, Role, Team
from tests.factories import AccountFactory, ProjectFactory, member, take
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
