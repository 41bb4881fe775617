"""Collections as their pages show them: what a person sees of each, in the team's order."""

from dataclasses import dataclass
from functools import cached_property
from uuid import UUID
from zlib import adler32

from django.db.models import Count, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce

from generations.models import Generation
from generations.models.generation_queries import GenerationQuerySet
from generations.refusal import Refused
from studio.access import makes
from studio.cards import Card
from studio.comparing import cards_of, playable
from studio.marks import unveiled
from studio.models import Collected, Collection, Team, User

PICTURE_S = 4
"""How long a picture stands in a reel (static/js/reel.js)."""
_GONE = "That take isn't in the collection any more."


@dataclass(frozen=True)
class Curated:
    """A collection of the door's, as far as a person sees its takes."""

    collection: Collection
    user: User

    @cached_property
    def cards(self) -> list[Card]:
        """Its takes in their order."""
        mine = unveiled(seen_by(self.user), self.user).filter(collected__collection=self.collection)
        order = ("collected__position", "collected__pk")
        return cards_of(mine.order_by(*order), self.user)

    @property
    def seconds(self) -> float:
        """How long it plays."""
        return float(sum(_seconds(card) for card in self.cards))

    @property
    def version(self) -> str:
        """What is another once the collection, its name, or a take of the team has changed."""
        said = adler32(f"{self.collection.name}\n{self.collection.words}".encode())
        return f"{self.collection.event_count}.{self.collection.version}.{said:x}"

    @property
    def may_edit(self) -> bool:
        """Whether the person may change it."""
        return makes(self.collection.role)

    def take(self, uuid: str) -> Generation:
        """Return one of its takes. Raises Refused."""
        found = next((each for each in self._takes if str(each.uuid) == uuid), None)
        if found is None:
            raise Refused({"": _GONE})
        return found

    def move(self, take: Generation, to: int) -> None:
        """Put a take at a place among those that the person sees, counted from 0."""
        others = [each.pk for each in self._takes if each.pk != take.pk]
        place = max(to, 0)
        if place < len(others):
            self.collection.move(take, before=others[place])
        elif others:
            self.collection.move(take, before=None)

    def step(self, take: Generation, by: int) -> None:
        """Put a take so many places further on."""
        here = [each.pk for each in self._takes].index(take.pk)
        self.move(take, here + by)

    @property
    def _takes(self) -> list[Generation]:
        return [card.generation for card in self.cards]


def seen_by(user: User) -> GenerationQuerySet:
    """Return the takes with a file that a person may see; the trash isn't among them."""
    return playable(Generation.objects.visible_to(user))


def collections_of(team: Team, user: User) -> QuerySet[Collection]:
    """Return a team's collections with what a person sees of each.

    `count` takes, and `cover`, the id of the first that has a picture of itself.
    """
    seen = unveiled(seen_by(user), user)
    mine = Collected.objects.filter(
        collection=OuterRef("pk"), generation__in=seen.order_by().values("pk")
    )
    counted = mine.order_by().values("collection").annotate(n=Count("pk")).values("n")
    pictured = mine.filter(generation__assets__kind="poster", generation__assets__state="stored")
    return Collection.objects.filter(team=team).annotate(
        count=Coalesce(Subquery(counted), 0),
        cover=Subquery(pictured.values("generation__uuid")[:1]),
    )


def collection_named(team: Team, uuid: str) -> Collection:
    """Return a team's collection that a form names. Raises Refused."""
    try:
        found = Collection.objects.filter(team=team, uuid=UUID(uuid)).first()
    except ValueError:
        found = None
    if found is None:
        raise Refused({"to": "Choose a collection, or give a new one a name."})
    return found


def _seconds(card: Card) -> float:
    if card.is_picture:
        return PICTURE_S
    return card.generation.video_duration_s or card.generation.prompt.duration_s or 0  # type: ignore[attr-defined]
