"""Finals with several people and several workers at the same moment."""

from uuid import uuid4

import pytest

from generations.models import Generation, LedgerEntry
from studio.editing.cut import Clip
from studio.finals import following
from studio.models import Edit, Final, FinalPlace, Finals, Role, Sequence
from tests.factories import member
from tests.generations.test_at_once import at_once
from tests.studio.finals.steps import FINAL_USD, approve, arrive, cut_of, draft, made, make, use

WORKERS = 4


@pytest.fixture
def drafts(transactional_db, project):
    """A draft, and two that go on from it."""
    first = draft(project)
    return [first, *(draft(project, extends=first) for _ in range(2))]


@pytest.fixture
def sequence(project, drafts) -> Sequence:
    return cut_of(project, *(Clip(f"clip{place}", it.uuid) for place, it in enumerate(drafts)))


def ordered(project):
    return Generation.objects.filter(project=project, final_of__isnull=False)


def test_two_who_press_at_once_order_each_final_once(client, project, drafts, sign_in):
    other = sign_in(member(project, Role.PRODUCER))
    at_once(lambda: make(client, project, drafts), lambda: make(other, project, drafts))
    assert Finals.objects.count() == 1
    assert Final.objects.count() == 3
    assert ordered(project).count() == 1
    assert LedgerEntry.objects.reserved_usd() == FINAL_USD


def test_the_same_press_sent_twice_at_once_is_one(client, project, drafts, artist, sign_in):
    key, again = uuid4(), sign_in(artist)
    at_once(*[lambda it=it: make(it, project, drafts, key=key) for it in (client, again)])
    assert Finals.objects.count() == 1
    assert ordered(project).count() == 1


def test_what_is_used_approved_and_followed_at_once_is_swapped_in_once(
    client, project, drafts, sequence
):
    first, *_ = made(client, project, drafts, into=[str(sequence.uuid)])
    take = arrive(first)
    approve(take)
    at_once(lambda: use(client, first), *[following.follow_all] * (WORKERS - 1))
    following.follow_all()  # what the losers of a race left
    following.follow_all()
    assert FinalPlace.objects.filter(final=first).count() == 1
    assert Edit.objects.filter(sequence=sequence, said__startswith="Put take").count() == 1
    assert Sequence.objects.get().cut.clips[0].take == take.uuid
    # And what waited for it is ordered, each once.
    assert ordered(project).count() == 3
    assert LedgerEntry.objects.reserved_usd() == FINAL_USD * 2
