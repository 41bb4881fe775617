"""A producer's word about a take whose price is above what artists spend by themselves."""

from decimal import Decimal
from typing import Any

from django.db import transaction

from generations.catalogue import dollars
from generations.models import Generation
from generations.ordering import terms_today
from generations.parts import begin_on, stand_ins
from generations.refusal import Refused
from generations.waking import wake

_DEARER = "It costs {now} by now, and you were shown {seen}. Look at it again, then approve it."
_TOO_LATE = "This request was decided or withdrawn meanwhile."
_WHY = "Say why, in a few words: the artist reads it on the card."
_WHY_MAX = 300


def approve(generation: Generation, actor: Any, seen_usd: Decimal) -> None:
    """Queue a requested take at today's price, if that is no dearer than what was seen.

    Raises Refused in words, also by the budgets, and then changes nothing.
    """
    account, price_usd = terms_today(generation)
    if price_usd > seen_usd:
        raise Refused({"": _DEARER.format(now=dollars(price_usd), seen=dollars(seen_usd))})
    with stand_ins(generation, account, actor) as grabbed, transaction.atomic():
        if not generation.approve(account, price_usd, actor):
            raise Refused({"": _TOO_LATE})
        begin_on(generation, grabbed)
        wake("submit_due", account.pk)


def decline(generation: Generation, actor: Any, why: str) -> None:
    """Decline a requested take, with the reason in words. Raises Refused."""
    why = " ".join(why.split())
    if not why:
        raise Refused({"why": _WHY})
    if len(why) > _WHY_MAX:
        raise Refused({"why": f"These are {len(why)} characters; shorten it to {_WHY_MAX}."})
    if not generation.decline(why, actor):
        raise Refused({"": _TOO_LATE})
