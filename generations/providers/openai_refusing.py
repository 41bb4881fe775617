"""How OpenAI and who speaks like it say no, sorted by what a person can do about it.

openai-images sheet §5, crazyrouter sheet §7: an `error` with words, a type and a code.
"""

from typing import Any

from generations import outbound
from generations.providers.base import (
    Busy,
    ContentRefused,
    KeyRefused,
    NoSuchModel,
    OutOfCredits,
    ProviderError,
    Refused,
)
from generations.providers.calling import retry_after
from generations.providers.text import kept

_MODERATED = ("moderation_blocked", "content_filter", "content_policy_violation")
_NO_MONEY = ("insufficient_quota", "billing_hard_limit_reached")
_NO_MODEL = "model_not_found"
_CLOSED = (
    "{Server} doesn't let this key use this model. In its words: “{said}”. Nothing was charged. "
    "Open the model to the key there, or use another account; the take waits."
)
_BROKE = (
    "The account at {server} is out of money. Nothing was charged. Add some there; the take waits "
    "for it."
)
_GONE = (
    "{Server} doesn't have the model “{model}”. Nothing was charged. Choose another model, or have "
    "a producer look at the account's model under Accounts."
)
_BLOCKED = "{Server}'s moderation refused this. In its words: “{said}”. Nothing was charged."
_REFUSED = "{Server} refused this request. In its words: “{said}”. Nothing was charged."


class Closed(KeyRefused):
    """The key is good, and may not do this."""


_BY_STATUS: dict[int, tuple[type[ProviderError], str]] = {
    401: (KeyRefused, KeyRefused.message),
    403: (Closed, _CLOSED),
    404: (NoSuchModel, _GONE),
    429: (Busy, Busy.message),
}


def refusal(answer: outbound.Answer, model: str = "") -> ProviderError:
    """Sort a 4xx answer to who asked for a model.

    Out of money is 429 at OpenAI (§5) and 403 at a gateway (its §7): the code tells.
    """
    said, code = _error(answer)
    kind, words = _kind_of(answer.status, code)
    told = said.rstrip(".") or f"HTTP {answer.status}"
    after_s = retry_after(answer) if kind is Busy else None
    return kind(said, message=words, retry_after_s=after_s, said=told, model=model)


def is_model_missing(answer: outbound.Answer) -> bool:
    """Tell whether a server says that it has nobody to make this: by its code, at any status."""
    return _error(answer)[1] == _NO_MODEL


def _kind_of(status: int, code: str) -> tuple[type[ProviderError], str]:
    if status == 402 or code in _NO_MONEY:
        return OutOfCredits, _BROKE
    if code in _MODERATED:
        return ContentRefused, _BLOCKED
    if code == _NO_MODEL:
        return NoSuchModel, _GONE
    return _BY_STATUS.get(status, (Refused, _REFUSED))


def _error(answer: outbound.Answer) -> tuple[str, str]:
    """Return the text and the code of `{"error": {"message", "type", "param", "code"}}`."""
    try:
        error: Any = answer.json()["error"]
        if not isinstance(error, dict):
            return kept(str(error))[:400], ""
        code = str(error.get("code") or error.get("type") or "")
        return kept(str(error.get("message") or ""))[:400], code
    except (ValueError, KeyError, TypeError):
        return f"HTTP {answer.status}", ""
