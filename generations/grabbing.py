"""Frames of takes as stills."""

import logging
import uuid
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from enum import StrEnum
from pathlib import Path
from typing import Any

from django.db import IntegrityError, transaction
from PIL import Image

from generations import media, stills
from generations.models import Account, Asset, Generation, Still
from generations.refusal import Refused

log = logging.getLogger(__name__)

_STANDS_IN = {
    "start": "Done from the last frame of {take} as a picture: {why}.",
    "end": "Ends on the first frame of {take} as a picture: {why}.",
}
_ELSEWHERE = "that take was made with another account"
_BOTH_ENDS = "the model goes on from a take only where nothing stands at the other end"
_UNLIKE = "this account goes on only from a take's end, with its own model and resolution"
_DELETED = "that take is deleted there"
_NOWHERE = "no account of this team made it"
_UNREADABLE = "The file of {take} can't be read. Choose another take."


class NoFrame(Exception):
    """A take's frame can't be had; the message says why, with the remedy."""


class Which(StrEnum):
    """Which frame of a take."""

    FIRST = "first"
    LAST = "last"


def stand_in(position: str) -> Which:
    """Return which frame of a take stands in for it in another's frame of that position."""
    return Which.LAST if position == "start" else Which.FIRST


def said_of(
    stand_ins: Mapping[str, Still], account: Account | None = None, *, both_ends: bool = False
) -> str:
    """Say what is done from pictures of takes that the account can't be told of; or nothing.

    `both_ends`: something stands at the start and at the end.
    """
    return " ".join(
        _STANDS_IN[position].format(take=take.name, why=_why(take, account, both_ends=both_ends))
        for position, still in sorted(stand_ins.items(), reverse=True)
        if (take := still.source)
    )


def _why(take: Generation, account: Account | None, *, both_ends: bool) -> str:
    if take.erased_at:
        return _DELETED
    if account and take.is_known_at(account):
        return _BOTH_ENDS if both_ends else _UNLIKE
    return _ELSEWHERE if take.was_made_by_a_provider else _NOWHERE


def has_frames(generation: Generation) -> bool:
    """Tell whether the take's video is here to be looked into."""
    return generation.stored(Asset.Kind.VIDEO) is not None


def grab_for(field: str, generation: Generation, which: Which, author: Any) -> Still:
    """Return a frame as `grab` does. Raises Refused at a form's field."""
    try:
        return grab(generation, which, author)
    except NoFrame as error:
        raise Refused({field: str(error)}) from error


def grab(generation: Generation, which: Which, author: Any) -> Still:
    """Keep the first or last frame of a take as a still: the same one whenever it is asked for.

    Raises NoFrame.
    """
    return _once(
        generation,
        author,
        lambda file: media.frame_of(file, last=which is Which.LAST),
        f"{which} frame",
    )


def grab_at(generation: Generation, frame: int, author: Any) -> Still:
    """Keep the frame of a number, from 0, as a still: the same one whenever it is asked for again.

    Raises NoFrame.
    """
    return _once(
        generation,
        author,
        lambda file: media.frame_at(file, frame),
        f"frame {frame}",
        frame=frame,
    )


def which_of(still: Still) -> Which | None:
    """Return whether a still was kept as the first or the last frame of its take; else None."""
    if still.source is None:
        return None
    named = {_name(still.source, f"{each} frame"): each for each in Which}
    return named.get(still.uuid)


def leave_none(grabbed: Iterable[Still]) -> None:
    """Discard those stills that were made just now, for something that came to nothing."""
    for still in grabbed:
        if still.is_new:
            with suppress(Refused):  # somebody has used it already
                stills.discard(still)


def _once(
    generation: Generation,
    author: Any,
    decode: Callable[[Path], Image.Image],
    said: str,
    **fields: Any,
) -> Still:
    """Return the still that is named by what it is of, kept now if it wasn't before."""
    name = _name(generation, said)
    kept: Still | None = Still.objects.filter(uuid=name).first()
    if kept:
        return kept
    try:
        with transaction.atomic():
            still = _keep(generation, author, decode, name=name, **fields)
    except IntegrityError:  # somebody else was quicker
        return Still.objects.get(uuid=name)
    still.is_new = True
    return still


def _name(generation: Generation, said: str) -> uuid.UUID:
    return uuid.uuid5(generation.uuid, said)


def _keep(
    generation: Generation, author: Any, decode: Callable[[Path], Image.Image], **fields: Any
) -> Still:
    try:
        picture = decode(_videos(generation).get().file)
    except (media.NotMedia, Asset.DoesNotExist, OSError) as error:
        log.warning("no frame of generation=%s: %s", generation.uuid, error)
        raise NoFrame(_UNREADABLE.format(take=generation.name)) from error
    # Hardly any loss: a clip that continues from this must not start with a visible jump.
    try:
        encoded = stills.jpeg_of(picture, best=97, subsampling=0)
    except Refused as error:
        raise NoFrame(str(error)) from None
    return stills.keep(
        generation.project,
        author,
        encoded,
        extension="jpg",
        content_type="image/jpeg",
        size=picture.size,
        origin=Still.Origin.GRABBED,
        source=generation,
        **fields,
    )


def _videos(generation: Generation) -> Any:
    return generation.assets.filter(kind=Asset.Kind.VIDEO, state=Asset.State.STORED)
