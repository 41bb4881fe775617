"""Which process is meant: a process id alone may belong to another by now."""

import subprocess
from dataclasses import dataclass
from pathlib import Path

_PROC = Path("/proc")


@dataclass(frozen=True)
class Identity:
    """A process, told from a later one with the same id by when it was started."""

    pid: int
    started: str

    @classmethod
    def of(cls, pid: int) -> "Identity | None":
        """Return the identity of a living process, or None when there is none with that id."""
        started = _started_linux(pid) if (_PROC / "self/stat").exists() else _started_ps(pid)
        return cls(pid, started) if started else None

    def is_alive(self) -> bool:
        """Tell whether this very process still runs."""
        return Identity.of(self.pid) == self


def _started_linux(pid: int) -> str:
    """Return boot and start time in ticks; empty for no process or a zombie (proc(5))."""
    try:
        text = (_PROC / str(pid) / "stat").read_text()
        boot = (_PROC / "sys/kernel/random/boot_id").read_text().strip()
    except (FileNotFoundError, ProcessLookupError):
        return ""
    # The second field is the name in parentheses, which may hold anything.
    state, *rest = text.rpartition(")")[2].split()
    return "" if state in "ZX" else f"{boot}/{rest[18]}"


def _started_ps(pid: int) -> str:
    command = ["ps", "-o", "lstart=", "-p", str(pid)]
    return subprocess.run(command, capture_output=True, text=True, check=False).stdout.strip()
