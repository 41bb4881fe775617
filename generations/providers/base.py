"""What every provider speaks with us: our request, our snapshot, our errors."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from pathlib import Path
from typing import Any, ClassVar, Protocol

from generations.kinds import Kind
from generations.placement import Placement


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
    `UNKNOWN` is a reason that nobody has documented; it is shown as it came.
    """

    CONTENT = "content"
    FRAME_CONTENT = "frame_content"
    FRAMES = "frames"
    PROVIDER = "provider"
    UNKNOWN = "unknown"


class Charged(StrEnum):
    """Whether money moved when a call failed."""

    NO = "no"
    MAYBE = "maybe"


@dataclass(frozen=True)
class ImageFrame:
    """A picture at a URL that the provider can fetch, or what the provider put it up as."""

    url: str


@dataclass(frozen=True)
class GenerationFrame:
    """An earlier generation, by the provider's own id."""

    provider_id: str


Frame = ImageFrame | GenerationFrame


@dataclass(frozen=True)
class VideoRequest:
    """A video to make. `duration_s` is in seconds; `callback_url` carries our nonce.

    A model whose size is fixed is sent neither: then `resolution` is empty and `duration_s` 0.
    `keyframes` are pictures by the number of the frame that each is pinned to.
    """

    model: str
    words: str
    ratio: str
    resolution: str
    duration_s: int
    loop: bool = False
    concepts: tuple[str, ...] = ()
    start: Frame | None = None
    end: Frame | None = None
    keyframes: tuple[tuple[int, ImageFrame], ...] = ()
    hdr: bool = False
    exr: bool = False
    callback_url: str = ""

    kind: ClassVar[Kind] = Kind.VIDEO


@dataclass(frozen=True)
class ReferenceImage:
    """A picture that an image is made after. `role` is image, style, character or modify."""

    role: str
    url: str
    weight: float | None = None


@dataclass(frozen=True)
class ImageRequest:
    """A picture to make, by its words and after others. `format` is jpg or png.

    `quality` is empty for the model's usual one.
    """

    model: str
    words: str
    ratio: str
    format: str
    references: tuple[ReferenceImage, ...] = ()
    quality: str = ""
    callback_url: str = ""

    kind: ClassVar[Kind] = Kind.IMAGE


@dataclass(frozen=True)
class ModifyRequest:
    """A video to make from another one. `mode` says how far it may go from it.

    `resolution` is empty where there is no choice. `controls` are what the model is held to, by
    name, `auto_controls` leaves them to it. `keyframes` as of VideoRequest, in the source's grid.
    """

    model: str
    words: str
    mode: str
    media_url: str
    first_frame: ImageFrame | None = None
    resolution: str = ""
    auto_controls: bool = False
    controls: Mapping[str, Any] | None = None
    keyframes: tuple[tuple[int, ImageFrame], ...] = ()
    hdr: bool = False
    exr: bool = False
    callback_url: str = ""

    kind: ClassVar[Kind] = Kind.MODIFY_VIDEO


@dataclass(frozen=True)
class ReframeRequest:
    """A video or a picture to bring onto a canvas of another ratio. `format` is a picture's.

    `placement` is in pixels of a canvas of `canvas` (width, height). `resolution` is empty where
    there is no choice.
    """

    kind: Kind
    model: str
    words: str
    ratio: str
    media_url: str
    placement: Placement | None = None
    first_frame: ImageFrame | None = None
    format: str = ""
    resolution: str = ""
    canvas: tuple[int, int] = (0, 0)
    callback_url: str = ""


@dataclass(frozen=True)
class UpscaleRequest:
    """A video of the provider's to make larger; `source_id` is its id there."""

    source_id: str
    resolution: str
    callback_url: str = ""

    kind: ClassVar[Kind] = Kind.UPSCALE


@dataclass(frozen=True)
class AudioRequest:
    """A video of the provider's to give sound; `source_id` is its id there."""

    source_id: str
    words: str = ""
    negative_words: str = ""
    callback_url: str = ""

    kind: ClassVar[Kind] = Kind.AUDIO


@dataclass(frozen=True)
class LayersRequest:
    """A picture to take apart into layers, by words. `resolution` is of each layer: 1k or 2k."""

    model: str
    words: str
    media_url: str
    resolution: str
    callback_url: str = ""

    kind: ClassVar[Kind] = Kind.LAYERS


Request = (
    VideoRequest
    | ImageRequest
    | ModifyRequest
    | ReframeRequest
    | UpscaleRequest
    | AudioRequest
    | LayersRequest
)


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

    def __init__(self, key: str, base_url: str, model: str = "") -> None:
        """Speak with a key at an address; `model` is what that server calls its model.

        Empty where it has the names of the catalogue.
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


class ProviderError(Exception):
    """A call failed.

    `retryable`: the same call may work later. `charged`: whether money may have moved.
    `message`: what to tell a person, a whole sentence. `detail`: the provider's own words.
    `retry_after_s`: how long the provider asks to be left alone.
    """

    retryable = False
    charged = Charged.NO
    message = "The provider answered with an error."

    def __init__(
        self, detail: str = "", *, message: str = "", retry_after_s: float | None = None
    ) -> None:
        super().__init__(detail or message or self.message)
        self.detail = detail[:500]
        self.retry_after_s = retry_after_s
        if message:
            self.message = message


class Refused(ProviderError):
    """The request itself was refused; sending it again would be refused again."""

    message = "Luma refused this request. Nothing was charged."


class ContentRefused(Refused):
    """Moderation refused the words or a picture."""

    message = "Luma's moderation refused this prompt. Nothing was charged."


class NoSuchModel(Refused):
    """The server doesn't have the model, now or ever."""

    message = "This model isn't there. Nothing was charged. Choose another one."


class KeyRefused(ProviderError):
    """The API key is wrong, missing or revoked."""

    retryable = True
    message = (
        "Luma refused this team's API key. Nothing was charged. Have a producer replace it under "
        "Accounts, or correct LUMA_API_KEY and start Dailies again; the take waits for it."
    )


class OutOfCredits(ProviderError):
    """The account has no money left."""

    retryable = True
    message = (
        "The Luma account is out of credits. Nothing was charged. Add credits at Luma; the take "
        "waits for them."
    )


class Busy(ProviderError):
    """The account is at its concurrency or rate limit."""

    retryable = True
    message = "Luma is at this account's limit. Nothing was charged; the take waits for a slot."


class Unreachable(ProviderError):
    """The provider couldn't be reached: nothing was sent."""

    retryable = True
    message = "Luma can't be reached. Nothing was sent or charged; the take waits and tries again."


class Unavailable(ProviderError):
    """The provider couldn't answer a question just now."""

    retryable = True
    message = "Luma couldn't answer just now. It is asked again."


class NotFound(ProviderError):
    """The provider doesn't know the id."""

    message = "Luma doesn't know this job."


class LostAnswer(ProviderError):
    """A create was sent, and whether it was taken isn't known: never send it again blindly."""

    charged = Charged.MAYBE
    message = (
        "Luma's answer was lost, so it may or may not have taken this job. Dailies looks for it "
        "in Luma's list before anything is sent again."
    )


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
