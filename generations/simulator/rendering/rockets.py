"""Rockets: at a launch, climbing on a pillar of smoke, and far above the air."""

from math import cos, sin

import numpy as np

from generations.simulator.rendering.brush import Brush, Thing
from generations.simulator.rendering.colour import Colour, mix, rgb

_FIRE, _HEART = rgb("#ffb35c"), rgb("#fff3c9")
_RED = rgb("#c8372d")


class Rocket(Thing):
    """A rocket that climbs on its flame, above a pillar of smoke that stays in the sky."""

    def height(self, time: float) -> float:
        """Return how far it has climbed, in units."""
        return float(0.018 * max(0.0, time + 0.6) ** 1.5)

    def passed(self, height: float) -> float:
        """Return when it was at a height."""
        return float((height / 0.018) ** (1 / 1.5) - 0.6)

    def draw(self, brush: Brush, time: float) -> None:
        """Draw smoke from the ground up, then the rocket on its flame."""
        up = self.height(time)
        pale = mix(mix(rgb("#ffe9ec"), self.lit, 0.22), self.dark, 0.06)
        self._pillar(brush, time, up, pale)
        self._cloud(brush, time, pale)
        brush.glow(0, up - 0.02, 0.13, _FIRE, 0.35)
        _ship(brush, (0.0, up), (0.0, 1.0), 1.0, time, mix(rgb("#f1f1ee"), self.dark, 0.15))

    def _cloud(self, brush: Brush, time: float, pale: Colour) -> None:
        """Draw what billows along the ground, lit from within while the flame is near."""
        spread = 0.55 + 0.8 * (1 - np.exp(-max(time + 0.6, 0) / 2.2))
        near = float(np.exp(-max(time, 0) / 2.5))
        rng = np.random.default_rng(7)
        for _ in range(60):
            side, size, lit = rng.uniform(-1, 1), rng.uniform(0.4, 1), rng.random()
            swell = (0.018 + 0.020 * size) * spread
            high = 0.006 + 0.052 * size * (1 - abs(side)) * spread + 0.004 * sin(time + side * 9)
            inner = max(0.0, 1 - abs(side) * 1.7) * (0.3 + 0.7 * lit) * (0.25 + 0.75 * near)
            tone = mix(mix(pale, self.dark, 0.22 * (1 - lit)), _FIRE, 0.75 * inner)
            brush.glow(side * abs(side) ** 0.3 * 0.26 * spread, high, swell, tone, 0.72)

    def _pillar(self, brush: Brush, time: float, up: float, pale: Colour) -> None:
        """Draw the trail: bright and narrow at the flame, wide and drifting where it is old."""
        step = 0.011
        for number in range(int(up / step)):
            at = (number + 0.5) * step
            age = max(0.0, time - self.passed(at))
            lean = 0.006 * min(age, 5) * sin(at * 9 + 1) + 0.003 * sin(at * 61)
            size = 0.009 + 0.0042 * min(age, 6) + 0.003 * sin(at * 153)
            tone = mix(_FIRE, pale, min(1.0, 0.25 + age * 0.9))
            tone = mix(tone, self.dark, 0.10 * (0.5 + 0.5 * sin(at * 211)))
            brush.glow(lean, at, size, tone, 0.62 * max(0.45, 1 - age * 0.06))


class Spaceship(Thing):
    """The rocket's last stage on its way around a planet, its engine lit."""

    def draw(self, brush: Brush, time: float) -> None:
        """Draw it leaning along its orbit, a long flame behind it."""
        lean = 1.05
        ahead = (sin(lean), cos(lean))
        place = (0.010 * time * ahead[0], 0.010 * time * ahead[1])
        for number in range(16):
            back = 0.05 + 0.030 * number
            brush.glow(
                place[0] - back * ahead[0],
                place[1] - back * ahead[1],
                0.010 + 0.0028 * number,
                mix(_FIRE, rgb("#8fb4ff"), number / 15),
                0.34 * (1 - number / 16),
            )
        _ship(brush, place, ahead, 1.35, time, rgb("#eef1f6"))


def _ship(
    brush: Brush,
    place: tuple[float, float],
    ahead: tuple[float, float],
    scale: float,
    time: float,
    hull: Colour,
) -> None:
    """Draw hull, nose, fins and flame of a ship whose engine is at a place."""

    def at(right: float, up: float) -> tuple[float, float]:
        right, up = right * scale, up * scale
        return (
            place[0] + right * ahead[1] + up * ahead[0],
            place[1] - right * ahead[0] + up * ahead[1],
        )

    def shape(corners: list[tuple[float, float]], colour: Colour, alpha: float = 1) -> None:
        brush.shape([at(*corner) for corner in corners], colour, alpha)

    burn = 1 + 0.12 * sin(time * 47) + 0.08 * sin(time * 31)
    brush.glow(*at(0, -0.03 * burn), 0.034 * scale, rgb("#ffca6b"), 0.9)
    shape([(-0.010, 0.03), (0.010, 0.03), (0.0, -0.095 * burn)], _HEART)
    shade, red = mix(hull, rgb("#0b0a10"), 0.5), mix(_RED, rgb("#0b0a10"), 0.15)
    shape([(-0.014, 0.03), (-0.014, 0.15), (0.014, 0.15), (0.014, 0.03)], hull)
    shape([(0.003, 0.03), (0.003, 0.15), (0.014, 0.15), (0.014, 0.03)], shade, 0.8)
    nose = [(-0.014, 0.15), (-0.007, 0.178), (0.0, 0.19), (0.007, 0.178), (0.014, 0.15)]
    shape(nose, red)
    for side in (-1, 1):
        shape([(side * 0.014, 0.062), (side * 0.028, 0.022), (side * 0.014, 0.032)], red)
