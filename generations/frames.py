"""Frames of a take's video as small pictures, made when they are first asked for and kept."""

import shutil
from io import BytesIO
from pathlib import Path

from generations import disk, media
from generations.canvas import FPS
from generations.models import Asset

WIDTH_PX = 320


def small(video: Asset, number: int) -> Path:
    """Return where the small picture of a frame is; it is made if it isn't there. Raises NotMedia.

    `number` is from 0; one beyond the end is the last.
    """
    kept = _kept(video, number)
    if kept.exists():
        return kept
    try:
        picture = media.frame_at(video.file, number)
    except OSError as error:
        raise media.NotMedia("the file isn't there to be read") from error
    picture.thumbnail((WIDTH_PX, WIDTH_PX))
    encoded = BytesIO()
    # Sharp enough to be compared with: what was the same frame stays the same.
    picture.save(encoded, "WEBP", quality=90, method=2)
    disk.write_whole(kept, encoded.getvalue())
    return kept


def are_kept(video: Asset, *numbers: int) -> bool:
    """Tell whether small pictures of frames are there already."""
    return all(_kept(video, number).exists() for number in numbers)


def forget(video: Asset) -> None:
    """Remove the small pictures of a video that is deleted."""
    shutil.rmtree(_directory(video), ignore_errors=True)


def number_at(video: Asset, frame: int) -> int:
    """Return which frame of a video is on the screen at a frame counted 24 to a second."""
    return min(int((frame + 0.5) * (video.fps or FPS) / FPS), count(video) - 1)


def count(video: Asset) -> int:
    """Return how many frames a video has, one at least."""
    return max(round((video.duration_s or 0) * (video.fps or FPS)), 1)


def _kept(video: Asset, number: int) -> Path:
    # By what is in the file: the same take may be fetched again.
    return _directory(video) / f"{video.sha256[:16]}-{number}.webp"


def _directory(video: Asset) -> Path:
    return video.file.parent / "frames"
