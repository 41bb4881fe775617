"""Sending takes to review and judging them, each step an Event of the take's."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from generations.models import Asset, Event, Generation
from generations.refusal import Refused, upper_first
from studio import auditing, noting
from studio.access import may_undo
from studio.models import AuditEntry, Review, ReviewRules, Role, User, Verdict

SENT, TAKEN_BACK, UNDONE = "sent_to_review", "taken_from_review", "verdict_undone"
KIND_OF = {
    Verdict.APPROVED: "approved",
    Verdict.CHANGES: "changes_wanted",
    Verdict.REJECTED: "rejected",
}
"""The kinds of Events that verdicts are."""
STEPS = (SENT, TAKEN_BACK, UNDONE, *KIND_OF.values())

_SAID = {
    Verdict.APPROVED: "Approved",
    Verdict.CHANGES: "Asked for changes of",
    Verdict.REJECTED: "Rejected",
}

_NOT_HERE = "{name} can't be judged: its file isn't here. Wait until it is, or fetch it again."
_IN_TRASH = "{name} is in the trash. Restore it first."
_ARCHIVED = "{project} is archived. Reopen it to judge its takes."
_MEANWHILE = "{who} said meanwhile of {name}: {verdict}. Look again; nothing was changed."
_TAKEN_BACK = "{name} was taken back from review meanwhile. Nothing was changed."
_OWN = "{team} wants somebody else than its artist to approve a take. Ask another reviewer."
_NOTHING_TO_UNDO = "There is no verdict of yours on {name} any more that could be undone."
_NOT_WAITING = "{name} doesn't wait for a verdict any more."


def send(takes: Sequence[Generation], user: User) -> list[Generation]:
    """Send takes to review and return those that weren't in it; a verdict of before is over.

    Raises Refused for a take without a file here, or in the trash, and then sends none.
    """
    for take in takes:
        _refuse_unseen(take)
    now = timezone.now()
    with transaction.atomic():
        Generation.objects.filter(pk__in=[take.pk for take in takes]).lock()
        waiting = Review.objects.of(takes).filter(verdict=Verdict.WAITING)
        there = set(waiting.values_list("generation", flat=True))
        sent = [take for take in sorted(takes, key=lambda it: it.pk) if take.pk not in there]
        for take in sent:
            Review.objects.update_or_create(
                generation=take,
                defaults={
                    **{"project": take.project, "verdict": Verdict.WAITING},
                    **{"asked_by": user, "asked_at": now, "judged_by": None, "judged_at": None},
                },
            )
            take.announce(SENT, actor=user)
    return sent


def take_back(take: Generation, user: User) -> None:
    """Take a take out of review that nobody has judged yet. Raises Refused."""
    with transaction.atomic():
        Generation.objects.filter(pk=take.pk).lock()
        if not Review.objects.filter(generation=take, verdict=Verdict.WAITING).delete()[0]:
            raise Refused({"": _NOT_WAITING.format(name=upper_first(take.name))})
        take.announce(TAKEN_BACK, actor=user)


def judge(
    take: Generation,
    verdict: Verdict,
    user: User,
    *,
    seen: str,
    remark: noting.Remark | None = None,
) -> None:
    """Say what is thought of a take whose page showed the verdict `seen`, or "" for none.

    `remark` is noted with it: both are said, or neither. Raises Refused where somebody else said
    something meanwhile, where the file isn't here, where its own artist may not approve it, and
    where the take has no room for the note; then nothing changes.
    """
    _refuse_unseen(take)
    if verdict is Verdict.APPROVED and take.author_id == user.pk and _others_approve(take):
        raise Refused({"": _OWN.format(team=take.project.team)})
    with transaction.atomic():
        Generation.objects.filter(pk=take.pk).lock()
        before = Review.objects.select_related("judged_by").filter(generation=take).first()
        _refuse_meanwhile(take, before, seen)
        _write(take, verdict, user, timezone.now(), before)
        take.announce(KIND_OF[verdict], actor=user, before=_told(before))
        _note(take, _SAID[verdict], user)
        if remark:
            noting.note(take, user, remark)


def undo(take: Generation, user: User, role: Role) -> None:
    """Undo the newest verdict: who said it may, and a producer. Raises Refused.

    The take stands where it stood before, in the place of its line that it had. Its artist doesn't
    bring an approval back by undoing what others said of it, where those are to approve it.
    """
    with transaction.atomic():
        Generation.objects.filter(pk=take.pk).lock()
        last = take.events.filter(kind__in=STEPS).order_by("-number").first()
        if not _may_undo(last, user, role):
            raise Refused({"": _NOTHING_TO_UNDO.format(name=take.name)})
        before = last.detail.get("before")  # type: ignore[union-attr]
        if before and _approves_own(take, user, before, is_theirs=last.actor_id == user.pk):  # type: ignore[union-attr]
            raise Refused({"": _OWN.format(team=take.project.team)})
        Review.objects.filter(generation=take).delete()
        if before:
            Review.objects.create(generation=take, project=take.project, **_read(before))
        take.announce(UNDONE, actor=user)
        _note(take, "Undid the verdict on", user)


def _note(take: Generation, did: str, user: User) -> None:
    auditing.note_in(take.project, AuditEntry.Kind.VERDICT, f"{did} {take.name}", by=user)


def _may_undo(last: Event | None, user: User, role: Role) -> bool:
    if last is None or last.kind not in KIND_OF.values():
        return False
    return may_undo(user, last.actor_id, role)


def _write(
    take: Generation, verdict: Verdict, user: User, now: datetime, before: Review | None
) -> None:
    said = {"verdict": verdict, "judged_by": user, "judged_at": now}
    if before:
        Review.objects.filter(generation=take).update(**said)
    else:
        Review.objects.create(generation=take, project=take.project, **said)


def _refuse_meanwhile(take: Generation, before: Review | None, seen: str) -> None:
    stands = before.verdict if before else ""
    if stands == seen:
        return
    name = upper_first(take.name)
    if not before:
        raise Refused({"": _TAKEN_BACK.format(name=name)})
    who = before.judged_by or "Somebody"
    verdict = Verdict(before.verdict).label.lower()
    raise Refused({"": _MEANWHILE.format(who=who, name=take.name, verdict=verdict)})


def _refuse_unseen(take: Generation) -> None:
    name = upper_first(take.name)
    if take.trashed_at:
        raise Refused({"": _IN_TRASH.format(name=name)})
    if take.project.archived_at:
        raise Refused({"": _ARCHIVED.format(project=take.project)})
    kinds = (Asset.Kind.VIDEO, Asset.Kind.IMAGE)
    if not take.assets.filter(kind__in=kinds, state=Asset.State.STORED).exists():
        raise Refused({"": _NOT_HERE.format(name=name)})


def _others_approve(take: Generation) -> bool:
    rules = ReviewRules.objects.filter(team=take.project.team_id, others_approve=True)
    return bool(rules.exists())


def _approves_own(
    take: Generation, user: User, before: dict[str, str | int | None], *, is_theirs: bool
) -> bool:
    """Tell whether an artist would approve their own take by undoing a verdict, theirs or not."""
    if before["verdict"] != Verdict.APPROVED or take.author_id != user.pk:
        return False
    return (not is_theirs or before["judged_by_id"] == user.pk) and _others_approve(take)


def _told(before: Review | None) -> dict[str, str | int | None] | None:
    """Return where a take stood, for the Event that ends it."""
    if before is None:
        return None
    return {
        "verdict": before.verdict,
        "asked_by_id": before.asked_by_id,
        "asked_at": before.asked_at.isoformat() if before.asked_at else None,
        "judged_by_id": before.judged_by_id,
        "judged_at": before.judged_at.isoformat() if before.judged_at else None,
    }


def _read(told: dict[str, str | int | None]) -> dict[str, object]:
    """Return what `_told` wrote as a Review's fields; who is gone by now is nobody."""
    people = {name: told[name] for name in ("asked_by_id", "judged_by_id")}
    there = set(
        User.objects.filter(pk__in=filter(None, people.values())).values_list("pk", flat=True)
    )
    times = {name: told[name] for name in ("asked_at", "judged_at")}
    return {
        "verdict": told["verdict"],
        **{name: pk if pk in there else None for name, pk in people.items()},
        **{name: datetime.fromisoformat(str(at)) if at else None for name, at in times.items()},
    }
