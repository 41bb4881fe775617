"""Queries that are built and written once are asked anew each time, and say what they said."""

import pytest
from django.db.models import OuterRef, Q

from generations.models import Attempt, Generation, State
from generations.queries import WrittenOnce, built_once
from studio.marks import marked_cards, with_marks
from tests.factories import take


@pytest.fixture
def takes(project, artist) -> list[Generation]:
    states = (State.COMPLETED, State.FAILED, State.WAITING)
    return [take(project, state, author=artist) for state in states]


def numbered():
    """Takes with the number of their attempt that was the last."""
    last = Attempt.objects.filter(generation=OuterRef("pk")).order_by("-number")
    return Generation.objects.annotate(tries=WrittenOnce(last.values("number")[:1]))


def test_what_is_kept_is_asked_anew(takes, project, artist):
    numbers = built_once(lambda team: numbered().filter(project__team=team).order_by("pk"))
    assert len(numbers(project.team_id)) == 3
    late = take(project, State.COMPLETED, author=artist)
    assert list(numbers(project.team_id))[-1] == late
    assert not numbers(project.team_id + 1)


def test_one_that_is_within_another_query_names_its_tables_there(takes):
    asked = numbered().filter(tries=1).exclude(state=State.WAITING)
    assert asked.count() == 2
    within = Generation.objects.filter(pk__in=asked.values("pk"))
    for _ in range(2):
        assert set(within) == set(asked) == set(takes[:2])
    assert set(asked.filter(Q(pk__in=within.values("pk")) | Q(tries=2))) == set(takes[:2])
    assert set(asked | numbered().filter(tries=2)) == set(takes[:2])


def test_a_card_says_the_same_however_it_was_asked_for(takes, artist):
    plain = with_marks(Generation.objects.filter(project__isnull=False).for_cards(), artist)
    for _ in range(2):
        shown = marked_cards(artist).filter(project__isnull=False).order_by("pk")
        for kept, anew in zip(shown, plain.order_by("pk"), strict=True):
            said = {name: value for name, value in vars(kept).items() if name != "_state"}
            assert said == {name: vars(anew)[name] for name in said}
