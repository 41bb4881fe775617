"""Taking in pictures: nothing about an upload is believed."""

import hashlib
import uuid
from io import BytesIO
from pathlib import Path
from typing import IO, Any

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import ProtectedError
from PIL import Image

from generations import disk, pictures
from generations.media import NotMedia
from generations.mistaken import mistaken
from generations.models import Asset, Generation, Still
from generations.preflight import Fit, Place
from generations.refusal import Refused, upper_first

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
_OWN_PICTURE = "{take} is this picture, and would be nothing without it. It stays."
_NO_LAYER = "The layer's file can't be read on this server any more."
_IN_USE = "Takes are made from this still, and their history shows it. It stays."
_SMALL_PX = 640


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
        # Moving or too many pixels says more than what it is.
        unread = str(bad) == UNREADABLE
        raise Refused({field: (mistaken(data) if unread else "") or str(bad)}) from None
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
    name: uuid.UUID | None = None,
    **fields: Any,
) -> Still:
    """Keep an encoded picture of ours (`size` in pixels) as a still with these fields.

    `name` is its uuid, where it is to be found again by it. Its file has another name than that of
    one before, which may be being removed.
    """
    own = uuid.uuid4()
    still = _still(own, data, extension, size, content_type=content_type, **fields)
    still.project, still.author, still.uuid = project, author, name or own
    try:
        still.save()
    except IntegrityError:
        _remove(still)
        raise
    return still


def cut(still: Still, ratio: str, place: Place | float, author: Any) -> Still:
    """Keep a part of a still as one of its own, of a ratio: the same one whenever it is asked for.

    What was cut before is cut anew. `place` as in Fit.box. Raises Refused when its file can't be
    read.
    """
    whole = still.cut_from or still
    name = uuid.uuid5(whole.uuid, f"{still.project_id} {Fit(whole, ratio).box(place)}")
    kept = Still.objects.filter(uuid=name).first()
    if kept:
        return kept
    try:
        with transaction.atomic():
            made = _cut(whole, ratio, place, still.project, author, name)
    except IntegrityError:  # somebody else was quicker
        return Still.objects.get(uuid=name)
    made.is_new = True
    return made


def _cut(
    whole: Still, ratio: str, place: Place | float, project: Any, author: Any, name: uuid.UUID
) -> Still:
    try:
        with pictures.opened(whole.file) as picture:
            part = pictures.plain(picture).crop(Fit(whole, ratio).box(place))
    except (pictures.BadPicture, OSError):
        raise Refused({"": "The picture's file can't be read. Upload it again."}) from None
    encoded, extension, content_type = _encode(part, "")
    return keep(
        project,
        author,
        encoded,
        extension=extension,
        content_type=content_type,
        size=part.size,
        name=name,
        # Only one still is what a generation made.
        origin=Still.Origin.GRABBED if whole.source_id else whole.origin,
        source=whole.source,
        cut_from=whole,
        rights=whole.rights,
    )


def discard(still: Still) -> None:
    """Delete a still that nothing is made from, with its files. Raises Refused.

    What was cut from it stays. A picture that a take is goes with that take alone; where it was
    still used when the take's files went, it is left, to be deleted later.
    """
    if still.origin == Still.Origin.GENERATED and still.source and not still.source.purged_at:
        raise Refused({"": _OWN_PICTURE.format(take=upper_first(still.source.name))})
    try:
        with transaction.atomic():
            still.delete()
            transaction.on_commit(lambda: _remove(still))
    except (ProtectedError, IntegrityError):
        raise Refused({"": _IN_USE}) from None


def drop(still: Still) -> bool:
    """Delete the still of a take whose files are removed, its own first; False where it is used."""
    try:
        with transaction.atomic():
            still.delete()
    except (ProtectedError, IntegrityError):
        return False
    _remove(still)
    return True


def remove(still: Still) -> int:
    """Remove a still whose team is gone, its row only where nothing names it. Returns its bytes.

    The files go first: one that can't be removed is found again. Raises OSError.
    """
    _remove(still)
    drop(still)
    return still.size_bytes


def remove_unrecorded(still: Still) -> None:
    """Remove the files of a still that gets no row, unless it has one. Raises OSError."""
    if not Still.objects.filter(uuid=still.uuid).exists():
        _remove(still)


def _remove(still: Still) -> None:
    for file in (still.file, still.small_file):
        file.unlink(missing_ok=True)


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


def of_layer(layer: Asset, author: Any) -> Still:
    """Keep a layer of a generated picture as a still, seen through where it is.

    The same layer is the same still, however often it is kept. Raises Refused when its file can't
    be read.
    """
    name = uuid.uuid5(layer.uuid, "still")
    if found := Still.objects.filter(uuid=name).first():
        return found
    try:
        with pictures.opened(layer.file) as opened:
            bare = pictures.plain(opened)
    except (pictures.BadPicture, OSError):
        raise Refused({"": _NO_LAYER}) from None
    encoded, extension, content_type = _encode(bare, "")
    try:
        with transaction.atomic():
            return keep(
                layer.generation.project,
                author,
                encoded,
                extension=extension,
                content_type=content_type,
                size=bare.size,
                name=name,
                origin=Still.Origin.GRABBED,
                source=layer.generation,
            )
    except IntegrityError:  # somebody else was quicker
        return Still.objects.get(uuid=name)


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
    """Write a still's file, of this name, and return its row, unsaved."""
    path = Path("stills") / name.hex[:2] / f"{name}.{extension}"
    disk.write_whole(Path(settings.MEDIA_ROOT) / path, data)
    still = Still(
        uuid=name,
        path=str(path),
        width=size[0],
        height=size[1],
        size_bytes=len(data),
        sha256=hashlib.sha256(data).hexdigest(),
        **fields,
    )
    disk.write_whole(still.small_file, small_copy(data))
    return still


def small_copy(data: bytes) -> bytes:
    """Return a picture of ours so small that a page can show many."""
    with Image.open(BytesIO(data)) as picture:
        picture.draft("RGB", (_SMALL_PX, _SMALL_PX))  # a JPEG is decoded no larger than needed
        picture.thumbnail((_SMALL_PX, _SMALL_PX))
        return _saved(picture, "WEBP", quality=82)
