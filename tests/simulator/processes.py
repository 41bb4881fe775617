"""Simulators in processes of their own."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from generations.simulator.renders import PROJECT
from generations.simulator.testing import PAINTED_PIXELS, shared_renders

STANDALONE = ("-m", "generations.simulator")
FAST = {
    "SIMULATOR_RENDERS": str(shared_renders()),
    "SIMULATOR_PAINTED_PIXELS": str(PAINTED_PIXELS),
}


@contextmanager
def process(
    directory: Path, *command: str, **environ: str
) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """A simulator in a process of its own, and its base URL."""
    started = subprocess.Popen(
        [sys.executable, *(command or STANDALONE), "--dir", str(directory)],
        cwd=PROJECT,
        env={**os.environ, **FAST, **environ},
        stderr=subprocess.PIPE,
        text=True,
    )
    assert started.stderr is not None
    try:
        found = None
        for line in started.stderr:
            if found := re.search(r"simulating Luma at (\S+)", line):
                break
        assert found, "it ended without serving"
        yield started, found[1]
    finally:
        started.kill()
        started.communicate()
