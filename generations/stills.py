"""Taking in pictures: nothing about an upload is believed."""

import hashlib
import struct
import uuid
import warnings
from io import BytesIO
from pathlib import Path
from typing import IO, Any

from django.conf import settings
from PIL import Image, ImageOps, UnidentifiedImageError

from generations.models import Still
from generations.refusal import Refused

# Said by Pillow above its own limit, half of where it refuses; ours is checked right after.
warnings.filterwarnings("ignore", category=Image.DecompressionBombWarning)

MAX_BYTES = 20 * 1024 * 1024
MAX_PIXELS = 50_000_000  # FACTS, Pillow
TOO_LARGE = "The picture is over 20 MB. Save it smaller or as a JPEG."
UNREADABLE = "This file isn't a picture that can be read. Use a JPEG, PNG or WebP."
_TOO_MANY_PIXELS = "The picture has over 50 million pixels. Scale it down."
# All that Pillow raises over a file that isn't what it says, found by damaging files.
_DAMAGED = (
    *(UnidentifiedImageError, OSError, SyntaxError, ValueError, TypeError, AttributeError),
    *(struct.error, EOFError, KeyError, IndexError, OverflowError, ZeroDivisionError),
)
_FORMATS = ("JPEG", "PNG", "WEBP")


def keep_upload(project: Any, author: Any, upload: IO[bytes], *, field: str = "start") -> Still:
    """Keep an uploaded picture as a still: decoded, turned upright, re-encoded, no metadata.

    `upload` is read from its beginning. Raises Refused naming `field`.
    """
    upload.seek(0)
    data = upload.read(MAX_BYTES + 1)
    if len(data) > MAX_BYTES:
        raise Refused({field: TOO_LARGE})
    try:
        with Image.open(BytesIO(data), formats=_FORMATS) as picture:
            width, height = picture.size
            if width * height > MAX_PIXELS:
                raise Refused({field: _TOO_MANY_PIXELS})
            upright = _turned_upright(picture)
            encoded, extension, content_type = _encode(upright)
            width, height = upright.size
    except Image.DecompressionBombError:
        raise Refused({field: _TOO_MANY_PIXELS}) from None
    except _DAMAGED:
        raise Refused({field: UNREADABLE}) from None
    return keep(
        project,
        author,
        encoded,
        extension=extension,
        content_type=content_type,
        size=(width, height),
    )


def _turned_upright(picture: Image.Image) -> Image.Image:
    """Turn a picture as its metadata says; metadata that makes no sense says nothing."""
    try:
        return ImageOps.exif_transpose(picture)
    except _DAMAGED:
        return picture


def _encode(picture: Image.Image) -> tuple[bytes, str, str]:
    out = BytesIO()
    if picture.mode in ("RGBA", "LA", "P", "PA"):
        picture.convert("RGBA").save(out, "PNG")
        return out.getvalue(), "png", "image/png"
    picture.convert("RGB").save(out, "JPEG", quality=95)
    return out.getvalue(), "jpg", "image/jpeg"


def keep(
    project: Any,
    author: Any,
    data: bytes,
    *,
    extension: str,
    content_type: str,
    size: tuple[int, int],
    **fields: Any,
) -> Still:
    """Keep an encoded picture of ours (`size` in pixels) as a still with these fields."""
    name = uuid.uuid4()
    path = Path("stills") / name.hex[:2] / f"{name}.{extension}"
    file = Path(settings.MEDIA_ROOT) / path
    file.parent.mkdir(parents=True, exist_ok=True)
    partial = file.with_suffix(".part")
    partial.write_bytes(data)
    partial.rename(file)
    return Still.objects.create(
        uuid=name,
        project=project,
        author=author,
        path=str(path),
        content_type=content_type,
        width=size[0],
        height=size[1],
        size_bytes=len(data),
        sha256=hashlib.sha256(data).hexdigest(),
        **fields,
    )
