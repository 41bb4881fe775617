"""Frames of takes as stills."""

import logging
from enum import StrEnum
from typing import Any

from generations import media, stills
from generations.models import Asset, Generation, Still
from generations.refusal import Refused

log = logging.getLogger(__name__)

_UNREADABLE = "The file of {take} can't be read. Choose another take."


class NoFrame(Exception):
    """A take's frame can't be had; the message says why, with the remedy."""


class Which(StrEnum):
    """Which frame of a take."""

    FIRST = "first"
    LAST = "last"


def has_frames(generation: Generation) -> bool:
    """Tell whether the take's video is here to be looked into."""
    return _videos(generation).exists()


def grab(generation: Generation, which: Which, author: Any) -> Still:
    """Keep a frame of a take as a still of its project. Raises NoFrame."""
    try:
        picture = media.frame_of(_videos(generation).get().file, last=which is Which.LAST)
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
    )


def _videos(generation: Generation) -> Any:
    return generation.assets.filter(kind=Asset.Kind.VIDEO, state=Asset.State.STORED)
