"""The review room: what waits to be judged, the take that is looked at, and what is said of it."""

from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property

from django.db.models import Avg, Count, OuterRef, Q, Sum
from django.utils import timezone

from generations.models import Asset, Counter, Generation
from generations.models.generation_queries import there_is
from studio.access import judges, makes, may_undo
from studio.cards import Card
from studio.marks import with_marks
from studio.models import (
    Criterion,
    Note,
    Project,
    Review,
    ReviewRules,
    Score,
    Team,
    User,
    Verdict,
)
from studio.models.note import LONGEST
from studio.models.review import ReviewQuerySet
from studio.models.rubric import HIGHEST, LOWEST
from studio.takes import Take

_SHOWN = 60
_SITTING = timedelta(hours=12)
_JUDGED_SHOWN = 6
PIPS = tuple(range(LOWEST, HIGHEST + 1))


@dataclass(frozen=True)
class Waiting:
    """A project with takes that wait for the person, and how many."""

    project: Project
    count: int


@dataclass(frozen=True)
class Remark:
    """A note as the page lists it, with its replies."""

    note: Note
    replies: list[Note]
    fps: float


@dataclass(frozen=True)
class Rated:
    """A criterion: what the person gave by it, and what all gave on average."""

    criterion: Criterion
    mine: int | None
    mean: float | None
    count: int

    @property
    def pips(self) -> tuple[int, ...]:
        """What can be given."""
        return PIPS


class Spoken:
    """What people say of one take of `generation_for`: notes, scores and the verdict."""

    def __init__(self, take: Take, user: User) -> None:
        self.take = take
        self.user = user

    @cached_property
    def remarks(self) -> list[Remark]:
        """The notes by where they are in the take, each with its replies by age."""
        notes = list(Note.objects.filter(generation=self.take.generation).for_list())
        answers: dict[int, list[Note]] = {}
        for note in notes:
            if note.answers_id:
                answers.setdefault(note.answers_id, []).append(note)
        heads = (note for note in notes if not note.answers_id)
        return [Remark(note, answers.get(note.pk, []), self.take.fps) for note in heads]

    @property
    def open_count(self) -> int:
        """How many notes nobody has resolved."""
        return sum(each.note.resolved_at is None for each in self.remarks)

    @cached_property
    def people(self) -> list[User]:
        """Whom a note may name: who sees it, but oneself."""
        others = self.take.generation.project.people().exclude(pk=self.user.pk)
        return list(others.order_by("name", "email"))

    @property
    def note_longest(self) -> int:
        """How many characters a note may have."""
        return LONGEST

    @cached_property
    def ratings(self) -> list[Rated]:
        """The team's rubric with the scores of the take."""
        scores = Score._default_manager.filter(generation=self.take.generation)
        rows = scores.values("criterion").annotate(mean=Avg("value"), n=Count("pk"))
        told = {row["criterion"]: (row["mean"], row["n"]) for row in rows}
        mine = dict(scores.filter(author=self.user).values_list("criterion", "value"))
        rubric = Criterion.objects.filter(team=self.take.generation.project.team).kept()
        return [Rated(it, mine.get(it.pk), *told.get(it.pk, (None, 0))) for it in rubric]

    @cached_property
    def review(self) -> Review | None:
        """Where the take stands, or None for what nobody sent or judged."""
        known = Review.objects.select_related("judged_by", "asked_by")
        return known.filter(generation=self.take.generation).first()

    @property
    def seen(self) -> str:
        """The verdict that the page shows, as its buttons send it."""
        return self.review.verdict if self.review else ""

    @property
    def may_judge(self) -> bool:
        """Whether the person may say a verdict."""
        return judges(self.take.generation.project.role)

    @cached_property
    def may_approve(self) -> bool:
        """Whether that verdict may be that it is approved: not of their own, in a strict team."""
        if self.take.generation.author_id != self.user.pk:
            return True
        team = self.take.generation.project.team
        return not ReviewRules.objects.filter(team=team, others_approve=True).exists()

    @property
    def may_retake(self) -> bool:
        """Whether changes are wanted, and the person may make the take that has them."""
        wanted = self.review is not None and self.review.verdict == Verdict.CHANGES
        return wanted and makes(self.take.generation.project.role)

    @property
    def may_undo(self) -> bool:
        """Whether the person may undo the verdict: their own, or as a producer."""
        if not self.review or not self.review.judged_at:
            return False
        return may_undo(self.user, self.review.judged_by_id, self.take.generation.project.role)


class Room:
    """What a person has to judge in a team, in all projects or the one of `slug`."""

    def __init__(self, user: User, team: Team, slug: str = "") -> None:
        self.user = user
        self.team = team
        self.slug = slug

    @cached_property
    def projects(self) -> list[Waiting]:
        """The projects with takes that wait, with their covers, by name."""
        rows = self._mine.order_by().values("project").annotate(n=Count("pk"))
        counts = {row["project"]: row["n"] for row in rows}
        found = Project.objects.filter(pk__in=counts).with_covers(self.user)
        return [Waiting(project, counts[project.pk]) for project in found.order_by("name")]

    @cached_property
    def total(self) -> int:
        """How many wait, in all projects."""
        return sum(each.count for each in self.projects)

    @cached_property
    def count(self) -> int:
        """How many wait, where the person looks."""
        return sum(each.count for each in self.projects if self.slug in ("", each.project.slug))

    @cached_property
    def waiting(self) -> list[Card]:
        """The first of those that wait, the longest waiting first."""
        mine = self._here(self._mine)
        return self._cards([*mine.values_list("generation", flat=True)[:_SHOWN]])

    @cached_property
    def judged(self) -> list[Card]:
        """What the person judged last in this sitting, in that order."""
        since = timezone.now() - _SITTING
        mine = Review.objects.judged_by(self.user).filter(
            project__team=self.team, judged_at__gte=since
        )
        ids = [*self._here(mine).values_list("generation", flat=True)[:_JUDGED_SHOWN]]
        return self._cards(ids[::-1])

    @property
    def strip(self) -> list[Card]:
        """What stands in the strip: what was just judged, then what waits."""
        return [*self.judged, *self.waiting]

    def place(self, take: Generation | None) -> int:
        """Return the place of a take among those that wait, from 1, or 0."""
        ids = [card.generation.pk for card in self.waiting]
        return ids.index(take.pk) + 1 if take and take.pk in ids else 0

    def after(self, take: Generation) -> Generation | None:
        """Return what is to be judged after a take: the next that waits, else the first."""
        ids = [card.generation.pk for card in self.waiting]
        rest = [card.generation for card in self.waiting if card.generation.pk != take.pk]
        before = ids.index(take.pk) if take.pk in ids else self._before(take)
        if before < len(rest):
            return rest[before]
        return rest[0] if rest else None

    def _before(self, take: Generation) -> int:
        """Return how many wait longer than a take did that was judged: it keeps its place."""
        asked = Review.objects.filter(generation=take).values_list("asked_at", flat=True).first()
        if asked is None:
            return 0
        earlier = Q(asked_at__lt=asked) | Q(asked_at=asked, generation_id__lt=take.pk)
        return self._here(self._mine).filter(earlier).count()

    @cached_property
    def version(self) -> str:
        """What a page compares to know whether anything has changed; one query."""
        seen = Project.seen_by(self.user, "project__")
        counters = Counter.objects.filter(seen, project__team=self.team)
        sums = counters.aggregate(n=Count("pk"), events=Sum("events"))
        return f"{sums['n']}.{sums['events'] or 0}"

    @property
    def _mine(self) -> ReviewQuerySet:
        return Review.objects.waiting_for(self.user, self.team)

    def _here(self, reviews: ReviewQuerySet) -> ReviewQuerySet:
        return reviews.filter(project__slug=self.slug) if self.slug else reviews

    def _cards(self, ids: list[int]) -> list[Card]:
        if not ids:
            return []
        posters = Asset.objects.filter(kind=Asset.Kind.POSTER, state=Asset.State.STORED)
        takes = with_marks(Generation.objects.filter(pk__in=ids), self.user)
        shown = takes.select_related("prompt", "project", "author").annotate(
            has_poster=there_is(posters.filter(generation=OuterRef("pk")))
        )
        found = {take.pk: Card(take) for take in shown}
        return [found[pk] for pk in ids if pk in found]
