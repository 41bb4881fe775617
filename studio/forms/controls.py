"""What of a video is to be kept when it is modified: its controls, each with a dial."""

from collections.abc import Mapping
from typing import Any

from django import forms

from generations.checking_options import DIALS
from studio.forms.fields import setting

CONTROLS = "controls"
"""The field that all of them are, for the engine and for what says what is wrong."""
DIAL_NAMES = {name: f"{name}_{dial}" for name, dial in DIALS.items() if dial}
CONTROL_NAMES = ("auto_controls", *DIALS, *DIAL_NAMES.values())
_UNREADABLE = "A dial is a number from 0 to 1, such as 0.5. Change it."


class ControlsForm(forms.Form):
    """What is kept: as the model finds fit, or by hand. The engine judges the dials."""

    controls = forms.Field(required=False)
    auto_controls = forms.BooleanField(required=False)
    vars().update({name: forms.BooleanField(required=False) for name in DIALS})
    vars().update({name: setting(_UNREADABLE, required=False) for name in DIAL_NAMES.values()})


def controls_in(typed: Mapping[str, Any]) -> dict[str, str]:
    """Return what is chosen of the controls among what is typed, by the fields' names.

    A dial without its control is nothing.
    """
    found = {name: str(typed[name]) for name in CONTROL_NAMES if _is_set(typed.get(name))}
    idle = {dial for name, dial in DIAL_NAMES.items() if name not in found}
    return {name: value for name, value in found.items() if name not in idle}


def options_of(chosen: Mapping[str, str]) -> dict[str, Any]:
    """Return chosen controls as the options of an order."""
    manual: dict[str, Any] = {}
    for name in DIALS:
        if name in chosen:
            manual[name] = {"enabled": True}
            if value := chosen.get(DIAL_NAMES.get(name, "")):
                manual[name][DIALS[name]] = _number(value)
    options: dict[str, Any] = {"auto_controls": True} if "auto_controls" in chosen else {}
    return options | ({CONTROLS: manual} if manual else {})


def controls_of(options: Mapping[str, Any]) -> dict[str, str]:
    """Return the controls of a prompt's options as the fields' initial values."""
    found = {"auto_controls": "on"} if options.get("auto_controls") else {}
    for name, control in (options.get(CONTROLS) or {}).items():
        if name in DIALS and control.get("enabled", True):
            found[name] = "on"
            if (value := control.get(DIALS[name])) is not None:
                found[DIAL_NAMES[name]] = str(value)
    return found


def _is_set(value: Any) -> bool:
    return value not in (None, "", False, "False", "false")


def _number(value: str) -> float | str:
    try:
        return float(value.strip().replace(",", "."))
    except ValueError:
        return value.strip()
