"""Luma Dream Machine v1 (luma-dream-machine-v1 sheet; the section numbers here are its)."""

import logging
import re
import time
from decimal import Decimal
from typing import Any

from django.conf import settings

from generations import measuring, outbound
from generations.providers.base import (
    Busy,
    LostAnswer,
    NotFound,
    Page,
    Request,
    Snapshot,
    Unavailable,
    Unreachable,
)
from generations.providers.luma.bodies import post_of, safe_id
from generations.providers.luma.reading import UNREADABLE, snapshot_of
from generations.providers.luma.refusing import detail, is_lost, refusal, retry_after

log = logging.getLogger(__name__)

_READ_S = 20.0
_NO_BALANCE_USD = 10**8
_ID = re.compile(r"[0-9a-f]{8}-[0-9a-f-]{27}")


class Luma:
    """The API behind one key."""

    can_list = True
    echoes_reference = True

    def __init__(self, key: str, base_url: str) -> None:
        self._key = key
        self._base = base_url.rstrip("/")

    def create(self, request: Request) -> Snapshot:
        """Start a job of any kind (§3, §4, §7, §8); sent once. Raises ProviderError."""
        path, body = post_of(request)
        timeout_s = settings.SUBMIT_TIMEOUT_S
        try:
            answer = self._send("POST", path, body=body, timeout_s=timeout_s)
        except outbound.NeverSent as error:
            raise Unreachable(str(error)) from error
        except outbound.NoAnswer as error:
            raise LostAnswer(str(error)) from error
        if is_lost(answer):
            raise LostAnswer(f"HTTP {answer.status}")
        if not 200 <= answer.status < 300:
            raise refusal(answer)
        try:
            return snapshot_of(answer.json())
        except UNREADABLE as error:
            raise LostAnswer("the answer to a create can't be read") from error

    def get(self, provider_id: str) -> Snapshot:
        """Look at a job. Raises ProviderError, NotFound for an unknown id."""
        data = self._ask("GET", f"/generations/{safe_id(provider_id)}")
        try:
            return snapshot_of(data)
        except UNREADABLE as error:
            raise Unavailable("the answer can't be read") from error

    def list(self, *, limit: int = 100, offset: int = 0) -> Page:
        """List this key's jobs, in no promised order (§5). Raises ProviderError.

        A job that can't be read is passed over, counted and logged.
        """
        data = self._ask("GET", "/generations", params={"limit": limit, "offset": offset})
        if not isinstance(data, dict) or not isinstance(data.get("generations"), list):
            raise Unavailable("the list can't be read")
        snapshots, unreadable = [], 0
        for item in data["generations"]:
            try:
                snapshots.append(snapshot_of(item))
            except UNREADABLE:
                log.warning("a job in the provider's list can't be read")
                unreadable += 1
        has_more = data.get("has_more")
        if has_more is None:  # only `generations` is required
            has_more = len(data["generations"]) >= limit
        return Page(tuple(snapshots), bool(has_more), unreadable)

    def concepts(self) -> tuple[str, ...]:
        """List the camera concepts (§6). Raises ProviderError."""
        data = self._ask("GET", "/generations/concepts/list")
        if not isinstance(data, list):
            raise Unavailable("the list of concepts can't be read")
        return tuple(str(item) for item in data)

    def credits_usd(self) -> Decimal:
        """Return the balance in dollars; Luma counts US cents (§2). Raises ProviderError."""
        data = self._ask("GET", "/credits")
        try:
            balance_usd = round(Decimal(str(data["credit_balance"])) / 100, 4)
        except (KeyError, TypeError, ArithmeticError) as error:
            raise Unavailable("the balance can't be read") from error
        if not balance_usd.is_finite() or abs(balance_usd) >= _NO_BALANCE_USD:
            raise Unavailable("the balance can't be read")
        return balance_usd

    def ping(self) -> None:
        """Check that the API answers. Raises ProviderError."""
        self._ask("GET", "/ping")

    def delete(self, provider_id: str) -> None:
        """Delete a job at Luma; whether that stops or refunds it isn't known (§11)."""
        self._ask("DELETE", f"/generations/{safe_id(provider_id)}")

    def _ask(self, method: str, path: str, **kwargs: Any) -> Any:
        """Make a call that moves no money. Raises ProviderError."""
        try:
            answer = self._send(method, path, timeout_s=_READ_S, **kwargs)
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
            raise refusal(answer)
        if answer.status == 204:
            return None
        try:
            return answer.json()
        except ValueError as error:
            raise Unavailable("the answer isn't JSON") from error

    def _send(self, method: str, path: str, **kwargs: Any) -> outbound.Answer:
        started = time.monotonic()
        outcome = "no answer"
        headers = {"Authorization": f"Bearer {self._key}", "Accept": "application/json"}
        try:
            answer = outbound.call(method, self._base + path, headers=headers, **kwargs)
            outcome = str(answer.status)
            return answer
        finally:
            took_s = time.monotonic() - started
            measuring.called("luma", _endpoint(method, path), _class(outcome), took_s)
            took_ms = took_s * 1000
            log.info("luma %s %s -> %s in %.0f ms", method, path, outcome, took_ms)


def _endpoint(method: str, path: str) -> str:
    """Return what was called, without the id that may be in it."""
    return f"{method} {_ID.sub('{id}', path)}"


def _class(outcome: str) -> str:
    return f"{outcome[0]}xx" if outcome.isdigit() else "lost"
