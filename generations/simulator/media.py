"""What a fetched file is: an image that opens, a video with a size and a length."""

from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

import av
from PIL import Image

MOST_PIXELS = 50_000_000
_MICROSECONDS = 1_000_000


class UnreadableMedia(Exception):
    """A file is not what it should be; the message says why."""


@dataclass(frozen=True, kw_only=True)
class Clip:
    """A video's facts."""

    width: int
    height: int
    duration_s: Decimal


def check_image(path: Path) -> tuple[int, int]:
    """Return the (width, height) in pixels of a JPEG, PNG or WebP of sane size.

    Raises UnreadableMedia for anything else.
    """
    try:
        with Image.open(path, formats=["JPEG", "PNG", "WEBP"]) as image:
            if image.width * image.height > MOST_PIXELS:
                raise UnreadableMedia(f"more than {MOST_PIXELS:,} pixels")
            size = image.size
            image.verify()
            return size
    except (OSError, SyntaxError, Image.DecompressionBombError) as error:
        raise UnreadableMedia(str(error)) from error


def probe(path: Path) -> Clip:
    """Return an MP4's or MOV's facts; raises UnreadableMedia."""
    try:
        with av.open(str(path), format="mov") as container:
            if not container.streams.video or not container.duration:
                raise UnreadableMedia("no video in it")
            video = container.streams.video[0]
            return Clip(
                width=video.width,
                height=video.height,
                duration_s=(Decimal(container.duration) / _MICROSECONDS).quantize(Decimal("0.001")),
            )
    except (av.error.FFmpegError, OSError) as error:
        raise UnreadableMedia(str(error)) from error
