"""Accepting work: an order is checked and priced, and becomes a take that waits its turn."""

import logging
from collections import Counter as Counted
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass
from decimal import Decimal
from typing import Any, cast
from uuid import UUID, uuid5

from django.db import IntegrityError, transaction

from generations import checking, pricing
from generations.archived import refuse_archived
from generations.catalogue import dollars
from generations.checking_sources import (
    account_of_source,
    refuse_another_version,
    source_errors,
)
from generations.choosing import account_for
from generations.continuing import account_that_continues
from generations.kinds import BY_ID, VERSIONS
from generations.logs import about
from generations.models import (
    Account,
    Counter,
    Generation,
    Keyframe,
    Prompt,
    Reference,
    SpendingRules,
)
from generations.orders import Order, in_trash, keyed, model_of, order_of
from generations.partly import Part
from generations.parts import begin_on, leaving_none, parts_of, stand_ins, tell_of_stand_ins
from generations.pricing import quote_usd
from generations.providers import named
from generations.refusal import Refused, RefusedOrders, upper_first
from generations.waking import wake

__all__ = ["accept", "accept_all", "quote_in", "quote_usd", "retry"]

log = logging.getLogger(__name__)

_DEARER = "It costs {now}, and {seen} was shown. Look at it again, then send it."
_UNSEEN = "It costs {now}, which wasn't shown before. Look at it, then press again."
_MAY_BE_ALIVE = (
    "It may still be alive at {server}, and retrying would pay twice. Release its price first, "
    "once you have seen that it wasn't made."
)


def quote_in(project: Any, order: Order) -> Decimal:
    """Return the price of one take in dollars in a project. Raises Refused.

    It is the one of the account that would get it; of the catalogue, where there is no account.
    """
    if not pricing.has_own_prices(project.team_id, order):
        return quote_usd(order)
    try:
        account = account_of(project, order)
    except Refused:
        return quote_usd(order)
    return quote_usd(order, account)


def quote_again(generation: Generation) -> Decimal:
    """Return what a take would cost in dollars if it were retried today. Raises Refused."""
    return quote_in(generation.project, order_of(generation.prompt, generation))


def refuse_dearer(price_usd: Decimal, seen_usd: Decimal | None) -> None:
    """Raise Refused where a price is above what the person was shown, 0 where none was.

    None: whoever orders it isn't held to a price.
    """
    if seen_usd is not None and price_usd > seen_usd:
        words = _DEARER if seen_usd else _UNSEEN
        raise Refused({"": words.format(now=dollars(price_usd), seen=dollars(seen_usd))})


def accept(
    project: Any,
    author: Any,
    order: Order,
    *,
    parent: Prompt | None = None,
    key: UUID | None = None,
    asks: bool = False,
    seen_usd: Decimal | None = None,
) -> Generation:
    """Accept an order: its prompt, its take and the reservation of its price, or nothing.

    `project` is a studio Project, `author` a User. The same order under the same `key` is
    accepted once: a person whose answer was lost may send it again. `asks`: the author spends
    only below the team's threshold; above it the take is requested, and reserves nothing until
    it is approved. `seen_usd` is the price that the person was shown: a dearer one is refused.
    Raises Refused.
    """
    many = accept_all(
        project, author, [order], parent=parent, key=key, asks=asks, seen_usd=seen_usd
    )
    return many[0]


def accept_all(
    project: Any,
    author: Any,
    orders: Sequence[Order],
    *,
    parent: Prompt | None = None,
    key: UUID | None = None,
    asks: bool = False,
    seen_usd: Decimal | None = None,
    part: Part | None = None,
) -> list[Generation]:
    """Accept orders, all of them or none, and return their takes in the same sequence.

    `seen_usd` is the price of all together. Equal orders share one prompt, and what they cost
    together is held against the threshold. Of orders that are sent again under the same `key`
    only those are made that weren't before; equal ones among them are told apart by their count.
    `part`: they are a part of what one press orders, and have keys of their own. The rest is as in
    `accept`. Raises RefusedOrders.
    """
    order_keys: list[UUID | None] = [*part.keys] if part else _keys(key, orders, parent)
    known = _known(project, order_keys)
    places = [place for place, order_key in enumerate(order_keys) if order_key not in known]
    try:
        judged = _judge_all(project, orders, places, seen_usd)
        how: dict[str, Any] = {"asks": asks, "part": part, "known": known}
        with _parts_of_all(judged, author) as parts:
            made = _accept_all(project, author, judged, parts, order_keys, parent, **how)
    except IntegrityError:
        if len(_known(project, order_keys)) == len(known):
            raise
        # The same was sent at once, and the other came first.
        how = {"asks": asks, "seen_usd": seen_usd, "part": part}
        return accept_all(project, author, orders, parent=parent, key=key, **how)
    return [
        made[place] if place in made else known[order_keys[place]] for place in range(len(orders))
    ]


def retry(
    generation: Generation, actor: Any, *, asks: bool = False, seen_usd: Decimal | None = None
) -> None:
    """Order a failed or cancelled take again: the same card, a new attempt, today's price.

    Raises Refused in words when it can't be, and then changes nothing. `asks` and `seen_usd` as
    in `accept`.
    """
    if generation.is_in_trash:
        raise Refused({"": in_trash(generation)})
    account, price_usd = terms_today(generation)
    if generation.is_unreleased:
        raise Refused({"": _MAY_BE_ALIVE.format(server=named(generation.account))})
    refuse_dearer(price_usd, seen_usd)
    asked = asks and SpendingRules.objects.need_approval(generation.project.team_id, price_usd)
    with stand_ins(generation, None if asked else account, actor) as grabbed, transaction.atomic():
        if asked:
            again = generation.ask_again(price_usd, actor)
        else:
            again = generation.retry(account, price_usd, actor)
        if not again:
            raise Refused({"": f"{upper_first(generation.name)} isn't waiting to be retried."})
        begin_on(generation, grabbed)
        refuse_another_version(order_of(generation.prompt, generation), generation)
        wake("submit_due", account.pk)


def terms_today(generation: Generation) -> tuple[Account, Decimal]:
    """Return which account would get a take today, and for how many dollars. Raises Refused."""
    refuse_archived(generation.project)
    order = order_of(generation.prompt, generation)
    account = account_of(generation.project, order)
    price_usd = quote_usd(order, account)
    check(order, generation.project, account, instead_of=generation)
    return account, price_usd


@dataclass(frozen=True)
class _Judged:
    """An order that may be accepted: who gets it, and for how many dollars."""

    order: Order
    account: Account
    price_usd: Decimal


_Parts = list[Keyframe | Reference]


def _keys(key: UUID | None, orders: Sequence[Order], parent: Prompt | None) -> list[UUID | None]:
    """Return the key of every order; the second of two equal ones has another."""
    if key is None:
        return [None] * len(orders)
    found: list[UUID | None] = []
    counts: Counted[UUID] = Counted()
    for order in orders:
        plain = keyed(key, order, parent)
        found.append(uuid5(plain, str(counts[plain])) if counts[plain] else plain)
        counts[plain] += 1
    return found


def _known(project: Any, order_keys: Sequence[UUID | None]) -> dict[UUID | None, Generation]:
    """Return what was accepted already under these keys."""
    named = [order_key for order_key in order_keys if order_key]
    if not named:
        return {}
    accepted = Generation.objects.filter(project=project, order_key__in=named)
    return {generation.order_key: generation for generation in accepted}


def _judge_all(
    project: Any, orders: Sequence[Order], places: Sequence[int], seen_usd: Decimal | None
) -> dict[int, _Judged]:
    """Return the orders at some places with their price. Raises RefusedOrders."""
    judged: dict[int, _Judged] = {}
    refused: dict[int, dict[str, str]] = {}
    for place in places:
        alike = next((each for each in judged.values() if each.order == orders[place]), None)
        try:
            judged[place] = alike or _judge(project, orders[place])
        except Refused as error:
            refused[place] = error.errors
    if refused:
        raise RefusedOrders(refused)
    # The very prices that are reserved.
    refuse_dearer(_sum_of(judged.values()), seen_usd)
    return judged


def _judge(project: Any, order: Order) -> _Judged:
    refuse_archived(project)
    account = account_of(project, order)
    price_usd = quote_usd(order, account)
    check(order, project, account)
    return _Judged(order, account, price_usd)


@contextmanager
def _parts_of_all(judged: Mapping[int, _Judged], author: Any) -> Iterator[dict[int, _Parts]]:
    """Give the pictures of judged orders by place; the new ones go if an error is raised meanwhile.

    Raises RefusedOrders where one can't be had.
    """
    found: dict[int, _Parts] = {}
    with ExitStack() as stack:
        for place, each in judged.items():
            try:
                found[place] = parts_of(each.order, each.account, author)
            except Refused as refused:
                raise RefusedOrders({place: refused.errors}) from refused
            stack.enter_context(leaving_none(found[place]))
        yield found


def _accept_all(
    project: Any,
    author: Any,
    judged: Mapping[int, _Judged],
    parts: Mapping[int, _Parts],
    order_keys: Sequence[UUID | None],
    parent: Prompt | None,
    *,
    asks: bool,
    part: Part | None,
    known: dict[UUID | None, Generation],
) -> dict[int, Generation]:
    """Make the takes of judged orders, and reserve the price of all of them at once."""
    made: dict[int, Generation] = {}
    whole_usd = part.whole_usd if part else _sum_of(judged.values())
    with transaction.atomic():
        # Together, for one press is one spending, into however many takes it is divided.
        must = asks and SpendingRules.objects.need_approval(project.team_id, whole_usd)
        prompts = _prompts_of(judged, project, author, parent)
        for place, each in judged.items():
            how = {"author": author, "order_key": order_keys[place], "needs_approval": must}
            try:
                made[place] = _begin(each, prompts[place], parts[place], **how)
            except Refused as error:
                raise RefusedOrders({place: error.errors}) from error
        if part:
            part.note(must, known | {order_keys[place]: each for place, each in made.items()})
        later_usd = part.later_usd if part and not must else ()
        Generation.reserve_all(project, list(made.values()), *later_usd)
        for account_id in {each.account.pk for each in judged.values()}:
            wake("submit_due", account_id)
    for generation in made.values():
        with about(generation):
            facts = (generation.state, project.slug, generation.price_usd)
            log.info("state=%s project=%s price_usd=%s", *facts)
    return made


def _begin(judged: _Judged, prompt: Prompt, parts: _Parts, **how: Any) -> Generation:
    """Make the take of a prompt and its parts; its price isn't reserved yet."""
    original = _original(judged.order)
    # First, for its lock makes those who join at once take their turns one after the other.
    number = None if original else Counter.next(prompt.project_id, "takes")
    generation = Generation.asked_for(
        prompt,
        judged.account,
        version_of=original,
        take_number=number,
        price_usd=judged.price_usd,
        **how,
    )
    for part in parts:
        part.generation = generation
        part.save()
    tell_of_stand_ins(generation, judged.order, parts)
    refuse_another_version(judged.order, generation)
    return generation


def _prompts_of(
    judged: Mapping[int, _Judged], project: Any, author: Any, parent: Prompt | None
) -> dict[int, Prompt]:
    """Keep the prompts of judged orders, one for all that are equal, by place."""
    kept: list[tuple[Order, Prompt]] = []
    prompts: dict[int, Prompt] = {}
    for place, each in judged.items():
        prompt = next((prompt for order, prompt in kept if order == each.order), None)
        if prompt is None:
            prompt = prompt_of(each.order, project, author, parent)
            prompt.save()
            kept.append((each.order, prompt))
        prompts[place] = prompt
    return prompts


def _sum_of(judged: Iterable[_Judged]) -> Decimal:
    return sum((each.price_usd for each in judged), Decimal(0))


def account_of(project: Any, order: Order) -> Account:
    """Return the account that is to do it. Raises Refused.

    A take is upscaled and given sound where it was made, and gone on from there where that works
    and costs no more; anything else may be made anywhere.
    """
    model = model_of(order)
    if order.kind in BY_ID and order.source and order.source.source:
        return account_of_source(order.source.source, model, order.kind)
    return account_that_continues(order, account_for(project, model, hdr=order.hdr))


def check(
    order: Order, project: Any, account: Account, *, instead_of: Generation | None = None
) -> None:
    """Raise Refused over anything that the provider would refuse (sheet §10).

    `instead_of` is the generation that is to ask for this, and so isn't in its own way.
    """
    model = model_of(order)
    checking.refuse(
        checking.settings_errors(order, model)
        | checking.access_errors(order, account)
        | checking.words_errors(order, model.kinds[order.kind])
        | checking.frame_errors(order, project, account)
        | checking.reference_errors(order, project, account)
        | source_errors(order, model, project, account, instead_of)
    )


def _original(order: Order) -> Generation | None:
    """Return the take that the order makes a version of, or None where it makes a take."""
    source = order.source.source if order.source else None
    if source is None or order.kind not in VERSIONS:
        return None
    return cast("Generation", source.version_of or source)


def prompt_of(order: Order, project: Any, author: Any, parent: Prompt | None) -> Prompt:
    """Return the prompt of an order, not saved yet."""
    return Prompt(
        project=project,
        author=author,
        parent=parent,
        kind=order.kind,
        words=order.words.strip(),
        negative_words=order.negative_words.strip(),
        model=order.model,
        ratio=order.ratio,
        resolution=order.resolution,
        duration_s=order.duration_s,
        loop=order.loop,
        concepts=list(order.concepts),
        mode=order.mode,
        image_format=order.image_format,
        placed_at=asdict(order.placement) if order.placement else None,
        options=order.options,
    )
