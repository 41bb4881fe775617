"""Luma Agents v1 behind one key (luma-agents-v1 sheet; the section numbers here are its)."""

import logging
from decimal import Decimal
from typing import ClassVar
from uuid import UUID

from generations.providers.base import (
    LocalFile,
    NotFound,
    Page,
    ProviderError,
    Refused,
    Request,
    Snapshot,
    Unavailable,
    Unreachable,
)
from generations.providers.calling import Caller
from generations.providers.luma_agents.bodies import UPLOADED, files_in, post_of
from generations.providers.luma_agents.files import Files
from generations.providers.luma_agents.reading import UNREADABLE, snapshot_of
from generations.providers.luma_agents.refusing import refusal

log = logging.getLogger(__name__)

NAME = "luma-agents"
_LOST = (
    "Luma's answer was lost, so it may or may not have taken this job. Luma Agents keeps no list "
    "of jobs that could be looked into, so a person decides."
)
_FILE_GONE = (
    "Luma doesn't have a picture or video any more that went up earlier. Nothing was charged; it "
    "goes up again."
)


class LumaAgents:
    """The API behind one key."""

    can_list: ClassVar[bool] = False
    echoes_reference: ClassVar[bool] = False
    can_delete: ClassVar[bool] = False
    tells_balance: ClassVar[bool] = False
    takes_files: ClassVar[bool] = True
    can_get: ClassVar[bool] = True
    may_lack_models: ClassVar[bool] = False
    answers_within_s: ClassVar[float] = 0.0

    def __init__(self, key: str, base_url: str, model: str = "", *, inside: bool = False) -> None:
        self._caller = Caller(NAME, key, base_url, refusal, log, lost=_LOST, inside=inside)
        self._files = Files(self._caller, f"{base_url} {key}")

    def put_up(self, file: LocalFile) -> str:
        """Bring a file there by the Files API (§5), once a day. Raises ProviderError."""
        return UPLOADED + self._files.put_up(file)

    def create(self, request: Request) -> Snapshot:
        """Start a job of any type (§3); sent once. Raises ProviderError."""
        path, body = post_of(request)
        try:
            return snapshot_of(self._caller.create(path, body))
        except UNREADABLE as error:
            raise self._caller.lost("the answer to a create can't be read") from error
        except Refused as error:
            gone = [each for each in files_in(body) if each in error.detail]
            forgotten = [self._files.forget(each) for each in gone]
            if forgotten and all(forgotten):
                raise Unreachable(error.detail, message=_FILE_GONE) from error
            raise

    def get(self, provider_id: str) -> Snapshot:
        """Look at a job; its files have fresh URLs, good for an hour (§4). Raises ProviderError."""
        data = self._caller.ask("GET", f"/generations/{_safe_id(provider_id)}")
        try:
            return snapshot_of(data)
        except UNREADABLE as error:
            raise Unavailable("the answer can't be read") from error

    def list(self, *, limit: int = 100, offset: int = 0) -> Page:
        """Raise ProviderError: jobs can't be listed (§10)."""
        raise ProviderError(message="Luma Agents keeps no list of its jobs.")

    def concepts(self) -> tuple[str, ...]:
        """Return none: the API has no camera concepts."""
        return ()

    def credits_usd(self) -> Decimal | None:
        """Return None: the API doesn't tell its balance."""
        return None

    def has_models(self) -> bool:
        """Return True: it has all of its models."""
        return True

    def ping(self) -> None:
        """Check that the API answers to the key; its list of files costs nothing (§2)."""
        self._caller.ask("GET", "/files", params={"limit": 1})

    def delete(self, provider_id: str) -> None:
        """Raise ProviderError: a job can't be deleted (§2)."""
        raise ProviderError(message="Luma Agents can't delete a job. Its file expires there.")


def _safe_id(provider_id: str) -> str:
    """Return an id that is safe in a path. Raises NotFound for one that can't be its own."""
    try:
        return str(UUID(provider_id))
    except ValueError as error:
        raise NotFound(f"not an id of Luma's: {provider_id[:40]!r}") from error
