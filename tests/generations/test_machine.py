"""Any history at all: nothing is lost, nothing paid twice, the ledger equals the books.

MACHINE_EXAMPLES sets how many histories, MACHINE_STEPS how long they are, MACHINE_SEED which: every
day others, unless it is given. A failure prints the history that caused it, step by step, and the
seed that repeats it.
"""

import os
from datetime import UTC, datetime

import hypothesis
from hypothesis import Phase
from hypothesis.stateful import run_state_machine_as_test

from tests.generations.machine import Machine
from tests.generations.worlds import world

EXAMPLES = int(os.environ.get("MACHINE_EXAMPLES", "12"))
STEPS = int(os.environ.get("MACHINE_STEPS", "25"))
SHRINK = os.environ.get("MACHINE_SHRINK") == "1"
SEED = int(os.environ.get("MACHINE_SEED") or f"{datetime.now(UTC):%Y%m%d}")


def test_whatever_happens_nothing_is_lost_or_paid_twice(transactional_db, settings, tmp_path):
    profile = hypothesis.settings(
        max_examples=EXAMPLES,
        stateful_step_count=STEPS,
        deadline=None,
        database=None,
        # Shrinking a history takes minutes; the seed repeats it.
        phases=[Phase.generate, Phase.shrink] if SHRINK else [Phase.generate],
        report_multiple_bugs=False,
        print_blob=True,
        suppress_health_check=list(hypothesis.HealthCheck),
    )
    with world(tmp_path) as Machine.world:
        Machine.settings = settings
        try:
            run_state_machine_as_test(hypothesis.seed(SEED)(Machine), settings=profile)
        except BaseException as error:
            error.add_note(f"MACHINE_SEED={SEED} repeats this history.")
            raise
