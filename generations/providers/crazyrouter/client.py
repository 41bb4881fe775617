"""The gateway behind one key: no list, no echo, and a price list that says what it has."""

import logging
from decimal import Decimal
from typing import ClassVar

from generations import outbound
from generations.providers.base import (
    LocalFile,
    NotFound,
    Page,
    ProviderError,
    Request,
    Snapshot,
    Unavailable,
)
from generations.providers.calling import Caller, is_lost
from generations.providers.crazyrouter.bodies import PATH, post_of, safe_id
from generations.providers.crazyrouter.reading import (
    UNREADABLE,
    names_lumas_models,
    snapshot_of,
)
from generations.providers.openai_refusing import Closed, is_model_missing, refusal

log = logging.getLogger(__name__)

NAME = "crazyrouter"
_LOST = (
    "{Server}'s answer was lost, so it may or may not have taken this job. It keeps no list of "
    "jobs that could be looked into, so a person decides."
)
_ONE = f"{PATH}/{{id}}"
_PRICES_S = 15.0
_MOST_BYTES = 4 * 1024 * 1024


class Crazyrouter:
    """The API behind one key."""

    can_list: ClassVar[bool] = False
    echoes_reference: ClassVar[bool] = False
    can_delete: ClassVar[bool] = False
    tells_balance: ClassVar[bool] = False
    takes_files: ClassVar[bool] = False
    can_get: ClassVar[bool] = True
    may_lack_models: ClassVar[bool] = True
    answers_within_s: ClassVar[float] = 0.0

    def __init__(self, key: str, base_url: str, model: str = "", *, inside: bool = False) -> None:
        # Its images want /v1 at the end (§1), which is what people paste.
        base = base_url.rstrip("/").removesuffix("/v1")
        self._asked_for = ""
        self._caller = Caller(
            NAME, key, base, self._refusal, log, lost=_LOST, is_lost=_is_lost, inside=inside
        )

    def put_up(self, file: LocalFile) -> str:
        """Raise ProviderError: pictures are fetched from their addresses (§3)."""
        raise ProviderError(message="The gateway takes no files, only their addresses.")

    def create(self, request: Request) -> Snapshot:
        """Start a job, or go on from one (§3); sent once. Raises ProviderError."""
        path, body = post_of(request)
        self._asked_for = getattr(request, "model", "")
        called = PATH if path == PATH else f"{_ONE}/extend"
        try:
            return snapshot_of(self._caller.create(path, body, called=called))
        except UNREADABLE as error:
            raise self._caller.lost("the answer to a create can't be read") from error
        except NotFound as error:  # its id is none that could be asked after
            raise self._caller.lost(error.detail) from error

    def get(self, provider_id: str) -> Snapshot:
        """Look at a job. Raises ProviderError, NotFound for an unknown id."""
        data = self._caller.ask("GET", f"{PATH}/{safe_id(provider_id)}", called=_ONE)
        try:
            return snapshot_of(data)
        except UNREADABLE as error:
            raise Unavailable("the answer can't be read") from error

    def list(self, *, limit: int = 100, offset: int = 0) -> Page:
        """Raise ProviderError: jobs can't be listed (§9)."""
        raise ProviderError(message="The gateway keeps no list of its jobs.")

    def concepts(self) -> tuple[str, ...]:
        """Return none: the contract has no camera concepts."""
        return ()

    def credits_usd(self) -> Decimal | None:
        """Return None: a key isn't told its balance, only the owner's own token is (§9)."""
        return None

    def has_models(self) -> bool:
        """Tell whether its price list, which is public, names Luma's models (§3).

        Raises ProviderError where there is none that can be read.
        """
        asked = {"timeout_s": _PRICES_S, "most_bytes": _MOST_BYTES}
        return names_lumas_models(self._caller.ask("GET", "/api/pricing", **asked))

    def ping(self) -> None:
        """Check that the API answers to the key: its list of models costs nothing.

        A gateway without one has answered as well, and one whose key is for some models alone.
        """
        try:
            self._caller.ask("GET", "/v1/models")
        except (NotFound, Closed):
            log.info("the gateway answers, and shows this key no list of models")

    def delete(self, provider_id: str) -> None:
        """Raise ProviderError: a job can't be deleted (§3)."""
        raise ProviderError(message="The gateway can't delete a job.")

    def _refusal(self, answer: outbound.Answer) -> ProviderError:
        return refusal(answer, self._asked_for)


def _is_lost(answer: outbound.Answer) -> bool:
    """Tell whether a create may have been taken; the docs' "safe to retry" isn't true (§7).

    Certainly not where the gateway says that it has nobody to hand it to, which may be a 503.
    """
    return is_lost(answer) and not is_model_missing(answer)
