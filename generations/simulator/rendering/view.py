"""What an element paints through: the frame, the camera and the moment, and where things land."""

from dataclasses import dataclass
from math import sqrt
from typing import Protocol, TypeVar

import numpy as np

from generations.simulator.rendering.camera import Pose
from generations.simulator.rendering.frame import Frame, Pixels

Place = TypeVar("Place", float, np.ndarray)

SKY = 1e6
"""The depth of what is too far to move with the camera."""


@dataclass(frozen=True)
class View:
    """A moment seen by the camera.

    Places are (X, Y) in units at a depth: X right of the middle, Y below the horizon, as they
    appear to a camera at rest. Depth 1 is the nearest ground. One unit is the height of a 16:9
    frame; other ratios have the same unit for the same pixel count. `air` is the px size, around
    the frame's middle, of where rain and snow fall; the frame's own when it is None.
    """

    frame: Frame
    pose: Pose
    time: float
    unit: float
    middle: float
    horizon: float
    air: tuple[int, int] | None = None

    @property
    def air_box(self) -> tuple[float, float, int, int]:
        """The left, top, width and height in px of where rain and snow fall."""
        width, height = self.air or (self.frame.width, self.frame.height)
        return (self.frame.width - width) / 2, (self.frame.height - height) / 2, width, height

    def scale(self, depth: float) -> float:
        """Return how many px one unit at a depth measures; 0 behind the camera."""
        gap = depth - self.pose.z
        return self.unit * self.pose.zoom * depth / gap if gap > 0.05 else 0

    def x(self, x: Place, depth: float) -> Place:
        """Return the px column of a place."""
        shift = self.unit * self.pose.zoom * (self.pose.x / (depth - self.pose.z) + self.pose.yaw)
        return self.middle + x * self.scale(depth) - shift

    def y(self, y: Place, depth: float) -> Place:
        """Return the px row of a place."""
        lift = self.unit * self.pose.zoom * (self.pose.y / (depth - self.pose.z) + self.pose.pitch)
        return self.horizon + y * self.scale(depth) + lift

    def point(self, x: float, y: float, depth: float) -> tuple[float, float]:
        """Return the px column and row of one place."""
        return self.x(x, depth), self.y(y, depth)

    def columns(self, depth: float) -> Pixels:
        """Return the X of the width + 1 boundaries between the frame's columns."""
        left = self.x(0.0, depth)
        return (np.arange(self.frame.width + 1) - left) / self.scale(depth)


def unit_of(width: int, height: int) -> float:
    """Return the px of one unit for a frame: its height if it were 16:9."""
    return sqrt(width * height * 9 / 16)


class Element(Protocol):
    """Something in the scene that can paint itself."""

    def paint(self, view: View) -> None:
        """Paint it over what is farther away."""
