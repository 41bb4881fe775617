"""What may go wrong with a provider: whether a retry helps, whether money moved, what to say."""

from enum import StrEnum

from generations.providers.text import spoken


class Charged(StrEnum):
    """Whether money moved when a call failed."""

    NO = "no"
    MAYBE = "maybe"


class ProviderError(Exception):
    """A call failed.

    `retryable`: the same call may work later. `charged`: whether money may have moved.
    `message`: what to tell a person, in whole sentences, with a {server} and {Server} for whoever
    was asked (see `spoken`) and the names of `facts`, which may hold anything. `detail`: the
    provider's own words. `retry_after_s`: how long the provider asks to be left alone.
    """

    retryable = False
    charged = Charged.NO
    message = "The provider answered with an error."

    def __init__(
        self,
        detail: str = "",
        *,
        message: str = "",
        retry_after_s: float | None = None,
        **facts: str,
    ) -> None:
        self.detail = detail[:500]
        self.retry_after_s = retry_after_s
        self._facts = facts
        if message:
            self.message = message
        super().__init__(detail or self.words("the provider"))

    def words(self, server: str) -> str:
        """Return what to tell a person; `server` is what sentences call who was asked."""
        return spoken(self.message, server, **self._facts)


class Refused(ProviderError):
    """The request itself was refused; sending it again would be refused again."""

    message = "{Server} refused this request. Nothing was charged."


class ContentRefused(Refused):
    """Moderation refused the words or a picture."""

    message = "{Server}'s moderation refused this prompt. Nothing was charged."


class NoSuchModel(Refused):
    """The server doesn't have the model, now or ever."""

    message = "This model isn't there. Nothing was charged. Choose another one."


class NoHdrAccess(Refused):
    """The key isn't allowed to make HDR."""

    message = "This key has no access to HDR. Nothing was charged. Switch HDR off."


class KeyRefused(ProviderError):
    """The API key is wrong, missing or revoked."""

    retryable = True
    message = (
        "{Server} refused this team's API key. Nothing was charged. Have a producer replace it "
        "under Accounts; the take waits for it."
    )


class OutOfCredits(ProviderError):
    """The account has no money left."""

    retryable = True
    message = (
        "The account at {server} is out of credits. Nothing was charged. Add credits there; the "
        "take waits for them."
    )


class Busy(ProviderError):
    """The account is at its concurrency or rate limit."""

    retryable = True
    message = "{Server} is at this account's limit. Nothing was charged; the take waits for a slot."


class Unreachable(ProviderError):
    """The provider couldn't be reached: nothing was sent."""

    retryable = True
    message = (
        "{Server} can't be reached. Nothing was sent or charged; the take waits and tries again."
    )


class Unavailable(ProviderError):
    """The provider couldn't answer a question just now."""

    retryable = True
    message = "{Server} couldn't answer just now. It is asked again."


class NotReady(Unavailable):
    """A file has gone up, and the provider still looks into it: nothing is wrong with the key."""

    message = (
        "{Server} still looks into a file of this take. Nothing was sent or charged; it is sent "
        "once the file is ready."
    )


class NotFound(ProviderError):
    """The provider doesn't know the id."""

    message = "{Server} doesn't know this job."


class LostAnswer(ProviderError):
    """A create was sent, and whether it was taken isn't known: never send it again blindly."""

    charged = Charged.MAYBE
    message = (
        "{Server}'s answer was lost, so it may or may not have taken this job. Nothing is sent "
        "again before that is known."
    )
