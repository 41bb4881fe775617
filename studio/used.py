"""Which models and ratios a team's takes have: what its finders offer beside what it can order."""

from collections.abc import Collection
from dataclasses import dataclass

from django.core.cache import cache

from generations.catalogue import KindFacts, ModelFacts, catalogue
from generations.models import Prompt
from studio.models import Team

# What was just ordered could be ordered, and so is offered already.
_KEPT_S = 600


@dataclass(frozen=True)
class Used:
    """Keys of models, and ratios, of all that a team ever asked for."""

    models: frozenset[str]
    ratios: frozenset[str]

    @classmethod
    def by(cls, team: Team) -> "Used":
        """Look it up among all prompts of a team, once in ten minutes."""
        key = f"used-by-{team.pk}"
        known = cache.get(key)
        if known is None:
            asked = Prompt.objects.filter(project__team=team).order_by()
            known = list(asked.values_list("model", "ratio").distinct())
            cache.set(key, known, _KEPT_S)
        return cls(frozenset(each[0] for each in known), frozenset(each[1] for each in known))

    def offered_models(self, providers: Collection[str], chosen: str) -> list[tuple[str, str]]:
        """Return the models to choose from, with their titles: used, orderable, or chosen."""
        orderable = {each.key for each in _orderable(providers)}
        wanted = self.models | orderable | {chosen}
        known = {key: each.title for key, each in catalogue().models.items() if key in wanted}
        return list(known.items())

    def offered_ratios(self, providers: Collection[str], chosen: str) -> list[tuple[str, str]]:
        """Return the ratios to choose from, as what they are."""
        orderable = {it for each in _orderable(providers) for it in ratios_of(each)}
        wanted = self.ratios | orderable | {chosen}
        return [(it, it) for it in all_ratios() if it in wanted]


def all_ratios() -> list[str]:
    """Return every ratio that there is a model for, in the catalogue's order."""
    models = catalogue().models.values()
    return list(dict.fromkeys(ratio for each in models for ratio in ratios_of(each)))


def ratios_of(model: ModelFacts) -> list[str]:
    """Return the ratios that a model makes, of whatever kind."""
    kinds: Collection[KindFacts] = model.kinds.values()
    return [ratio for each in kinds for ratio in each.ratios]


def _orderable(providers: Collection[str]) -> list[ModelFacts]:
    """Return the models that providers make at a price that is published.

    Where a team has its own price it has takes soon, and until then nothing to find.
    """
    return [
        each
        for each in catalogue().models.values()
        if each.provider in providers
        and any(kind.rate.is_published for kind in each.kinds.values())
    ]
