"""Water: mirrors what is painted above the horizon, ripples, and glitters below the sun."""

from dataclasses import dataclass

import numpy as np

from generations.simulator.rendering.colour import Colour
from generations.simulator.rendering.frame import Level
from generations.simulator.rendering.land import EYE
from generations.simulator.rendering.view import SKY, View


@dataclass(frozen=True)
class Water:
    """A surface from the horizon down. `rough` is 0 (glassy) to 1 (storm)."""

    colour: Colour
    shine: Colour
    rough: float
    phases: np.ndarray

    def paint(self, view: View) -> None:
        """Mirror the frame at the horizon through the waves."""
        line = view.y(0.0, SKY)
        for level in view.frame.levels:
            axis = line * level.scale
            first = int(np.clip(np.ceil(axis), 0, level.height))
            if axis <= 1:
                continue
            # A few rows at a time stay in the cache.
            for top in range(first, level.height, _ROWS):
                rows = np.arange(top, min(top + _ROWS, level.height))
                self._mirror(view, level, line, rows)

    def hides_below(self, view: View) -> np.ndarray | None:
        """Return the px row, by column boundary, below which nothing farther is seen, or None."""
        line = view.y(0.0, SKY)
        return np.full(view.frame.width + 1, line + 1) if line > 2 else None

    def _mirror(self, view: View, level: Level, line: float, rows: np.ndarray) -> None:
        axis, unit = line * level.scale, view.scale(SKY)
        near = ((rows + 0.5) / level.scale - line) / unit
        waves = self._waves(view, near.astype(np.float32))
        reach = (
            unit
            * level.scale
            * (0.004 + 0.055 * near * (0.5 + 2.4 * self.rough) + 0.012 * self.rough)
        )
        moved = waves * reach[:, None].astype(np.float32)
        source = (2 * axis - rows - 0.5)[:, None].astype(np.float32) + moved
        source -= np.abs(moved) * np.float32(0.4)
        beyond = (
            np.clip(source * np.float32(-6 / (unit * level.scale)), 0, 0.94)
            if 2 * axis < level.height
            else None
        )
        np.clip(source, 0, min(axis, level.height) - 1, out=source)
        index = source.astype(np.intp)
        index *= waves.shape[1]
        index += np.arange(waves.shape[1])
        depth: np.ndarray = np.clip(
            0.10 + 0.20 * self.rough + (0.35 + 0.5 * self.rough) * near, 0, 0.85
        )
        depth = depth[:, None].astype(np.float32)
        if beyond is not None:
            depth = np.maximum(depth, beyond)
        crest = np.clip(waves - np.float32(0.55), 0, 1)
        crest *= (0.10 + 0.35 * self.rough) * np.minimum(1, near * 8 + 0.15)[:, None].astype(
            np.float32
        )
        tint, shine = level.tint(self.colour).ravel(), level.tint(self.shine).ravel()
        # The waves are long: two neighbours of the luma plane see the same row, and move as one.
        together = level.width // waves.shape[1]
        pixels: type = np.float64 if together == 2 else np.float32
        if together == 2:
            depth, crest = _twice(depth, waves.shape), _twice(crest, waves.shape)
        for plane, deep, bright in zip(level.planes, tint, shine, strict=True):
            seen = plane.reshape(-1).view(pixels).take(index).view(np.float32)
            seen += (deep - seen) * depth
            seen += (bright - seen) * crest
            plane[rows[0] : rows[-1] + 1] = seen

    def _waves(self, view: View, near: np.ndarray) -> np.ndarray:
        """Return the surface's tilt, about -1..1, per row and pair of columns.

        A sum of waves, long ones near the viewer and short ones far away; each is two products
        of a column and a row, so the whole is one matrix product.
        """
        x = view.columns(SKY)[:-1][::2]
        away = (EYE + view.pose.y) / (near + 0.06)
        wanted = 5.0 / (near + 0.03)
        tall, wide = [], []
        for number, omega in enumerate((4.0, 9.0, 17.0, 31.0, 58.0, 97.0)):
            weight = np.exp(-(np.log(omega / wanted) ** 2) / 1.1)
            slide = view.pose.x * near / EYE
            phase = self.phases[number] + 20 * (away + view.pose.z) * (1 + 0.13 * number)
            phase = phase + omega * slide + view.time * (0.7 + 0.25 * number) * (1 + self.rough)
            for other in (1.0, -0.83):
                tall += [weight * np.cos(phase * other), weight * np.sin(phase * other)]
                wide += [np.sin(omega * x * other), np.cos(omega * x * other)]
        return _product(
            np.stack(tall, 1).astype(np.float32) * np.float32(0.42),
            np.stack(wide).astype(np.float32),
        )


_ROWS = 64


def _twice(values: np.ndarray, shape: tuple[int, ...]) -> np.ndarray:
    """Return values per pair of columns (or per row) as values per column."""
    return np.repeat(np.broadcast_to(values, shape), 2, axis=1)


def _product(tall: np.ndarray, wide: np.ndarray) -> np.ndarray:
    """Return the matrix product, a few rows at a time.

    Whole, it would wake the BLAS library's threads, which burn more CPU than the product costs.
    """
    rows = max(1, 200_000 // wide.size)
    made = np.empty((len(tall), wide.shape[1]), np.float32)
    for first in range(0, len(tall), rows):
        np.matmul(tall[first : first + rows], wide, out=made[first : first + rows])
    return made


class Glitter:
    """The path of light on the water below a sun or a moon."""

    def __init__(self, rng: np.random.Generator, x: float, colour: Colour, amount: float) -> None:
        self.x, self.colour, self.amount = x, colour, amount
        self.near = rng.random(620) ** 1.7 * 0.62 + 0.004
        self.aside = rng.normal(0, 1, 620) * (0.030 + 0.20 * self.near)
        self.phase = rng.uniform(0, 6.28, 620)
        self.pace = rng.uniform(1.2, 3.2, 620)

    def paint(self, view: View) -> None:
        """Flash short dashes, longer and thicker toward the viewer."""
        unit = view.scale(SKY)
        flash = np.maximum(0, np.sin(self.phase + self.pace * view.time)) ** 3
        for low, high in ((0, 0.05), (0.05, 0.14), (0.14, 0.3), (0.3, 0.7)):
            mine = (self.near >= low) & (self.near < high)
            size = (
                (0.010 + 0.05 * (low + high) / 2) * unit,
                (0.0014 + 0.010 * (low + high) / 2) * unit,
            )
            x = view.x(self.x + self.aside[mine], SKY) - size[0] / 2
            y = view.y(self.near[mine], SKY)
            view.frame.rects(x, y, size, self.colour, flash[mine] * self.amount)
