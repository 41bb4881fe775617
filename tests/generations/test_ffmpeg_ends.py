"""ffmpeg ends with the process that runs it, also when that is killed."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from generations import ffmpeg
from studio.running.processes import Identity
from tests.running.stage import wait_for

PATIENCE_S = 20
# As a worker does: in a thread, while the process has others. It would go on for an hour.
RUNS = """
import threading
from generations import ffmpeg

endless = ["-re", "-f", "lavfi", "-i", "color=size=16x16:rate=24", "-t", "3600", "-f", "null", "-"]
threading.Thread(target=lambda: ffmpeg.{how}).start()
"""
HOW = {
    "run": "run(endless, timeout_s=3600)",
    "follow": "follow(endless, timeout_s=3600, at=lambda frames: None)",
}

pytestmark = pytest.mark.skipif(
    not ffmpeg._tied(), reason="nothing here ties a process to the one that starts it"
)


def ffmpegs_of(pid: int) -> list[Identity]:
    """The ffmpeg processes that a process's threads have started."""
    tasks = Path(f"/proc/{pid}/task").glob("*/children")
    found = [int(child) for task in tasks for child in task.read_text().split()]
    return [it for child in found if is_ffmpeg(child) and (it := Identity.of(child))]


def is_ffmpeg(pid: int) -> bool:
    """Whether a process is ffmpeg by now, not what starts it."""
    try:
        return Path(f"/proc/{pid}/exe").readlink() == Path(ffmpeg.binary()).resolve()
    except FileNotFoundError:
        return False


@pytest.mark.parametrize("how", HOW.values(), ids=HOW)
def test_it_ends_when_the_process_that_runs_it_is_killed(how):
    command = [sys.executable, "-c", RUNS.format(how=how)]
    with subprocess.Popen(command) as worker:
        try:
            wait_for(lambda: bool(ffmpegs_of(worker.pid)), PATIENCE_S)
            (begun,) = ffmpegs_of(worker.pid)
            assert begun.is_alive()
        finally:
            os.kill(worker.pid, signal.SIGKILL)
        worker.wait()
    try:
        wait_for(lambda: not begun.is_alive(), PATIENCE_S)
    finally:
        if begun.is_alive():
            os.kill(begun.pid, signal.SIGKILL)
