"""Luma Dream Machine v1 (luma-dream-machine-v1 sheet; the section numbers here are its)."""

import logging
from decimal import Decimal
from typing import Any, ClassVar

from generations.providers.base import (
    LocalFile,
    Page,
    ProviderError,
    Request,
    Snapshot,
    Unavailable,
)
from generations.providers.calling import READ_S, Caller
from generations.providers.luma.bodies import post_of, safe_id
from generations.providers.luma.reading import UNREADABLE, snapshot_of
from generations.providers.luma.refusing import refusal

log = logging.getLogger(__name__)

_READ_S = READ_S
_NO_BALANCE_USD = 10**8
_LOST = (
    "Luma's answer was lost, so it may or may not have taken this job. Dailies looks for it in "
    "Luma's list before anything is sent again."
)


class Luma:
    """The API behind one key."""

    can_list: ClassVar[bool] = True
    echoes_reference: ClassVar[bool] = True
    can_delete: ClassVar[bool] = True
    tells_balance: ClassVar[bool] = True
    takes_files: ClassVar[bool] = False
    can_get: ClassVar[bool] = True
    may_lack_models: ClassVar[bool] = False
    answers_within_s: ClassVar[float] = 0.0

    def __init__(self, key: str, base_url: str, model: str = "", *, inside: bool = False) -> None:
        self._caller = Caller("luma", key, base_url, refusal, log, lost=_LOST, inside=inside)

    def put_up(self, file: LocalFile) -> str:
        """Raise ProviderError: this API fetches files from their addresses (§2)."""
        raise ProviderError(message="Luma's Dream Machine takes no files, only their addresses.")

    def create(self, request: Request) -> Snapshot:
        """Start a job of any kind (§3, §4, §7, §8); sent once. Raises ProviderError."""
        path, body = post_of(request)
        data = self._caller.create(path, body)
        try:
            return snapshot_of(data)
        except UNREADABLE as error:
            raise self._caller.lost("the answer to a create can't be read") from error

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

    def has_models(self) -> bool:
        """Return True: it has all of its models."""
        return True

    def ping(self) -> None:
        """Check that the API answers. Raises ProviderError."""
        self._ask("GET", "/ping")

    def delete(self, provider_id: str) -> None:
        """Delete a job at Luma; whether that stops or refunds it isn't known (§11)."""
        self._ask("DELETE", f"/generations/{safe_id(provider_id)}")

    def _ask(self, method: str, path: str, **kwargs: Any) -> Any:
        """Make a call that moves no money. Raises ProviderError."""
        return self._caller.ask(method, path, timeout_s=_READ_S, **kwargs)
