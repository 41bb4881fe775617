"""Time in frames, as a film crew counts it."""


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
