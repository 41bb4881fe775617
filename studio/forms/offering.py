"""What can be chosen in the composer, from the catalogue."""

from dataclasses import replace
from typing import Any

from django.utils import timezone

from generations.catalogue import REFERENCES, KindFacts, ModelFacts, catalogue
from generations.choosing import no_hdr_words
from generations.kinds import Kind
from studio.models import Project

MOST_TAKES = 4
"""Of one prompt at once."""


def models_of(kind: Kind) -> dict[str, ModelFacts]:
    """Return the models that make a kind today, by key."""
    return catalogue().making(kind, timezone.now().date())


def in_place_of(model: str, kind: Kind) -> ModelFacts:
    """Return the model that is offered for one: itself, else what follows it, else the first."""
    today = timezone.now().date()
    follows = catalogue().in_place_of(model, kind, today)
    return follows or next(iter(models_of(kind).values()))


def ending_of(model: str) -> str:
    """Say that a model will be switched off soon, or was, and what takes its place; or nothing."""
    return catalogue().ending_of(model, timezone.now().date())


def facts_of(kind: Kind, model: str) -> KindFacts:
    """Return what a model can do of a kind; of another, what is offered instead."""
    return in_place_of(model, kind).kinds[kind]


def without_hdr(model: ModelFacts, kind: Kind, project: Project | None) -> ModelFacts:
    """Return a model as a project's team can use it: without HDR where its keys have none."""
    facts = model.kinds[kind]
    if project is None or not facts.hdr or not project.hdr_refused_at(model.provider):
        return model
    return replace(model, kinds={**model.kinds, kind: replace(facts, hdr=False, exr=False)})


def why_no_hdr(kind: Kind, model: str, project: Project | None) -> str:
    """Say why a model's HDR isn't offered in a project, or nothing."""
    makes = in_place_of(model, kind)
    if project is None or not makes.kinds[kind].hdr:
        return ""
    told_at = project.hdr_refused_at(makes.provider)
    return no_hdr_words(told_at) if told_at else ""


def pinning_models(kind: Kind, project: Project) -> dict[str, ModelFacts]:
    """Return the models that take pinned pictures and that a project's team can order, by key."""
    able = {key: each for key, each in models_of(kind).items() if each.kinds[kind].keyframes}
    return {key: each for key, each in able.items() if project.can_order(each, kind)}


def choices_of(kind: Kind, model: str, project: Project | None = None) -> dict[str, Any]:
    """Return what can be chosen with a model; of models, those that a project's team can order."""
    facts = without_hdr(in_place_of(model, kind), kind, project).kinds[kind]
    models = [
        each
        for key, each in models_of(kind).items()
        if key == model or project is None or project.can_order(each, kind)
    ]
    return {
        "models": models,
        "ratios": facts.ratios,
        "resolutions": facts.resolutions,
        "durations_s": facts.durations_s,
        "concepts": catalogue().concepts if facts.concepts else (),
        "loop": facts.loop,
        "hdr": facts.hdr,
        "exr": facts.exr,
        "why_no_hdr": why_no_hdr(kind, model, project),
        "formats": facts.formats,
        "qualities": facts.qualities,
        "modes": facts.modes,
        "controls": facts.controls,
        "first_frame": facts.first_frame,
        "needs_words": facts.words == "always",
        "roles": {role: facts.references[role] for role in REFERENCES if role in facts.references},
        "weights": facts.weights,
        "counts": range(1, MOST_TAKES + 1),
    }


def begin_with(kind: Kind, project: Project) -> dict[str, Any]:
    """Return what a composer begins with: another model where the team can't order the usual."""
    models = models_of(kind).values()
    usual = next(iter(models))
    first = next((each for each in models if project.can_order(each, kind)), usual)
    return {"kind": kind} | ({} if first == usual else {"model": first.key})
