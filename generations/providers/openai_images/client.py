"""An images API behind one key: the answer to an order is the picture, and there is no other."""

import base64
import logging
import uuid
from decimal import Decimal
from pathlib import Path
from typing import Any, ClassVar

from generations import outbound
from generations.kinds import Kind
from generations.providers.base import (
    ImageRequest,
    LocalFile,
    NotFound,
    Page,
    Progress,
    ProviderError,
    Refused,
    Request,
    Snapshot,
)
from generations.providers.calling import Caller
from generations.providers.openai_images.bodies import Post, posted
from generations.providers.openai_refusing import Closed, refusal
from generations.providers.text import kept

log = logging.getLogger(__name__)

NAME = "images"
# A 4K picture as PNG, in base64.
_MOST_BYTES = 96 * 1024 * 1024
# Of an answer that is one picture; in base64 none of what parts one thing from the next occurs.
_MOST_PARTS = 10_000
_LONGEST_URL = 2_000
_PUT_UP = "local:"
_LOST = (
    "{Server}'s answer was lost, so it may or may not have made this picture. It keeps "
    "no list that could be looked into, so a person decides."
)
_FILE_GONE = "A picture that goes along is gone. Nothing was sent or charged; put in another one."
_NO_LIST = "An images server keeps no list of what it made."
_UNREADABLE = (ValueError, TypeError, KeyError, IndexError, AttributeError)


class OpenAIImages:
    """The API behind one key. `model` is what that server calls its model."""

    can_list: ClassVar[bool] = False
    echoes_reference: ClassVar[bool] = False
    can_delete: ClassVar[bool] = False
    tells_balance: ClassVar[bool] = False
    takes_files: ClassVar[bool] = True
    can_get: ClassVar[bool] = False
    may_lack_models: ClassVar[bool] = False
    answers_within_s: ClassVar[float] = 300.0  # §3: up to two minutes; gateways take longer

    def __init__(self, key: str, base_url: str, model: str = "", *, inside: bool = False) -> None:
        self._model = model
        self._asked_for = ""
        self._caller = Caller(NAME, key, base_url, self._refusal, log, lost=_LOST, inside=inside)

    def put_up(self, file: LocalFile) -> str:
        """Return what names the file in a request: it goes along with the order itself (§4)."""
        return f"{_PUT_UP}{file.content_type}:{file.path}"

    def create(self, request: Request) -> Snapshot:
        """Make a picture (§2, §4); sent once. Raises ProviderError."""
        post = posted(request, self._model)
        self._asked_for = str(post.fields["model"])
        try:
            said = _said(post)
        except OSError as error:
            raise Refused(str(error), message=_FILE_GONE) from error
        try:
            answer = self._caller.create(post.path, **said, timeout_s=self.answers_within_s)
            return _snapshot_of(answer, request)
        except _UNREADABLE as error:
            raise self._caller.lost("the answer can't be read") from error

    def get(self, provider_id: str) -> Snapshot:
        """Raise NotFound: nothing can be asked after (§3)."""
        raise NotFound(message=_NO_LIST)

    def list(self, *, limit: int = 100, offset: int = 0) -> Page:
        """Raise ProviderError: nothing is listed (§3)."""
        raise ProviderError(message=_NO_LIST)

    def concepts(self) -> tuple[str, ...]:
        """Return none: pictures have no camera."""
        return ()

    def credits_usd(self) -> Decimal | None:
        """Return None: the API doesn't tell its balance."""
        return None

    def has_models(self) -> bool:
        """Return True: what the model is called is the account's own."""
        return True

    def ping(self) -> None:
        """Check that the API answers to the key: its list of models costs nothing.

        A server without one has answered as well, and one whose key is for pictures alone.
        """
        try:
            self._caller.ask("GET", "/models")
        except (NotFound, Closed):
            log.info("the images server answers, and shows this key no list of models")

    def delete(self, provider_id: str) -> None:
        """Raise ProviderError: nothing is kept there that could be deleted."""
        raise ProviderError(message="An images server keeps nothing that could be deleted.")

    def _refusal(self, answer: outbound.Answer) -> ProviderError:
        return refusal(answer, self._asked_for)


def _said(post: Post) -> dict[str, Any]:
    """Return what `Caller.create` sends: JSON, or a form where pictures go along."""
    told: dict[str, Any] = {"most_bytes": _MOST_BYTES, "most_parts": _MOST_PARTS}
    if not post.pictures:
        return told | {"body": post.fields}
    parts = [("image[]", _part(number, each)) for number, each in enumerate(post.pictures)]
    return told | {"files": parts, "data": {name: str(said) for name, said in post.fields.items()}}


def _part(number: int, named: str) -> outbound.Part:
    content_type, _, path = named.removeprefix(_PUT_UP).partition(":")
    extension = content_type.rpartition("/")[2]
    return f"{number}.{extension}", Path(path).read_bytes(), content_type


def _snapshot_of(answer: Any, request: ImageRequest | Request) -> Snapshot:
    """Read what came (§3): base64, or an address. It has no id: it gets one of ours.

    Raises one of _UNREADABLE.
    """
    first = answer["data"][0]
    encoded, url = str(first.get("b64_json") or ""), str(first.get("url") or "")
    if url.startswith("data:"):
        encoded, url = url, ""
    # Some send it with line breaks, or as an address of its own kind.
    bare = "".join(encoded.rpartition("base64,")[2].split())
    content = base64.b64decode(bare, validate=True)
    if not (content or 0 < len(url) <= _LONGEST_URL):
        raise ValueError("an answer without a picture")
    return Snapshot(
        provider_id=str(uuid.uuid4()),
        progress=Progress.COMPLETED,
        image_url="" if content else kept(url),
        kind=Kind.IMAGE,
        model=request.model if isinstance(request, ImageRequest) else "",
        content=content,
    )
