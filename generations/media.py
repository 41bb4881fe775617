"""Looking into media files, and making small ones from big ones. No file is believed."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import av
from PIL import Image

from generations import boxes, ffmpeg, pictures
from generations.canvas import FPS

PREVIEW_WIDTH = 320
POSTER_WIDTH = 960
_TIMEOUT_S = 120.0
_MAX_PIXELS = pictures.MAX_PIXELS
_PINNED: dict[str, Any] = {"format": "mov", "options": {"protocol_whitelist": "file"}}
# OpenEXR's magic number, a ZIP's first entry, and where a tar says that it is one.
_FRAMES = (("exr", 0, b"\x76\x2f\x31\x01"), ("zip", 0, b"PK\x03\x04"), ("tar", 257, b"ustar"))
_CODECS = ("h264", "hevc", "av1", "vp9", "prores", "mpeg4")


class NotMedia(Exception):
    """The file isn't a video or picture that we keep; the message says why."""


@dataclass(frozen=True)
class Facts:
    """What a probe saw: pixels, frames per second, seconds, codec, whether there is sound."""

    width: int
    height: int
    fps: float
    duration_s: float
    codec: str
    has_sound: bool = False


def probe_video(path: Path) -> Facts:
    """Look into an MP4 or MOV: its first frame is decoded, and every frame must be there.

    Raises NotMedia, also for a playlist or another container under that name.
    """
    try:
        boxes.check(path)
        with av.open(str(path), **_PINNED) as container:
            if not container.streams.video:
                raise NotMedia("the file has no picture")
            stream = capped(container.streams.video[0])
            codec = stream.codec_context.name
            if codec not in _CODECS:
                raise NotMedia(f"the file's codec is {codec}")
            width, height = stream.codec_context.width, stream.codec_context.height
            if not 0 < width * height <= _MAX_PIXELS:
                raise NotMedia(f"the picture is {width} × {height}")
            if next(container.decode(stream), None) is None:
                raise NotMedia("the file holds no frame")
            container.seek(0)
            whole = sum(bool(p.size) and not p.is_corrupt for p in container.demux(stream))
            if whole < stream.frames:
                raise NotMedia(f"the file is cut short: {whole} of {stream.frames} frames")
            duration_s = float((stream.duration or 0) * (stream.time_base or 0))
            if duration_s <= 0:
                duration_s = (container.duration or 0) / av.time_base
            fps, has_sound = float(stream.average_rate or 0), bool(container.streams.audio)
            return Facts(width, height, fps, duration_s, codec, has_sound)
    except boxes.BadBoxes as error:
        raise NotMedia(str(error)) from None
    except (av.FFmpegError, ValueError) as error:
        raise NotMedia("the file can't be read as a video") from error


def capped(stream: Any) -> Any:
    """Have the decoder refuse frames that are larger than their container says."""
    stream.codec_context.options = {"max_pixels": str(_MAX_PIXELS)}
    return stream


def probe_image(path: Path) -> Facts:
    """Look into a JPEG, PNG or WebP. Raises NotMedia."""
    try:
        with pictures.opened(path) as picture:
            return Facts(*picture.size, 0.0, 0.0, (picture.format or "").lower())
    except pictures.BadPicture as error:
        raise NotMedia(str(error)) from None


def probe_frames(path: Path) -> str:
    """Return what holds a video's frames as EXR: exr, zip or tar. Raises NotMedia.

    Which of them a provider sends isn't documented (luma-agents-v1 sheet §4): any is kept as it is,
    and never opened here.
    """
    with path.open("rb") as opened:
        head = opened.read(512)
    for name, at, mark in _FRAMES:
        if head[at : at + len(mark)] == mark:
            return name
    raise NotMedia("the file is no EXR, nor an archive of them")


def frame_of(video: Path, *, last: bool) -> Image.Image:
    """Decode the first or the very last frame of a video of ours. Raises NotMedia."""
    try:
        with av.open(str(video), **_PINNED) as container:
            stream = capped(container.streams.video[0])
            if last and stream.duration:
                container.seek(stream.duration, stream=stream, backward=True)
            frame = None
            for decoded in container.decode(stream):
                frame = decoded
                if not last:
                    break
            if frame is None:
                raise NotMedia("the file holds no frame")
            return frame.to_image()
    except (av.FFmpegError, IndexError) as error:
        raise NotMedia("the file can't be read as a video") from error


def frame_at(video: Path, number: int) -> Image.Image:
    """Decode a frame of a video of ours by its number, from 0. Raises NotMedia.

    It is the one that is on the screen in the middle of that frame's time, which is what a browser
    shows that seeks there. One beyond the end is the last.
    """
    try:
        with av.open(str(video), **_PINNED) as container:
            stream = capped(container.streams.video[0])
            middle = (number + 0.5) / float(stream.average_rate or FPS)
            ticks = (stream.start_time or 0) + int(middle / float(stream.time_base or 1))
            # A key frame that is decoded before its time is no beginning.
            frame = _shown_at(container, stream, ticks, ticks) or _shown_at(
                container, stream, ticks, 0
            )
            if frame is None:
                raise NotMedia("the file holds no frame")
            return frame.to_image()
    except (av.FFmpegError, IndexError, ZeroDivisionError) as error:
        raise NotMedia("the file can't be read as a video") from error


def _shown_at(container: Any, stream: Any, ticks: int, begin: int) -> Any:
    """Return the frame on the screen at a time, decoded from a key frame before `begin`."""
    container.seek(begin, stream=stream, backward=True)
    shown = None
    for frame in container.decode(stream):
        if frame.pts is not None and frame.pts > ticks:
            break
        shown = frame
    return shown


def make_small(picture: Path, to: Path) -> None:
    """Write a picture as a JPEG at most 960 px wide. Raises NotMedia."""
    try:
        with pictures.opened(picture) as opened:
            small = pictures.plain(opened).convert("RGB")
            small.thumbnail((POSTER_WIDTH, POSTER_WIDTH * 4))
            small.save(to, "JPEG", quality=85)
    except pictures.BadPicture as error:
        raise NotMedia(str(error)) from None


def make_poster(video: Path, to: Path) -> None:
    """Write the first frame as a JPEG at most 960 px wide. Raises ffmpeg.FFmpegFailed."""
    ffmpeg.run(
        [
            *ffmpeg.pinned(video),
            *("-frames:v", "1", "-vf", f"scale='min({POSTER_WIDTH},iw)':-2", "-q:v", "3"),
            *("-f", "image2", "-update", "1", str(to)),
        ],
        timeout_s=_TIMEOUT_S,
    )


def make_preview(video: Path, to: Path) -> None:
    """Write a silent 320 px wide MP4 whose every sixth frame is a key: it scrubs smoothly.

    Raises ffmpeg.FFmpegFailed.
    """
    ffmpeg.run(
        [
            *ffmpeg.pinned(video),
            *("-an", "-vf", f"scale={PREVIEW_WIDTH}:-2", "-c:v", "libx264"),
            *("-preset", "veryfast", "-crf", "28", "-g", "6", "-pix_fmt", "yuv420p"),
            *("-threads", "1", "-movflags", "+faststart", "-f", "mp4", str(to)),
        ],
        timeout_s=_TIMEOUT_S,
    )
