"""What a final is asked for: its draft's words and frames, with another model and size."""

from dataclasses import dataclass, replace
from typing import Any

from django.utils import timezone

from generations.canvas import RESOLUTIONS
from generations.catalogue import ModelFacts, catalogue
from generations.kinds import Kind
from generations.models import Generation
from generations.orders import Frame, Order, order_of
from generations.refusal import Refused
from studio.forms.offering import models_of
from studio.models import Final, Project, Verdict

USUAL = "1080p"
_NO_MODEL = "Its model isn't offered any more: choose one for all."
_NO_SIZE = "{title} makes no {resolution}: it makes {sizes}."


@dataclass(frozen=True)
class Choice:
    """What finals are made with: a `model` for all, or "" for each draft's own, and a size.

    A model that is for drafts has one for finals beside it (`finals_with` of the catalogue).
    """

    model: str = ""
    resolution: str = USUAL

    def model_for(self, draft: Generation) -> ModelFacts:
        """Return the model that makes the final of a draft. Raises Refused."""
        own = catalogue().models.get(draft.prompt.model)
        key = self.model or (own.finals_with if own else "") or draft.prompt.model
        found = catalogue().in_place_of(key, Kind.VIDEO, timezone.now().date())
        if found is None:
            raise Refused({"model": _NO_MODEL})
        return found

    def order(self, draft: Generation) -> Order:
        """Return what is ordered of a draft, on the draft's own frames. Raises Refused."""
        model = self.model_for(draft)
        facts = model.kinds[Kind.VIDEO]
        if self.resolution not in facts.resolutions:
            sizes = ", ".join(facts.resolutions)
            said = {"title": model.title, "resolution": self.resolution, "sizes": sizes}
            raise Refused({"resolution": _NO_SIZE.format(**said)})
        length_s = draft.prompt.duration_s
        enough = [each for each in facts.durations_s if each >= length_s]
        return asked_anew(draft, model.key, self.resolution, min(enough or [facts.durations_s[-1]]))


def asked_anew(draft: Generation, model: str, resolution: str, duration_s: int) -> Order:
    """Return the order of a draft with another model, size and length; its pictures stay as is."""
    order = order_of(draft.prompt, draft)
    return replace(
        order,
        model=model,
        resolution=resolution,
        duration_s=duration_s,
        start=_as_is(order.start),
        end=_as_is(order.end),
        keyframes=tuple(
            replace(pinned, frame=replace(pinned.frame, as_is=True)) for pinned in order.keyframes
        ),
    )


def _as_is(frame: Frame | None) -> Frame | None:
    """Return a frame as the draft had it: whether it fits was decided then."""
    return replace(frame, as_is=True) if frame else None


def going_on_from(order: Order, finals: dict[int, Generation]) -> Order:
    """Return an order in which takes at its ends are their finals, by the takes' ids."""

    def better(frame: Frame | None) -> Frame | None:
        take = frame.source if frame else None
        return Frame(source=finals[take.pk]) if take and take.pk in finals else frame

    return replace(order, start=better(order.start), end=better(order.end))


def sources_of(order: Order) -> list[Generation]:
    """Return the takes that an order goes on from or leads up to."""
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
