"""Luma Agents' ways of saying no (§6), sorted by what a person can do about them."""

import re

from generations import outbound
from generations.providers.base import (
    Busy,
    ContentRefused,
    KeyRefused,
    NoHdrAccess,
    OutOfCredits,
    ProviderError,
    Refused,
)
from generations.providers.calling import detail, retry_after

_WRONG_KEY = (
    "Luma refused this team's API key. Nothing was charged. Have a producer replace it under "
    "Accounts, or correct LUMA_AGENTS_API_KEY and start Dailies again; the take waits for it."
)
_SUSPENDED = (
    "Luma has suspended this account. Nothing was charged. Write to Luma, or switch another "
    "account on; the take waits."
)
_BUSY = {
    True: (
        "Luma Agents takes no more requests from this key this minute. Nothing was charged; the "
        "take waits."
    ),
    False: (
        "Luma Agents makes as many takes at once as it does for this key. Nothing was charged; "
        "the take waits for a slot."
    ),
}
_NO_HDR = "This key has no access to HDR. Switch HDR off, or ask Luma for it. Nothing was charged."
_HDR = re.compile(r"\bhdr\b", re.IGNORECASE)
_OF_ACCESS = re.compile(
    r"\bhdr access\b|\baccess to (the )?hdr\b|\b(no|have|has|lacks|without) access\b|"
    r"\bentitle|\bpermission|\byour (current )?(plan|subscription)\b|\bnot authori[sz]ed\b|"
    r"\benabled (for|on) (this|your|the) (api|key|client|account|organi[sz]ation|team|project)\b",
    re.IGNORECASE,
)
_BLOCKED = "Luma's moderation refused this. In Luma's words: “{said}”. Nothing was charged."
_REFUSED = "Luma refused this request. In Luma's words: “{said}”. Nothing was charged."
_MODERATED = ("moderat",)


def refusal(answer: outbound.Answer) -> ProviderError:
    """Sort a 4xx answer.

    There are two kinds of 429: of requests in a minute, which comes with X-RateLimit headers, and
    of jobs at once, which comes without.
    """
    words, status = detail(answer), answer.status
    if _is_of_hdr_access(status, words):
        return NoHdrAccess(words, message=_NO_HDR)
    if status == 402:
        return OutOfCredits(words)
    if status == 401:
        return KeyRefused(words, message=_WRONG_KEY)
    if status == 403:
        return KeyRefused(words, message=_SUSPENDED)
    if status == 429:
        of_a_minute = "x-ratelimit-limit" in answer.headers
        return Busy(words, message=_BUSY[of_a_minute], retry_after_s=retry_after(answer))
    return _refused(words)


def _is_of_hdr_access(status: int, words: str) -> bool:
    """Tell whether a key is refused HDR as such: nobody with it is offered that any more.

    With which status and words isn't documented. What is at a limit, or out of order, or can't be
    had with other settings, has nothing to do with the key.
    """
    if status in (401, 429) or status >= 500 or not _HDR.search(words):
        return False
    if status == 402 and "credit" in words.lower():
        return False
    return status == 403 or bool(_OF_ACCESS.search(words))


def _refused(words: str) -> Refused:
    said = words.rstrip(".")
    if any(word in words.lower() for word in _MODERATED):
        return ContentRefused(words, message=_BLOCKED, said=said)
    return Refused(words, message=_REFUSED, said=said)
