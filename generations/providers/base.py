"""What every provider speaks with us: our request, our snapshot, our errors."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Protocol


class Progress(StrEnum):
    """Where a job is at the provider. `UNKNOWN` is a word that we don't know: poll on."""

    QUEUED = "queued"
    DREAMING = "dreaming"
    COMPLETED = "completed"
    FAILED = "failed"
    UNKNOWN = "unknown"


class Blame(StrEnum):
    """Why an accepted job failed: what a person can do about it."""

    CONTENT = "content"
    FRAMES = "frames"
    PROVIDER = "provider"


class Charged(StrEnum):
    """Whether money moved when a call failed."""

    NO = "no"
    MAYBE = "maybe"


@dataclass(frozen=True)
class ImageFrame:
    """A picture at a URL that the provider can fetch."""

    url: str


@dataclass(frozen=True)
class GenerationFrame:
    """An earlier generation, by the provider's own id."""

    provider_id: str


Frame = ImageFrame | GenerationFrame


@dataclass(frozen=True)
class VideoRequest:
    """A video to make. `duration_s` is in seconds; `callback_url` carries our nonce."""

    model: str
    words: str
    ratio: str
    resolution: str
    duration_s: int
    loop: bool = False
    concepts: tuple[str, ...] = ()
    start: Frame | None = None
    end: Frame | None = None
    callback_url: str = ""


@dataclass(frozen=True)
class Snapshot:
    """What a provider says of a job at a moment.

    `failure` is in the provider's words. `echo` is the request as the provider repeats it, for
    settling a lost answer: None when it doesn't. `is_video` is False for a job of another kind.
    """

    provider_id: str
    progress: Progress
    failure: str = ""
    blame: Blame = Blame.PROVIDER
    created_at: datetime | None = None
    video_url: str = ""
    image_url: str = ""
    callback_url: str = ""
    is_video: bool = True
    echo: VideoRequest | None = None


@dataclass(frozen=True)
class Page:
    """One answer of a listing; `unreadable` counts the jobs in it that made no sense."""

    snapshots: tuple[Snapshot, ...]
    has_more: bool
    unreadable: int = 0


class Provider(Protocol):
    """An API that makes videos.

    `can_list` tells whether past jobs can be listed, `echoes_reference` whether the listing
    repeats something of our own (the callback URL): both decide how a lost answer is settled.
    """

    can_list: bool
    echoes_reference: bool

    def create_video(self, request: VideoRequest) -> Snapshot:
        """Start a job; never retried. Raises ProviderError."""

    def get(self, provider_id: str) -> Snapshot:
        """Look at a job. Raises ProviderError, NotFound for an unknown id."""

    def list(self, *, limit: int = 100, offset: int = 0) -> Page:
        """List past jobs. Raises ProviderError."""

    def concepts(self) -> tuple[str, ...]:
        """List the camera concepts. Raises ProviderError."""

    def credits_usd(self) -> Any:
        """Return the balance in dollars as a Decimal. Raises ProviderError."""

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


class KeyRefused(ProviderError):
    """The API key is wrong, missing or revoked."""

    retryable = True
    message = (
        "Luma refused this team's API key. Nothing was charged. Correct LUMA_API_KEY and start "
        "Dailies again; the take waits for it."
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
