"""Taking in sounds: what was uploaded is checked for being one, measured, and kept whole."""

import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import av
import numpy as np
from django.conf import settings
from django.core.files.uploadedfile import UploadedFile

from generations import boxes, disk, ffmpeg
from generations.archived import refuse_archived
from generations.refusal import Refused
from studio.editing.cut import FPS
from studio.models import Project, Sound, User
from studio.uploads import MAX_SOUND_BYTES as MAX_BYTES

MAX_DURATION_S = 2 * 3600
_RATE = 12_000  # of what peaks are taken from: 500 samples a frame
_AT_ONCE = 2_000  # frames whose samples are in memory: two megabytes of them
_TIMEOUT_S = 300.0

EMPTY = "This file is empty. Choose a WAV, MP3, M4A or FLAC file."
TOO_LARGE = "The sound is over 300 MB. Save it as FLAC or MP3, or cut it shorter."
TOO_LONG = "The sound is over two hours long. Cut it shorter."
NOTHING_SENT = "Choose a WAV, MP3, M4A or FLAC file."
VIDEO = "This is a video, and a sound has no picture. Save its sound as M4A or WAV."
UNREADABLE = "This can't be read as a sound. Save it as a WAV, MP3, M4A or FLAC file."
SILENT = "There is no sound in this file. Choose another."


@dataclass(frozen=True)
class _Kind:
    """A kind of sound file: the demuxer that alone may open it, and what may be in it."""

    demuxer: str
    suffix: str
    content_type: str
    codecs: tuple[str, ...]


_WAV = _Kind("wav", ".wav", "audio/wav", ("pcm_", "adpcm_", "mp3"))
_MP3 = _Kind("mp3", ".mp3", "audio/mpeg", ("mp3",))
_FLAC = _Kind("flac", ".flac", "audio/flac", ("flac",))
_M4A = _Kind("mov", ".m4a", "audio/mp4", ("aac", "alac", "mp3", "ac3", "eac3"))


def keep_upload(project: Project, author: User, upload: UploadedFile | None) -> Sound:
    """Keep an uploaded sound. Raises Refused naming `sound`, and OSError where the disk is full."""
    refuse_archived(project)
    if upload is None:
        raise Refused({"sound": NOTHING_SENT})
    if not upload.size:
        raise Refused({"sound": EMPTY})
    if upload.size > MAX_BYTES:
        raise Refused({"sound": TOO_LARGE})
    with _arrived(upload) as (file, sha256):
        heard = examine(file)
        name = Path(str(upload.name or "")).stem.strip()[:120] or "Sound"
        return _keep(
            Sound(
                project=project,
                author=author,
                name=name,
                sha256=sha256,
                **heard.facts,
            ),
            file,
            heard.suffix,
        )


@dataclass(frozen=True)
class Heard:
    """What a sound file is: the fields of its row that its bytes tell, and its ending."""

    facts: dict[str, Any]
    suffix: str


def examine(file: Path) -> Heard:
    """Look into a sound, and decode all of it; it isn't believed.

    Raises Refused, and OSError where the disk has no room for that.
    """
    kind = _kind_of(file)
    codec, length_s = _checked(file, kind)
    # ffmpeg may end well where only its last bytes found no room.
    disk.check_room(file.parent, int(length_s * _RATE) * 2)
    peaks, duration_s = _measured(file, kind)
    facts = {
        "content_type": kind.content_type,
        "demuxer": kind.demuxer,
        "codec": codec,
        "duration_s": duration_s,
        "size_bytes": file.stat().st_size,
        "peaks": peaks,
    }
    return Heard(facts, kind.suffix)


@contextmanager
def _arrived(upload: UploadedFile) -> Iterator[tuple[Path, str]]:
    """Write an upload to a file beside the media, flushed, and give it with its SHA-256."""
    directory = Path(settings.MEDIA_ROOT) / "incoming"
    directory.mkdir(parents=True, exist_ok=True)
    file = directory / f"sound-{uuid4().hex}"
    digest = hashlib.sha256()
    try:
        with file.open("xb") as opened:
            for chunk in upload.chunks():
                digest.update(chunk)
                opened.write(chunk)
            opened.flush()
            os.fsync(opened.fileno())
        yield file, digest.hexdigest()
    finally:
        file.unlink(missing_ok=True)


def _keep(sound: Sound, file: Path, suffix: str) -> Sound:
    path = Path("sounds") / sound.uuid.hex[:2] / f"{sound.uuid}{suffix}"
    target = Path(settings.MEDIA_ROOT) / path
    target.parent.mkdir(parents=True, exist_ok=True)
    sound.path = str(path)
    try:
        file.replace(target)
        disk.flush_directory(target.parent)
        sound.save()
    except Exception:
        target.unlink(missing_ok=True)  # nothing would ever name it
        raise
    return sound


def _kind_of(file: Path) -> _Kind:
    """Tell by the first bytes what it is, whatever its name. Raises Refused."""
    with file.open("rb") as opened:
        data = opened.read(16)
    if data[:4] in (b"RIFF", b"RF64") and data[8:12] == b"WAVE":
        return _WAV
    if data[:4] == b"fLaC":
        return _FLAC
    if data[4:8] == b"ftyp":
        return _M4A
    if data[:3] == b"ID3" or (data[:1] == b"\xff" and len(data) > 1 and data[1] & 0xE6 == 0xE2):
        return _MP3
    raise Refused({"sound": UNREADABLE})


def _checked(file: Path, kind: _Kind) -> tuple[str, float]:
    """Return the codec of a file that holds a sound and no film, and the seconds that it says.

    Raises Refused.
    """
    pinned: dict[str, Any] = {"format": kind.demuxer, "options": {"protocol_whitelist": "file"}}
    try:
        if kind is _M4A:
            boxes.check(file)
        with av.open(str(file), **pinned) as container:
            # A cover is a picture, too, and belongs to a song.
            if any(not _is_cover(each) for each in container.streams.video):
                raise Refused({"sound": VIDEO})
            if not container.streams.audio:
                raise Refused({"sound": SILENT})
            codec = str(container.streams.audio[0].codec_context.name)
            length_s = (container.duration or 0) / av.time_base
    except (av.FFmpegError, boxes.BadBoxes, ValueError, IndexError):
        raise Refused({"sound": UNREADABLE}) from None
    if not codec.startswith(kind.codecs):
        raise Refused({"sound": UNREADABLE})
    if length_s > MAX_DURATION_S:
        raise Refused({"sound": TOO_LONG})
    return codec, length_s


def _is_cover(stream: Any) -> bool:
    return bool(stream.disposition & av.stream.Disposition.attached_pic)


def _measured(file: Path, kind: _Kind) -> tuple[bytes, float]:
    """Decode a sound and return its peaks and its length in seconds.

    Raises Refused, and OSError where the disk has no room for its samples.
    """
    samples = file.with_name(f"{file.name}.pcm")
    try:
        ffmpeg.run(
            [
                *("-protocol_whitelist", "file", "-f", kind.demuxer, "-i", str(file)),
                *("-map", "0:a:0", "-ac", "1", "-ar", str(_RATE), "-t", str(MAX_DURATION_S + 1)),
                *("-f", "s16le", str(samples)),
            ],
            timeout_s=_TIMEOUT_S,
        )
        count = samples.stat().st_size // 2
        if not count:
            raise Refused({"sound": SILENT})
        if count > MAX_DURATION_S * _RATE:
            raise Refused({"sound": TOO_LONG})
        return b"".join(_peaks(samples)), count / _RATE
    except ffmpeg.FFmpegFailed as error:
        if code := disk.code_of(error):
            raise OSError(code, os.strerror(code)) from error
        raise Refused({"sound": UNREADABLE}) from None
    finally:
        samples.unlink(missing_ok=True)


def _peaks(samples: Path) -> Iterator[bytes]:
    """Read signed 16-bit samples and yield the peak of each frame, 0 to 255, some at a time.

    Two hours are 172 MB of them: they are never in memory together.
    """
    step = _RATE // FPS
    with samples.open("rb") as opened:
        while some := opened.read(_AT_ONCE * step * 2):
            loud = np.abs(np.frombuffer(some[: len(some) // 2 * 2], "<i2").astype(np.int32))
            frames = np.pad(loud, (0, -len(loud) % step)).reshape(-1, step)
            yield (frames.max(axis=1) >> 7).clip(0, 255).astype(np.uint8).tobytes()


def sounds_of(project: Project, sounds: list[UUID]) -> dict[UUID, Sound]:
    """Return a project's sounds by their uuid, without their peaks."""
    if not sounds:
        return {}
    found = Sound.objects.filter(project=project, uuid__in=sounds).defer("peaks")
    return {each.uuid: each for each in found}
