"""What can be chosen in the composer, from the catalogue."""

from typing import Any

from django.utils import timezone

from generations.catalogue import REFERENCES, KindFacts, ModelFacts, catalogue
from generations.kinds import Kind

MOST_TAKES = 4
"""Of one prompt at once."""


def models_of(kind: Kind) -> dict[str, ModelFacts]:
    """Return the models that make a kind today, by key."""
    return catalogue().making(kind, timezone.now().date())


def facts_of(kind: Kind, model: str) -> KindFacts:
    """Return what a model can do of a kind; of one that doesn't make it, what the first can."""
    models = models_of(kind)
    return models.get(model, next(iter(models.values()))).kinds[kind]


def choices_of(kind: Kind, model: str) -> dict[str, Any]:
    """Return what can be chosen with a model."""
    facts = facts_of(kind, model)
    return {
        "models": models_of(kind).values(),
        "ratios": facts.ratios,
        "resolutions": facts.resolutions,
        "durations_s": facts.durations_s,
        "concepts": catalogue().concepts if facts.concepts else (),
        "loop": facts.loop,
        "formats": facts.formats,
        "modes": facts.modes,
        "roles": {role: facts.references[role] for role in REFERENCES if role in facts.references},
        "counts": range(1, MOST_TAKES + 1),
    }
