"""The engine's own questions are answered from their indexes, however many takes there are."""

import pytest
from django.db import connection
from django.utils import timezone

from generations.models import Asset, Generation, State, generation_queries
from tests.factories import take

pytestmark = [
    pytest.mark.django_db,
    # PostgreSQL reads a table of a few rows from end to end, and is right.
    pytest.mark.skipif(connection.vendor != "sqlite", reason="asks SQLite's planner"),
]


@pytest.mark.parametrize(
    ("question", "index"),
    [
        (lambda: Generation.objects.due(timezone.now()), "generation_due"),
        (lambda: Generation.objects.filter(account_id=1).waiting(), "generation_line"),
        (lambda: Generation.objects.filter(account_id=1).in_flight(), "generation_in_flight"),
        (lambda: Asset.objects.due(timezone.now()), "asset_due"),
    ],
    ids=["due", "waiting", "in flight", "files"],
)
def test_a_question_uses_the_index_that_was_made_for_it(question, index):
    plan = question().explain()
    assert f"USING INDEX {index} " in plan
    assert "TEMP B-TREE" not in plan


def test_a_typical_length_is_read_off_the_newest_takes_alone(project):
    plan = Generation.objects.newest_like(take(project)).explain()
    assert "USING COVERING INDEX generation_in_flight" in plan
    assert "SCAN" not in plan
    assert "TEMP B-TREE" not in plan


def test_however_rare_its_kind_only_so_many_takes_are_looked_at(project, monkeypatch):
    monkeypatch.setattr(generation_queries, "_NEWEST", 2)
    kinds = ({"duration_s": 9}, {}, {})
    made = [take(project, State.COMPLETED, stored=False, **kind) for kind in kinds]
    asking, rare = take(project), take(project, duration_s=9)
    assert list(Generation.objects.newest_like(asking)) == [made[2], made[1]]
    assert Generation.objects.usual_s(asking) is not None
    assert Generation.objects.usual_s(rare) is None
