"""Fallback: what waits for an account in trouble moves to another that can do it.

Only what certainly wasn't sent moves, never to a dearer price than was shown, and the take says
so. Where no account can make its model, another model may take its place, if the team named one.

An account whose slots have been full for long is in no trouble: it goes on with its line, and
gives away only what loses nothing by it, to accounts that send it at once (docs/decisions/0009).
"""

import logging
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

from django.conf import settings
from django.db import transaction
from django.db.models import Prefetch
from django.utils import timezone

from generations import checking, checking_options, choosing, grabbing, lining
from generations.buckets import bucket_name
from generations.catalogue import ModelFacts, catalogue, dollars
from generations.checking_sources import source_errors
from generations.kinds import BY_ID, Kind
from generations.logs import about
from generations.models import Account, Generation, Keyframe, ModelFallback, Still
from generations.models.account import BUSY_FOR_LONG
from generations.models.generation_queries import GenerationQuerySet
from generations.orders import Order, order_of
from generations.pricing import quote_usd
from generations.refusal import Refused
from generations.stand_ins import stand_ins
from generations.waking import wake

log = logging.getLogger(__name__)

_AT_ONCE = 100
_CHANGES_AT_ONCE = 200
_FRAMES = Prefetch("keyframes", Keyframe.objects.select_related("still", "source__prompt"))
_MOVED = "Moved to {to}: {before} {trouble}."
_INSTEAD = "Made with {to} instead of {before}, as this team allows."
_OTHERWISE = "{to} can't take the place of {before} here, so it waits. {why}"
_NO_BUDGET = "{before} {trouble}, and it waits. {why}"
_DEARER = "{before} {trouble}, and {to} costs {price}, which is more than was shown. It waits."


def move_due(account_id: int) -> int:
    """Move what waits for an account, if that is in trouble. Returns how many moved.

    Safe to run many times at once: a take that was sent or moved meanwhile stays as it is. One
    pass changes so many takes at the most and wakes the next: nobody waits long for a worker,
    and what was changed or can't move doesn't keep those behind it from being looked at.
    """
    account = Account.objects.with_lines().get(pk=account_id)
    line = Generation.objects.filter(account=account, paused_at__isnull=True).waiting()
    if account.trouble:
        return _work_off(line, _Look(account))
    return _relieve(account, line) if lining.may_send(account) else 0


def _relieve(account: Account, line: GenerationQuerySet) -> int:
    """Have others send at once what has had no room for long at an account that works."""
    long_ago = timezone.now() - timedelta(seconds=settings.BUSY_LONG_S)
    stuck = line.without_room_since(long_ago).movable_as_they_are()
    found = stuck.order_by().annotate(bucket=bucket_name()).values_list("bucket", flat=True)
    moved = 0
    for bucket in sorted(set(found.distinct())):
        look = _LookForRoom(account, bucket)
        if look.has_targets:
            moved += _work_off(stuck.in_bucket(bucket), look)
    return moved


def _work_off(line: GenerationQuerySet, look: "_Look") -> int:
    for generation in _each_of(line):
        with about(generation):
            if look.leads_somewhere(generation.prompt.model):
                _move(generation, look)
        if not look.has_targets:
            break
        if look.moved + look.told >= _CHANGES_AT_ONCE:
            wake("submit_due", look.account.pk)
            break
    return look.moved


class _Look:
    """One look at an account's line: what is asked once for all of it, and what came of it."""

    def __init__(self, account: Account, trouble: str = "") -> None:
        self.moved = self.told = 0
        self.account = account
        self.trouble = trouble or account.trouble
        self._working: dict[str, list[Account]] = {}
        self._instead: dict[str, ModelFacts | None] = {}
        self._prices: dict[tuple[Order, int], Decimal | None] = {}

    @property
    def has_targets(self) -> bool:
        """Whether it is of any use to look at more of the line."""
        return True

    def leads_somewhere(self, model_key: str) -> bool:
        """Tell whether a model's takes can go anywhere at all."""
        model = catalogue().models.get(model_key)
        return model is not None and bool(self.working(model) or self.instead(model_key))

    def working(self, model: ModelFacts) -> list[Account]:
        """Return the team's other accounts that can make a model now, the preferred first."""
        if model.provider not in self._working:
            self._working[model.provider] = choosing.working(
                self.account.team_id, model.provider, simulated=self.account.simulated
            )
        return self._working[model.provider]

    def able_to_pay(self, model: ModelFacts) -> list[Account]:
        """Return who can make another model: who works, and who has credits left for less."""
        able = list(self.working(model))
        if self.account.provider == model.provider and self.account.has_credits_left:
            able.append(self.account)
        return able

    def instead(self, model_key: str) -> ModelFacts | None:
        """Return the model that the team lets take another's place."""
        if model_key not in self._instead:
            mine = ModelFallback.objects.filter(team=self.account.team_id, from_model=model_key)
            named = mine.first()
            found = catalogue().models.get(named.to_model) if named else None
            is_gone = found is not None and found.is_gone(timezone.now().date())
            self._instead[model_key] = None if is_gone else found
        return self._instead[model_key]

    def not_dearer(
        self, generation: Generation, targets: list[Account], order: Order
    ) -> list[tuple[Account, Decimal]]:
        """Return who makes it for no more than was shown, with the price there.

        Where all are dearer the take says so, of the cheapest: the same words at every look. The
        account itself is short of credits, which the same price wouldn't change.
        """
        asked = [(target, self._price(order, target)) for target in targets]
        priced = [(target, price_usd) for target, price_usd in asked if price_usd is not None]
        most_usd = self.most_usd(generation)
        dearer = [each for each in priced if each[1] > generation.most_usd]
        fitting = [
            (target, price_usd)
            for target, price_usd in priced
            if price_usd <= most_usd
            and (target != self.account or price_usd < generation.price_usd)
        ]
        if dearer and not fitting:
            self._tell_dearer(generation, *min(dearer, key=lambda each: each[1]))
        return fitting

    def most_usd(self, generation: Generation) -> Decimal:
        """Return what a take may cost elsewhere: as much as was shown."""
        return generation.most_usd

    def move(self, generation: Generation, target: Account, price_usd: Decimal) -> bool:
        """Move a take to another account, if it can be made there.

        Raises Refused where a budget has no room for what it costs there.
        """
        try:
            stills = stand_ins(generation, target, order_of(generation.prompt))
        except Refused as refused:
            log.info("it can't move to account=%s: %s", target.pk, refused)
            return False
        moved = False
        try:
            moved = self.put(generation, target, price_usd, stills)
        finally:
            if not moved:
                grabbing.leave_none(stills.values())
        return moved

    def put(
        self, generation: Generation, target: Account, price_usd: Decimal, stills: dict[str, Still]
    ) -> bool:
        """Put a take into another account's line; nothing is asked of anybody outside.

        Raises Refused where a budget has no room for it.
        """
        notice = _MOVED.format(to=target, before=generation.account, trouble=self.trouble)
        notice = f"{notice} {grabbing.said_of(stills)}".strip()
        if not generation.move(target, price_usd, notice, stills=stills):
            return False
        wake("submit_due", target.pk)
        return True

    def tell_no_budget(self, generation: Generation, why: Refused) -> None:
        """Say of a take that it waits, since it is dearer elsewhere and a budget is used up."""
        trouble = {"before": self.account, "trouble": self.trouble}
        self.tell(generation, _NO_BUDGET.format(**trouble, why=why))

    def _price(self, order: Order, target: Account) -> Decimal | None:
        settings = replace(order, words="", negative_words=""), target.pk
        if settings not in self._prices:
            try:
                self._prices[settings] = quote_usd(order, target)
            except Refused as refused:
                log.info("it has no price at account=%s: %s", target.pk, refused)
                self._prices[settings] = None
        return self._prices[settings]

    def _tell_dearer(self, generation: Generation, target: Account, price_usd: Decimal) -> None:
        if generation.notice.startswith(_INSTEAD.partition("{")[0]):
            return  # that another model was taken already is of more use
        price = dollars(price_usd)
        words = _DEARER.format(before=self.account, trouble=self.trouble, to=target, price=price)
        self.tell(generation, words)

    def tell(self, generation: Generation, words: str) -> None:
        """Say something of a take that stays, once."""
        if generation.notice != words[:500]:  # as much as is kept
            self.told += generation.tell(words)


class _LookForRoom(_Look):
    """A look at what has had no room for long in a bucket: who sends it at once is of use.

    The account itself can make its model, so that no other model takes its place.
    """

    def __init__(self, account: Account, bucket: str) -> None:
        super().__init__(account, BUSY_FOR_LONG)
        self._bucket = bucket
        working = choosing.working(account.team_id, account.provider, simulated=account.simulated)
        same_key = set(Account.objects.sharing(account).values_list("pk", flat=True))
        # One that turned work away just now has less room than it seems.
        others = [each for each in working if each.pk not in same_key and not each.problem]
        self._roomy = [each for each in others if self._has_room(each)]

    @property
    def has_targets(self) -> bool:
        return bool(self._roomy)

    def working(self, model: ModelFacts) -> list[Account]:
        return list(self._roomy)

    def instead(self, model_key: str) -> None:
        return None

    def most_usd(self, generation: Generation) -> Decimal:
        return generation.price_usd  # to be sent at once isn't worth more

    def put(
        self, generation: Generation, target: Account, price_usd: Decimal, stills: dict[str, Still]
    ) -> bool:
        with transaction.atomic():
            if lining.takes_one_more(target.pk, self._bucket):
                return super().put(generation, target, price_usd, stills)
        self._roomy.remove(target)
        return False

    def _has_room(self, target: Account) -> bool:
        with transaction.atomic():
            return lining.takes_one_more(target.pk, self._bucket)


def _each_of(waiting: GenerationQuerySet) -> Iterator[Generation]:
    """Go through a whole line once: what can't move holds up nothing that stands behind it."""
    line = list(waiting.values_list("pk", flat=True))
    for first in range(0, len(line), _AT_ONCE):
        some = waiting.filter(pk__in=line[first : first + _AT_ONCE])
        yield from some.select_related("prompt", "project", "account").prefetch_related(_FRAMES)


def _move(generation: Generation, look: _Look) -> None:
    prompt = generation.prompt
    model = catalogue().models.get(prompt.model)
    if model is None or prompt.kind in BY_ID:  # those are made where their source was made
        return
    targets = look.working(model)
    if prompt.options.get("hdr"):
        targets = [each for each in targets if not each.has_no_hdr]
    if not targets:
        _to_another_model(generation, model, look)
        return
    no_budget: Refused | None = None
    for target, price_usd in look.not_dearer(generation, targets, _priced(generation)):
        try:
            if look.move(generation, target, price_usd):
                look.moved += 1
                return
        except Refused as refused:  # another may be cheaper
            no_budget = no_budget or refused
    if no_budget:
        look.tell_no_budget(generation, no_budget)


def _priced(generation: Generation) -> Order:
    """Return what a take asks for as far as it has a price.

    That is without its frames; but some models cost by the pictures that a picture is made after.
    """
    is_image = generation.prompt.kind == Kind.IMAGE
    return order_of(generation.prompt, generation if is_image else None)


def _to_another_model(generation: Generation, model: ModelFacts, look: _Look) -> None:
    """Have a take made with the model that the team lets take this one's place.

    Where that can't make just this, the take says so, and waits.
    """
    before, instead = generation.account, look.instead(model.key)
    if instead is None:
        return
    able = look.able_to_pay(instead)
    cheap = look.not_dearer(generation, able, replace(_priced(generation), model=instead.key))
    if not cheap:
        return
    changed = replace(order_of(generation.prompt, generation), model=instead.key)
    if problem := _cant(changed, instead):
        look.tell(generation, _OTHERWISE.format(to=instead.title, before=model.title, why=problem))
        return
    why = ""
    no_budget: Refused | None = None
    for target, price_usd in cheap:
        if not _has_enough(target, price_usd):
            continue
        try:
            if problem := _wrong_there(changed, generation, target):
                raise Refused({"": problem})
            stills = stand_ins(generation, target, changed)
        except Refused as refused:
            log.info("it can't move to account=%s: %s", target.pk, refused)
            why = why or str(refused)
            continue
        notice = _INSTEAD.format(to=instead.title, before=model.title)
        if target != before:
            notice += " " + _MOVED.format(to=target, before=before, trouble=before.trouble)
        notice = f"{notice} {grabbing.said_of(stills)}".strip()
        prompt = generation.prompt.changed(model=instead.key)
        moved = False
        try:
            moved = generation.move(target, price_usd, notice, stills=stills, prompt=prompt)
        except Refused as refused:  # another may be cheaper
            no_budget = no_budget or refused
        if not moved:
            grabbing.leave_none(stills.values())
            continue
        target.expect(price_usd)
        wake("submit_due", target.pk)
        look.moved += 1
        return
    if no_budget:
        look.tell_no_budget(generation, no_budget)
    elif why:
        look.tell(generation, _OTHERWISE.format(to=instead.title, before=model.title, why=why))


def _cant(order: Order, instead: ModelFacts) -> str:
    """Return why a model can't make an order at all, in words, or nothing."""
    if order.kind not in instead.kinds:
        return ""  # what was named once makes something else: it has no price either
    errors = checking.settings_errors(order, instead)
    errors |= checking.words_errors(order, instead.kinds[order.kind])
    if problem := checking_options.keyframes_problem(order, instead):
        errors["keyframes"] = problem
    return next(iter(errors.values()), "")


def _wrong_there(order: Order, generation: Generation, target: Account) -> str:
    """Return what is wrong with an order's pictures or its source at an account, or nothing."""
    project = generation.project
    model = catalogue().models[order.model]
    errors = checking.access_errors(order, target)
    errors |= checking.frame_errors(order, project, target)
    errors |= checking.reference_errors(order, project, target)
    errors |= source_errors(order, model, project, target, generation)
    return next(iter(errors.values()), "")


def _has_enough(target: Account, price_usd: Decimal) -> bool:
    """Tell whether an account without credits for everything has them for this."""
    if not target.is_open:
        return True
    if (target.credits_usd or 0) < price_usd:
        return False
    target.refresh_from_db(fields=["credits_usd"])  # it may have gone down meanwhile
    return (target.credits_usd or 0) >= price_usd
