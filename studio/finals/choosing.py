"""What a final is asked for: its draft's words and frames, with another model and size."""

from dataclasses import dataclass, replace
from typing import Any

from django.utils import timezone

from generations.canvas import RESOLUTIONS
from generations.catalogue import ModelFacts, catalogue
from generations.checking import settings_errors, words_errors
from generations.kinds import Kind
from generations.models import Generation
from generations.orders import Frame, Order, order_of
from generations.refusal import Refused
from studio.forms.adapting import adapt
from studio.forms.offering import models_of
from studio.models import Final, Project, Verdict

USUAL = "1080p"
KINDS = (Kind.VIDEO, Kind.MODIFY_VIDEO)
"""What finals are made of: each is made anew from its words and frames, or from its source."""
_NO_MODEL = "Its model isn't offered any more: choose one for all."
_NO_SIZE = "{title} makes no {resolution}: it makes {sizes}."
_NO_EDITS = "It was made from another video, which {title} doesn't do."
_ONE_SIZE = "It was made from another video, which {title} does at {sizes} alone."
_NO_WORDS = "{title} wants words, and it has none."
_WITHOUT = "The final is made without."


class Unfit(Refused):
    """A draft can't be made anew with a model, and perhaps with another; with no remedy yet."""

    def __init__(self, words: str) -> None:
        super().__init__({"model": words})


@dataclass(frozen=True)
class Anew:
    """What is ordered of a draft, and in words what its model can't do of it; or nothing."""

    order: Order
    without: str = ""


@dataclass(frozen=True)
class Choice:
    """What finals are made with: a `model` for all, or "" for each draft's own, and a size.

    A model that is for drafts has one for finals beside it (`finals_with` of the catalogue).
    """

    model: str = ""
    resolution: str = USUAL

    def model_for(self, draft: Generation) -> ModelFacts:
        """Return the model that makes the final of a draft. Raises Refused."""
        known = catalogue().models
        own = known.get(draft.prompt.model)
        key = self.model or (own.finals_with if own else "") or draft.prompt.model
        found = catalogue().in_place_of(key, Kind(draft.prompt.kind), timezone.now().date())
        if found is None and self.model in known and draft.prompt.kind != Kind.VIDEO:
            raise Unfit(_NO_EDITS.format(title=known[self.model].title))
        if found is None:
            raise Refused({"model": _NO_MODEL})
        return found

    def anew(self, draft: Generation) -> Anew:
        """Return what is ordered of a draft, on its own frames. Raises Refused, or Unfit."""
        model, kind = self.model_for(draft), Kind(draft.prompt.kind)
        facts = model.kinds[kind]
        if self.resolution not in facts.resolutions:
            words = _ONE_SIZE if kind is not Kind.VIDEO else _NO_SIZE
            said = {"title": model.title, "sizes": ", ".join(facts.resolutions)}
            raise Unfit(words.format(resolution=self.resolution, **said))
        length_s = draft.prompt.duration_s
        enough = [each for each in facts.durations_s if each >= length_s]
        lengths = enough or facts.durations_s[-1:] or [length_s]  # an edit is as long as its source
        anew = asked_anew(draft, model.key, self.resolution, min(lengths))
        if problem := _problem(anew.order, model):
            raise Unfit(problem)
        return anew


def asked_anew(draft: Generation, model: str, resolution: str, duration_s: int) -> Anew:
    """Return a draft's order with another model, size and length; its pictures stay as is.

    Settings to which nothing at the model answers are left out, and said.
    """
    order = order_of(draft.prompt, draft).as_framed  # whether they fit was decided for the draft
    return _adapted(
        replace(
            order,
            model=model,
            resolution=resolution,
            duration_s=duration_s,
        )
    )


def _adapted(order: Order) -> Anew:
    """Leave out of an order a loop, camera moves, HDR and EXR where its model knows no such."""
    model = catalogue().models.get(order.model)
    if model is None or order.kind not in model.kinds:
        return Anew(order)  # that is refused once it is ordered
    chosen = {"loop": order.loop, "concepts": list(order.concepts)}
    chosen |= {"hdr": order.hdr, "exr": order.exr}
    adapted = adapt(model, order.kind, chosen, {})
    gone = [name for name in ("hdr", "exr") if not adapted.settings[name]]
    return Anew(
        replace(
            order,
            loop=bool(adapted.settings["loop"]),
            concepts=tuple(adapted.settings["concepts"]),
            options={name: it for name, it in order.options.items() if name not in gone},
        ),
        f"{adapted.words} {_WITHOUT}" if adapted.words else "",
    )


def _problem(order: Order, model: ModelFacts) -> str:
    """Return what a model can't do of an order, without the remedies of the composer; or nothing.

    The rest of what is wrong has nothing to do with the model.
    """
    errors = settings_errors(order, model)
    if not errors and words_errors(order, model.kinds[order.kind]):
        return _NO_WORDS.format(title=model.title)
    return next((f"{words.split('. ')[0].rstrip('.')}." for words in errors.values()), "")


def going_on_from(order: Order, finals: dict[int, Generation]) -> Order:
    """Return an order in which takes at its ends are their finals, by the takes' ids."""

    def better(frame: Frame | None) -> Frame | None:
        take = frame.source if frame else None
        return Frame(source=finals[take.pk]) if take and take.pk in finals else frame

    return replace(order, start=better(order.start), end=better(order.end))


def sources_of(order: Order) -> list[Generation]:
    """Return the takes that an order goes on from or leads up to; an edit keeps to its source."""
    if order.kind is not Kind.VIDEO:
        return []
    frames = (order.start, order.end)
    return [frame.source for frame in frames if frame and frame.source]


def models_for(project: Project) -> list[ModelFacts]:
    """Return the models that can make finals in a project."""
    found = models_of(Kind.VIDEO).values()
    return [each for each in found if project.can_order(each, Kind.VIDEO)]


def resolutions_for(models: list[ModelFacts]) -> list[str]:
    """Return the sizes that some of the models make, the smallest first."""
    made = {size for each in models for size in each.kinds[Kind.VIDEO].resolutions}
    return sorted(made, key=rank)


def rank(resolution: str) -> int:
    """Return which of two resolutions is the larger: that with the higher number."""
    return RESOLUTIONS.index(resolution) if resolution in RESOLUTIONS else -1


def alive_of(drafts: Any) -> dict[int, Final]:
    """Return the newest final of drafts that stands or is to come; both by the drafts' ids."""
    found = Final.objects.filter(draft__in=drafts).select_related(
        "draft__version_of", "draft__prompt", "take__version_of", "take__prompt", "take__review"
    )
    return {final.draft_id: final for final in found.order_by("pk") if is_alive(final)}


def is_alive(final: Final) -> bool:
    """Tell whether a final is still to come, or stands: otherwise another may be made."""
    if final.stage in (Final.Stage.STOPPED, Final.Stage.CANCELLED, Final.Stage.REPLACED):
        return False
    take = final.take
    if take is None:
        return True
    if take.trashed_at or take.state in ("failed", "cancelled", "declined"):
        return False
    said = getattr(getattr(take, "review", None), "verdict", None)
    return final.accepted_at is not None or said not in (Verdict.REJECTED, Verdict.CHANGES)
