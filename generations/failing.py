"""Jobs that a provider took and failed: why, in words, and what that says of the account."""

from generations import troubles
from generations.models import Account, Attempt
from generations.models.states import Reason
from generations.providers import named
from generations.providers.base import Blame, Snapshot
from generations.providers.text import spoken

_REASONS = {
    Blame.CONTENT: Reason.CONTENT,
    Blame.FRAME_CONTENT: Reason.CONTENT,
    Blame.FRAMES: Reason.FRAMES,
    Blame.CREDITS: Reason.CREDITS,
    Blame.PROVIDER: Reason.PROVIDER,
    Blame.UNKNOWN: Reason.PROVIDER,
}
_WORDS = {
    Blame.CONTENT: "{Server}'s moderation refused this prompt: {failure}. Nothing was charged.",
    Blame.FRAME_CONTENT: (
        "{Server}'s moderation refused a frame: {failure}. Nothing was charged; put in another one."
    ),
    Blame.FRAMES: "{Server} couldn't use a frame: {failure}. Nothing was charged.",
    Blame.CREDITS: (
        "The account at {server} ran out of credits: {failure}. Nothing was charged. Add some "
        "there, or try again at another account."
    ),
    Blame.PROVIDER: "{Server} failed: {failure}. Nothing was charged; try again.",
    Blame.UNKNOWN: (
        "{Server} didn't make this. In {server}'s words: “{failure}”. Nothing was charged."
    ),
}
# What a failure says of the account that it happened at.
_PROBLEMS = {Blame.CREDITS: Account.Problem.CREDITS}


def fail(attempt: Attempt, snapshot: Snapshot) -> bool:
    """Learn that a provider failed a job; True when that was news.

    An account that had no money for it is left alone as if it had turned it away (a create that
    is answered 402): what waits for it moves on.
    """
    failed = attempt.generation.fail(attempt, *why_it_failed(snapshot, named(attempt.account)))
    if failed and (problem := _PROBLEMS.get(snapshot.blame)):
        troubles.note(attempt.account, problem)
    return failed


def why_it_failed(snapshot: Snapshot, server: str) -> tuple[Reason, str]:
    """Return why a job failed, and that in words for a person, who calls its provider `server`."""
    failure = snapshot.failure.strip().rstrip(".") or "it gave no reason"
    words = spoken(_WORDS[snapshot.blame], server, failure=failure)
    return _REASONS[snapshot.blame], words
