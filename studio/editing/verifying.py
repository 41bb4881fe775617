"""Looks into a film that was made, before anybody is told that it is there."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import av

from studio.editing.cut import FPS

_MOST_DRIFT_S = 0.040


class NotAsAsked(Exception):
    """The film isn't what was asked for; the message says how, for a person."""


def verify(
    film: Path,
    *,
    container: str,
    frames: int,
    size: tuple[int, int],
    has_sound: bool,
    every_frame: bool,
    at: Callable[[int], object],
) -> float:
    """Decode a film and return its length in seconds. Raises NotAsAsked.

    Frames that were taken over have been looked at when their take was stored; of a film of them
    the key frames are decoded, and every frame must be there.
    """
    options: dict[str, Any] = {"format": container, "options": {"protocol_whitelist": "file"}}
    try:
        with av.open(str(film), **options) as opened:
            stream = opened.streams.video[0]
            stream.thread_type = "AUTO"
            codec = stream.codec_context
            codec.options = {"err_detect": "explode"}  # else damage is painted over
            if (codec.width, codec.height) != size:
                raise NotAsAsked(f"The film is {codec.width} × {codec.height}.")
            if not every_frame:
                codec.skip_frame = "NONKEY"
            seconds = _pictures(opened, stream, frames, at)
        with av.open(str(film), **options) as opened:
            if bool(opened.streams.audio) != has_sound:
                raise NotAsAsked("The film has no sound, though its clips have.")
            heard_s = _sounds(opened) if has_sound else frames / FPS
    except (av.FFmpegError, ValueError, IndexError) as error:
        raise NotAsAsked(f"The film can't be played: {type(error).__name__}.") from error
    if abs(seconds - frames / FPS) > 1 / FPS:
        raise NotAsAsked(f"The film is {seconds:.2f} s long instead of {frames / FPS:.2f} s.")
    if abs(heard_s - seconds) > _MOST_DRIFT_S:
        raise NotAsAsked(f"Its sound ends {heard_s - seconds:+.3f} s from its pictures.")
    return seconds


def _pictures(opened: Any, stream: Any, frames: int, at: Callable[[int], object]) -> float:
    """Return how long the pictures are, all of them there and those decoded that are asked for."""
    base = float(stream.time_base or 0)
    whole, last, seen = 0, 0.0, 0
    for packet in opened.demux(stream):
        if packet.is_corrupt:
            raise NotAsAsked("The film has a damaged frame.")
        seen += len(packet.decode())
        if packet.size:
            whole += 1
            # WebM has no length of a frame.
            length_s = packet.duration * base if packet.duration else 1 / FPS
            last = max(last, float(packet.pts) * base + length_s)
            at(whole)
    if whole != frames or not seen:
        raise NotAsAsked(f"The film has {whole} of {frames} frames.")
    if stream.codec_context.skip_frame == "DEFAULT" and seen != frames:
        raise NotAsAsked(f"Only {seen} of {frames} frames can be shown.")
    return last


def _sounds(opened: Any) -> float:
    """Return when the sound ends."""
    stream = opened.streams.audio[0]
    base = float(stream.time_base or 0)
    ends = 0.0
    for packet in opened.demux(stream):
        if packet.size:
            ends = max(ends, float(packet.pts + (packet.duration or 0)) * base)
    return ends
