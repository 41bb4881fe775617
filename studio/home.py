"""Home: what of all the person's projects runs, failed since they looked, or waits for them."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property

from django.db.models import Count, F, Q, QuerySet, Sum
from django.urls import reverse
from django.utils import timezone

from generations.models import Counter, Generation, Reconciliation, State
from generations.models.states import IN_FLIGHT, Reason
from studio.cards import Card
from studio.marks import unveiled
from studio.models import BakeOff, Final, Membership, Mention, Project, Review, User
from studio.requests import APPROVERS, waiting_for

_SHOWN = 6
# What failed before the person ever looked, as far as it may still matter.
_AT_FIRST = timedelta(days=7)
# What was off by then and wasn't booked is left as it is; Spend has it still.
_DIFFERENCES_SHOWN = timedelta(days=7)
_UNDECIDED = Q(state=State.UNCONFIRMED, reason=Reason.UNDECIDED)
_LOST = Q(state=State.FAILED, reason=Reason.LOST)


@dataclass(frozen=True)
class Part:
    """A section: takes in one situation, the first few of them, and the one that comes next."""

    name: str
    words: str
    cards: list[Card]
    following: Generation | None = None

    @property
    def has_more(self) -> bool:
        """Whether there are more than it shows."""
        return self.following is not None


@dataclass(frozen=True)
class Pile:
    """So much of a project that waits for the person, in words, and where it does."""

    words: str
    url: str


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
    def mention_count(self) -> int:
        """How many there are of these, with those that aren't shown."""
        shown = len(self.mentions)
        return shown if shown < _SHOWN else Mention.objects.unseen_by(self.user).count()

    @property
    def more_mentions(self) -> int:
        """How many aren't shown."""
        return self.mention_count - len(self.mentions)

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
    def piles(self) -> list[Pile]:
        """What waits in each project, by kind: finals to accept, takes and bake-offs to judge.

        Of the teams that the person leads, balances that aren't what the ledger says, too.
        """
        return [*self._finals, *self._reviews, *self._bakeoffs, *self._differences]

    @property
    def _finals(self) -> list[Pile]:
        """What the person had made anew and can accept now."""
        ready = unveiled(Final.objects.to_be_accepted_by(self.user), self.user, "take")
        places = ready.order_by("finals__project__name").values_list(
            "finals__project__slug", "finals__project__name"
        )
        return [
            Pile(f"{_count(n, 'final')} to accept in {name}", reverse("finals", args=[slug]))
            for slug, name, n in places.annotate(Count("pk"))
        ]

    @property
    def _reviews(self) -> list[Pile]:
        mine = Review.objects.to_be_judged_by(self.user).order_by("project__name")
        places = mine.values_list("project__slug", "project__name").annotate(Count("pk"))
        room = reverse("review")
        return [
            Pile(f"{_count(n, 'take')} to judge in {name}", f"{room}?project={slug}")
            for slug, name, n in places
        ]

    @property
    def _bakeoffs(self) -> list[Pile]:
        mine = BakeOff.objects.to_be_judged_by(self.user).order_by("project__name", "pk")
        by_project: dict[Project, list[BakeOff]] = {}
        for each in mine.select_related("project__team"):
            by_project.setdefault(each.project, []).append(each)
        return [
            Pile(f"{_count(len(found), 'bake-off')} to judge in {project}", _page_of(found))
            for project, found in by_project.items()
        ]

    @property
    def _differences(self) -> list[Pile]:
        """Where a balance at a provider isn't what the ledger says, of the last days, unbooked."""
        readings = Reconciliation.objects.to_be_looked_at(self.now - _DIFFERENCES_SHOWN)
        mine = readings.filter(account__team__in=self._led).select_related("account__team")
        page = reverse("spend")
        return [
            Pile(each.in_a_line, f"{page}?team={each.account.team.uuid}#readings") for each in mine
        ]

    @cached_property
    def held(self) -> Part:
        """What the person asked for and nobody works on: paused, or waiting for a producer."""
        mine = self._takes.filter(author=self.user)
        paused = Q(state=State.WAITING, paused_at__isnull=False)
        asks = Q(state=State.REQUESTED) & ~Q(project__team__in=self._led)
        return _part("held", "Held back", mine.filter(asks | paused))

    @cached_property
    def missed(self) -> Part:
        """What failed, and what of the person's own was declined, since they last looked.

        The first first: what is seen of it is all up to a moment.
        """
        words = "Not generated since you last looked"
        return _part("missed", words, self._ended.order_by("finished_at", "id"))

    @property
    def _ended(self) -> QuerySet[Generation]:
        since = self.user.looked_at or self.now - _AT_FIRST
        failed = Q(state=State.FAILED) | Q(state=State.DECLINED, author=self.user)
        ended = self._takes.filter(failed, finished_at__gt=since, finished_at__lte=self.now)
        return ended.exclude(_LOST, project__team__in=self._led)  # it stands among those to decide

    @cached_property
    def missed_count(self) -> int:
        """How many these are, with those that aren't shown."""
        part = self.missed
        return self._ended.order_by().count() if part.has_more else len(part.cards)

    @property
    def more_missed(self) -> int:
        """How many of these aren't shown."""
        return self.missed_count - len(self.missed.cards)

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
        """When it was made, as its buttons send it: seconds since 1970."""
        return _seconds(self.now)

    @property
    def missed_until(self) -> str:
        """Up to when it shows what failed, in the same way: nothing that it doesn't show."""
        part = self.missed
        if part.following is None:
            return self.until
        ends = [card.generation.finished_at for card in part.cards]
        first = part.following.finished_at
        return _seconds(max((end for end in ends if end and end < first), default=first))  # type: ignore[operator, arg-type]

    @property
    def _led(self) -> QuerySet[Membership]:
        """The teams in which the person decides about money."""
        mine = Membership.objects.filter(user=self.user, role__in=APPROVERS)
        return mine.values("team")  # type: ignore[return-value]

    @property
    def _takes(self) -> QuerySet[Generation]:
        """Takes, and the versions that are made from them."""
        mine = Generation.objects.for_cards().visible_to(self.user).outside_the_trash()
        mine = mine.order_by("-id")
        return mine.annotate(role=F("project__team__memberships__role"))


def _part(name: str, words: str, takes: QuerySet[Generation]) -> Part:
    rows = takes.select_related("version_of__prompt")
    found = list(rows[: _SHOWN + 1])
    following = found[_SHOWN] if len(found) > _SHOWN else None
    return Part(name, words, [Card(take) for take in found[:_SHOWN]], following)


def _count(n: int, thing: str) -> str:
    return f"{n} {thing}{'' if n == 1 else 's'}"


def _page_of(bakeoffs: list[BakeOff]) -> str:
    """Return where some bake-offs of a project are judged: the one's own page, or their list."""
    if len(bakeoffs) == 1:
        return reverse("bakeoff", args=[bakeoffs[0].uuid])
    return f"{reverse('bakeoffs')}?team={bakeoffs[0].project.team.uuid}"


def _seconds(at: datetime) -> str:
    return f"{at.timestamp():.6f}"


def moment(text: str, now: datetime) -> datetime | None:
    """Return a past moment that a page said in seconds, or None for what is none."""
    try:
        said = datetime.fromtimestamp(float(text), tz=now.tzinfo)
    except (ValueError, OverflowError, OSError):
        return None
    return min(said, now)
