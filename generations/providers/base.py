"""What every provider speaks with us: our requests, our snapshot, our errors."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from pathlib import Path
from typing import ClassVar, Protocol

from generations.kinds import Kind
from generations.providers.errors import (
    Busy,
    Charged,
    ContentRefused,
    KeyRefused,
    LostAnswer,
    NoHdrAccess,
    NoSuchModel,
    NotFound,
    NotReady,
    OutOfCredits,
    ProviderError,
    Refused,
    Unavailable,
    Unreachable,
)
from generations.providers.requests import (
    AudioRequest,
    Frame,
    GenerationFrame,
    ImageFrame,
    ImageRequest,
    LayersRequest,
    ModifyRequest,
    ReferenceImage,
    ReframeRequest,
    Request,
    UpscaleRequest,
    VideoRequest,
)

__all__ = [
    "AudioRequest",
    "Blame",
    "Busy",
    "Charged",
    "ContentRefused",
    "Frame",
    "GenerationFrame",
    "ImageFrame",
    "ImageRequest",
    "KeyRefused",
    "LayersRequest",
    "LocalFile",
    "LostAnswer",
    "ModifyRequest",
    "NoHdrAccess",
    "NoSuchModel",
    "NotFound",
    "NotReady",
    "OutOfCredits",
    "Output",
    "Page",
    "Progress",
    "Provider",
    "ProviderError",
    "ReferenceImage",
    "ReframeRequest",
    "Refused",
    "Request",
    "Snapshot",
    "Unavailable",
    "Unreachable",
    "UpscaleRequest",
    "VideoRequest",
    "all_pages",
]


class Progress(StrEnum):
    """Where a job is at the provider. `UNKNOWN` is a word that we don't know: poll on."""

    QUEUED = "queued"
    DREAMING = "dreaming"
    COMPLETED = "completed"
    FAILED = "failed"
    UNKNOWN = "unknown"


class Blame(StrEnum):
    """Why an accepted job failed: what a person can do about it.

    `FRAME_CONTENT` is moderation's refusal of a picture, where `CONTENT` is that of the words.
    `CREDITS`: the account had no money for it, and won't have any for the next one.
    `UNKNOWN` is a reason that nobody has documented; it is shown as it came.
    """

    CONTENT = "content"
    FRAME_CONTENT = "frame_content"
    FRAMES = "frames"
    CREDITS = "credits"
    PROVIDER = "provider"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Output:
    """A file that a finished job leaves beside its video or picture, at a URL that expires.

    `kind` is exr or layer, `number` tells those of one kind apart, from 0; `label` is what the
    provider calls it.
    """

    kind: str
    url: str
    number: int = 0
    label: str = ""


@dataclass(frozen=True)
class Snapshot:
    """What a provider says of a job at a moment.

    `failure` is in the provider's words. `echo` is the request as the provider repeats it, for
    settling a lost answer: None when it doesn't. `kind` is None where the provider doesn't say.
    `beside` are further files of a finished job. `content` is the finished file itself, where the
    answer to the create holds it.
    """

    provider_id: str
    progress: Progress
    failure: str = ""
    blame: Blame = Blame.PROVIDER
    created_at: datetime | None = None
    video_url: str = ""
    image_url: str = ""
    callback_url: str = ""
    kind: Kind | None = None
    model: str = ""
    echo: Request | None = None
    beside: tuple[Output, ...] = ()
    content: bytes = field(default=b"", repr=False)


@dataclass(frozen=True)
class Page:
    """One answer of a listing; `unreadable` counts the jobs in it that made no sense."""

    snapshots: tuple[Snapshot, ...]
    has_more: bool
    unreadable: int = 0


@dataclass(frozen=True)
class LocalFile:
    """A file of ours that a provider is given."""

    path: Path
    content_type: str
    sha256: str


class Provider(Protocol):
    """An API that makes videos and pictures.

    `can_list` tells whether past jobs can be listed, `echoes_reference` whether the listing
    repeats something of our own (the callback URL): both decide how a lost answer is settled.
    `can_delete`: whether a job can be deleted there; `tells_balance`: whether it says what is left.
    `takes_files`: files go up to it by `put_up`, so that they need no address. `can_get`: a job
    can be asked after by its id; where it can't, the answer to the create is the finished work.
    `may_lack_models`: whether it may be without the catalogue's models, and says so by a list.
    `answers_within_s`: how long a create may take, in seconds, 0 for the installation's own time.
    """

    can_list: ClassVar[bool]
    echoes_reference: ClassVar[bool]
    can_delete: ClassVar[bool]
    tells_balance: ClassVar[bool]
    takes_files: ClassVar[bool]
    can_get: ClassVar[bool]
    may_lack_models: ClassVar[bool]
    answers_within_s: ClassVar[float]

    def __init__(self, key: str, base_url: str, model: str = "", *, inside: bool = False) -> None:
        """Speak with a key at an address; `model` is what that server calls its model.

        Empty where it has the names of the catalogue. `inside`: whoever runs the installation
        named the address in its settings, so that it may be a private one.
        """

    def put_up(self, file: LocalFile) -> str:
        """Bring a file there, once however often, and return what requests call it.

        Only where it `takes_files`; it moves no money. Raises ProviderError.
        """

    def create(self, request: Request) -> Snapshot:
        """Start a job; never retried. Raises ProviderError."""

    def get(self, provider_id: str) -> Snapshot:
        """Look at a job. Raises ProviderError, NotFound for an unknown id."""

    def list(self, *, limit: int = 100, offset: int = 0) -> Page:
        """List past jobs. Raises ProviderError."""

    def concepts(self) -> tuple[str, ...]:
        """List the camera concepts. Raises ProviderError."""

    def credits_usd(self) -> Decimal | None:
        """Return the balance in dollars, None where it isn't told. Raises ProviderError."""

    def has_models(self) -> bool:
        """Tell whether it has the catalogue's models now. Raises ProviderError.

        Always True but where it `may_lack_models`.
        """

    def ping(self) -> None:
        """Check that the API answers. Raises ProviderError."""

    def delete(self, provider_id: str) -> None:
        """Delete a job at the provider. Raises ProviderError."""


def all_pages(provider: Provider, *, limit: int = 100, most: int = 1000) -> Iterator[Page]:
    """Yield the provider's pages until the last. Raises ProviderError.

    Pages overlap by a tenth, so that a job that is deleted meanwhile hides no other. Raises
    Unavailable after `most` pages: such a list was not read to its end.
    """
    for number in range(most):
        page = provider.list(limit=limit, offset=number * (limit - limit // 10))
        yield page
        if not page.has_more:
            return
    raise Unavailable(f"the list has over {most} pages")
