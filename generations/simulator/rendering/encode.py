"""Raw frames in, an H.264 MP4 out: one ffmpeg fed through a pipe."""

import subprocess
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

import numpy as np

from generations import ffmpeg
from generations.canvas import FPS

# Deterministic for the same frames: one thread, since x264's output depends on their number, and
# nothing of the version, date or encoder goes into the container.
_BITEXACT = ["-flags", "+bitexact", "-fflags", "+bitexact", "-map_metadata", "-1"]
_X264 = ["-c:v", "libx264", "-preset", "superfast", "-crf", "23", "-threads", "1"]
_BT709 = ["-color_primaries", "bt709", "-color_trc", "bt709", "-colorspace", "bt709"]
_COLOUR = [*_BT709, "-color_range", "tv"]
H264 = [*_X264, "-pix_fmt", "yuv420p", *_COLOUR, "-bf", "2", "-g", "48"]
MP4 = [*_BITEXACT, "-movflags", "+faststart", "-video_track_timescale", "12288", "-f", "mp4"]


def encode(
    frames: Iterable[np.ndarray],
    out: Path,
    *,
    painted: tuple[int, int],
    wanted: tuple[int, int],
    note: str = "",
    exact: tuple[tuple[int, int], ...] = (),
) -> None:
    """Write frames (flat uint8 yuv420p, bt709, `painted` size) as an MP4 of the `wanted` size.

    `note` becomes the file's comment. The frames from the first to the last number of each of the
    `exact` spans are kept closer to what was painted. Raises FFmpegFailed.
    """
    width, height = painted
    command = ffmpeg.command("-y")
    # Raw frames say nothing of their colours; untold, ffmpeg 7 converts them to bt709 once more.
    command += ["-f", "rawvideo", "-pix_fmt", "yuv420p", *_COLOUR, "-s", f"{width}x{height}"]
    command += ["-r", str(FPS), "-i", "-", "-an"]
    if wanted != painted:
        command += ["-vf", f"scale={wanted[0]}:{wanted[1]}:flags=bicubic"]
    command += [*H264, *MP4[:-2]]
    if exact:
        zones = "/".join(f"{first},{last},b=4" for first, last in exact)
        command += ["-x264-params", f"zones={zones}"]
    if note:
        command += ["-metadata", f"comment={note}"]
    command += [*MP4[-2:], str(out)]
    with _running(command, stdin=subprocess.PIPE) as process:
        pipe = _there(process.stdin)
        try:
            for frame in frames:
                pipe.write(frame.data)
            pipe.close()
        except BrokenPipeError:
            # ffmpeg said why on its standard error, and that is raised at the end.
            pass


def decode(source: str, size: tuple[int, int]) -> Iterator[np.ndarray]:
    """Yield an MP4's frames at 24 fps, scaled to a size, as flat uint8 yuv420p.

    Raises FFmpegFailed.
    """
    width, height = size
    command = ffmpeg.command("-nostdin", *ffmpeg.pinned(source))
    command += ["-vf", f"fps={FPS},scale={width}:{height}:flags=bicubic", "-an"]
    command += ["-pix_fmt", "yuv420p", "-f", "rawvideo", "-"]
    length = width * height * 3 // 2
    with _running(command, stdout=subprocess.PIPE) as process:
        pipe = _there(process.stdout)
        while len(data := pipe.read(length)) == length:
            yield np.frombuffer(data, np.uint8)


@contextmanager
def _running(
    command: list[str], *, stdin: int | None = None, stdout: int | None = None
) -> Iterator[subprocess.Popen[bytes]]:
    """Run ffmpeg to its end; kill it when the caller breaks off. Raises FFmpegFailed."""
    process = subprocess.Popen(command, stdin=stdin, stdout=stdout, stderr=subprocess.PIPE)
    fed = False
    try:
        yield process
        fed = True
    finally:
        if not fed:
            process.kill()
            process.wait()
    said = _there(process.stderr).read().decode(errors="replace")
    if process.wait() != 0:
        raise ffmpeg.FFmpegFailed(said.strip()[-500:])


def _there(pipe: IO[bytes] | None) -> IO[bytes]:
    if pipe is None:
        raise ffmpeg.FFmpegFailed("ffmpeg has no pipes")
    return pipe
