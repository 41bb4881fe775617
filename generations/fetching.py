"""Whether a finished take's file is to be had at all, once fetching it was given up."""

from generations import answers, small_ones
from generations.models import Asset, Generation
from generations.providers import abilities_of

# How an address is answered that has expired, or whose file is gone.
_GONE = (403, 404, 410)
# Some eight minutes: a host may show a new file late.
_BELIEVED_AFTER_TRIES = 9
GONE = (
    "It was made and paid for, and can't be fetched any more: its address has expired. Made again, "
    "it costs again."
)
"""What to tell of a take whose file is gone for good, with the remedy."""


def has_source(generation: Generation, url: str) -> bool:
    """Tell whether there is somewhere to fetch a file from: `url`, or whoever tells another."""
    account = generation.account
    if url or not account.sealed_key:
        return bool(url)
    return abilities_of(account).can_get or answers.of(generation) is not None


def is_gone(asset: Asset, status: int | None) -> bool:
    """Tell whether an address that is answered with a status was a file's last one."""
    refused = status in _GONE and asset.tries >= _BELIEVED_AFTER_TRIES
    return refused and not abilities_of(asset.generation.account).can_get


def fetch_all_again(take: Generation, actor: object) -> bool:
    """Have everything of a take fetched or made that is missing; False where nothing can be."""
    given_up = take.assets.filter(state=Asset.State.FAILED).exclude(kind__in=Asset.SMALL)
    fetched = [fetch_again(asset) for asset in given_up]
    return small_ones.make_again(take, actor) or any(fetched)


def fetch_again(asset: Asset) -> bool:
    """Have a file fetched that was given up; False where it wasn't, or isn't to be had."""
    return has_source(asset.generation, asset.source_url) and asset.fetch_again()
