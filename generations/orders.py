"""What a person asks for."""

import json
import math
from collections.abc import Callable
from dataclasses import asdict, dataclass, field, replace
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid5

from django.utils import timezone

from generations.catalogue import KindFacts, ModelFacts, catalogue
from generations.kinds import FROM_A_PICTURE, Kind
from generations.models import Asset, Generation, Keyframe, Prompt, Still
from generations.placement import Placement
from generations.refusal import Refused, upper_first

# A container's length may count a frame more than the clip was asked for.
_SLACK_S = 0.2


@dataclass(frozen=True)
class Frame:
    """What stands at the start or the end of a take: a still, or an earlier take. Exactly one.

    It is also what a take is made from: its source.
    """

    still: Still | None = None
    source: Generation | None = None
    as_is: bool = False  # although its ratio isn't the take's

    @property
    def take_id(self) -> int | None:
        """The take that it is, or that its still is a picture of."""
        if self.source:
            return self.source.pk
        return self.still.source_id if self.still else None

    @property
    def known_as(self) -> str:
        """What it is, for telling one order from another."""
        return self.still.sha256 if self.still else str(self.source and self.source.uuid)


@dataclass(frozen=True)
class Picture:
    """A still that an image is made after. `role` is image, style, character or modify."""

    role: str
    still: Still
    weight: Decimal | None = None


@dataclass(frozen=True)
class Pinned:
    """A picture that is to be seen at a frame: the number of it, from 0, and the picture."""

    number: int
    frame: Frame


@dataclass(frozen=True)
class Order:
    """What a person asks for: words, settings, frames, references and a source.

    What is made from a source is best ordered by `made_from`, which knows the source's settings.
    `options` as of Prompt.
    """

    words: str
    model: str = "ray-2"
    kind: Kind = Kind.VIDEO
    ratio: str = "16:9"
    resolution: str = "720p"
    duration_s: int = 5
    loop: bool = False
    concepts: tuple[str, ...] = ()
    start: Frame | None = None
    end: Frame | None = None
    keyframes: tuple[Pinned, ...] = ()
    negative_words: str = ""
    mode: str = ""
    image_format: str = ""
    placement: Placement | None = None
    references: tuple[Picture, ...] = ()
    source: Frame | None = None
    options: dict[str, Any] = field(default_factory=dict, hash=False)

    @property
    def hdr(self) -> bool:
        """Whether it is asked for in HDR."""
        return bool(self.options.get("hdr"))

    @property
    def exr(self) -> bool:
        """Whether it is asked for as EXR beside the video."""
        return bool(self.options.get("exr"))

    @property
    def quality(self) -> str:
        """Which quality of a picture is asked for; nothing for the model's usual one."""
        return str(self.options.get("quality") or "")

    @property
    def pictures(self) -> int:
        """How many pictures a picture is made after."""
        return len(self.references) if self.kind is Kind.IMAGE else 0

    def reframed(self, change: Callable[[Frame], Frame]) -> "Order":
        """Return it with what stands at its start, at its end and is pinned to it changed."""
        return replace(
            self,
            start=self.start and change(self.start),
            end=self.end and change(self.end),
            keyframes=tuple(replace(it, frame=change(it.frame)) for it in self.keyframes),
        )

    @property
    def as_framed(self) -> "Order":
        """It with its pictures kept as they are, whatever its ratio."""
        return self.reframed(lambda frame: replace(frame, as_is=True))


def image(words: str, model: str = "photon-1", **settings: Any) -> Order:
    """Return the order of a picture; its resolution is the one that is priced."""
    settings.setdefault("image_format", "jpg")
    facts = _facts(model, Kind.IMAGE)
    settings.setdefault("resolution", facts.resolutions[0] if facts else "")
    return Order(words, model, Kind.IMAGE, duration_s=0, **settings)


def made_from(
    source: Generation | Still, kind: Kind, *, words: str = "", model: str = "", **settings: Any
) -> Order:
    """Return the order of something made from a take or a still.

    What isn't said is the source's own: its model where that makes the kind, its ratio, its
    resolution, its length. Raises Refused for a take that isn't here to be measured.
    """
    take = source if isinstance(source, Generation) else None
    frame = Frame(source=take) if take else Frame(still=source)  # type: ignore[arg-type]
    makers = catalogue().making(kind, timezone.now().date())
    if not model:
        own = take.prompt.model if take else ""
        model = own if own in makers else next(iter(makers), "")
    facts = _facts(model, kind)
    if take:
        settings.setdefault("ratio", take.prompt.ratio)
    if facts:
        own = take.prompt.resolution if take else ""
        fitting = [
            each
            for each in facts.resolutions
            if not facts.excludes(each, str(settings.get("ratio", "")))
        ]
        possible = own if own in fitting else next(iter(fitting), facts.resolutions[0])
        settings.setdefault("resolution", possible)
    if facts and facts.formats:
        settings.setdefault("image_format", facts.formats[0])
    settings["duration_s"] = length_s(take) if take and kind not in FROM_A_PICTURE else 0
    return Order(words, model, kind, source=frame, **settings)


def length_s(take: Generation) -> int:
    """Return a take's length in whole seconds, as it is priced: what has begun counts.

    Raises Refused when its video isn't here.
    """
    video = take.assets.filter(kind=Asset.Kind.VIDEO, state=Asset.State.STORED).first()
    if video is None or not video.duration_s:
        raise Refused({"source": not_here(take)})
    return max(math.ceil(video.duration_s - _SLACK_S), 1)


def not_here(take: Generation) -> str:
    """Return why a take can't be made into something, its file being away."""
    if take.prompt.is_picture:
        return (
            f"{upper_first(take.name)} is a picture, and this needs a video. Choose another take."
        )
    return f"The file of {take.name} isn't here yet. Wait for it."


def in_trash(take: Generation) -> str:
    """Return why nothing can be made from a take in the trash, with the remedy."""
    return f"{upper_first(take.name)} is in the trash. Restore it, or choose another take."


def out_of_reach(take: Generation, project: Any) -> str:
    """Return why nothing can be made from a take in a project, wherever its file is, or nothing."""
    if take.project_id != project.pk:
        return "That take belongs to another project. Choose one of this project."
    return in_trash(take) if take.is_in_trash else ""


def order_of(prompt: Prompt, generation: Generation | None = None) -> Order:
    """Return the order that a prompt was; with its generation's frames, references and source.

    Whether a still fits the take was decided when that was ordered: it stays as it is.
    """
    order = Order(
        words=prompt.words,
        model=prompt.model,
        kind=Kind(prompt.kind),
        ratio=prompt.ratio,
        resolution=prompt.resolution,
        duration_s=prompt.duration_s,
        loop=prompt.loop,
        concepts=tuple(prompt.concepts),
        negative_words=prompt.negative_words,
        mode=prompt.mode,
        image_format=prompt.image_format,
        placement=prompt.placement,
        options=dict(prompt.options),
    )
    if generation is None:
        return order
    frames = _parts(generation, "keyframes")
    placed: dict[str, Any] = {
        keyframe.position: _as_ordered(keyframe) for keyframe in frames if keyframe.frame is None
    }
    placed["keyframes"] = tuple(
        Pinned(keyframe.frame, _as_ordered(keyframe))
        for keyframe in sorted(frames, key=lambda each: each.frame or 0)
        if keyframe.frame is not None
    )
    pictures = []
    for each in _parts(generation, "references"):
        if each.role == "source":
            placed["source"] = Frame(each.still, each.source)
        elif each.still:
            pictures.append(Picture(each.role, each.still, each.weight))
    return replace(order, **placed, references=tuple(pictures))


def _as_ordered(keyframe: Keyframe) -> Frame:
    return Frame(keyframe.still, keyframe.source, as_is=keyframe.still is not None)


def _parts(generation: Generation, name: str) -> list[Any]:
    """Return a generation's frames or references; those of many are there by `with_parts`."""
    parts = getattr(generation, name)
    if name in getattr(generation, "_prefetched_objects_cache", {}):
        return list(parts.all())
    return list(parts.select_related("source__prompt", "still"))


def model_of(order: Order) -> ModelFacts:
    """Return the catalogue's facts of the ordered model. Raises Refused."""
    model = catalogue().models.get(order.model)
    if model is None:
        raise Refused({"model": f"There is no model called {order.model}. {_one_of(order.kind)}"})
    today = timezone.now().date()
    if model.is_gone(today):
        gone = catalogue().ending_of(model.key, today)
        follows = catalogue().in_place_of(model.key, order.kind, today)
        choose = f"Choose {follows.title}." if follows else _one_of(order.kind)
        raise Refused({"model": f"{gone} {choose}"})
    if order.kind not in model.kinds:
        doesnt = f"{model.title} doesn't do this ({order.kind.label.lower()})."
        raise Refused({"model": f"{doesnt} {_one_of(order.kind)}"})
    return model


def facts_of(order: Order) -> KindFacts:
    """Return what the ordered model can do of the ordered kind. Raises Refused."""
    return model_of(order).kinds[order.kind]


def keyed(key: UUID, order: Order, parent: Prompt | None) -> UUID:
    """Return a key for this very order under its sender's key: a changed one has another."""
    frames = [frame and frame.known_as for frame in (order.start, order.end, order.source)]
    pictures = [[each.role, each.still.sha256, str(each.weight)] for each in order.references]
    asked: list[Any] = [
        *(order.words.strip(), order.model, order.ratio, order.resolution, order.duration_s),
        *(order.loop, sorted(order.concepts), frames, parent and str(parent.uuid), order.kind),
        *(order.negative_words.strip(), order.mode, order.image_format, pictures),
        order.placement and asdict(order.placement),
    ]
    if order.keyframes or order.options:
        pinned = [[each.number, each.frame.known_as] for each in order.keyframes]
        asked += [sorted(pinned), json.dumps(order.options, sort_keys=True)]
    return uuid5(key, json.dumps(asked))


def _facts(model: str, kind: Kind) -> KindFacts | None:
    known = catalogue().models.get(model)
    return known.kinds.get(kind) if known else None


def _one_of(kind: Kind) -> str:
    return f"Choose one of: {', '.join(catalogue().making(kind, timezone.now().date()))}."
