"""How a simulator is set up: arguments over environment over defaults."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

from generations.simulator.faults import Faults

API_PREFIX = "/dream-machine/v1"


@dataclass(frozen=True, kw_only=True)
class Settings:
    """Everything that can be set from outside."""

    directory: Path
    """Keeps journal, fetched inputs and, by default, renders: `--dir`, DATA_DIR/simulator."""
    host: str = "127.0.0.1"
    """The address to listen on: `--host`."""
    port: int = 0
    """The port to listen on, 0 for any free one: `--port`, SIMULATOR_PORT."""
    public_url: str | None = None
    """How clients reach it (scheme, host, port), if not by host and port:
    SIMULATOR_PUBLIC_URL."""
    renders: Path
    """The render cache; may be shared between simulators: SIMULATOR_RENDERS."""
    renderers: int = 2
    """Renders at the same time, each a process of its own: SIMULATOR_RENDERERS."""
    painted_pixels: int | None = None
    """How many pixels of a frame are painted at most; what is larger is enlarged. None for those
    of 1080p: SIMULATOR_PAINTED_PIXELS."""
    speed: float = 1.0
    """Multiplies the time spent queued and dreaming: 0.1 is ten times faster, 0 is at once.
    SIMULATOR_SPEED."""
    concurrent: int = 10
    """Videos in flight per key before 429 (sheet §11, Build tier): SIMULATOR_CONCURRENT."""
    per_minute: int = 20
    """Video creates per key and minute before 429 (sheet §11): SIMULATOR_PER_MINUTE."""
    image_concurrent: int = 40
    """Images in flight per key (sheet §11): SIMULATOR_IMAGE_CONCURRENT."""
    image_per_minute: int = 80
    """Image creates per key and minute (sheet §11): SIMULATOR_IMAGE_PER_MINUTE."""
    agents_concurrent: int = 10
    """Jobs in flight per key at Luma Agents before 429 (its limits are unpublished):
    SIMULATOR_AGENTS_CONCURRENT."""
    agents_per_minute: int = 30
    """Creates per key and minute at Luma Agents before 429: SIMULATOR_AGENTS_PER_MINUTE."""
    credits_cents: Decimal = Decimal(1_000_000)
    """What each key owns at the start, in US cents: SIMULATOR_CREDITS."""
    faults: Faults = field(default_factory=Faults)
    """How it misbehaves from the start, a JSON object: SIMULATOR_FAULTS."""

    @classmethod
    def from_environment(cls, environ: Mapping[str, str] = os.environ, **given: Any) -> "Settings":
        """Read the environment; whatever is given and not None wins over it.

        Raises ValueError for a number that is none and for an unknown fault.
        """
        chosen = {name: value for name, value in given.items() if value is not None}
        data = Path(environ.get("DATA_DIR") or "var")
        directory = chosen["directory"] = Path(
            chosen.get("directory", data / "simulator")
        ).resolve()
        renders = environ.get("SIMULATOR_RENDERS") or directory / "renders"
        chosen.setdefault("renders", Path(renders))
        for variable, (name, kind) in _VARIABLES.items():
            if environ.get(variable):
                chosen.setdefault(name, _parsed(variable, kind, environ[variable]))
        return cls(**chosen)


def _parsed(variable: str, kind: Any, text: str) -> Any:
    try:
        return kind(text)
    except (ValueError, ArithmeticError) as error:
        raise ValueError(f"{variable}: {error}") from error


_VARIABLES: dict[str, tuple[str, Any]] = {
    "SIMULATOR_PORT": ("port", int),
    "SIMULATOR_PAINTED_PIXELS": ("painted_pixels", int),
    "SIMULATOR_PUBLIC_URL": ("public_url", str),
    "SIMULATOR_RENDERERS": ("renderers", int),
    "SIMULATOR_SPEED": ("speed", float),
    "SIMULATOR_CONCURRENT": ("concurrent", int),
    "SIMULATOR_PER_MINUTE": ("per_minute", int),
    "SIMULATOR_IMAGE_CONCURRENT": ("image_concurrent", int),
    "SIMULATOR_IMAGE_PER_MINUTE": ("image_per_minute", int),
    "SIMULATOR_AGENTS_CONCURRENT": ("agents_concurrent", int),
    "SIMULATOR_AGENTS_PER_MINUTE": ("agents_per_minute", int),
    "SIMULATOR_CREDITS": ("credits_cents", Decimal),
    "SIMULATOR_FAULTS": ("faults", Faults.from_json),
}
