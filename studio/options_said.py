"""What a prompt chose of what only some models know, in words."""

from collections.abc import Mapping
from typing import Any

from generations.checking_options import DIALS


def options_said(options: Mapping[str, Any]) -> list[str]:
    """Return a prompt's options in words: `HDR`, `controls: pose coarse, depth 0.5`."""
    said = [name.upper() for name in ("hdr", "exr") if options.get(name)]
    if quality := options.get("quality"):
        said.append(f"{quality} quality")
    if options.get("auto_controls"):
        said.append("automatic controls")
    controls = options.get("controls") or {}
    chosen = [_said(name, controls[name]) for name in DIALS if name in controls]
    return [*said, f"controls: {', '.join(chosen)}"] if chosen else said


def _said(name: str, control: Mapping[str, Any]) -> str:
    value = control.get(DIALS[name])
    words = name if value is None else f"{name} {value}"
    return words if control.get("enabled", True) else f"no {name}"
