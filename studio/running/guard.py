"""Ends the supervisor's children when the supervisor itself was killed.

It reads process group ids from its standard input, `+ID` for one
that began and `-ID` for one that ended. The input ends when the supervisor does, however it
ended: whatever still runs then is asked to stop, and after GRACE_S made to. It imports nothing
of the application, so that it starts at once and nothing can break it.
"""

import os
import signal
import sys
import time
from collections.abc import Iterable

GRACE_S = 2.5


def signal_group(group: int, number: int) -> bool:
    """Send a signal to a process group; False when it has no processes (left)."""
    try:
        os.killpg(group, number)
    except (ProcessLookupError, PermissionError):  # macOS says "permission" of a group of zombies
        return False
    return True


def end_groups(groups: Iterable[int], grace_s: float = GRACE_S) -> None:
    """Ask process groups to stop, wait until they have, and kill those that have not in time."""
    left = {group for group in groups if signal_group(group, signal.SIGTERM)}
    deadline = time.monotonic() + grace_s
    while left and time.monotonic() < deadline:
        time.sleep(0.05)  # they aren't our children: there is nothing to wait on but their absence
        left = {group for group in left if signal_group(group, 0)}
    for group in left:
        signal_group(group, signal.SIGKILL)


def main() -> None:
    """Follow the supervisor's list until it ends, then end what is on it."""
    groups: set[int] = set()
    for line in sys.stdin:
        group = int(line[1:])
        if line[0] == "+":
            groups.add(group)
        else:
            groups.discard(group)
    end_groups(groups)


if __name__ == "__main__":
    main()
