"""Luma's ways of saying no (§10), sorted by what a person can do about them."""

import math
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from generations import outbound
from generations.providers.base import (
    Blame,
    Busy,
    ContentRefused,
    KeyRefused,
    OutOfCredits,
    ProviderError,
    Refused,
)
from generations.providers.text import kept

# §10, by substring: the live texts vary.
_CONTENT_WORDS = ("moderation", "blacklisted", "contains ip")
_FRAME_WORDS = ("frames", "frame ")
_PROVIDER_WORDS = (
    *("prompt processing failed", "error dispatching job", "job failed"),
    "error processing callback",
)
# §10's refusals in plain words, for what isn't caught before it is sent.
_PLAIN = {
    "prompt is required": "Luma wants words for this. Write what is seen.",
    "prompt is too short": "Luma wants at least 3 characters. Write a little more.",
    "prompt is too long": "Luma takes at most 5,000 characters. Shorten the words.",
    "loop is not supported": "Luma can't loop with these frames. Switch Loop off or take one out.",
    "no keyframes provided": "Luma saw no frame. Put one in, or order it by its words alone.",
    "unknown request type": "Luma doesn't know this kind of request. Order another kind.",
    "duration is not supported": "Luma doesn't make this length. Choose another one.",
    "resolution is not supported": "Luma doesn't make this resolution. Choose another one.",
    "concepts are not supported": "This model takes no camera concepts. Take them out.",
}
_MODERATED = {Blame.CONTENT: "this prompt", Blame.FRAME_CONTENT: "a frame"}
_CREDIT_WORDS = ("insufficient credit", "not enough credit", "out of credit", "no credits")


# Nothing can be said of the job after these: 303, it is done, and what came of it is to be seen
# elsewhere (RFC 9110 §15.4.4); 408, too late; 409, in conflict with another, which may be its
# own first arrival.
_LOST = (303, 408, 409)


def is_lost(answer: outbound.Answer) -> bool:
    """Tell whether a create that was answered so may have been taken."""
    return answer.status >= 500 or answer.status in _LOST


def blame(failure: str) -> Blame:
    """Sort a failure_reason (§10): content, input frames, the provider's own trouble, or new."""
    lower = failure.lower()
    if any(word in lower for word in _CONTENT_WORDS):
        of_a_frame = "frame" in lower and "moderation" in lower
        return Blame.FRAME_CONTENT if of_a_frame else Blame.CONTENT
    if any(word in lower for word in _FRAME_WORDS):
        return Blame.FRAMES
    if not lower or any(word in lower for word in _PROVIDER_WORDS):
        return Blame.PROVIDER
    return Blame.UNKNOWN


def refusal(answer: outbound.Answer) -> ProviderError:
    """Sort a 4xx answer (§10); statuses that the sheet marks unconfirmed are all understood."""
    words, status = detail(answer), answer.status
    lower = words.lower()
    if status == 402 or any(word in lower for word in _CREDIT_WORDS):
        return OutOfCredits(words)
    if status in (401, 403):
        return KeyRefused(words)
    if status == 429:
        return Busy(words, retry_after_s=retry_after(answer))
    quoted = words.rstrip(".")
    if refused := _MODERATED.get(blame(words)):
        message = f"Luma's moderation refused {refused}. In Luma's words: “{quoted}”."
        return ContentRefused(words, message=f"{message} Nothing was charged.")
    plain = next((said for part, said in _PLAIN.items() if part in lower), "")
    if not plain:
        plain = f"Luma refused this request. In Luma's words: “{quoted}”."
    return Refused(words, message=f"{plain} Nothing was charged.")


def detail(answer: outbound.Answer) -> str:
    """Return the error's text without the status that live answers carry in front (§10)."""
    try:
        told = answer.json()["detail"]
    except (ValueError, KeyError, TypeError):
        return f"HTTP {answer.status}"
    if isinstance(told, list):
        told = "; ".join(
            str(item.get("msg", item) if isinstance(item, dict) else item) for item in told
        )
    return kept(str(told)).removeprefix(f"{answer.status}: ")[:400]


def retry_after(answer: outbound.Answer) -> float | None:
    """Return Retry-After in seconds, at most an hour: a number or a date (RFC 9110 §10.2.3)."""
    header = answer.headers.get("retry-after", "")
    try:
        seconds = float(header)
    except ValueError:
        try:
            at = parsedate_to_datetime(header).astimezone(UTC)
        except (ValueError, OverflowError):  # a date may be the last one there is
            return None
        seconds = (at - datetime.now(UTC)).total_seconds()
    return min(max(seconds, 0.0), 3600.0) if math.isfinite(seconds) else None
