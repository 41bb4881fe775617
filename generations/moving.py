"""Fallback: what waits for an account in trouble moves to another that can do it.

Only what certainly wasn't sent moves, never to a dearer price than was shown, and the take says
so. Where no account can make its model, another model may take its place, if the team named one.
"""

import logging
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal

from generations import choosing, grabbing, media, publishing
from generations.catalogue import ModelFacts, catalogue, dollars
from generations.kinds import BY_ID
from generations.logs import about
from generations.models import Account, Asset, Generation, ModelFallback, Still
from generations.orders import Order, order_of
from generations.pricing import quote_usd
from generations.refusal import Refused
from generations.waking import wake

log = logging.getLogger(__name__)

_AT_ONCE = 100
_MOVED = "Moved to {to}: {before} {trouble}."
_INSTEAD = "Made with {to} instead of {before}, as this team allows."
_FROM_STILLS = " It now starts or ends on a still of the other account's take."
_DEARER = "{before} {trouble}, and {to} costs {price}, which is more than was shown. It waits."


def move_due(account_id: int) -> int:
    """Move what waits for an account, if that is in trouble. Returns how many moved.

    Safe to run many times at once: a take that was sent or moved meanwhile stays as it is.
    """
    account = Account.objects.get(pk=account_id)
    if not account.trouble:
        return 0
    moved = 0
    way = _Way(account)
    for generation in _line_of(account):
        with about(generation):
            moved += way.leads_somewhere(generation.prompt.model) and _move(generation, account)
    return moved


class _Way:
    """Whether a model's takes can go anywhere at all: asked once for a whole line."""

    def __init__(self, account: Account) -> None:
        self._account = account
        self._known: dict[str, bool] = {}

    def leads_somewhere(self, model_key: str) -> bool:
        if model_key not in self._known:
            self._known[model_key] = self._ask(model_key)
        return self._known[model_key]

    def _ask(self, model_key: str) -> bool:
        account, model = self._account, catalogue().models.get(model_key)
        if model is None:
            return False
        named = ModelFallback.objects.filter(team=account.team_id, from_model=model_key)
        return named.exists() or bool(
            choosing.working(account.team_id, model, simulated=account.simulated)
        )


def _line_of(account: Account) -> Iterator[Generation]:
    """Go through the whole line once: what can't move holds up nothing that stands behind it."""
    mine = Generation.objects.filter(account=account, paused_at__isnull=True).waiting()
    line = list(mine.values_list("pk", flat=True))
    for first in range(0, len(line), _AT_ONCE):
        some = mine.filter(pk__in=line[first : first + _AT_ONCE])
        yield from some.select_related("prompt", "project", "account")


def _move(generation: Generation, account: Account) -> bool:
    order = order_of(generation.prompt, generation)
    team_id = generation.project.team_id
    model = catalogue().models.get(order.model)
    if model is None or order.kind in BY_ID:  # those are made where their source was made
        return False
    targets = choosing.working(team_id, model, simulated=account.simulated)
    if not targets:
        return _to_another_model(generation, order, model)
    fitting = _not_dearer(generation, targets, order)
    return any(_to(generation, target, price_usd) for target, price_usd in fitting)


def _to(generation: Generation, target: Account, price_usd: Decimal) -> bool:
    """Move a take to another account, if it can be made there."""
    before = generation.account
    try:
        stills = _stills(generation, target)
    except Refused as refused:
        log.info("it can't move to account=%s: %s", target.pk, refused)
        return False
    notice = _MOVED.format(to=target, before=before, trouble=before.trouble)
    notice += _FROM_STILLS if stills else ""
    if not generation.move(target, price_usd, notice, stills=stills):
        return False
    wake("submit_due", target.pk)
    return True


def _to_another_model(generation: Generation, order: Order, model: ModelFacts) -> bool:
    """Have a take made with the model that the team lets take this one's place."""
    team_id, before = generation.project.team_id, generation.account
    named = ModelFallback.objects.filter(team=team_id, from_model=order.model).first()
    instead = catalogue().models.get(named.to_model) if named else None
    if instead is None:
        return False
    changed = replace(order, model=instead.key)
    able = _able_to_pay(generation, instead)
    for target, price_usd in _not_dearer(generation, able, changed):
        if target.is_open and (target.credits_usd or 0) < price_usd:
            continue
        try:
            stills = _stills(generation, target)
        except Refused as refused:
            log.info("it can't move to account=%s: %s", target.pk, refused)
            continue
        notice = _INSTEAD.format(to=instead.title, before=model.title)
        if target != before:
            notice += " " + _MOVED.format(to=target, before=before, trouble=before.trouble)
        notice += _FROM_STILLS if stills else ""
        prompt = generation.prompt.changed(model=instead.key)
        if generation.move(target, price_usd, notice, stills=stills, prompt=prompt):
            target.expect(price_usd)
            wake("submit_due", target.pk)
            return True
    return False


def _able_to_pay(generation: Generation, model: ModelFacts) -> list[Account]:
    """Return who can make another model: who works, and who has credits left for a cheaper one."""
    account = Account.objects.get(pk=generation.account_id)  # its balance may have gone down
    able = choosing.working(generation.project.team_id, model, simulated=account.simulated)
    if account.provider == model.provider and account.has_credits_left:
        able.append(account)
    return able


def _not_dearer(
    generation: Generation, targets: list[Account], order: Order
) -> list[tuple[Account, Decimal]]:
    """Return who makes it for no more than was shown, with the price there.

    Where all are dearer the take says so, of the cheapest: the same words at every look.
    """
    priced = []
    for target in targets:
        try:
            priced.append((target, quote_usd(order, target)))
        except Refused as refused:
            log.info("it has no price at account=%s: %s", target.pk, refused)
    fitting = [each for each in priced if each[1] <= generation.price_usd]
    if priced and not fitting:
        _tell_dearer(generation, *min(priced, key=lambda each: each[1]))
    return fitting


def _tell_dearer(generation: Generation, target: Account, price_usd: Decimal) -> None:
    before = generation.account
    words = _DEARER.format(
        before=before, trouble=before.trouble, to=target, price=dollars(price_usd)
    )
    if generation.notice != words:
        generation.tell(words)


def _stills(generation: Generation, target: Account) -> dict[str, Still]:
    """Return the stills that stand in for takes which the other account can't be told of.

    Raises Refused where a frame can't be brought there.
    """
    stills = {}
    for keyframe in generation.keyframes.select_related("still", "source__prompt"):
        source = keyframe.source
        if source and source.account_id == target.pk:
            continue
        if obstacle := publishing.obstacle(target):
            raise Refused({keyframe.position: obstacle})
        if source is None:
            continue
        if not grabbing.has_frames(source):
            raise Refused({keyframe.position: f"the file of {source} isn't here"})
        at_start = keyframe.position == "start"
        which = grabbing.Which.LAST if at_start else grabbing.Which.FIRST
        try:
            stills[keyframe.position] = grabbing.grab(source, which, generation.author)
        except (media.NotMedia, Asset.DoesNotExist, OSError) as error:
            log.warning("no still of generation=%s: %s", source.uuid, error)
            raise Refused({keyframe.position: f"the file of {source} can't be read"}) from error
    return stills
