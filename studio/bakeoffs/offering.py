"""What may enter a bake-off: the models and settings that can make what the composer holds."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cached_property
from uuid import UUID

from django.utils import timezone

from generations.catalogue import ModelFacts
from generations.kinds import Kind
from generations.models import Prompt
from generations.orders import Order
from generations.pricing import price_usd
from generations.refusal import Refused, RefusedOrders
from studio.bakeoffs.beginning import begin
from studio.forms import ComposerForm
from studio.forms.offering import models_of
from studio.models import BakeOff, User
from studio.models.bakeoff import LEAST, MOST
from studio.prompting import wildcards
from studio.scoreboard import settings_words
from studio.spending import Terms

_FEW = f"Choose {LEAST} to {MOST} that are held against each other."
_MANY = f"At most {MOST} are held against each other. Take some out."


@dataclass(frozen=True)
class Choice:
    """A model with settings: what it would be asked, and its price in dollars or its problem."""

    order: Order
    is_chosen: bool
    price_usd: Decimal | None = None
    problem: str = ""

    @property
    def value(self) -> str:
        """How the page's box names it."""
        return value_of(self.order)

    @property
    def words(self) -> str:
        """The settings alone: `720p, 5 s`."""
        length = "" if self.order.kind is Kind.IMAGE else f"{self.order.duration_s} s"
        return ", ".join(filter(None, (self.order.resolution, length)))

    @property
    def name(self) -> str:
        """The model and the settings: `Ray 2, 720p, 5 s`."""
        order = self.order
        return settings_words(
            order.model, order.kind, order.resolution, order.duration_s, order.mode
        )


@dataclass(frozen=True)
class Group:
    """The choices of one model; `problem` where it can make none of them."""

    title: str
    choices: list[Choice]

    @property
    def problem(self) -> str:
        """Why the model can make none of them, where that is the same of all."""
        problems = {each.problem for each in self.choices}
        return problems.pop() if len(problems) == 1 else ""


class Offered:
    """What the composer holds, as a bake-off: words, what may enter, and what that costs.

    `chosen` are the values of the boxes; None for a page that was just opened, on which every
    model that can is chosen with the composer's settings. `error` stands against all of it.
    """

    def __init__(self, composer: ComposerForm, words: str, chosen: Sequence[str] | None) -> None:
        self.composer = composer
        self.words = words
        self.error = ""
        self.problems: dict[str, str] = {}
        self._base = self._read()
        self._asked = self._usual() if chosen is None else set(chosen)

    @cached_property
    def groups(self) -> list[Group]:
        """The choices, model by model."""
        if self._base is None:
            return []
        models = self._models(self._base.kind)
        today = timezone.now().date()
        found = ((model.offered_as(today), [*self._choices(model.key)]) for model in models)
        return [Group(title, choices) for title, choices in found if choices]

    @property
    def kept(self) -> list[str]:
        """The values of the boxes that are ticked, while no box can be shown."""
        return [] if self.groups else sorted(self._asked)

    @property
    def chosen(self) -> list[Choice]:
        """Those that would enter, in the catalogue's order."""
        every = (each for group in self.groups for each in group.choices)
        return [each for each in every if each.is_chosen and each.price_usd is not None]

    @property
    def is_enough(self) -> bool:
        """Whether as many are chosen as can be held against each other."""
        return LEAST <= len(self.chosen) <= MOST

    @cached_property
    def terms(self) -> Terms:
        """What all that is chosen costs, and what the budgets say to it."""
        prices_usd = [each.price_usd for each in self.chosen if each.price_usd is not None]
        return Terms.of_prompts(self.composer.project, prices_usd, len(prices_usd), Decimal(0))

    def submit(self, user: User, key: UUID, seen_usd: Decimal) -> BakeOff | None:
        """Order all that is chosen; None, with the reasons, where nothing was ordered."""
        chosen = self.chosen
        if not self.error and not self.is_enough:
            self.error = _MANY if len(chosen) > MOST else _FEW
        if self.error:
            return None
        try:
            orders = [each.order for each in chosen]
            return begin(self.composer.project, user, orders, key, seen_usd)
        except RefusedOrders as refused:
            self._explain(chosen, refused)
        except Refused as refused:
            self.error = str(refused)
        return None

    def _read(self) -> Order | None:
        """Return what all are asked alike, or None with the reason."""
        try:
            if not self.composer.is_valid():
                errors = self.composer.errors.items()
                raise Refused({field: str(found[0]) for field, found in errors})
            words = wildcards.expand(self.words.replace("\r\n", "\n"), 1)[0]
            return replace(self.composer.order(), words=words)
        except wildcards.Unreadable as error:
            self.error = str(error)
        except Refused as refused:
            self.error = str(refused)
        return None

    def _usual(self) -> set[str]:
        base = self._base
        if base is None:
            return set()
        found = [value_of(replace(base, model=each.key)) for each in self._models(base.kind)]
        return set(found[:MOST])

    def _models(self, kind: Kind) -> list[ModelFacts]:
        """The models that make a kind and that the team can order."""
        project = self.composer.project
        return [each for each in models_of(kind).values() if project.can_order(each, kind)]

    def _choices(self, model: str) -> Iterator[Choice]:
        assert self._base is not None  # noqa: S101  (asked by `groups` alone)
        facts = models_of(self._base.kind)[model].kinds[self._base.kind]
        for resolution in facts.resolutions:
            for duration_s in facts.durations_s or (0,):
                order = replace(
                    self._base, model=model, resolution=resolution, duration_s=duration_s
                )
                yield self._priced(order)

    def _priced(self, order: Order) -> Choice:
        is_chosen = value_of(order) in self._asked
        own = self.composer.project.own_price(order.model, order.kind)
        try:
            return Choice(order, is_chosen, price_usd(order, *own))
        except Refused as refused:
            return Choice(order, is_chosen=False, problem=str(refused))

    def _explain(self, chosen: Sequence[Choice], refused: RefusedOrders) -> None:
        """Say once what is the same of all, else at which of them it is."""
        told = {place: " ".join(errors.values()) for place, errors in refused.by_place.items()}
        if len(set(told.values())) == 1:
            self.error = next(iter(told.values()))
            return
        said = (f"{chosen[place].name}: {words}" for place, words in told.items())
        self.error = " ".join(said)


def value_of(order: Order | Prompt) -> str:
    """Return how a page's box names a model with settings: `ray-2 720p 5`."""
    return f"{order.model} {order.resolution} {order.duration_s}"
