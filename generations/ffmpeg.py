"""Runs ffmpeg: where it is, and how long it may take."""

import os
import shutil
import subprocess
from collections.abc import Sequence
from functools import cache

import imageio_ffmpeg


class FFmpegFailed(Exception):
    """ffmpeg exited with an error or ran out of time; the message is its last words."""


@cache
def binary() -> str:
    """Return the ffmpeg to use: `FFMPEG_BIN`, then the one on `PATH`, then the wheel's."""
    return os.environ.get("FFMPEG_BIN") or shutil.which("ffmpeg") or imageio_ffmpeg.get_ffmpeg_exe()


def run(arguments: Sequence[str], *, timeout_s: float, stdin: bytes | None = None) -> bytes:
    """Run ffmpeg quietly over existing outputs and return its standard output.

    Raises FFmpegFailed. Inputs from outside need `pinned(...)`.
    """
    command = [binary(), "-nostdin", "-hide_banner", "-v", "error", "-y", *arguments]
    if stdin is not None:
        command.remove("-nostdin")
    try:
        done = subprocess.run(
            command, check=False, input=stdin, capture_output=True, timeout=timeout_s
        )
    except subprocess.TimeoutExpired as error:
        raise FFmpegFailed(f"ffmpeg took longer than {timeout_s:g} s") from error
    if done.returncode != 0:
        raise FFmpegFailed(done.stderr.decode(errors="replace").strip()[-500:])
    return done.stdout


def pinned(path: str | os.PathLike[str]) -> list[str]:
    """Return the input arguments for an MP4 from outside.

    The demuxer and the protocol are pinned: a playlist named `.mp4` is otherwise followed to the
    network (FACTS, ffmpeg).
    """
    return ["-protocol_whitelist", "file", "-f", "mov", "-i", os.fspath(path)]
