"""Frames as pictures: a film as a GIF, and a clip as numbered PNG files."""

import zipfile
from collections.abc import Callable
from pathlib import Path

import av

from generations import ffmpeg
from studio.editing.cut import FPS, Placed
from studio.editing.looks import Source
from studio.editing.verifying import NotAsAsked

GIF_FPS = 12
GIF_HEIGHT = 360
LONGEST_GIF_S = 60
_TIMEOUT_S = 3600.0
# What of the work on frames is writing them; the rest is putting them into one file.
_DRAWN = 0.9

At = Callable[[float], object]


def gif_of(film: Path, frames: int, to: Path, at: At) -> None:
    """Write a film of ours as a GIF of twelve frames a second that goes round.

    Raises FFmpegFailed and NotAsAsked.
    """
    palette = to.with_suffix(".png")
    slower = f"fps={GIF_FPS}"
    ffmpeg.follow(
        [
            *ffmpeg.pinned(film),
            *("-vf", f"{slower},palettegen=stats_mode=diff", "-frames:v", "1"),
            *("-update", "1", "-f", "image2", str(palette)),
        ],
        timeout_s=_TIMEOUT_S,
        at=lambda _: at(0),
    )
    use = f"[0:v]{slower}[film];[film][1:v]paletteuse=dither=bayer:bayer_scale=3"
    ffmpeg.follow(
        [
            *ffmpeg.pinned(film),
            *("-protocol_whitelist", "file", "-f", "image2", "-pattern_type", "none"),
            *("-i", str(palette), "-filter_complex", use, "-loop", "0", "-f", "gif", str(to)),
        ],
        timeout_s=_TIMEOUT_S,
        at=lambda done: at(done * FPS // GIF_FPS),
    )
    with av.open(str(to), format="gif") as opened:
        count = sum(1 for _ in opened.decode(video=0))
    if abs(count - frames * GIF_FPS / FPS) > 1:
        raise NotAsAsked(f"The GIF has {count} of {frames * GIF_FPS // FPS} frames.")


def frames_of(spot: Placed, source: Source, to: Path, at: At) -> None:
    """Write every frame of a clip as a PNG, numbered as in its take, into a ZIP.

    `at` is told how many of its frames are done, parts of one too.

    Raises FFmpegFailed and NotAsAsked.
    """
    pictures = to.parent / "frames"
    pictures.mkdir()
    begin = max(spot.in_frame - 0.5, 0) / FPS
    rate = () if source.order else ("-vf", f"fps={FPS}:start_time=0")
    ffmpeg.follow(
        [
            *("-ss", f"{begin:.6f}", *ffmpeg.pinned(source.file), *rate, "-an"),
            *("-frames:v", str(spot.frames), "-fps_mode", "passthrough"),
            *("-start_number", str(spot.in_frame), "-f", "image2"),
            str(pictures / "frame-%06d.png"),
        ],
        timeout_s=_TIMEOUT_S,
        at=lambda written: at(written * _DRAWN),
    )
    made = sorted(pictures.iterdir())
    if len(made) != spot.frames:
        raise NotAsAsked(f"The take has only {len(made)} of the clip's {spot.frames} frames.")
    with zipfile.ZipFile(to, "w", zipfile.ZIP_STORED) as zipped:
        for number, each in enumerate(made, start=1):
            zipped.write(each, each.name)
            each.unlink()
            at(spot.frames * _DRAWN + number * (1 - _DRAWN))
