"""Takes side by side, and the reel of what was made since yesterday."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property

from django.db.models import Exists, OuterRef
from django.utils import timezone

from generations.models import Asset, Generation, State
from generations.models.generation_queries import GenerationQuerySet
from studio.cards import Card
from studio.marks import marked_cards, unveiled
from studio.models import Project, Team, User
from studio.takes import Take

LEAST, MOST = 2, 4
"""How many takes are compared at once."""
_OFFERED = 24
_DAY = timedelta(hours=24)
_REEL_MOST = 200


@dataclass(frozen=True)
class Comparison:
    """Up to MOST takes of `generation_for`, in the order in which they were named."""

    takes: list[Take]
    user: User

    @property
    def is_full(self) -> bool:
        """Whether none can be added."""
        return len(self.takes) >= MOST

    @property
    def can_wipe(self) -> bool:
        """Whether one can be wiped over the other: there are two."""
        return len(self.takes) == LEAST

    @property
    def names(self) -> str:
        """What is compared: `takes 3 and 5`, `take 3`."""
        numbers = [str(take.generation.take_number or "") for take in self.takes]
        if len(numbers) < LEAST:
            return f"take {numbers[0]}" if numbers else "takes"
        return f"takes {', '.join(numbers[:-1])} and {numbers[-1]}"

    @cached_property
    def offered(self) -> list[Card]:
        """What may be put beside them: the newest takes of their project, the last first."""
        if not self.takes or self.is_full:
            return []
        shown = [take.generation.pk for take in self.takes]
        project = self.takes[0].generation.project
        seen = unveiled(Generation.objects.filter(project=project), self.user)
        found = playable(seen).exclude(pk__in=shown)
        return cards_of(found.order_by("-take_number")[:_OFFERED], self.user)

    def without(self, take: Take) -> str:
        """Return what the address says of the others."""
        return "&".join(f"take={each.generation.uuid}" for each in self.takes if each is not take)

    @property
    def address(self) -> str:
        """What the address says of all of them."""
        return "&".join(f"take={take.generation.uuid}" for take in self.takes)

    @property
    def rows(self) -> list[tuple[Take, str]]:
        """Each take, with what the address says of the others."""
        return [(take, self.without(take)) for take in self.takes]


class Reel:
    """What a team made in the last 24 hours, in all projects or one, to be played in one go."""

    def __init__(self, user: User, team: Team, project: Project | None = None) -> None:
        self.user = user
        self.team = team
        self.project = project

    @cached_property
    def since(self) -> datetime:
        """The moment after which its takes were ready."""
        return timezone.now() - _DAY

    @cached_property
    def cards(self) -> list[Card]:
        """Its takes, the first made first; pictures aren't among them."""
        seen = unveiled(Generation.objects.visible_to(self.user), self.user)
        made = seen.filter(
            project__team=self.team, project__archived_at=None, finished_at__gte=self.since
        )
        if self.project:
            made = made.filter(project=self.project)
        return cards_of(
            playable(made, [Asset.Kind.VIDEO]).order_by("finished_at", "pk")[:_REEL_MOST], self.user
        )

    @property
    def seconds(self) -> float:
        """How long it is."""
        return float(sum(card.generation.prompt.duration_s or 0 for card in self.cards))

    @cached_property
    def projects(self) -> list[Project]:
        """The projects that it could be narrowed to."""
        seen = Project.objects.visible_to(self.user).open()
        return list(seen.filter(team=self.team).order_by("name"))


def playable(
    takes: GenerationQuerySet, kinds: Sequence[Asset.Kind] = (Asset.Kind.VIDEO, Asset.Kind.IMAGE)
) -> GenerationQuerySet:
    """Leave out what has no file of these kinds here, is in the trash, or is a version."""
    files = Asset.objects.filter(
        generation=OuterRef("pk"), state=Asset.State.STORED, kind__in=kinds
    )
    return takes.takes().kept().filter(Exists(files), state=State.COMPLETED)


def cards_of(takes: GenerationQuerySet, user: User) -> list[Card]:
    """Return cards of takes: their ids first, since SQLite works out every column it sorts."""
    ids = list(takes.values_list("pk", flat=True))
    shown = marked_cards(user).filter(pk__in=ids)
    found = {take.pk: Card(take) for take in shown}
    return [found[pk] for pk in ids if pk in found]
