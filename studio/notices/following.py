"""Following the projects: who is to be told of what happened, each of it once.

Each project's Events are read in order from the number up to which they were read last. Whatever is
read twice comes out the same, since a notice has a key of its own.
"""

from collections.abc import Callable, Iterable
from datetime import timedelta

from django.db.models import OuterRef, Q, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone

from generations.models import Asset, BudgetWarning, Counter, Event, Generation, State
from generations.models.states import UNFINISHED
from generations.refusal import upper_first
from studio.finals.following import may_make
from studio.models import (
    Entrant,
    Final,
    Membership,
    Mention,
    Note,
    Notice,
    NoticePlace,
    Project,
    Share,
    User,
)
from studio.models.bakeoff import LEAST
from studio.models.notice import FINAL, WORDS_MAX
from studio.models.review import JUDGES
from studio.requests import APPROVERS
from studio.reviewing import KIND_OF, STEPS

# What is older is history: of an installation that tells people for the first time, say.
_FRESH = timedelta(days=1)
_KEPT = timedelta(days=60)
_Found = Iterable[Notice]
_SAID = {kind: verdict for verdict, kind in KIND_OF.items()}


def follow_all() -> int:
    """Write down what people are to be told; return in how many projects something happened."""
    told = NoticePlace.objects.filter(project=OuterRef("project")).values("number")
    behind = list(
        Counter.objects.annotate(told=Coalesce(Subquery(told), 0))
        .filter(events__gt=Coalesce(Subquery(told), 0))
        .select_related("project__team")
    )
    for counter in behind:
        _follow(counter.project, counter.told, counter.events)
    if behind:  # money moves with events
        tell_of_budgets()
    return len(behind)


def tell_of_budgets() -> None:
    """Write down whose budgets are nearly gone; whoever sets one calls it, for that is no event."""
    _keep(_near_their_end())


def tidy() -> int:
    """Forget what was told 60 days ago; return how much that was."""
    return Notice.objects.filter(created_at__lt=timezone.now() - _KEPT).delete()[0]


def _follow(project: Project, told: int, number: int) -> None:
    events = Event.objects.filter(
        project=project,
        number__gt=told,
        number__lte=number,
        kind__in=_TOLD,
        at__gte=timezone.now() - _FRESH,
    )
    related = ("generation__author", "generation__version_of", "generation__final_of", "actor")
    shown = events.select_related(*related)
    for event in shown.order_by("number"):
        _keep(_TOLD[event.kind](project, event))
    NoticePlace.objects.update_or_create(project=project, defaults={"number": number})


def _keep(notices: _Found) -> None:
    Notice.objects.bulk_create(notices, ignore_conflicts=True)


def _finished(project: Project, event: Event) -> _Found:
    final: Final | None = getattr(event.generation, "final_of", None)
    if final and final.is_to_be_accepted and may_make(final.finals, final.finals.author):
        return _to_accept(final, project, event)
    said = f"{_take(event)} of {project} is finished."
    return _of_take(Notice.Kind.FINISHED, project, event, [event.generation.author], said)


def _to_accept(final: Final, project: Project, event: Event) -> _Found:
    """Tell who asked for a final that it is here, instead of that it is finished; once."""
    said = f"{_take(event)} of {project}, the final of {final.draft.name}, is ready to be accepted."
    kind, author = Notice.Kind.FINISHED, final.finals.author
    return _of_take(kind, project, event, [author], said, f"{FINAL}{final.uuid}")


def _failed(project: Project, event: Event) -> _Found:
    said = f"{_take(event)} of {project} failed. {event.generation.words}"
    return _of_take(Notice.Kind.FAILED, project, event, [event.generation.author], said)


def _baked(project: Project, event: Event) -> _Found:
    """Tell who judges of a bake-off of which nothing is on its way any more."""
    entrant = Entrant.objects.filter(generation=event.generation).select_related("bakeoff").first()
    if entrant is None or entrant.bakeoff.closed_at:
        return
    takes = Generation.objects.filter(entrant__bakeoff=entrant.bakeoff)
    files = Asset.objects.filter(generation__in=takes, kind__in=("video", "image"))
    coming = takes.filter(state__in=UNFINISHED).exists()
    if coming or files.filter(state=Asset.State.PENDING).exists():
        return
    if files.filter(state=Asset.State.STORED, generation__trashed_at=None).count() < LEAST:
        return
    for person in _with_role(project, JUDGES, but=None):
        yield Notice(
            user=person,
            kind=Notice.Kind.REVIEW,
            key=f"bakeoff:{entrant.bakeoff_id}",
            team_id=project.team_id,
            project=project,
            bakeoff=entrant.bakeoff,
            words=f"A bake-off of {project} waits to be judged blind."[:WORDS_MAX],
        )


def _finished_or_baked(project: Project, event: Event) -> _Found:
    yield from _finished(project, event)
    yield from _baked(project, event)


def _failed_or_baked(project: Project, event: Event) -> _Found:
    yield from _failed(project, event)
    yield from _baked(project, event)


def _requested(project: Project, event: Event) -> _Found:
    said = f"{_take(event)} of {project} needs approval."
    people = _with_role(project, APPROVERS, but=event.generation.author)
    return _of_take(Notice.Kind.REQUESTED, project, event, people, said)


def _sent(project: Project, event: Event) -> _Found:
    said = f"{_take(event)} of {project} waits for a verdict."
    people = _with_role(project, JUDGES, but=event.actor)
    return _of_take(Notice.Kind.REVIEW, project, event, people, said)


def _judged(project: Project, event: Event) -> _Found:
    """Tell whose take it is what somebody else thinks of it, while that is the last word."""
    author = event.generation.author
    later = event.generation.events.filter(kind__in=STEPS, number__gt=event.number)
    if author is None or author == event.actor or later.exists():
        return []
    if not project.people().filter(pk=author.pk).exists():
        return []
    by = event.actor or "Somebody"
    said = f"{_take(event)} of {project}: {by} said “{_SAID[event.kind].label.lower()}”."
    return _of_take(Notice.Kind.VERDICT, project, event, [author], said)


def _mentioned(project: Project, event: Event) -> _Found:
    """Tell who is named in a note of the take; not again who was told of that note."""
    fresh = timezone.now() - _FRESH
    found = Mention.objects.filter(note__generation=event.generation, created_at__gte=fresh)
    for mention in found.select_related("note__author", "user"):
        by = mention.note.author or "Somebody"
        said = f"{by} names you in a note on {event.generation.name} of {project}."
        key = f"mention:{mention.pk}"
        kind = Notice.Kind.MENTION
        yield from _of_take(kind, project, event, [mention.user], said, key)


def _noted(project: Project, event: Event) -> _Found:
    """Tell who is named in a note, or of a guest's note those whom it is for."""
    left = Note.objects.filter(generation=event.generation, uuid=event.detail.get("note"))
    note = left.select_related("share__created_by").first()
    if note and note.share:
        yield from _said_by_guest(project, event, note.share)
    yield from _mentioned(project, event)


def _guest_judged(project: Project, event: Event) -> _Found:
    """Tell whom it is for what a guest thinks of a take."""
    links = Share.objects.filter(uuid=event.detail["share"]).select_related("created_by")
    return _said_by_guest(project, event, links.first())


def _said_by_guest(project: Project, event: Event, link: Share | None) -> _Found:
    """Tell whose take it is, and who made the link, that a guest said something of it."""
    said = f"{_take(event)} of {project}: {event.detail['words']}."
    people = {event.generation.author, link and link.created_by}
    seen = set(project.people().values_list("pk", flat=True))
    told = [person for person in people if person and person.pk in seen]
    return _of_take(Notice.Kind.GUEST, project, event, told, said)


def _near_their_end() -> _Found:
    """Tell who approves in a team, or sees the project, that a budget is nearly gone."""
    fresh = BudgetWarning.objects.filter(at__gte=timezone.now() - _FRESH)
    for warning in fresh.select_related("budget__project", "budget__team"):
        budget = warning.budget
        whose = f"{budget.project}'s" if budget.project else f"{budget.team}'s"
        said = f"Four fifths of {whose} ${warning.limit_usd:,.2f} for {warning.month:%B} are gone."
        led = Q(memberships__team=budget.team_id, memberships__role__in=APPROVERS)
        people = User.objects.filter(led)
        if budget.project:
            people = people.filter(pk__in=budget.project.people().values("pk"))
        for person in people:
            yield Notice(
                user=person,
                kind=Notice.Kind.BUDGET,
                key=f"budget:{warning.pk}",
                team_id=budget.team_id,
                project_id=budget.project_id,
                words=said[:WORDS_MAX],
            )


def _with_role(project: Project, roles: Iterable[str], but: User | None) -> list[User]:
    """Return who of those that see a project has one of some roles, all but one."""
    here = Membership.objects.filter(team=project.team_id, role__in=list(roles))
    here = here.filter(user__in=project.people().values("pk")).select_related("user")
    return [each.user for each in here if but is None or each.user_id != but.pk]


def _of_take(
    kind: Notice.Kind,
    project: Project,
    event: Event,
    people: Iterable[User | None],
    said: str,
    key: str = "",
) -> list[Notice]:
    return [
        Notice(
            user=person,
            kind=kind,
            key=key or f"event:{event.pk}",
            team_id=project.team_id,
            project=project,
            generation=event.generation,
            words=said.strip()[:WORDS_MAX],
        )
        for person in people
        if person is not None
    ]


def _take(event: Event) -> str:
    return upper_first(event.generation.name)


_TOLD: dict[str, Callable[[Project, Event], _Found]] = {
    "stored": _finished_or_baked,
    State.FAILED.value: _failed_or_baked,
    "store_failed": _baked,
    State.DECLINED.value: _baked,
    State.CANCELLED.value: _baked,
    State.REQUESTED.value: _requested,
    "sent_to_review": _sent,
    **dict.fromkeys(_SAID, _judged),
    "noted": _noted,
    "guest_judged": _guest_judged,
}
