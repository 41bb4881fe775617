"""A take's frames, source and references, as the account that gets it can be given them."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from generations import grabbing
from generations.kinds import Kind
from generations.models import Account, Generation, Keyframe, Reference, Still
from generations.orders import Frame, Order, facts_of, order_of
from generations.refusal import Refused


def parts_of(order: Order, account: Account, author: Any) -> list[Keyframe | Reference]:
    """Return an order's frames, source and references for an account, not saved yet.

    Raises Refused where a frame can't be had, and then leaves no new still.
    """
    parts: list[Keyframe | Reference] = []
    with leaving_none(parts):
        for position, frame in (("start", order.start), ("end", order.end)):
            if frame:
                given = _frame_for(account, position, frame, order, author)
                parts.append(Keyframe(position=position, still=given.still, source=given.source))
        for pinned in order.keyframes:
            still = _picture_of(pinned.frame, "keyframes", author)
            parts.append(
                Keyframe(position=Keyframe.Position.FRAME, frame=pinned.number, still=still)
            )
    if order.source:
        origin = {"still": order.source.still, "source": order.source.source}
        parts.append(Reference(role=Reference.Role.SOURCE, **origin))
    weighs = bool(order.references) and facts_of(order).weights
    for place, each in enumerate(order.references):
        weight = each.weight if weighs else None
        parts.append(Reference(role=each.role, place=place, still=each.still, weight=weight))
    return parts


def _frame_for(account: Account, position: str, frame: Frame, order: Order, author: Any) -> Frame:
    """Return what the account can be given: only an account's own takes can be continued there.

    Another account's take, or one deleted there, is continued from its last frame, or led up to
    its first, as a still; the first frame of a modified or reframed video is always a still.
    """
    take = frame.source
    continues = order.kind is Kind.VIDEO
    if take is None or (continues and is_continued(order, take, account, position)):
        return frame
    which = grabbing.stand_in(position) if continues else grabbing.Which.FIRST
    try:
        return Frame(still=grabbing.grab(take, which, author))
    except grabbing.NoFrame as error:
        raise Refused({position: str(error)}) from error


def is_continued(order: Order, take: Generation, account: Account, position: str = "start") -> bool:
    """Tell whether an account is told of a take by its id, not given a picture of it.

    Beside another frame only models that interpolate are told of it.
    """
    facts = facts_of(order)
    if facts.extends_alike and (position != "start" or not _is_alike(order, take)):
        return False
    only_alone = facts.extends and not facts.interpolates
    return take.is_known_at(account) and not (only_alone and order.start and order.end)


def _is_alike(order: Order, take: Generation) -> bool:
    """Tell whether an order has the settings of the take that it goes on from."""
    asked = take.prompt
    return (asked.model, asked.resolution) == (order.model, order.resolution)


def _picture_of(frame: Frame, field: str, author: Any) -> Still | None:
    """Return the still of a pinned frame; of a take, its first. Raises Refused."""
    if frame.source is None:
        return frame.still
    try:
        return grabbing.grab(frame.source, grabbing.Which.FIRST, author)
    except grabbing.NoFrame as error:
        raise Refused({field: str(error)}) from error


def tell_of_stand_ins(
    generation: Generation, order: Order, parts: Sequence[Keyframe | Reference]
) -> None:
    """Have a take say what it is done from pictures of, since its account can't continue that."""
    grabbed, both = _stand_ins(order, parts), bool(order.start and order.end)
    if words := grabbing.said_of(grabbed, generation.account, both_ends=both):
        generation.tell(words)


@contextmanager
def stand_ins(
    generation: Generation, account: Account | None, actor: Any
) -> Iterator[dict[str, Still]]:
    """Give the stills that stand in for takes which an account can't continue, by position.

    Those that are new are discarded where an error is raised meanwhile. None for the account:
    it isn't chosen yet. Raises Refused.
    """
    order = order_of(generation.prompt, generation)
    parts = parts_of(order, account, actor) if account else []
    with leaving_none(parts):
        yield _stand_ins(order, parts)


@contextmanager
def leaving_none(parts: Iterable[Keyframe | Reference]) -> Iterator[None]:
    """Discard the stills of parts that were made for them, if an error is raised meanwhile."""
    try:
        yield
    except BaseException:
        grabbing.leave_none(part.still for part in parts if part.still)
        raise


def begin_on(generation: Generation, stand_ins: Mapping[str, Still]) -> None:
    """Have a take begin and end on stills instead of takes, and say so. Call in a transaction."""
    if stand_ins:
        generation.put_in_place(stand_ins)
        both = generation.keyframes.filter(position__in=("start", "end")).count() == 2
        generation.tell(grabbing.said_of(stand_ins, generation.account, both_ends=both))


def _stand_ins(order: Order, parts: Sequence[Keyframe | Reference]) -> dict[str, Still]:
    """Return which of an order's parts are pictures of takes that its account can't continue."""
    continued = {"start": order.start, "end": order.end} if order.kind is Kind.VIDEO else {}
    return {
        part.position: part.still
        for part in parts
        if isinstance(part, Keyframe) and part.still
        if (frame := continued.get(part.position)) and frame.source
    }
