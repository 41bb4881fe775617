"""How long takes of a kind usually need: kept with a take when its provider accepts it."""

from datetime import timedelta

import pytest
from django.utils import timezone

from generations.models import Generation, State
from generations.models.generation_queries import Usual
from tests.factories import take

pytestmark = pytest.mark.django_db


def took(project, seconds):
    made = take(project, State.COMPLETED, stored=False)
    ended = timezone.now()
    started = ended - timedelta(seconds=seconds)
    Generation.objects.filter(pk=made.pk).update(accepted_at=started, finished_at=ended)


def test_an_accepted_take_keeps_the_median_and_the_spread_of_the_last_of_its_kind(project):
    for seconds in (20, 22, 24, 26, 28, 30, 32, 34, 36, 38, 400):
        took(project, seconds)
    made = take(project, State.QUEUED)
    assert made.expected_s == pytest.approx(30)
    assert made.usual_from_s == pytest.approx(22)
    assert made.usual_to_s == pytest.approx(38)  # not the one that was stuck


def test_of_too_few_takes_there_is_a_median_and_no_spread(project):
    for seconds in (20, 40, 30):
        took(project, seconds)
    made = take(project, State.QUEUED)
    assert made.expected_s == pytest.approx(30)
    assert (made.usual_from_s, made.usual_to_s) == (None, None)


def test_the_first_of_its_kind_has_nothing_to_go_by(project):
    took(project, 20)
    made = take(project, State.QUEUED, duration_s=9)
    assert (made.expected_s, made.usual_from_s, made.usual_to_s) == (None, None, None)


def test_times_that_are_all_the_same_are_a_spread_of_nothing():
    assert Usual.of([30.0] * 8) == (30, 30, 30)
