"""Unpacking a bundle's media: each is held against its hash, and looked into as an upload is."""

import hashlib
import os
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import uuid4
from zipfile import is_zipfile

import av
from django.conf import settings
from PIL import Image

from generations import disk, media, pictures, stills
from generations.ffmpeg import FFmpegFailed
from generations.media import Facts, NotMedia
from generations.models import Asset
from generations.refusal import Refused
from studio.editing import sounds
from studio.leaving.fields import Wrong
from studio.leaving.opened import Opened
from studio.models import Export

_STALE_S = 24 * 3600
_NOT_THAT = "{name} isn't what the bundle says it is: {why}."
_FULL = "The disk that holds the media has no room for this bundle. Make room, then try again."
_TYPES = {
    **{"mp4": "video/mp4", "jpg": "image/jpeg", "png": "image/png", "webp": "image/webp"},
    **{"exr": "image/x-exr", "zip": "application/zip", "tar": "application/x-tar"},
}
_EXPORTED = {
    Export.Kind.MP4: ("mp4", "video/mp4"),
    Export.Kind.PRORES: ("mov", "video/quicktime"),
    Export.Kind.WEBM: ("webm", "video/webm"),
    Export.Kind.GIF: ("gif", "image/gif"),
    Export.Kind.FRAMES: ("zip", "application/zip"),
    Export.Kind.SHEET: ("jpg", "image/jpeg"),
    Export.Kind.PDF: ("pdf", "application/pdf"),
}


@dataclass
class Unpacked:
    """A file of media that is what it should be: the facts of its row, and what goes with it.

    `beside` are files made from it, by what they are called.
    """

    file: Path
    ending: str
    facts: dict[str, Any]
    beside: dict[str, "Unpacked"] = field(default_factory=dict)


class Media:
    """A bundle's media, unpacked into a directory beside those that are kept."""

    def __init__(self, opened: Opened, directory: Path, say: Callable[[str], None]) -> None:
        self._opened, self._directory, self._say = opened, directory, say
        self._files: dict[str, Path] = {}
        self._found: dict[tuple[str, str], Unpacked] = {}

    def find(self, row: dict[str, Any], role: str) -> Unpacked | None:
        """Return a row's file; None for one that the bundle says is missing. Raises Refused.

        `role` is what it is to be: `video`, `image`, `still`, `sound`, or an export's kind.
        """
        name = row.get("file")
        if not isinstance(name, str) or not name.startswith(f"media/{row.get('sha256')}."):
            raise Wrong("“file” isn't the file of its “sha256”")
        if name in self._opened.missing:
            return None
        if (name, role) not in self._found:
            file = self._unpacked(name)
            try:
                self._found[name, role] = _LOOKED_INTO.get(role, _exported)(file, role)
            except (NotMedia, FFmpegFailed, Refused) as error:
                why = str(error).rstrip(".")
                raise Refused({"": _NOT_THAT.format(name=name, why=why)}) from error
        return self._found[name, role]

    def unpack_all(self) -> None:
        """Unpack and look into everything that a row names, before anything is kept."""
        for role, kind in (
            ("", "files"),
            ("still", "stills"),
            ("sound", "sounds"),
            ("", "exports"),
        ):
            for number, row in self._opened.rows(kind):
                try:
                    self.find(row, role or str(row.get("kind")))
                except (Wrong, Refused) as wrong:
                    why = str(wrong).rstrip(".")
                    raise Refused({"": f"{kind}.jsonl, line {number}: {why}."}) from wrong
                if number % 100 == 0:
                    self._say(f"{number} {kind} are looked into.")

    def _unpacked(self, name: str) -> Path:
        if name not in self._files:
            self._opened.check_holds(name)  # no other name is a path's
            file = self._directory / f"{uuid4().hex}.{name.rpartition('.')[2]}"
            disk.check_room(self._directory, self._opened.size_of(name))
            self._opened.unpack(name, file)
            self._files[name] = file
        return self._files[name]


@contextmanager
def unpacked(opened: Opened, say: Callable[[str], None]) -> Iterator[Media]:
    """Unpack and look into all media of a bundle; what isn't kept of it is gone afterwards.

    Raises Refused.
    """
    root = Path(settings.MEDIA_ROOT) / "importing"
    root.mkdir(parents=True, exist_ok=True)
    _tidy(root)
    directory = root / uuid4().hex
    directory.mkdir()
    try:
        found = Media(opened, directory, say)
        found.unpack_all()
        yield found
    except OSError as error:
        if disk.trouble(error):
            raise Refused({"": _FULL}) from error
        raise
    finally:
        shutil.rmtree(directory, ignore_errors=True)


def _tidy(root: Path) -> None:
    """Remove what an import left that was killed."""
    oldest = time.time() - _STALE_S
    for left in root.iterdir():
        if left.stat().st_mtime < oldest:
            shutil.rmtree(left, ignore_errors=True)


def _video(file: Path, _: str) -> Unpacked:
    facts = media.probe_video(file)
    poster, preview = file.with_suffix(".poster.jpg"), file.with_suffix(".preview.mp4")
    media.make_poster(file, poster)
    media.make_preview(file, preview)
    beside = {
        str(Asset.Kind.POSTER): _asset(poster, media.probe_image(poster)),
        str(Asset.Kind.PREVIEW): _asset(preview, media.probe_video(preview)),
    }
    return _asset(file, facts, beside)


def _image(file: Path, _: str) -> Unpacked:
    facts = media.probe_image(file)
    poster = file.with_suffix(".poster.jpg")
    media.make_small(file, poster)
    return _asset(file, facts, {str(Asset.Kind.POSTER): _asset(poster, media.probe_image(poster))})


def _layer(file: Path, _: str) -> Unpacked:
    return _asset(file, media.probe_image(file))


def _frames(file: Path, _: str) -> Unpacked:
    """Look into frames as EXR no further than to know that they are: nobody opens them."""
    ending = media.probe_frames(file)
    return Unpacked(file, ending, {"content_type": _TYPES[ending]} | _bytes_of(file))


def _asset(file: Path, facts: Facts, beside: dict[str, Unpacked] | None = None) -> Unpacked:
    told = {
        "content_type": _TYPES[_ending(facts)],
        "width": facts.width,
        "height": facts.height,
        "fps": facts.fps or None,
        "duration_s": facts.duration_s or None,
        "codec": facts.codec,
        "has_sound": facts.has_sound,
    }
    return Unpacked(file, _ending(facts), told | _bytes_of(file), beside or {})


def _still(file: Path, _: str) -> Unpacked:
    facts = media.probe_image(file)
    if file.stat().st_size > stills.MAX_BYTES:
        raise NotMedia("it is larger than a still may be")
    small = file.with_suffix(".small.webp")
    small.write_bytes(stills.small_copy(file.read_bytes()))
    told = {"width": facts.width, "height": facts.height, "content_type": _TYPES[_ending(facts)]}
    beside = {"small": Unpacked(small, "webp", {})}
    return Unpacked(file, _ending(facts), told | _bytes_of(file), beside)


def _ending(facts: Facts) -> str:
    if facts.duration_s:
        return "mp4"
    return "jpg" if facts.codec == "jpeg" else facts.codec


def _bytes_of(file: Path) -> dict[str, Any]:
    with file.open("rb+") as opened:
        sha256 = hashlib.file_digest(opened, "sha256").hexdigest()
        os.fsync(opened.fileno())
    return {"sha256": sha256, "size_bytes": file.stat().st_size}


def _sound(file: Path, _: str) -> Unpacked:
    heard = sounds.examine(file)
    return Unpacked(file, heard.suffix.removeprefix("."), heard.facts | _bytes_of(file))


def _exported(file: Path, kind: str) -> Unpacked:
    if kind not in _EXPORTED:
        raise NotMedia("there is no such kind of file")
    ending, content_type = _EXPORTED[Export.Kind(kind)]
    if not _IS[ending](file):
        raise NotMedia(f"it is no {ending.upper()} file")
    return Unpacked(file, ending, {"content_type": content_type} | _bytes_of(file))


def _is_jpeg(file: Path) -> bool:
    return media.probe_image(file).codec == "jpeg"


def _is_pdf(file: Path) -> bool:
    with file.open("rb") as opened:
        return opened.read(5) == b"%PDF-"


def _is_gif(file: Path) -> bool:
    try:
        with Image.open(file, formats=("GIF",)) as picture:
            if picture.width * picture.height > pictures.MAX_PIXELS:
                raise NotMedia(pictures.TOO_MANY_PIXELS)
            picture.load()
    except Image.DecompressionBombError:
        raise NotMedia(pictures.TOO_MANY_PIXELS) from None
    except (OSError, ValueError, SyntaxError, EOFError):
        return False
    return True


def _is_webm(file: Path) -> bool:
    options: dict[str, Any] = {"options": {"protocol_whitelist": "file"}}
    try:
        with av.open(str(file), format="matroska", **options) as container:
            stream = media.capped(container.streams.video[0])
            return next(container.decode(stream), None) is not None
    except (av.FFmpegError, ValueError, IndexError):
        return False


_IS: dict[str, Callable[[Path], object]] = {
    "mp4": media.probe_video,
    "mov": media.probe_video,
    "jpg": _is_jpeg,
    "pdf": _is_pdf,
    "zip": is_zipfile,
    "gif": _is_gif,
    "webm": _is_webm,
}
_LOOKED_INTO: dict[str, Callable[[Path, str], Unpacked]] = {
    "video": _video,
    "image": _image,
    "layer": _layer,
    "exr": _frames,
    "still": _still,
    "sound": _sound,
}
