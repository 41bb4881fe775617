"""What a board or a gallery is sent that asks what changed: cards, and where each comes to."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from django.db.models import OuterRef, Q, QuerySet, Subquery

from generations.models import Event, Generation
from generations.models.generation_queries import GenerationQuerySet, there_is
from studio.announcing import news_of
from studio.cards import Card
from studio.finding import GONE, Finding
from studio.marks import with_marks
from studio.models import Project

# How many places in line a refresh tells anew, nearest first; the others are told as they near.
LINES = 120
# How many cards a refresh replaces; a page that missed more is loaded anew.
MOST_CHANGED = 500


@dataclass(frozen=True)
class Changes:
    """What changed for a page that holds takes `first` to `last`, by what the newest first go by.

    What lies between is replaced, what is new is put where the order has it, and what went into
    the trash leaves. Where the finder leaves takes out, what has come to be looked for is put in
    its place, and what no longer is stays until something else is looked for.
    """

    finding: Finding
    first: int
    last: int

    @property
    def is_too_much(self) -> bool:
        """Whether the page missed so much that it is loaded anew."""
        return len(self._cards) > MOST_CHANGED

    @property
    def cards(self) -> list[Card]:
        """All that is told of, changed or in line."""
        return self._cards

    @property
    def placed(self) -> list[tuple[Card, str, bool]]:
        """The cards that changed, each with how it comes to the page, for hx-swap-oob.

        And whether one that is put on the page was there before: it may lie where nothing is
        loaded, and isn't told of as new.
        """
        return [
            (card, place, place != "morph" and not self._comes(card.generation))
            for card, place in self._places
            if place not in ("", GONE)
        ]

    @property
    def gone(self) -> list[Card]:
        """The cards that leave the page."""
        return [card for card, place in self._places if place == GONE]

    @property
    def in_line(self) -> list[Card]:
        """The cards that are as they were, but for their place in line."""
        return [card for card in self._cards if card not in self._changed]

    @property
    def said(self) -> str:
        """What a screen reader is told of it."""
        return news_of(self._changed)

    @property
    def has_settled(self) -> bool:
        """Whether money moved."""
        return any(card.has_settled for card in self._cards)

    @cached_property
    def _changed(self) -> list[Card]:
        return [card for card in self._cards if self._is_news(card.generation)]

    @cached_property
    def _places(self) -> list[tuple[Card, str]]:
        return [(card, self._place_for(card.generation)) for card in self._changed]

    def _place_for(self, take: Generation) -> str:
        return self.finding.place_for(take, self.last, is_born=self._is_born(take))

    def _is_born(self, take: Generation) -> bool:
        return take.first_event > self._seen_of(take)  # type: ignore[attr-defined]

    def _comes(self, take: Generation) -> bool:
        return self._is_born(take) or take.is_back  # type: ignore[attr-defined]

    @cached_property
    def _cards(self) -> list[Card]:
        return [Card(take) for take in self._takes()[: MOST_CHANGED + 1]]

    def _is_news(self, take: Generation) -> bool:
        """Tell whether a take changed, or only its place in line may have."""
        return take.last_event > self._seen_of(take)

    def _seen_of(self, take: Generation) -> int:
        """Return the number of the last event of a take's project that the page knows."""
        raise NotImplementedError

    def _takes(self) -> GenerationQuerySet:
        """Return what changed and the nearest in line, the oldest first."""
        raise NotImplementedError

    def _with_marks(self, shown: GenerationQuerySet, told: QuerySet[Event]) -> GenerationQuerySet:
        """Annotate takes, `told` being the events since; with what the finder wants to know."""
        brought = told.filter(kind__in=self.finding.bringing)
        events = Event.objects.filter(generation=OuterRef("pk")).order_by("number")
        shown = with_marks(shown, self.finding.user).annotate(
            is_back=there_is(brought), first_event=Subquery(events.values("number")[:1])
        )
        if self.finding.is_narrowed:
            fits = self.finding.narrow(Generation.objects.filter(pk=OuterRef("pk")))
            shown = shown.annotate(is_looked_for=there_is(fits))
        return shown


@dataclass(frozen=True)
class Refresh(Changes):
    """What changed on a board `since` an event."""

    project: Project
    since: int

    def _seen_of(self, take: Generation) -> int:
        return self.since

    def _takes(self) -> GenerationQuerySet:
        newer = Generation.objects.takes().filter(project=self.project, take_number__gte=self.first)
        in_line = newer.filter(take_number__lte=self.last).waiting()[:LINES].values("pk")
        shown = Generation.objects.for_cards().takes()
        shown = shown.filter(project=self.project, take_number__gte=self.first)
        shown = shown.filter(Q(last_event__gt=self.since) | Q(pk__in=in_line))
        told = Event.objects.filter(generation=OuterRef("pk"), number__gt=self.since)
        return self._with_marks(shown, told).order_by("take_number")


@dataclass(frozen=True)
class GalleryRefresh(Changes):
    """What changed in a gallery since the newest event that it has `seen` of each project.

    `events` is how many each open project of the team has by now. A project that the page doesn't
    know was opened since: of it all that is newer than the page is new.
    """

    seen: Mapping[int, int]
    events: Mapping[int, int]

    def _seen_of(self, take: Generation) -> int:
        return self.seen.get(take.project_id, 0)

    def _takes(self) -> GenerationQuerySet:
        newer = Generation.objects.takes().filter(project__in=self.events, pk__gte=self.first)
        in_line = newer.filter(pk__lte=self.last).waiting()[:LINES].values("pk")
        changed, told = Q(pk__in=in_line), Q(number__lt=0)
        for pk, count in self.events.items():
            if count != (since := self.seen.get(pk, 0)):
                changed |= Q(project=pk, last_event__gt=since)
                told |= Q(project=pk, number__gt=since)
        shown = Generation.objects.for_cards().takes().filter(pk__gte=self.first)
        events = Event.objects.filter(told, generation=OuterRef("pk"))
        return self._with_marks(shown.filter(changed), events).order_by("pk")
