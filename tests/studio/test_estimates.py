"""What is said of how long a take still needs."""

import pytest

from studio.estimates import Estimate, between, span


@pytest.mark.parametrize(
    ("known", "elapsed_s", "words"),
    [
        ((), 41, "41 s so far"),
        ((60,), 41, "about 19 s left"),
        ((40,), 41, "longer than usual, 41 s so far"),
        ((600,), 60, "about 9 min left"),
        ((30, 20, 40), 18, "about 12 s left, usually 20 to 40 s"),
        ((30, 20, 40), 33, "up to 7 s left, usually 20 to 40 s"),
        ((30, 20, 40), 39.9, "up to 1 s left, usually 20 to 40 s"),
        ((30, 20, 40), 61, "longer than usual, 61 s so far (usually 20 to 40 s)"),
        ((30, 30, 30), 10, "about 20 s left, usually 30 s"),
    ],
)
def test_an_estimate_is_honest(known, elapsed_s, words):
    assert Estimate(elapsed_s, *known).words == words


def test_a_bar_shows_where_its_take_is_likely_to_be_ready():
    estimate = Estimate(10, 30, 20, 40)
    assert (estimate.band, estimate.end_s) == (50, 40)
    assert Estimate(10, 30).band is None
    assert Estimate(10, 30).end_s == 30


def test_only_what_is_beyond_the_spread_is_late():
    assert not Estimate(39, 30, 20, 40).is_late
    assert Estimate(41, 30, 20, 40).is_late
    assert not Estimate(4000).is_late


@pytest.mark.parametrize(
    ("from_s", "to_s", "words"),
    [
        (20, 40, "20 to 40 s"),
        (20.2, 20.4, "20 s"),
        (90, 130, "90 s to 2 min"),
        (120, 250, "2 to 4 min"),
    ],
)
def test_a_spread_names_its_unit_once(from_s, to_s, words):
    assert between(from_s, to_s) == words


def test_a_half_is_rounded_up_as_browsers_do():
    assert span(0.5) == "1 s"
    assert span(12.5) == "13 s"


def test_what_has_passed_is_a_clock():
    assert [Estimate(it).clock for it in (5.9, 65, 600)] == ["0:05", "1:05", "10:00"]
