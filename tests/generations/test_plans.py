"""The engine's own questions are answered from their indexes, however many takes there are."""

import pytest
from django.db import connection
from django.utils import timezone

from generations.models import Asset, Generation

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
