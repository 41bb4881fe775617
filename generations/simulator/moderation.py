"""Words in a prompt that make Luma's moderation, or its machines, refuse it (sheet §10).

Which words Luma really blocks isn't published; these are the simulator's, so that every reason of
the sheet can be had on purpose.
"""

import re
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """What a trigger word brings about."""

    reason: str
    at_once: bool = False
    """The create is answered with 400, instead of a generation that fails."""
    in_queue: bool = True
    """It goes from queued to failed; otherwise it fails while dreaming."""


REFUSED_BY_MODERATION = Verdict(reason="Advanced prompt moderation failed")
JOB_FAILED = Verdict(reason="Job failed", in_queue=False)
BUDGET_EXHAUSTED = Verdict(reason="The budget of this key is used up")
UNREADABLE_INPUT = "Failed to read user input frames"

TRIGGERS = {
    "gore": Verdict(reason="Contains blacklisted words"),
    "nude": REFUSED_BY_MODERATION,
    "forbidden frame": Verdict(reason="Frame moderation failed"),
    "unreadable frame": Verdict(reason=UNREADABLE_INPUT),
    "unprocessable": Verdict(reason="Prompt processing failed"),
    "undispatchable": Verdict(reason="Error dispatching job"),
    "doomed": JOB_FAILED,
    "callback trouble": Verdict(reason="Error processing callback", in_queue=False),
    "mickey mouse": Verdict(reason="prompt not allowed because it contains IP"),
    "beheading": Verdict(
        reason="prompt not allowed because it contains blacklisted word beheading", at_once=True
    ),
    "erotic": Verdict(reason="prompt not allowed because advanced moderation failed", at_once=True),
}
"""Whole words or phrases, in any case."""

_PATTERN = re.compile(rf"\b({'|'.join(map(re.escape, TRIGGERS))})\b", re.IGNORECASE)


def judge(prompt: str | None) -> Verdict | None:
    """Return the verdict of the first trigger in a prompt, if any."""
    found = _PATTERN.search(prompt or "")
    return TRIGGERS[found[1].lower()] if found else None
