"""`python -m generations.simulator.rendering JOB.json OUT`: render one job in this process."""

import sys
from pathlib import Path

from generations.simulator.rendering import load, render


def main(arguments: list[str]) -> int:
    """Render the job in the first argument's file to the second; return the exit status."""
    if len(arguments) != 2:
        sys.stderr.write("usage: python -m generations.simulator.rendering JOB.json OUT\n")
        return 2
    job, out = arguments
    render(load(Path(job).read_text()), Path(out))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
