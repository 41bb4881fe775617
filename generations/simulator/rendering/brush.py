"""Draws things: shapes and lights around a place at a depth."""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from generations.simulator.rendering.colour import Colour
from generations.simulator.rendering.land import EYE
from generations.simulator.rendering.view import View

Stroke = Sequence[tuple[float, float, float]]
"""A line of (right, up, width) in units."""


@dataclass(frozen=True)
class Brush:
    """Draws around a place: offsets are units right and up."""

    view: View
    x: float
    y: float
    depth: float

    @property
    def scale(self) -> float:
        """The px of one unit here."""
        return self.view.scale(self.depth)

    def at(self, right: float, up: float) -> tuple[float, float]:
        """Return the px place of an offset."""
        return self.view.point(self.x + right, self.y - up, self.depth)

    def shape(
        self, corners: Sequence[tuple[float, float]], colour: Colour, alpha: float = 1
    ) -> None:
        """Fill a convex polygon of offsets, in either direction."""
        points = np.array([self.at(*corner) for corner in corners])
        nearby = np.roll(points, -1, axis=0)
        if (points[:, 0] * nearby[:, 1] - nearby[:, 0] * points[:, 1]).sum() < 0:
            points = points[::-1]
        self.view.frame.polygon(points, colour, alpha)

    def line(
        self, a: tuple[float, float], b: tuple[float, float], width: float, colour: Colour
    ) -> None:
        """Draw a straight stroke of a width in units."""
        along = np.array([b[0] - a[0], b[1] - a[1]])
        side = np.array([-along[1], along[0]]) / max(float(np.hypot(*along)), 1e-9) * width / 2
        corners = [
            (a[0] + side[0], a[1] + side[1]),
            (b[0] + side[0], b[1] + side[1]),
            (b[0] - side[0], b[1] - side[1]),
            (a[0] - side[0], a[1] - side[1]),
        ]
        self.shape(corners, colour)

    def silhouette(self, strokes: Sequence[Stroke], colour: Colour) -> None:
        """Draw many tapering strokes as one shape."""
        corners = np.array([corner for stroke in strokes for corner in stroke])
        px = self.view.x(self.x + corners[:, 0], self.depth)
        py = self.view.y(self.y - corners[:, 1], self.depth)
        places = np.stack([px, py], 1)
        half = corners[:, 2:] * self.scale / 2
        shapes, first = [], 0
        for stroke in strokes:
            last = first + len(stroke)
            points = places[first:last]
            step = points[1:] - points[:-1]
            along = np.concatenate([step[:1], step[:-1] + step[1:], step[-1:]])
            along /= np.hypot(along[:, 0], along[:, 1])[:, None] + 1e-9
            side = np.stack([-along[:, 1], along[:, 0]], 1) * half[first:last]
            shapes.append(np.concatenate([points + side, (points - side)[::-1]]))
            first = last
        self.view.frame.stencil(shapes, colour)

    def disc(
        self, right: float, up: float, radius: float, colour: Colour, alpha: float = 1
    ) -> None:
        """Fill a circle of a radius in units."""
        self.view.frame.disc(*self.at(right, up), radius * self.scale, colour, alpha)

    def glow(self, right: float, up: float, radius: float, colour: Colour, amount: float) -> None:
        """Blend in a soft light of a radius in units."""
        size = radius * self.scale
        self.view.frame.glow(*self.at(right, up), size, size, colour, amount)


def on_ground(depth: float) -> float:
    """Return the Y of the ground at a depth."""
    return EYE / depth


@dataclass(frozen=True)
class Thing(ABC):
    """A thing at a place, in its two colours: `dark` body and `lit` side or lamp."""

    x: float
    depth: float
    dark: Colour
    lit: Colour
    y: float | None = None

    def paint(self, view: View) -> None:
        """Draw it, unless the camera has passed it."""
        if view.scale(self.depth) > 0 and self.depth - view.pose.z > 0.3:
            place = on_ground(self.depth) if self.y is None else self.y
            self.draw(Brush(view, self.x, place, self.depth), view.time)

    @abstractmethod
    def draw(self, brush: Brush, time: float) -> None:
        """Draw it around its foot."""
