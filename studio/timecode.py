"""Time in frames, as a film crew counts it."""

import re

_TIMECODE = re.compile(r"(?:(?:(\d{1,2}):)?(\d{1,2}):)?(\d{1,4}):(\d{1,4})", re.ASCII)
_SECONDS = re.compile(r"(\d{1,5}(?:[.,]\d{1,4})|\d{1,5}(?=\s*s))\s*s?", re.ASCII)
_FRAMES = re.compile(r"\d{1,7}", re.ASCII)


def frames_in(duration_s: float | None, fps: float) -> int:
    """Return how many frames a clip of a length in seconds has, one at least."""
    return max(round((duration_s or 0) * fps), 1)


def timecode(frame: int, fps: float) -> str:
    """Write a frame's number, from 0, as `HH:MM:SS:FF`.

    Frames of a broken rate are counted to the next whole one (23.976 as 24): non-drop timecode.
    """
    per_second = max(round(fps), 1)
    seconds, frames = divmod(frame, per_second)
    minutes, seconds = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours:02}:{minutes:02}:{seconds:02}:{frames:02}"


def frames_said(words: str, fps: float) -> int | None:
    """Return the frame that somebody typed, or None where it can't be read.

    That is a timecode (`1:12` is a second and twelve frames), seconds (`1.5` or `2 s`), or the
    number of a frame.
    """
    words, per_second = words.strip(), max(round(fps), 1)
    if _FRAMES.fullmatch(words):
        return int(words)
    if seconds := _SECONDS.fullmatch(words):
        return round(float(seconds[1].replace(",", ".")) * fps)
    if code := _TIMECODE.fullmatch(words):
        hours, minutes, whole, frames = (int(part or 0) for part in code.groups())
        return (hours * 3600 + minutes * 60 + whole) * per_second + frames
    return None
