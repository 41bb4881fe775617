"""The camera: where it stands, and how each concept moves it (luma-dream-machine-v1 sheet §6)."""

import re
from collections.abc import Callable
from dataclasses import dataclass, fields

import numpy as np


@dataclass(frozen=True)
class Pose:
    """Where the camera is and looks; lengths in picture units (see View), angles as shifts.

    `x` right, `y` up, `z` forward; `yaw` right and `pitch` up move the whole picture by units;
    `roll` in radians, clockwise for the camera; `zoom` is the focal length's factor.
    """

    x: float = 0
    y: float = 0
    z: float = 0
    yaw: float = 0
    pitch: float = 0
    roll: float = 0
    zoom: float = 1

    def after(self, move: "Pose") -> "Pose":
        """Return this pose moved on by another."""
        sums = {f.name: getattr(self, f.name) + getattr(move, f.name) for f in fields(self)}
        return Pose(**{**sums, "zoom": self.zoom * move.zoom})

    def since(self, start: "Pose") -> "Pose":
        """Return the move that leads from another pose to this one."""
        less = {f.name: getattr(self, f.name) - getattr(start, f.name) for f in fields(self)}
        return Pose(**{**less, "zoom": self.zoom / start.zoom})


Move = Callable[[float, float], Pose]
"""A pose for a progress 0..1 and a time in seconds."""

SUBJECT = 3.0
"""The depth at which orbits turn and dolly zooms hold still."""


def ease(progress: float) -> float:
    """Return a start and a stop that are soft, with steady speed between."""
    p = min(max(progress, 0.0), 1.0)
    ramp = 0.18
    if p < ramp:
        done = p * p / (2 * ramp)
    elif p > 1 - ramp:
        done = 1 - ramp - (1 - p) ** 2 / (2 * ramp)
    else:
        done = p - ramp / 2
    return done / (1 - ramp)


def shake(time: float, seed: int) -> float:
    """Return smooth noise of about ±1 with the rhythm of a hand."""
    waves = ((1.1, 0.6), (2.3, 0.3), (4.1, 0.16), (7.3, 0.06))
    return sum(
        a * np.sin(2 * np.pi * f * time + seed * (1.7 + i)) for i, (f, a) in enumerate(waves)
    )


def _slide(**ends: float) -> Move:
    """Return a move from rest to the given pose."""

    def pose(progress: float, _time: float) -> Pose:
        done = ease(progress)
        ends_here = {name: value * done for name, value in ends.items() if name != "zoom"}
        return Pose(**ends_here, zoom=ends.get("zoom", 1.0) ** done)

    return pose


def _held(**stand: float) -> Move:
    """Return a fixed stand with the faintest drift, so that it lives."""

    def pose(progress: float, _time: float) -> Pose:
        return Pose(**stand).after(Pose(z=0.05 * ease(progress)))

    return pose


def _dolly_zoom(progress: float, _time: float) -> Pose:
    z = 0.62 * ease(progress)
    return Pose(z=z, zoom=(SUBJECT - z) / SUBJECT * (1 + 0.12 * ease(progress)))


def _bolt(progress: float, time: float) -> Pose:
    rush = progress**3
    return Pose(z=0.9 * rush, zoom=1 + 0.25 * rush, yaw=0.004 * shake(time * 2, 3) * rush)


def _handheld(progress: float, time: float) -> Pose:
    return Pose(
        yaw=0.022 * shake(time, 1),
        pitch=0.018 * shake(time, 2),
        x=0.02 * shake(time * 0.5, 4),
        z=0.06 * ease(progress),
    )


def _pov(progress: float, time: float) -> Pose:
    step = 2 * np.pi * 1.7 * time
    bob = Pose(pitch=0.010 * np.sin(step), x=0.022 * np.sin(step / 2), y=0.012 * np.sin(step))
    return bob.after(Pose(z=0.36 * ease(progress), y=-0.03))


def _selfie(progress: float, time: float) -> Pose:
    return Pose(
        yaw=0.05 * np.sin(time * 0.9) + 0.008 * shake(time, 6),
        pitch=0.01 * shake(time, 7),
        x=0.05 * ease(progress),
    )


def _drone(progress: float, time: float) -> Pose:
    done = ease(progress)
    bank = np.sin(np.pi * progress)
    return Pose(x=0.22 * done, y=0.34 + 0.12 * done, z=0.42 * done, pitch=-0.1, yaw=0.06 * bank)


CONCEPTS: dict[str, Move] = {
    "truck_left": _slide(x=-0.42),
    "truck_right": _slide(x=0.42),
    "pan_left": _slide(yaw=-0.5),
    "pan_right": _slide(yaw=0.5),
    "tilt_up": _slide(pitch=0.34),
    "tilt_down": _slide(pitch=-0.3),
    "pedestal_up": _slide(y=0.3),
    "pedestal_down": _slide(y=-0.12),
    "roll_left": _slide(roll=-0.17),
    "roll_right": _slide(roll=0.17),
    "orbit_left": _slide(x=-0.9, yaw=0.9 / SUBJECT),
    "orbit_right": _slide(x=0.9, yaw=-0.9 / SUBJECT),
    "zoom_in": _slide(zoom=1.55),
    "zoom_out": lambda p, t: Pose(zoom=1.55 ** (1 - ease(p))),
    "push_in": _slide(z=0.5),
    "pull_out": lambda p, t: Pose(z=0.5 * (1 - ease(p))),
    "crane_up": _slide(y=0.5, pitch=-0.12),
    "crane_down": lambda p, t: Pose(y=0.5 * (1 - ease(p)), pitch=-0.12 * (1 - ease(p))),
    "dolly_zoom": _dolly_zoom,
    "bolt_cam": _bolt,
    "aerial": _slide(z=0.3, y=0.42, x=0.1, pitch=-0.1),
    "aerial_drone": _drone,
    "overhead": _held(y=0.75, pitch=-0.42),
    "high_angle": _held(y=0.42, pitch=-0.24),
    "low_angle": _held(y=-0.1, pitch=0.24),
    "ground_level": _held(y=-0.16, pitch=0.1),
    "eye_level": _slide(z=0.14),
    "over_the_shoulder": lambda p, t: Pose(x=0.03 * ease(p) + 0.004 * shake(t * 0.5, 8)),
    "pov": _pov,
    "selfie": _selfie,
    "handheld": _handheld,
    "static": lambda p, t: Pose(),
    "tiny_planet": _slide(yaw=0.5),
    "elevator_doors": _slide(z=0.16),
}
"""The 34 camera concepts (sheet §6), each as a move."""

_WORDS: tuple[tuple[str, str], ...] = (
    (r"truck(?:s|ing)? left", "truck_left"),
    (r"truck(?:s|ing)? right|tracking shot|lateral|sideways", "truck_right"),
    (r"pan(?:s|ning)? left", "pan_left"),
    (r"pan(?:s|ning)?(?: right| across)", "pan_right"),
    (r"tilt(?:s|ing)? up", "tilt_up"),
    (r"tilt(?:s|ing)? down", "tilt_down"),
    (r"pedestal up", "pedestal_up"),
    (r"pedestal down", "pedestal_down"),
    (r"roll(?:s|ing)? left", "roll_left"),
    (r"roll(?:s|ing)? right|dutch", "roll_right"),
    (r"orbit(?:s|ing)? left", "orbit_left"),
    (r"orbits|orbit(?:ing)? right|camera orbit|arc shot|circl(?:es|ing)", "orbit_right"),
    (r"dolly zoom|vertigo", "dolly_zoom"),
    (r"zoom(?:s|ing)? out", "zoom_out"),
    (r"zoom(?:s|ing)?(?: in)?\b", "zoom_in"),
    (r"push(?:es|ing)? in|dolly in|dolly forward|move(?:s)? in", "push_in"),
    (r"pull(?:s|ing)? (?:out|back)|dolly (?:out|back)", "pull_out"),
    (r"crane(?:s)? down", "crane_down"),
    (r"crane(?:s|ing)? (?:up|shot|over|past)|rising shot", "crane_up"),
    (r"drone|fly ?over shot|flyover", "aerial_drone"),
    (r"aerial|bird'?s.eye", "aerial"),
    (r"top.down|overhead", "overhead"),
    (r"high angle", "high_angle"),
    (r"low angle", "low_angle"),
    (r"ground level", "ground_level"),
    (r"over the shoulder", "over_the_shoulder"),
    (r"\bpov\b|point of view|first person", "pov"),
    (r"selfie", "selfie"),
    (r"hand.?held|shaky", "handheld"),
    (r"tiny planet", "tiny_planet"),
    (r"elevator door", "elevator_doors"),
    (r"static (?:shot|camera)|locked.off|tripod", "static"),
)


def _drift(progress: float, _time: float) -> Pose:
    done = ease(progress)
    return Pose(x=0.09 * (done - 0.5), z=0.07 * done)


def concepts_in(prompt: str) -> tuple[str, ...]:
    """Return the concepts that the words of a prompt ask for; "zoom out" is not also "zoom"."""
    found, rest = [], prompt.lower().replace("-", " ")
    for pattern, concept in _WORDS:
        rest, times = re.subn(pattern, " ", rest)
        if times:
            found.append(concept)
    return tuple(found)


def path(concepts: tuple[str, ...], prompt: str, *, loop: bool) -> Move:
    """Return the camera's whole move: the concepts', else the prompt's, else a gentle drift.

    A loop goes out and comes back, so that its last frame meets its first.
    """
    names = [name for name in concepts if name in CONCEPTS] or list(concepts_in(prompt))
    moves = [CONCEPTS[name] for name in names] or [_drift]

    def pose(progress: float, time: float) -> Pose:
        if loop:
            progress = (1 - np.cos(2 * np.pi * progress)) / 2
        whole = Pose()
        for move in moves:
            whole = whole.after(move(progress, time))
        return whole

    return pose
