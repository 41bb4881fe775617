"""Seen from above or from within: a planet's limb for space, and a volcano's fire."""

from dataclasses import dataclass
from math import sin

import numpy as np

from generations.simulator.rendering.colour import mix, rgb
from generations.simulator.rendering.ridge import fill_below
from generations.simulator.rendering.terrain import Profile, fractal
from generations.simulator.rendering.view import SKY, View


class Earth:
    """The lit limb of a blue planet that turns below, with air above it and cloud on it."""

    def __init__(self, rng: np.random.Generator, sun_x: float) -> None:
        self.bands = [(Profile(fractal(rng, 14 + 9 * n, 5, 0.6)), 0.02 + 0.05 * n) for n in range(5)]
        self.sun_x = sun_x

    def _limb(self, x: np.ndarray, drop: float) -> np.ndarray:
        """Return the Y of a circle of 2.6 units' radius whose crest is `drop` below the horizon."""
        radius = 2.6
        inside = np.sqrt(np.maximum(radius**2 - x**2, 0.01))
        return np.asarray(drop + radius - inside - 0.10)

    def paint(self, view: View) -> None:
        """Paint the air's glow, the ocean, then bands of cloud that drift with the turning."""
        x = view.columns(SKY)
        unit = view.scale(SKY)
        at = np.array([view.y(np.float64(-0.14), SKY), view.y(np.float64(0.3), SKY)])
        for drop, soft, colour, alpha in (
            (-0.018, 0.10, "#2f7fe8", 0.55), (-0.004, 0.03, "#8fd0ff", 0.75),
        ):  # fmt: skip
            edge = view.y(self._limb(x, drop), SKY)
            fill_below(view.frame, edge, at, np.stack([rgb(colour)] * 2), soft=soft * unit, opacity=alpha)
        sea = np.stack([rgb("#2f78c8"), rgb("#0b2146")])
        fill_below(view.frame, view.y(self._limb(x, 0.006), SKY), at, sea, soft=0.006 * unit)
        for number, (profile, drop) in enumerate(self.bands):
            wide = x * (1.6 - 0.2 * number) + 0.018 * view.time * (1 + number) + view.pose.x * (0.3 + 0.2 * number)
            wave = 0.05 * (profile.at(wide) - 0.5) * (1 + number)
            top = view.y(self._limb(x, drop) + wave, SKY)
            white = mix(rgb("#dcecff"), rgb("#27508f"), 0.25 + 0.13 * number)
            fill_below(view.frame, top, at, np.stack([white, white]), soft=(0.012 + 0.02 * number) * unit, opacity=0.34)
            below = top + (0.012 + 0.028 * (number + 1) * profile.at(wide * 1.3 + 2)) * unit
            fill_below(view.frame, below, at, sea, soft=(0.02 + 0.03 * number) * unit, opacity=0.5)


@dataclass(frozen=True)
class Lava:
    """Fire over a crater: glow, a column of smoke, and streams of lava down the cone."""

    x: float
    depth: float
    base: float

    def paint(self, view: View) -> None:
        """Paint smoke, glow and glowing rocks thrown up."""
        scale = view.scale(self.depth)
        if scale == 0:
            return
        x, y = view.point(self.x, self.base - 0.40, self.depth)
        pulse = 1 + 0.15 * sin(view.time * 3.1) + 0.08 * sin(view.time * 7.7)
        for puff in range(16):
            age = (puff / 16 + view.time * 0.035) % 1
            drift = (0.10 * age + 0.03 * sin(puff * 2.4 + view.time * 0.6)) * scale
            colour = mix(rgb("#c8502a"), rgb("#2c2328"), min(1.0, age * 2.2))
            size = (0.035 + 0.11 * age) * scale
            view.frame.glow(x + drift, y - 0.45 * age * scale, size, size, colour, 0.6 * (1 - age) ** 0.6)
        view.frame.glow(x, y, 0.26 * scale, 0.16 * scale, rgb("#ff5a1f"), 0.6 * pulse)
        view.frame.glow(x, y, 0.07 * scale, 0.05 * scale, rgb("#ffd07a"), min(1.0, 0.85 * pulse))
        rng = np.random.default_rng(11)
        start, speed, lift = rng.uniform(0, 1.6, 70), rng.normal(0, 0.075, 70), rng.uniform(0.18, 0.42, 70)
        age = np.mod(view.time + start, 1.6)
        up = lift * age - 0.16 * age**2
        alpha = np.clip(1.5 - age, 0, 1)
        view.frame.dots(x + speed * age * scale, y - up * scale, 0.0042 * scale, rgb("#ffb04a"), alpha)
