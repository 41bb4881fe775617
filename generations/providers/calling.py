"""Calling a provider's HTTP API: a create is sent once, everything else may be asked again."""

import logging
import math
import re
import time
from collections.abc import Callable
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

from django.conf import settings

from generations import measuring, outbound
from generations.providers.base import (
    Busy,
    LostAnswer,
    NotFound,
    ProviderError,
    Unavailable,
    Unreachable,
)
from generations.providers.text import kept

READ_S = 20.0
_ID = re.compile(r"[0-9a-f]{8}-[0-9a-f-]{27}")
# Nothing can be said of the job after these: 303, it is done, and what came of it is to be seen
# elsewhere (RFC 9110 §15.4.4); 408, too late; 409, in conflict with another, which may be its
# own first arrival.
_LOST = (303, 408, 409)


def is_lost(answer: outbound.Answer) -> bool:
    """Tell whether a create that was answered so may have been taken."""
    return answer.status >= 500 or answer.status in _LOST


class Caller:
    """One key at one API. `refusal` sorts the API's ways of saying no.

    `is_lost` tells of an answer whether a create may have been taken all the same, and `lost` is
    what to tell a person where no answer is to be had. `inside` is as of `outbound.call`.
    """

    def __init__(
        self,
        name: str,
        key: str,
        base_url: str,
        refusal: Callable[[outbound.Answer], ProviderError],
        log: logging.Logger,
        *,
        lost: str = LostAnswer.message,
        is_lost: Callable[[outbound.Answer], bool] = is_lost,
        inside: bool = False,
    ) -> None:
        self._name = name
        self._lost = lost
        self._key = key
        self._base = base_url.rstrip("/")
        self._refusal = refusal
        self._log = log
        self._is_lost = is_lost
        self._inside = inside

    def create(
        self,
        path: str,
        body: Any = None,
        *,
        timeout_s: float | None = None,
        most_parts: int | None = None,
        **form: Any,
    ) -> Any:
        """POST what costs money, once, and return its JSON. Raises ProviderError.

        LostAnswer, and nothing else, where it may have been taken. `form` is what `outbound.call`
        takes in place of a body, and `called` the path as it is counted, where ids in it have no
        shape of their own. An answer of more than `most_parts` things isn't read.
        """
        longest_s = timeout_s or settings.SUBMIT_TIMEOUT_S
        try:
            answer = self._send("POST", path, body=body, timeout_s=longest_s, **form)
        except outbound.NeverSent as error:
            raise Unreachable(str(error)) from error
        except outbound.NoAnswer as error:
            raise self.lost(str(error)) from error
        if self._is_lost(answer):
            raise self.lost(f"HTTP {answer.status}")
        if not 200 <= answer.status < 300:
            raise self._refusal(answer)
        if most_parts and sum(map(answer.body.count, (b",", b"[", b"{"))) > most_parts:
            raise self.lost("the answer to a create is of too many parts")
        try:
            return answer.json()
        except ValueError as error:
            raise self.lost("the answer to a create can't be read") from error

    def ask(self, method: str, path: str, *, timeout_s: float = READ_S, **kwargs: Any) -> Any:
        """Make a call that moves no money, and return its JSON, if any. Raises ProviderError.

        `called` as of `create`.
        """
        try:
            answer = self._send(method, path, timeout_s=timeout_s, **kwargs)
        except outbound.NeverSent as error:
            raise Unreachable(str(error)) from error
        except outbound.NoAnswer as error:
            raise Unavailable(str(error)) from error
        if answer.status == 404:
            raise NotFound(detail(answer))
        if answer.status == 429:
            raise Busy(detail(answer), retry_after_s=retry_after(answer))
        if answer.status >= 500:
            raise Unavailable(f"HTTP {answer.status}", retry_after_s=retry_after(answer))
        if not 200 <= answer.status < 300:
            raise self._refusal(answer)
        if answer.status == 204:
            return None
        try:
            return answer.json()
        except ValueError as error:
            raise Unavailable("the answer isn't JSON") from error

    def lost(self, why: str) -> LostAnswer:
        """Return the error of a create of which nothing is known."""
        return LostAnswer(why, message=self._lost)

    def _send(
        self,
        method: str,
        path: str,
        *,
        headers: dict[str, str] | None = None,
        called: str = "",
        **kwargs: Any,
    ) -> outbound.Answer:
        started = time.monotonic()
        outcome = "no answer"
        own = {"Authorization": f"Bearer {self._key}", "Accept": "application/json"}
        sent = own | (headers or {})
        try:
            url = self._base + path
            answer = outbound.call(method, url, headers=sent, inside=self._inside, **kwargs)
            outcome = str(answer.status)
            return answer
        finally:
            took_s = time.monotonic() - started
            measuring.called(self._name, _endpoint(method, called or path), _class(outcome), took_s)
            took_ms = took_s * 1000
            self._log.info("%s %s %s -> %s in %.0f ms", self._name, method, path, outcome, took_ms)


def detail(answer: outbound.Answer) -> str:
    """Return the error's text, `{"detail": …}`, without the status that may stand in front."""
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


def _endpoint(method: str, path: str) -> str:
    """Return what was called, without the id that may be in it."""
    return f"{method} {_ID.sub('{id}', path)}"


def _class(outcome: str) -> str:
    return f"{outcome[0]}xx" if outcome.isdigit() else "lost"
