"""Takes that wait for a producer's approval, as the producer sees them."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property

from django.db.models import QuerySet

from generations.kinds import Kind
from generations.models import Generation, Keyframe, Standing, State, Still
from generations.ordering import terms_today
from generations.orders import Frame, order_of
from generations.pricing import is_estimated
from generations.refusal import Refused
from studio.marks import veiled_takes
from studio.models import Membership, Role, User
from studio.options_said import options_said
from studio.spending import budgets_of
from studio.takes import Take

APPROVERS = (Role.OWNER, Role.PRODUCER)


def waiting_for(user: User) -> QuerySet[Generation]:
    """Return the takes that the person may approve or decline, the longest waiting first."""
    teams = Membership.objects.filter(user=user, role__in=APPROVERS).values("team")
    asked = Generation.objects.for_cards().visible_to(user).filter(state=State.REQUESTED)
    return asked.filter(project__team__in=teams).order_by("id")


_KEYFRAMES = {"start": "Starts on", "end": "Ends on"}
_REFERENCES = {
    "source": "Made from",
    "image": "After",
    "style": "In the style of",
    "character": "With the character of",
    "modify": "Changes",
}


def _place_of(frame: Keyframe) -> str:
    """Return where in the clip a picture stands, in words."""
    return _KEYFRAMES.get(frame.position, f"At frame {frame.frame}")


@dataclass(frozen=True)
class Shown:
    """A picture that a take starts from, ends on, or is made after; exactly one of the two.

    It `is_veiled` where the person who looks is still to judge it blind.
    """

    words: str
    still: Still | None
    source: Generation | None
    is_veiled: bool = False


@dataclass(frozen=True)
class Asked(Take):
    """A take that was asked for: what it would cost today, and what it is asked of."""

    budgets: tuple[Standing, ...] = ()
    errors: dict[str, str] = field(default_factory=dict)
    why: str = ""

    @cached_property
    def _today(self) -> tuple[Decimal | None, str]:
        try:
            return terms_today(self.generation)[1], ""
        except Refused as refused:
            return None, str(refused)

    @property
    def price_usd(self) -> Decimal | None:
        """Today's price in dollars; None where it can't be made today."""
        return self._today[0]

    @property
    def obstacle(self) -> str:
        """Why it can't be made today, in words."""
        return self._today[1]

    @cached_property
    def pictures(self) -> list[Shown]:
        """Everything that it is made from, beside its words."""
        made_after = self.generation.references.select_related("still", "source")
        found = [
            *((_place_of(each), each.still, each.source) for each in self.frames),
            *((_REFERENCES[each.role], each.still, each.source) for each in made_after),
        ]
        takes = [Frame(still, source).take_id for _, still, source in found]
        veiled = veiled_takes(takes, self.user) if self.user else set()
        return [
            Shown(*each, is_veiled=take in veiled) for each, take in zip(found, takes, strict=True)
        ]

    @property
    def settings(self) -> str:
        """Everything that was chosen, in a line."""
        prompt = self.generation.prompt
        kind = Kind(prompt.kind)
        chosen = [
            "" if kind is Kind.VIDEO else kind.label,
            f"{prompt.duration_s} s" if prompt.duration_s else "",
            *(prompt.resolution, prompt.ratio, prompt.mode.replace("_", " ")),
            "loop" if prompt.loop else "",
            *options_said(prompt.options),
            *(concept.replace("_", " ") for concept in prompt.concepts),
        ]
        return ", ".join(filter(None, chosen))

    @property
    def is_estimated(self) -> bool:
        """Whether its price is the team's own estimate, since none is published."""
        try:
            return is_estimated(order_of(self.generation.prompt))
        except Refused:
            return False

    @property
    def price_changed(self) -> bool:
        """Whether the price isn't the one that the artist saw."""
        return self.price_usd is not None and self.price_usd != self.generation.price_usd


def shown(
    asked: Iterable[Generation],
    user: User,
    *,
    refused: Generation | None = None,
    **said: object,
) -> list[Asked]:
    """Return requests for `user`'s page; `said` is what is to be said of the `refused` one."""
    budgets: dict[int, tuple[Standing, ...]] = {}
    found = []
    for generation in asked:
        project = generation.project
        if project.pk not in budgets:
            budgets[project.pk] = tuple(budgets_of(project))
        extra = said if refused and generation.pk == refused.pk else {}
        found.append(Asked(generation, user=user, budgets=budgets[project.pk], **extra))  # type: ignore[arg-type]
    return found
