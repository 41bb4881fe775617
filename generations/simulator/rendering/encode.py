"""Raw frames in, an H.264 MP4 out: one ffmpeg fed through a pipe."""

import subprocess
from collections.abc import Iterable, Iterator
from pathlib import Path

import numpy as np

from generations import ffmpeg
from generations.canvas import FPS

# Deterministic for the same frames: one thread, since x264's output depends on their number, and
# nothing of the version, date or encoder goes into the container.
_BITEXACT = ["-flags", "+bitexact", "-fflags", "+bitexact", "-map_metadata", "-1"]
_X264 = ["-c:v", "libx264", "-preset", "veryfast", "-crf", "20", "-threads", "1"]
_COLOUR = ["-color_primaries", "bt709", "-color_trc", "bt709", "-colorspace", "bt709"]
H264 = [*_X264, "-pix_fmt", "yuv420p", *_COLOUR, "-color_range", "tv", "-bf", "2", "-g", "48"]
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
    command = [ffmpeg.binary(), "-hide_banner", "-v", "error", "-y"]
    command += ["-f", "rawvideo", "-pix_fmt", "yuv420p", "-s", f"{width}x{height}"]
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
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stderr=subprocess.PIPE)
    if process.stdin is None or process.stderr is None:
        raise ffmpeg.FFmpegFailed("ffmpeg has no pipes")
    try:
        for frame in frames:
            process.stdin.write(frame.data)
        process.stdin.close()
    except BrokenPipeError:
        # ffmpeg said why on its standard error, and that is raised below.
        pass
    except BaseException:
        process.kill()
        process.wait()
        raise
    said = process.stderr.read().decode(errors="replace")
    if process.wait() != 0:
        raise ffmpeg.FFmpegFailed(said.strip()[-500:])


def decode(source: str, size: tuple[int, int]) -> Iterator[np.ndarray]:
    """Yield an MP4's frames at 24 fps, scaled to a size, as flat uint8 yuv420p.

    Raises FFmpegFailed.
    """
    width, height = size
    command = [ffmpeg.binary(), "-nostdin", "-hide_banner", "-v", "error", *ffmpeg.pinned(source)]
    command += ["-vf", f"fps={FPS},scale={width}:{height}:flags=bicubic", "-an"]
    command += ["-pix_fmt", "yuv420p", "-f", "rawvideo", "-"]
    length = width * height * 3 // 2
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    if process.stdout is None or process.stderr is None:
        raise ffmpeg.FFmpegFailed("ffmpeg has no pipes")
    try:
        while len(data := process.stdout.read(length)) == length:
            yield np.frombuffer(data, np.uint8)
    except BaseException:
        process.kill()
        process.wait()
        raise
    said = process.stderr.read().decode(errors="replace")
    if process.wait() != 0:
        raise ffmpeg.FFmpegFailed(said.strip()[-500:])
