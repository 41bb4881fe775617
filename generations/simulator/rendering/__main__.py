"""`python -m generations.simulator.rendering JOB.json OUT`: render one job in this process."""

import ctypes
import sys
from pathlib import Path

from generations.simulator.rendering import load, render

_TRIM_THRESHOLD, _MMAP_THRESHOLD = -1, -3
"""The names of glibc's settings in `man mallopt`."""


def keep_memory() -> None:
    """Let the C library keep what a frame's strokes free, where it is glibc.

    Otherwise it hands every large array back to the kernel and faults it in again for the next
    stroke: up to a sixth of a render's CPU.
    """
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    if mallopt is not None:
        for setting in (_TRIM_THRESHOLD, _MMAP_THRESHOLD):
            mallopt(setting, 1 << 29)


def main(arguments: list[str]) -> int:
    """Render the job in the first argument's file to the second; return the exit status."""
    if len(arguments) != 2:
        sys.stderr.write("usage: python -m generations.simulator.rendering JOB.json OUT\n")
        return 2
    keep_memory()
    job, out = arguments
    render(load(Path(job).read_text()), Path(out))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
