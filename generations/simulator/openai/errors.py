"""How OpenAI says no: a code beside the words (§5)."""

from collections.abc import Mapping

from generations.simulator.messages import Answer, Refused

_USER = "image_generation_user_error"
_REQUEST = "invalid_request_error"


class Error(Refused):
    """A refusal with its code; `param` is the field that is meant."""

    def __init__(
        self,
        status: int,
        message: str,
        code: str = "",
        *,
        param: str = "",
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(status, message, headers)
        self.code = code
        self.param = param


def moderated(message: str) -> Error:
    """Return moderation's refusal."""
    return Error(400, message, "moderation_blocked")


def told(refused: Refused) -> Answer:
    """Return a refusal as an answer, one of the simulator's other parts too."""
    code = getattr(refused, "code", "") or _CODES.get(refused.status, "")
    error = {
        "message": str(refused.detail),
        "type": _USER if code == "moderation_blocked" else _TYPES.get(refused.status, _REQUEST),
        "param": getattr(refused, "param", "") or None,
        "code": code or None,
    }
    status = _STATUS.get(refused.status, refused.status)
    return Answer.json({"error": error}, status, refused.headers)


# What the engine says in Luma's way: out of credits is 402 there, and 429 here.
_STATUS = {402: 429}
_CODES = {402: "insufficient_quota", 429: "rate_limit_exceeded"}
_TYPES = {402: "insufficient_quota", 429: "requests", 500: "server_error", 503: "server_error"}
