"""Runs ffmpeg: where it is, how long it may take, and how much it may hold."""

import errno
import os
import resource
import selectors
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from functools import cache

import imageio_ffmpeg

_MAX_MEMORY_BYTES = 4 * 1024**3
_MAX_PIXELS = 50_000_000  # also for frames larger than their container says


class FFmpegFailed(Exception):
    """ffmpeg exited with an error or ran out of time; the message is its last words."""


class FFmpegStopped(FFmpegFailed):
    """ffmpeg was ended before it was done; the message says in words by what."""


@cache
def binary() -> str:
    """Return the ffmpeg to use: `FFMPEG_BIN`, then the one on `PATH`, then the wheel's."""
    return os.environ.get("FFMPEG_BIN") or shutil.which("ffmpeg") or imageio_ffmpeg.get_ffmpeg_exe()


@cache
def _tied() -> list[str]:
    """Return what has a command end with us, even when we are killed; nothing where that can't be.

    Between fork and exec nothing of ours can ask for it (see `_limit`): util-linux's setpriv does.
    """
    setpriv = shutil.which("setpriv") if sys.platform == "linux" else None
    if setpriv is None:
        return []
    tied = [setpriv, "--pdeathsig", "KILL"]
    can = subprocess.run([*tied, "true"], capture_output=True, check=False)
    return tied if can.returncode == 0 else []  # BusyBox's doesn't know the option


def command(*arguments: str) -> list[str]:
    """Return the command that runs ffmpeg, which ends when the thread that starts it does."""
    return [*_tied(), binary(), "-hide_banner", "-v", "error", *arguments]


def run(arguments: Sequence[str], *, timeout_s: float, stdin: bytes | None = None) -> bytes:
    """Run ffmpeg quietly over existing outputs and return its standard output.

    Raises FFmpegFailed. Inputs from outside need `pinned(...)`.
    """
    no_stdin = ["-nostdin"] if stdin is None else []
    with subprocess.Popen(
        command(*no_stdin, "-y", *arguments),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as process:
        _limit(process.pid, timeout_s)
        try:
            out, said = process.communicate(stdin, timeout=timeout_s)
        except subprocess.TimeoutExpired as error:
            raise FFmpegStopped(f"ffmpeg took longer than {timeout_s:g} s") from error
        finally:
            process.kill()
    if process.returncode < 0:
        raise FFmpegStopped(_ended_by(process.returncode))
    if process.returncode:
        raise FFmpegFailed(said.decode(errors="replace").strip()[-500:])
    return out


def follow(arguments: Sequence[str], *, timeout_s: float, at: Callable[[int], object]) -> bytes:
    """Run ffmpeg as `run` does, and say twice a second how many frames it has written.

    For what takes minutes: it gives way to other processes. `at` may raise, which ends it.
    Returns what it wrote to its standard error. Raises FFmpegFailed.
    """
    with (
        tempfile.TemporaryFile() as said,
        subprocess.Popen(
            command("-nostdin", "-y", "-progress", "pipe:1", *arguments),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=said,
        ) as process,
    ):
        _limit(process.pid, timeout_s)
        _give_way(process.pid)
        try:
            _tell(process, at, time.monotonic() + timeout_s)
        except TimeoutError as error:
            raise FFmpegStopped(f"ffmpeg took longer than {timeout_s:g} s") from error
        finally:
            process.kill()
            process.wait()
        if process.returncode < 0:
            raise FFmpegStopped(_ended_by(process.returncode))
        said.seek(0)
        written = said.read()
        if process.returncode:
            raise FFmpegFailed(written.decode(errors="replace").strip()[-500:])
        return written


def _tell(process: subprocess.Popen[bytes], at: Callable[[int], object], until: float) -> None:
    """Pass on what ffmpeg says of its progress until it ends. Raises TimeoutError."""
    pipe = process.stdout
    if pipe is None:
        raise FFmpegFailed("ffmpeg has no pipes")
    frames, rest = 0, b""
    with selectors.DefaultSelector() as selector:
        selector.register(pipe, selectors.EVENT_READ)
        while True:
            if time.monotonic() > until:
                raise TimeoutError
            if selector.select(0.5):
                data = os.read(pipe.fileno(), 65536)
                if not data:
                    break
                *lines, rest = (rest + data).split(b"\n")
                counts = [line[6:] for line in lines if line.startswith(b"frame=")]
                frames = int(counts[-1]) if counts else frames
            at(frames)
    while process.poll() is None:
        # It has closed its output, and only has to end.
        if time.monotonic() > until:
            raise TimeoutError
        try:
            process.wait(0.5)
        except subprocess.TimeoutExpired:
            at(frames)


def _give_way(pid: int) -> None:
    """Let a child have the processor when nobody else wants it."""
    try:
        os.setpriority(os.PRIO_PROCESS, pid, 10)
    except (ProcessLookupError, PermissionError):
        return  # it is done already, or may not: then it just doesn't give way


def _limit(pid: int, timeout_s: float) -> None:
    """Cap a child's memory and processor time, where the system lets us (Linux).

    From outside, right after the start: what runs between fork and exec in a process with
    threads may hang.
    """
    if sys.platform != "linux":
        return
    seconds = int(timeout_s * 4) + 1  # several threads count together
    for limit, most in ((resource.RLIMIT_AS, _MAX_MEMORY_BYTES), (resource.RLIMIT_CPU, seconds)):
        try:
            resource.prlimit(pid, limit, (most, most))
        except ProcessLookupError:
            return  # it is done already
        except PermissionError:
            continue  # whoever started us gave less, which then holds


def _ended_by(status: int) -> str:
    if -status == signal.SIGXFSZ:
        return f"ffmpeg: {os.strerror(errno.EFBIG)}"
    return f"ffmpeg was ended by {signal.Signals(-status).name}"


def pinned(path: str | os.PathLike[str]) -> list[str]:
    """Return the input arguments for an MP4 from outside.

    The demuxer and the protocol are pinned: a playlist named `.mp4` is otherwise followed to the
    network.
    """
    return [
        *("-protocol_whitelist", "file", "-max_pixels", str(_MAX_PIXELS)),
        *("-f", "mov", "-i", os.fspath(path)),
    ]
