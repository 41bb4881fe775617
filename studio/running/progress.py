"""How a take is getting on, in a terminal: one line that moves, or plain lines in a file."""

import os
import shutil
from typing import IO

from generations.models import Generation, State

_BAR = 30
_TYPICAL_S = 30.0  # until the first takes of a kind have told how long theirs took
_DOING = {
    State.REQUESTED: "waits for approval",
    State.WAITING: "waits its turn",
    State.SUBMITTING: "is being sent",
    State.UNCONFIRMED: "was sent, the answer is awaited",
    State.QUEUED: "queued",
    State.DREAMING: "dreaming",
    State.COMPLETED: "ready, the file is fetched",
}


def estimate(elapsed_s: float, expected_s: float | None) -> float:
    """Return how far a take is, from 0 to 0.95: only its end is certain."""
    return min(elapsed_s / (expected_s or _TYPICAL_S), 0.95)


class Progress:
    """Shows a take's progress: a bar on a terminal, a line per change anywhere else."""

    def __init__(self, output: IO[str]) -> None:
        self._output = output
        self._moving = output.isatty() and os.environ.get("TERM") != "dumb"
        self._last = ""

    def show(self, generation: Generation) -> None:
        """Show where the take is now."""
        doing = _DOING.get(State(generation.state), generation.get_state_display())
        if generation.words:
            doing = f"{doing}: {generation.words}"
        if self._moving:
            share = 1.0 if generation.state == State.COMPLETED else self._share(generation)
            filled = round(share * _BAR)
            bar = "█" * filled + "░" * (_BAR - filled)
            line = f"{bar} {generation.elapsed_s:3.0f} s  {doing}"
            width = shutil.get_terminal_size().columns - 1  # a line that wraps can't be erased
            self._output.write(f"\r\x1b[2K{line[:width]}")
        elif doing != self._last:
            self._output.write(f"{generation.elapsed_s:3.0f} s  {doing}\n")
        self._last = doing
        self._output.flush()

    def end(self) -> None:
        """Leave the moving line."""
        if self._moving and self._last:
            self._output.write("\r\x1b[2K")
            self._output.flush()

    def _share(self, generation: Generation) -> float:
        if generation.accepted_at is None:
            return 0.0
        return estimate(generation.elapsed_s, generation.expected_s)
