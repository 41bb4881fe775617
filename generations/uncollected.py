"""Why a file couldn't be kept, in words for people; what was really said is in the log."""

from generations import disk
from generations.downloading import FetchFailed
from generations.ffmpeg import FFmpegStopped
from generations.media import NotMedia
from generations.models import Account
from generations.outbound import BrokeOff, Forbidden
from generations.providers import called
from generations.providers.base import KeyRefused, ProviderError
from generations.refusal import upper_first
from generations.sealing import CannotUnseal

_BROKE_OFF = "Its download broke off."
_NOT_KEPT = "This server couldn't keep it."
_FORBIDDEN = "Its address leads to where this server fetches nothing from."
_KEY = "{} refused this team's API key. Have a producer replace it under Accounts."
_UNTOLD = "{} doesn't tell its address now."
_UNREADABLE = "The key of its account can't be read here, so no address of it is to be had."


def told(error: Exception, account: Account) -> str:
    """Return what to tell people of an error that keeps a file of this account's from coming."""
    if ours := disk.trouble(error):
        return ours
    if isinstance(error, KeyRefused):
        return _KEY.format(called(account))
    if isinstance(error, ProviderError):
        return _UNTOLD.format(called(account))
    if isinstance(error, FetchFailed) and isinstance(error.__cause__, BrokeOff):
        return _BROKE_OFF
    if isinstance(error, FetchFailed | NotMedia):
        return f"{upper_first(str(error)).rstrip('.')}."
    words = _OTHERS.get(type(error), _NOT_KEPT)
    return f"{words.rstrip('.')}: {error}." if isinstance(error, FFmpegStopped) else words


_OTHERS: dict[type[Exception], str] = {
    Forbidden: _FORBIDDEN,
    CannotUnseal: _UNREADABLE,
}
