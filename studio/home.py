"""Home: what of all the person's projects runs, failed since they looked, or waits for them."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property

from django.db.models import Count, F, Q, QuerySet, Sum
from django.utils import timezone

from generations.models import Counter, Generation, State
from generations.models.states import IN_FLIGHT, Reason
from studio.cards import Card
from studio.marks import unveiled
from studio.models import Final, Membership, Mention, Project, User
from studio.requests import APPROVERS, waiting_for

_SHOWN = 6
# What failed before the person ever looked, as far as it may still matter.
_AT_FIRST = timedelta(days=7)
_UNDECIDED = Q(state=State.UNCONFIRMED, reason=Reason.UNDECIDED)
_LOST = Q(state=State.FAILED, reason=Reason.LOST)


@dataclass(frozen=True)
class Part:
    """A section: takes in one situation, the first few of them, and whether there are more."""

    name: str
    words: str
    cards: list[Card]
    has_more: bool = False


@dataclass(frozen=True)
class FinalsToAccept:
    """That so many finals of a project are here to be accepted."""

    slug: str
    project: str
    count: int


class Home:
    """What stands on a person's Home. However many projects, it asks the same few questions."""

    def __init__(self, user: User) -> None:
        self.user = user
        self.now = timezone.now()

    @cached_property
    def projects(self) -> list[Project]:
        """The person's projects that aren't archived, with their covers."""
        return list(Project.objects.visible_to(self.user).open().with_covers(self.user))

    @cached_property
    def archived_count(self) -> int:
        """How many are archived."""
        return int(Project.objects.visible_to(self.user).archived().count())

    @cached_property
    def version(self) -> str:
        """What a page compares to know whether anything has changed; one query."""
        counters = Counter.objects.filter(Project.seen_by(self.user, "project__"))
        sums = counters.aggregate(n=Count("pk"), events=Sum("events"))
        seen = self.user.looked_at.timestamp() if self.user.looked_at else 0
        return f"{sums['n']}.{sums['events'] or 0}.{seen}"

    @cached_property
    def mentions(self) -> list[Mention]:
        """The first notes in which the person is named and that they haven't seen."""
        unseen = Mention.objects.unseen_by(self.user)
        shown = unseen.select_related("note__author", "note__generation__project")
        return list(shown[:_SHOWN])

    @cached_property
    def asked(self) -> Part:
        """What the person may approve or decline."""
        waiting = waiting_for(self.user)
        return _part("asked", "To approve", waiting)

    @cached_property
    def to_decide(self) -> Part:
        """What a person has to settle, in teams where this one may."""
        seen = Generation.objects.for_cards().visible_to(self.user)
        takes = seen.filter(project__team__in=self._led)
        return _part("decide", "To decide", takes.filter(_UNDECIDED | _LOST).order_by("id"))

    @cached_property
    def finals(self) -> list[FinalsToAccept]:
        """What the person had made anew and can accept now, in each project."""
        ready = unveiled(Final.objects.to_be_accepted_by(self.user), self.user, "take")
        places = ready.order_by("finals__project__name").values_list(
            "finals__project__slug", "finals__project__name"
        )
        return [FinalsToAccept(*each) for each in places.annotate(Count("pk"))]

    @cached_property
    def held(self) -> Part:
        """What the person asked for and nobody works on: paused, or waiting for a producer."""
        mine = self._takes.filter(author=self.user)
        paused = Q(state=State.WAITING, paused_at__isnull=False)
        asks = Q(state=State.REQUESTED) & ~Q(project__team__in=self._led)
        return _part("held", "Held back", mine.filter(asks | paused))

    @cached_property
    def missed(self) -> Part:
        """What failed, and what of the person's own was declined, since they last looked."""
        since = self.user.looked_at or self.now - _AT_FIRST
        failed = Q(state=State.FAILED) | Q(state=State.DECLINED, author=self.user)
        ended = self._takes.filter(failed, finished_at__gt=since, finished_at__lte=self.now)
        ended = ended.exclude(_LOST, project__team__in=self._led)  # it stands among those to decide
        words = "Not generated since you last looked"
        return _part("missed", words, ended.order_by("-finished_at"))

    @cached_property
    def under_way(self) -> list[Part]:
        """What a provider is working on, and apart from it what waits for a slot."""
        own_held = Q(author=self.user, paused_at__isnull=False)
        in_line = self._takes.filter(state=State.WAITING).exclude(own_held)
        at_work = self._takes.filter(state__in=IN_FLIGHT)
        at_work = at_work.exclude(_UNDECIDED, project__team__in=self._led)
        parts = [
            _part("running", "Running now", at_work),
            _part("in-line", "In line", in_line),
        ]
        return [part for part in parts if part.cards]

    @property
    def waits(self) -> list[Part]:
        """What waits for the person."""
        return [part for part in (self.asked, self.to_decide, self.held) if part.cards]

    @property
    def until(self) -> str:
        """Up to when it shows what failed, as its button sends it: seconds since 1970."""
        return f"{self.now.timestamp():.6f}"

    @property
    def _led(self) -> QuerySet[Membership]:
        """The teams in which the person decides about money."""
        mine = Membership.objects.filter(user=self.user, role__in=APPROVERS)
        return mine.values("team")  # type: ignore[return-value]

    @property
    def _takes(self) -> QuerySet[Generation]:
        mine = Generation.objects.for_cards().visible_to(self.user).takes().kept().order_by("-id")
        return mine.annotate(role=F("project__team__memberships__role"))


def _part(name: str, words: str, takes: QuerySet[Generation]) -> Part:
    rows = takes.select_related("version_of__prompt")
    found = list(rows[: _SHOWN + 1])
    return Part(name, words, [Card(take) for take in found[:_SHOWN]], len(found) > _SHOWN)


def moment(text: str, now: datetime) -> datetime | None:
    """Return a past moment that a page said in seconds, or None for what is none."""
    try:
        said = datetime.fromtimestamp(float(text), tz=now.tzinfo)
    except (ValueError, OverflowError, OSError):
        return None
    return min(said, now)
