"""What a board's page is sent that asks what changed: cards, and where each of them comes to."""

from dataclasses import dataclass
from functools import cached_property

from django.db.models import OuterRef, Q

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
class Refresh:
    """What changed on a board `since` an event, for a page that holds takes `first` to `last`.

    What lies between is replaced, what is newer is put on top, and what went into the trash
    leaves. Where the finder leaves takes out, what has come to be looked for is put in its place,
    and what no longer is stays until something else is looked for.
    """

    project: Project
    finding: Finding
    since: int
    first: int
    last: int

    @property
    def is_too_much(self) -> bool:
        """Whether the page missed so much that it is loaded anew."""
        return len(self._cards) > MOST_CHANGED

    @property
    def placed(self) -> list[tuple[Card, str]]:
        """The cards that changed, each with how it comes to the page, for hx-swap-oob."""
        return [(card, place) for card, place in self._places if place not in ("", GONE)]

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
        return [card for card in self._cards if card.generation.last_event > self.since]

    @cached_property
    def _places(self) -> list[tuple[Card, str]]:
        place_for = self.finding.place_for
        return [(card, place_for(card.generation, self.last)) for card in self._changed]

    @cached_property
    def _cards(self) -> list[Card]:
        takes = self._takes().order_by("take_number")
        return [Card(take) for take in takes[: MOST_CHANGED + 1]]

    def _takes(self) -> GenerationQuerySet:
        newer = Generation.objects.takes().filter(project=self.project, take_number__gte=self.first)
        in_line = newer.filter(take_number__lte=self.last).waiting()[:LINES].values("pk")
        shown = Generation.objects.for_cards().takes()
        shown = shown.filter(project=self.project, take_number__gte=self.first)
        shown = shown.filter(Q(last_event__gt=self.since) | Q(pk__in=in_line))
        told = Event.objects.filter(generation=OuterRef("pk"), number__gt=self.since)
        restored = told.filter(kind="restored")
        shown = with_marks(shown, self.finding.user).annotate(is_back=there_is(restored))
        if self.finding.is_narrowed:
            fits = self.finding.narrow(Generation.objects.filter(pk=OuterRef("pk")))
            shown = shown.annotate(is_looked_for=there_is(fits))
        return shown
