"""Luma's ways of saying no (§10), sorted by what a person can do about them."""

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
from generations.providers.calling import detail, retry_after

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
_WRONG_KEY = (
    "Luma refused this team's API key. Nothing was charged. Have a producer replace it under "
    "Accounts, or correct LUMA_API_KEY and start Dailies again; the take waits for it."
)
_BLOCKED = "Luma's moderation refused {what}. In Luma's words: “{said}”. Nothing was charged."
_REFUSED = "Luma refused this request. In Luma's words: “{said}”. Nothing was charged."
_MODERATED = {Blame.CONTENT: "this prompt", Blame.FRAME_CONTENT: "a frame"}
_CREDIT_WORDS = ("insufficient credit", "not enough credit", "out of credit", "no credits")


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
        return KeyRefused(words, message=_WRONG_KEY)
    if status == 429:
        return Busy(words, retry_after_s=retry_after(answer))
    said = words.rstrip(".")
    if what := _MODERATED.get(blame(words)):
        return ContentRefused(words, message=_BLOCKED, what=what, said=said)
    plain = next((plain for part, plain in _PLAIN.items() if part in lower), "")
    if plain:
        return Refused(words, message=f"{plain} Nothing was charged.")
    return Refused(words, message=_REFUSED, said=said)
