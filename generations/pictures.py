"""Opening pictures that others made: pinned formats, capped pixels, one frame."""

import struct
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path
from typing import IO

from PIL import Image, ImageCms, ImageOps, UnidentifiedImageError

# Said by Pillow above its own limit, half of where it refuses; ours is checked right after.
warnings.filterwarnings("ignore", category=Image.DecompressionBombWarning)

MAX_PIXELS = 50_000_000
UNREADABLE = "This file isn't a picture that can be read. Use a JPEG, PNG or WebP."
TOO_MANY_PIXELS = "The picture has over 50 million pixels. Scale it down."
MOVING = "This picture moves. Save one frame of it as a JPEG, PNG or WebP."
_MAX_PROFILE_BYTES = 4 * 1024 * 1024
_FORMATS = ("JPEG", "PNG", "WEBP")
# All that Pillow raises over a file that isn't what it says, found by damaging files.
_DAMAGED = (
    *(UnidentifiedImageError, SyntaxError, ValueError, TypeError, AttributeError),
    *(struct.error, EOFError, KeyError, IndexError, OverflowError, ZeroDivisionError),
)


class BadPicture(Exception):
    """It isn't a picture that we take; the message says why, with the remedy."""


@contextmanager
def opened(source: Path | IO[bytes]) -> Iterator[Image.Image]:
    """Open a JPEG, PNG or WebP and decode it; what goes wrong inside is a BadPicture, too."""
    try:
        with Image.open(source, formats=_FORMATS) as picture:
            if picture.width * picture.height > MAX_PIXELS:
                raise BadPicture(TOO_MANY_PIXELS)
            # A phone's JPEG may hold a second picture; only these two formats move.
            if picture.format in ("PNG", "WEBP") and getattr(picture, "n_frames", 1) > 1:
                raise BadPicture(MOVING)
            picture.load()
            yield picture
    except Image.DecompressionBombError:
        raise BadPicture(TOO_MANY_PIXELS) from None
    except OSError as error:
        if error.errno:  # our disk's trouble, not the picture's
            raise
        raise BadPicture(UNREADABLE) from None
    except _DAMAGED:
        raise BadPicture(UNREADABLE) from None


def turn_upright(picture: Image.Image) -> None:
    """Turn a picture as its metadata says; metadata that makes no sense says nothing."""
    try:
        ImageOps.exif_transpose(picture, in_place=True)
    except (OSError, *_DAMAGED):
        return


def plain(picture: Image.Image) -> Image.Image:
    """Return the picture's pixels alone, as RGB or RGBA in sRGB: no EXIF, GPS, XMP, comment.

    A colour profile is applied and left out, so that the colours stay without it.
    """
    wanted = "RGBA" if picture.mode in ("RGBA", "LA", "P", "PA", "La", "RGBa") else "RGB"
    if picture.mode.startswith("I;16"):  # Pillow would cut sixteen bits off at eight
        picture = picture.point(lambda value: value / 256).convert("L")
    elif picture.mode not in ("RGB", "RGBA", "L", "CMYK"):
        picture = picture.convert(wanted)
    bare = _in_srgb(picture, wanted)
    bare.info = {}
    return bare


def _in_srgb(picture: Image.Image, wanted: str) -> Image.Image:
    profile = picture.info.get("icc_profile")
    if isinstance(profile, bytes) and 0 < len(profile) <= _MAX_PROFILE_BYTES:
        try:
            source, target = (
                ImageCms.getOpenProfile(BytesIO(profile)),
                ImageCms.createProfile("sRGB"),
            )
            changed = ImageCms.profileToProfile(picture, source, target, outputMode=wanted)
        except (ImageCms.PyCMSError, OSError):
            changed = None  # a profile that makes no sense says nothing
        if changed is not None:
            return changed
    return picture if picture.mode == wanted else picture.convert(wanted)
