"""Taking in pictures: nothing about an upload is believed."""

import hashlib
import uuid
from io import BytesIO
from pathlib import Path
from typing import IO, Any

from django.conf import settings
from PIL import Image

from generations import disk, pictures
from generations.media import NotMedia
from generations.models import Generation, Still
from generations.preflight import Fit, Place
from generations.refusal import Refused

MAX_BYTES = 20_000_000
"""Of an upload, and of the still that is made of it, which is what is sent."""
TOO_LARGE = "The picture is over 20 MB. Save it smaller or as a JPEG."
UNREADABLE = pictures.UNREADABLE
_QUALITIES = (90, 85, 75, 60)
_TOO_LARGE_SEEN_THROUGH = (
    "The picture is over 20 MB as it would be sent, for parts of it can be seen through. Save it "
    "smaller, or as a JPEG."
)
_TOO_MUCH_IN_IT = "The picture is over 20 MB as it would be sent. Scale it down."


def keep_upload(project: Any, author: Any, upload: IO[bytes], *, field: str = "start") -> Still:
    """Keep an uploaded picture as a still: decoded, turned upright, re-encoded, no metadata.

    `upload` is read from its beginning. Raises Refused naming `field`.
    """
    upload.seek(0)
    data = upload.read(MAX_BYTES + 1)
    if len(data) > MAX_BYTES:
        raise Refused({field: TOO_LARGE})
    try:
        with pictures.opened(BytesIO(data)) as picture:
            pictures.turn_upright(picture)
            bare = pictures.plain(picture)
            encoded, extension, content_type = _encode(bare, field)
            size = bare.size
    except pictures.BadPicture as bad:
        raise Refused({field: str(bad)}) from None
    return keep(
        project,
        author,
        encoded,
        extension=extension,
        content_type=content_type,
        size=size,
    )


def _encode(picture: Image.Image, field: str) -> tuple[bytes, str, str]:
    """Encode a picture within MAX_BYTES, as well as that allows. Raises Refused naming `field`."""
    if picture.mode == "RGBA":
        png = _saved(picture, "PNG")
        if len(png) > MAX_BYTES:
            raise Refused({field: _TOO_LARGE_SEEN_THROUGH})
        return png, "png", "image/png"
    return jpeg_of(picture, field=field), "jpg", "image/jpeg"


def jpeg_of(picture: Image.Image, *, best: int = 95, field: str = "", **how: Any) -> bytes:
    """Encode a picture as a JPEG of the best quality that MAX_BYTES allows, 60 at the least.

    `how` is Pillow's. Raises Refused naming `field`.
    """
    for quality in (best, *(each for each in _QUALITIES if each < best)):
        jpeg = _saved(picture, "JPEG", quality=quality, **how)
        if len(jpeg) <= MAX_BYTES:
            return jpeg
    raise Refused({field: _TOO_MUCH_IN_IT})


def _saved(picture: Image.Image, kind: str, **how: Any) -> bytes:
    out = BytesIO()
    picture.save(out, kind, **how)
    return out.getvalue()


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
    still = _still(name, data, extension, size, content_type=content_type, **fields)
    still.project, still.author = project, author
    still.save()
    return still


def cut(still: Still, ratio: str, place: Place, author: Any) -> Still:
    """Keep a part of a still as a new one, of a ratio. What was cut before is cut anew.

    Raises Refused when its file can't be read.
    """
    whole = still.cut_from or still
    try:
        with pictures.opened(whole.file) as picture:
            part = pictures.plain(picture).crop(Fit(whole, ratio).box(place))
    except (pictures.BadPicture, OSError):
        raise Refused({"": "The picture's file can't be read. Upload it again."}) from None
    encoded, extension, content_type = _encode(part, "")
    return keep(
        still.project,
        author,
        encoded,
        extension=extension,
        content_type=content_type,
        size=part.size,
        # Only one still is what a generation made.
        origin=Still.Origin.GRABBED if whole.source_id else whole.origin,
        source=whole.source,
        cut_from=whole,
        rights=whole.rights,
    )


def of_image(generation: Generation, picture: Path) -> Still:
    """Return a generated picture as a still, its file written and its row not yet.

    The same picture of the same generation has the same file, however often it is collected.
    Raises NotMedia.
    """
    encoded = BytesIO()
    try:
        with pictures.opened(picture) as opened:
            is_png, size = opened.format == "PNG", opened.size
            bare = pictures.plain(opened).convert("RGB")
            if is_png:
                bare.save(encoded, "PNG")
            else:
                bare.save(encoded, "JPEG", quality=97, subsampling=0)
    except pictures.BadPicture as error:
        raise NotMedia(str(error)) from None
    still = _still(
        uuid.uuid5(generation.uuid, "still"),
        encoded.getvalue(),
        "png" if is_png else "jpg",
        size,
        content_type="image/png" if is_png else "image/jpeg",
        origin=Still.Origin.GENERATED,
        source=generation,
    )
    still.project, still.author = generation.project, generation.author
    return still


def record_once(still: Still) -> None:
    """Write the row of a generated still, unless it is there already."""
    values = {
        name: getattr(still, name)
        for name in ("uuid", "project", "author", "path", "content_type", "width", "height")
    }
    values |= {"size_bytes": still.size_bytes, "sha256": still.sha256}
    Still.objects.get_or_create(origin=Still.Origin.GENERATED, source=still.source, defaults=values)


def _still(
    name: uuid.UUID, data: bytes, extension: str, size: tuple[int, int], **fields: Any
) -> Still:
    """Write a still's file and return its row, unsaved."""
    path = Path("stills") / name.hex[:2] / f"{name}.{extension}"
    disk.write_whole(Path(settings.MEDIA_ROOT) / path, data)
    return Still(
        uuid=name,
        path=str(path),
        width=size[0],
        height=size[1],
        size_bytes=len(data),
        sha256=hashlib.sha256(data).hexdigest(),
        **fields,
    )
