"""Following finals: what is accepted takes its places, and what waited for it is ordered.

A press is held against its project's Events from the number up to which it was held last. Each
final is moved by compare-and-set, so that whatever is done twice comes out the same.
"""

import logging
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.db.models import Exists, F, OuterRef, Subquery
from django.db.models.functions import Coalesce

from generations.models import Counter, Generation
from generations.ordering import accept_all
from generations.partly import Part
from generations.refusal import Refused
from studio.access import makes
from studio.finals.choosing import alive_of, asked_anew, going_on_from, sources_of
from studio.finals.making import key_of, show_anew
from studio.finals.swapping import take_places
from studio.models import Final, Finals, Membership, Project, Verdict

log = logging.getLogger(__name__)

_LEFT = "Who asked for it may not make takes in this team any more."


class _Overtaken(Exception):
    """Another worker has moved the final, so that the order belongs to nobody."""


def follow_all() -> int:
    """Follow all finals of whose project something happened; return how many presses those were.

    Those of a deleted team go on once it is restored.
    """
    active = Final.objects.active().filter(finals=OuterRef("pk"))
    events = Counter.objects.filter(project=OuterRef("project")).values("events")
    waiting = Finals.objects.filter(Exists(active)).annotate(newest=Coalesce(Subquery(events), 0))
    due = waiting.filter(newest__gt=F("followed"), project__team__deleted_at=None)
    due = due.select_related("project__team", "author")
    for finals in due:
        try:
            follow(finals)
        except Exception:  # of this one: the others go on, and it is followed again
            log.exception("finals %s couldn't be followed", finals.uuid)
    return len(due)


def follow(finals: Finals) -> None:
    """Do all that is to be done for a press now."""
    newest = Counter.objects.filter(project=finals.project_id).values_list("events", flat=True)
    # Before anything is read: what happens meanwhile is found the next time.
    number = newest.first() or 0
    for final in _active_of(finals):
        _settle(final)
    for final in _active_of(finals):
        if final.stage == Final.Stage.WAITING:
            _advance(final)
    there = Finals.objects.filter(pk=finals.pk, project__team__deleted_at=None)
    there.update(followed=number)


def follow_project(project: Project) -> None:
    """Do all that is to be done now for the presses of a project of which something is to come."""
    active = Final.objects.active().filter(finals=OuterRef("pk"))
    found = Finals.objects.filter(Exists(active), project=project)
    for finals in found.select_related("project__team", "author"):
        follow(finals)


def order_now(final: Final) -> bool:
    """Order one that waits, on its draft's own frames where no final of these is accepted.

    False where something else became of it. Raises Refused.
    """
    return _order(final, _order_of(final, wait=False))


def _active_of(finals: Finals) -> list[Final]:
    related = ("draft__prompt", "take__prompt", "take__review__judged_by", "accepted_by")
    found = Final.objects.active().filter(finals=finals).select_related(*related)
    every = list(found.order_by("pk"))
    for final in every:
        final.finals = finals
    return every


def _settle(final: Final) -> None:
    """Have one that was approved be accepted, and one that is accepted take its places.

    It takes them in the name of who asked for it; of who accepted it, where that person is gone.
    """
    take = final.take
    if take is None:
        return
    review = getattr(take, "review", None)
    if final.accepted_at is None and take.trashed_at is None:
        if review is None or review.verdict != Verdict.APPROVED:
            return
        if not final.accept(review.judged_by):
            return
    if final.accepted_at is None:
        return
    if final.finals.project.archived_at:
        return
    able = (who for who in (final.finals.author, final.accepted_by) if may_make(final.finals, who))
    if who := next(able, None):
        take_places(final, who)
    elif final.finals.project.is_there():  # it is put wherever somebody puts it by hand
        final.go(Final.Stage.DONE, Final.Stage.ORDERED)


def _advance(final: Final) -> None:
    """Order what waited, once that is accepted which it waits for."""
    try:
        order = _order_of(final, wait=True)
        if order is not None:
            _order(final, order)
    except Refused as refused:
        log.info("the final of %s wasn't ordered: %s", final.draft_id, refused)
        if final.finals.project.is_there():
            final.go(Final.Stage.STOPPED, Final.Stage.WAITING, words=str(refused))


def _order_of(final: Final, *, wait: bool) -> Any:
    """Return what is ordered of one; None where it is to wait.

    It waits until all that it was to wait for is accepted: one that came to nothing isn't passed
    over, nor is the draft silently taken in its place. Another final of the same draft will do.
    """
    order = asked_anew(final.draft, **final.asked).order
    sources = {source.pk for source in sources_of(order)}
    alive = alive_of(sources)
    done = {pk: each.take for pk, each in alive.items() if each.accepted_at and each.take}
    wanted = {before.draft_id for before in final.waits_for.all()}
    if wait and (not wanted or wanted - done.keys()):
        return None
    return going_on_from(order, done)


def _order(final: Final, order: Any) -> bool:
    """Order it, once and for all. Raises Refused."""
    finals = final.finals
    if not may_make(finals, finals.author):
        raise Refused({"": _LEFT})
    key = key_of(finals.uuid, final.draft)

    def note(_: bool, takes: Mapping[UUID | None, Generation]) -> None:
        if not final.go(Final.Stage.ORDERED, Final.Stage.WAITING, take=takes[key]):
            raise _Overtaken

    try:
        accept_all(
            finals.project,
            finals.author,
            [order],
            asks=finals.asks,
            seen_usd=final.price_usd,
            part=Part([key], finals.price_usd, note),
        )
    except _Overtaken:
        log.info("the final of %s was ordered by another worker", final.draft_id)
        return False
    show_anew(Final.objects.filter(pk=final.pk))
    return True


def may_make(finals: Finals, author: Any) -> bool:
    """Tell whether who asked for finals still sees their project and may make takes in it."""
    project = finals.project
    if author is None or project.archived_at:
        return False
    role = Membership.objects.filter(team=project.team_id, user=author)
    held = role.values_list("role", flat=True).first()
    if held is None or not makes(held):
        return False
    return not project.is_private or bool(project.people().filter(pk=author.pk).exists())
