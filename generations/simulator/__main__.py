"""`python -m generations.simulator --port N`: the simulator on its own."""

import argparse
from pathlib import Path

from generations.simulator.serving import serve
from generations.simulator.settings import Settings


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command line, shared with `manage.py simulate`."""
    parser.add_argument("--port", type=int, help="0 for any free one (SIMULATOR_PORT, else 0)")
    parser.add_argument("--host", help="the address to listen on (127.0.0.1)")
    parser.add_argument("--dir", type=Path, help="keeps its state (DATA_DIR/simulator)")


def settings_of(port: int | None, host: str | None, directory: Path | None) -> Settings:
    """Return the settings of a command line, completed by the environment; raises ValueError."""
    return Settings.from_environment(port=port, host=host, directory=directory)


def main() -> None:
    """Serve as the command line says."""
    parser = argparse.ArgumentParser(prog="python -m generations.simulator", description=__doc__)
    add_arguments(parser)
    given = parser.parse_args()
    try:
        serve(settings_of(given.port, given.host, given.dir))
    except (ValueError, OSError) as error:
        parser.error(str(error))


if __name__ == "__main__":
    main()
