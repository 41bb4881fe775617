"""The wall: takes for a screen that everybody sees, of the gallery's search or of a collection."""

from dataclasses import dataclass
from functools import cached_property

from django.http import QueryDict
from django.urls import reverse

from generations.models import Generation
from studio.cards import Card
from studio.comparing import playable
from studio.curating import Curated
from studio.gallery import GalleryFinding
from studio.marks import marked_cards, unveiled
from studio.models import Collection, Team, User

MOST = 120
"""How many takes a wall goes round in."""


@dataclass(frozen=True)
class GalleryWall:
    """What the gallery's address looks for, as far as it has a file; the team is of the door's."""

    team: Team
    user: User
    query: QueryDict

    @cached_property
    def finding(self) -> GalleryFinding:
        """What is looked for."""
        return GalleryFinding(self.team, self.user, self.query)

    @cached_property
    def cards(self) -> list[Card]:
        """Its takes, in the gallery's order; none that the person is still to judge blind."""
        takes = self.finding.narrow(playable(unveiled(Generation.objects.all(), self.user)))
        shown = marked_cards(self.user)
        page, _ = self.finding.page(takes, "", MOST, shown=shown)
        return [Card(take) for take in page]

    @property
    def version(self) -> str:
        """What is another once a take of the team has changed."""
        return str(self.team.event_count)

    @property
    def title(self) -> str:
        """What it is called."""
        return f"{self.team}: the wall"

    @property
    def parameters(self) -> str:
        """What its address says."""
        return self.finding.parameters

    @property
    def way_out(self) -> str:
        """The page that it was opened from."""
        return f"{reverse('gallery')}?{self.finding.parameters}"


@dataclass(frozen=True)
class CollectionWall:
    """The takes of a collection of the door's."""

    collection: Collection
    user: User

    @cached_property
    def cards(self) -> list[Card]:
        """Its takes, in its order."""
        return Curated(self.collection, self.user).cards

    @property
    def version(self) -> str:
        """What is another once the collection or a take of the team has changed."""
        return f"{self.collection.event_count}.{self.collection.version}"

    @property
    def title(self) -> str:
        """What it is called."""
        return f"{self.collection}: the wall"

    @property
    def parameters(self) -> str:
        """What its address says."""
        return f"collection={self.collection.uuid}"

    @property
    def way_out(self) -> str:
        """The page that it was opened from."""
        return reverse("collection", args=[self.collection.uuid])


Wall = GalleryWall | CollectionWall
