"""What people do with the line: hold back, let go on, put before another, put in front."""

from collections.abc import Iterable
from typing import Any

from django.db import transaction
from django.db.models import Max, QuerySet
from django.utils import timezone

from generations.buckets import bucket_of
from generations.lining import go_on
from generations.models import Account, Generation, PausedLine, State
from generations.models.generation_queries import GenerationQuerySet
from generations.refusal import Refused
from generations.waking import wake

_LEFT = "{} isn't waiting any more. Look at it again."
_NOBODY = "{} is {} already."
_PLACE = ("priority", "turn", "waiting_since")


def pause(generation: Generation, actor: Any) -> None:
    """Hold a waiting take back: it keeps its place and its reservation. Raises Refused."""
    with transaction.atomic():
        mine = _waiting(generation).filter(paused_at__isnull=True)
        if mine.update(paused_at=timezone.now()):
            generation.announce("paused", actor=actor)
        else:
            _refuse_if_left(generation)


def resume(generation: Generation, actor: Any) -> None:
    """Let a paused take go on; behind, where the line has gone past it. Raises Refused."""
    with transaction.atomic():
        take = _waiting(generation).select_for_update(no_key=True).first()
        if take is None:
            raise Refused({"": _LEFT.format(_name(generation))})
        if take.paused_at is None:
            return
        line = _line_of(take).filter(paused_at__isnull=True)
        now_served = line.filter(priority=0).values_list("turn", flat=True).first()
        turn = take.turn
        if now_served is not None and turn < now_served:
            turn = Generation.objects.next_turn(take.account_id, take.author_id, take.prompt.model)
        fields = {"paused_at": None, "no_room_since": None, "next_at": timezone.now()}
        _waiting(take).update(turn=turn, **fields)
        generation.announce("resumed", actor=actor)
    wake("submit_due", take.account_id)


def pause_line(team: Any, actor: Any) -> bool:
    """Stop a team's line: nothing of it is sent until somebody lets it go on. False when it was."""
    _, stopped = PausedLine.objects.get_or_create(team=team, defaults={"by": actor})
    if stopped:
        tell_the_line("line_paused", actor, project__team=team)
    return stopped


def resume_line(team: Any, actor: Any) -> bool:
    """Let a team's line go on; False when it did."""
    if not PausedLine.objects.filter(team=team).delete()[0]:
        return False
    _go_on("line_resumed", actor, project__team=team)
    return True


def pause_account(account: Account, actor: Any) -> bool:
    """Stop the line before one account; False when it was."""
    if not Account.objects.filter(pk=account.pk, paused_at=None).update(paused_at=timezone.now()):
        return False
    tell_the_line("line_paused", actor, account=account)
    return True


def resume_account(account: Account, actor: Any) -> bool:
    """Let the line before an account go on; False when it did."""
    mine = Account.objects.filter(pk=account.pk, paused_at__isnull=False)
    if not mine.update(paused_at=None):
        return False
    _go_on("line_resumed", actor, account=account)
    return True


def move_up(generation: Generation, actor: Any, *, over_others: bool) -> None:
    """Change places with the take before it: the author's own, or anybody's. Raises Refused."""
    _pass(generation, actor, "first", over_others=over_others)


def move_down(generation: Generation, actor: Any, *, over_others: bool) -> None:
    """Change places with the take behind it: the author's own, or anybody's. Raises Refused."""
    _pass(generation, actor, "last", over_others=over_others)


def to_front(generation: Generation, actor: Any) -> None:
    """Give a take priority over everything that waits in its line. Raises Refused."""
    line = Generation.objects.filter(account=generation.account_id).waiting()
    highest = line.aggregate(most=Max("priority"))["most"] or 0
    with transaction.atomic():
        if not _waiting(generation).update(priority=min(highest + 1, 32_767)):
            raise Refused({"": _LEFT.format(_name(generation))})
        generation.announce("prioritised", actor=actor)


def take_its_turn(generation: Generation, actor: Any) -> None:
    """Take a take's priority back. Raises Refused."""
    with transaction.atomic():
        if not _waiting(generation).update(priority=0):
            raise Refused({"": _LEFT.format(_name(generation))})
        generation.announce("prioritised", actor=actor, back=True)


def tell_the_line(kind: str, actor: Any = None, **whose: Any) -> None:
    """Record what happened to a line, once in each project that has takes waiting in it.

    `whose` filters generations. The pages of those projects then show their lines anew.
    """
    waiting = Generation.objects.filter(**whose).waiting()
    projects = waiting.order_by("project").values_list("project", flat=True).distinct()
    for project in projects:
        with transaction.atomic():
            in_line = waiting.filter(project=project).select_for_update(no_key=True)
            first = in_line.first()
            if first:
                first.announce(kind, actor=actor)


def _go_on(kind: str, actor: Any, **whose: Any) -> None:
    go_on(**whose)
    tell_the_line(kind, actor, **whose)
    waiting = Generation.objects.filter(**whose).waiting()
    for account_id in waiting.order_by().values_list("account", flat=True).distinct():
        wake("submit_due", account_id)


def _pass(generation: Generation, actor: Any, end: str, *, over_others: bool) -> None:
    """Exchange the places of a take and its neighbour: everybody else keeps theirs."""
    line = _line_of(generation)
    if not over_others:
        line = line.filter(author=generation.author_id)
    with transaction.atomic():
        order = list(line.values_list("pk", flat=True))
        if generation.pk not in order:
            raise Refused({"": _LEFT.format(_name(generation))})
        at = order.index(generation.pk)
        neighbour = at - 1 if end == "first" else at + 1
        if not 0 <= neighbour < len(order):
            raise Refused({"": _NOBODY.format(_name(generation), end)})
        _exchange(_locked([generation.pk, order[neighbour]]))
        generation.announce("reordered", actor=actor)


def _locked(ids: Iterable[int]) -> QuerySet[Generation]:
    waiting = Generation.objects.filter(pk__in=list(ids), state=State.WAITING)
    return waiting.select_for_update(no_key=True).order_by("pk")


def _exchange(two: QuerySet[Generation]) -> None:
    places = list(two.values("pk", *_PLACE))
    if len(places) < 2:
        raise Refused({"": "The line has moved meanwhile. Look at it again."})
    for mine, theirs in (places, reversed(places)):
        Generation.objects.filter(pk=mine["pk"]).update(**{name: theirs[name] for name in _PLACE})


def _line_of(generation: Generation) -> GenerationQuerySet:
    """Return what waits for the same slots, the first in line first."""
    line = Generation.objects.filter(account=generation.account_id)
    return line.in_bucket(bucket_of(generation.prompt.model)).waiting()


def _waiting(generation: Generation) -> QuerySet[Generation]:
    return Generation.objects.filter(pk=generation.pk, state=State.WAITING)


def _refuse_if_left(generation: Generation) -> None:
    if not _waiting(generation).exists():
        raise Refused({"": _LEFT.format(_name(generation))})


def _name(generation: Generation) -> str:
    return f"Take {generation.take_number}" if generation.take_number else "This version"
