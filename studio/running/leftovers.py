"""Children of a supervisor that was killed together with its guard: found again by a file."""

import json
import signal
import time
from dataclasses import asdict
from pathlib import Path

from studio.running.guard import signal_group
from studio.running.processes import Identity

_PATIENCE_S = 5.0


class StillRunning(Exception):
    """A leftover process can't be ended; the message says which."""


class Roll:
    """The list of a supervisor's children, kept in a file for the next supervisor."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._names: dict[Identity, str] = {}

    def add(self, name: str, pid: int) -> None:
        """Note a child that was started."""
        identity = Identity.of(pid)
        if identity:  # None when it has already ended
            self._names[identity] = name
            self._write()

    def remove(self, pid: int) -> None:
        """Forget a child that has ended."""
        self._names = {known: name for known, name in self._names.items() if known.pid != pid}
        self._write()

    def end_leftovers(self) -> list[str]:
        """Kill what the file's supervisor left running, and return their names.

        Raises StillRunning when one won't go.
        """
        alive = {known: name for known, name in self._read().items() if known.is_alive()}
        for known in alive:
            signal_group(known.pid, signal.SIGKILL)
        deadline = time.monotonic() + _PATIENCE_S
        for known, name in alive.items():
            while known.is_alive():
                if time.monotonic() > deadline:
                    raise StillRunning(
                        f"{name} (process {known.pid}) of an earlier start can't be ended. "
                        f"End it (kill -9 {known.pid}) and start Dailies again."
                    )
                time.sleep(0.02)  # not our child: there is nothing to wait on but its absence
        self._file.unlink(missing_ok=True)
        return list(alive.values())

    def _read(self) -> dict[Identity, str]:
        try:
            rows = json.loads(self._file.read_text())
            return {Identity(row["pid"], row["started"]): row["name"] for row in rows}
        except (FileNotFoundError, ValueError, KeyError, TypeError):
            return {}

    def _write(self) -> None:
        if not self._names:
            self._file.unlink(missing_ok=True)
            return
        rows = [{"name": name, **asdict(known)} for known, name in self._names.items()]
        pending = self._file.with_suffix(".part")
        pending.write_text(json.dumps(rows))
        pending.replace(self._file)
