"""Changing what a take asks for while it waits: a new prompt at its old place in line."""

from decimal import Decimal
from typing import Any

from django.db import transaction

from generations import ordering
from generations.archived import refuse_archived
from generations.choosing import account_for
from generations.kinds import BY_ID
from generations.models import Account, Generation, SpendingRules, State
from generations.orders import Order, model_of
from generations.parts import leaving_none, parts_of, tell_of_stand_ins
from generations.pricing import quote_usd
from generations.refusal import Refused, upper_first
from generations.waking import wake

_SENT = "{name} was sent or changed meanwhile. Look at it again; what you typed is still here."
_ANOTHER_KIND = "{name} waits to become something else. Generate this anew."
_ASK = (
    "It costs more than you may spend without asking, and a producer has to see what it asks for. "
    "Choose something shorter or smaller; or cancel it and generate it anew, which asks a producer."
)


def edit(
    generation: Generation,
    actor: Any,
    order: Order,
    *,
    asks: bool = False,
    seen_usd: Decimal | None = None,
) -> None:
    """Have a waiting take ask for something else: it keeps its place, at the new price.

    The old prompt stays as the new one's parent. `asks` and `seen_usd` as in ordering.accept.
    Raises Refused, also when it was sent meanwhile, and then changes nothing.
    """
    name = upper_first(generation.name)
    if generation.state != State.WAITING:
        raise Refused({"": _SENT.format(name=name)})
    if order.kind != generation.prompt.kind:
        raise Refused({"": _ANOTHER_KIND.format(name=name)})
    project = generation.project
    refuse_archived(project)
    account = _account_for(generation, order)
    price_usd = quote_usd(order, account)
    ordering.check(order, project, account, instead_of=generation)
    _refuse_unasked(generation, price_usd, asks=asks)
    ordering.refuse_dearer(price_usd, seen_usd)  # the very price that is reserved below
    parts = parts_of(order, account, actor)
    prompt = ordering.prompt_of(order, project, actor, generation.prompt)
    with leaving_none(parts), transaction.atomic():
        if not generation.edit(account, price_usd, prompt, parts, actor):
            raise Refused({"": _SENT.format(name=name)})
        tell_of_stand_ins(generation, order, parts)
        wake("submit_due", account.pk)


def quote_in(generation: Generation, order: Order) -> Decimal:
    """Return what a waiting take would cost in dollars if it asked for this. Raises Refused."""
    try:
        account = _account_for(generation, order)
    except Refused:
        if order.kind in BY_ID:  # it can be made nowhere else
            raise
        return quote_usd(order)
    return quote_usd(order, account)


def _account_for(generation: Generation, order: Order) -> Account:
    """Return where it waits already, if the ordered model is made there. Raises Refused.

    A take is upscaled and given sound where it was made: no other account's key knows it.
    """
    model, account = model_of(order), generation.account
    if order.kind in BY_ID:
        return ordering.account_of(generation.project, order)
    if (
        account.enabled
        and account.provider == model.provider
        and not (order.hdr and account.has_no_hdr)
    ):
        return account
    return account_for(generation.project, model, hdr=order.hdr)


def _refuse_unasked(generation: Generation, price_usd: Decimal, *, asks: bool) -> None:
    # Nor at the same price or below: an approval was for what it asked for until now.
    if asks and SpendingRules.objects.need_approval(generation.project.team_id, price_usd):
        raise Refused({"": _ASK})
