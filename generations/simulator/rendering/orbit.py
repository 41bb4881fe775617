"""Seen from above or from within: a planet's limb for space, and a volcano's fire."""

from dataclasses import dataclass
from math import pi, sin

import numpy as np

from generations.simulator.rendering.colour import Colour, mix, rgb
from generations.simulator.rendering.frame import Frame
from generations.simulator.rendering.ridge import fill_below
from generations.simulator.rendering.terrain import Profile
from generations.simulator.rendering.view import SKY, View


class Earth:
    """The lit limb of a blue planet that turns below, with air above it and cloud on it."""

    RADIUS = 2.6

    def __init__(self, rng: np.random.Generator, sun_x: float) -> None:
        self.fields = [rng.random((64, 64)) for _ in range(5)]
        self.sun_x = sun_x

    def _limb(self, x: np.ndarray, drop: float) -> np.ndarray:
        """Return the Y of the planet's edge, `drop` lower than it is."""
        return np.asarray(
            drop + self.RADIUS - np.sqrt(np.maximum(self.RADIUS**2 - x**2, 0.01)) - 0.10
        )

    def paint(self, view: View) -> None:
        """Paint the air's glow, the ocean, land and cloud turning below, and the night side."""
        x = view.columns(SKY)
        unit = view.scale(SKY)
        at = np.array([view.y(-0.14, SKY), view.y(0.34, SKY)])
        for drop, soft, colour, alpha in (
            (-0.020, 0.11, "#2f7fe8", 0.55),
            (-0.004, 0.03, "#8fd0ff", 0.75),
        ):
            edge = view.y(self._limb(x, drop), SKY)
            fill_below(
                view.frame, edge, at, np.stack([rgb(colour)] * 2), soft=soft * unit, opacity=alpha
            )
        sea = np.stack([rgb("#3a86d6"), rgb("#0a1e40")])
        fill_below(view.frame, view.y(self._limb(x, 0.006), SKY), at, sea, soft=0.006 * unit)
        self._surface(view)

    def _surface(self, view: View) -> None:
        columns, rows = 240, 120
        low, high = -0.12, 0.42
        left = float(view.columns(SKY)[0])
        x = np.linspace(left, left + view.frame.width / view.scale(SKY), columns)[None, :]
        y = np.linspace(low, high, rows)[:, None]
        inside = y - self._limb(x, 0.010)
        depth = np.sqrt(np.clip(inside, 0.0004, None))
        across = x / (0.28 + depth) * 2.2 + 0.10 * view.pose.x
        along = 1.9 / (0.16 + depth) + 0.10 * view.time
        air = np.clip(inside / 0.03, 0, 1)
        lit = np.clip(1.15 - np.abs(x - self.sun_x) * 0.45 - inside * 1.3, 0.1, 1)
        land = (
            np.clip((self._noise(across * 0.45 + 9, along * 0.45, 4) - 0.55) * 9, 0, 1) * air * lit
        )
        cloud = np.clip((self._noise(across, along, 5) - 0.46) * 3.6, 0, 1) ** 1.3 * air * lit
        top, bottom = view.y(low, SKY), view.y(high, SKY)
        view.frame.veil((land * 150).astype(np.uint8), top, bottom, rgb("#6f7f58"))
        view.frame.veil((cloud * 235).astype(np.uint8), top, bottom, rgb("#eef5ff"))

    def _noise(self, x: np.ndarray, y: np.ndarray, octaves: int) -> np.ndarray:
        """Return noise of about 0..1 at places in the plane."""
        total = np.zeros(np.broadcast_shapes(x.shape, y.shape))
        weight = 0.0
        for octave, values in enumerate(self.fields[:octaves]):
            u, v = x * 2**octave, y * 2**octave
            iu, iv = np.floor(u), np.floor(v)
            fu, fv = u - iu, v - iv
            fu, fv = fu * fu * (3 - 2 * fu), fv * fv * (3 - 2 * fv)
            a, b = iu.astype(int) % 64, iv.astype(int) % 64
            c, d = (a + 1) % 64, (b + 1) % 64
            upper = values[b, a] * (1 - fu) + values[b, c] * fu
            lower = values[d, a] * (1 - fu) + values[d, c] * fu
            total += (upper * (1 - fv) + lower * fv) * 0.55**octave
            weight += 0.55**octave
        return np.asarray(total / weight)


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
            view.frame.glow(
                x + drift, y - 0.45 * age * scale, size, size, colour, 0.6 * (1 - age) ** 0.6
            )
        view.frame.glow(x, y, 0.26 * scale, 0.16 * scale, rgb("#ff5a1f"), 0.6 * pulse)
        view.frame.glow(x, y, 0.07 * scale, 0.05 * scale, rgb("#ffd07a"), min(1.0, 0.85 * pulse))
        rng = np.random.default_rng(11)
        start, speed, lift = (
            rng.uniform(0, 1.6, 70),
            rng.normal(0, 0.075, 70),
            rng.uniform(0.18, 0.42, 70),
        )
        flown = np.mod(view.time + start, 1.6)
        up = lift * flown - 0.16 * flown**2
        alpha = np.clip(1.5 - flown, 0, 1)
        view.frame.dots(
            x + speed * flown * scale, y - up * scale, 0.0042 * scale, rgb("#ffb04a"), alpha
        )


@dataclass(frozen=True)
class Streams:
    """Lava that runs down the flanks of a cone."""

    profile: Profile
    depth: float
    base: float

    def paint(self, view: View) -> None:
        """Paint each stream as a glowing, pulsing line that cools on its way."""
        scale = view.scale(self.depth)
        if scale == 0:
            return
        down = np.linspace(0, 1, 90)
        for number, (start, reach) in enumerate(
            ((-0.03, -0.16), (0.01, 0.05), (0.05, 0.24), (-0.01, -0.05))
        ):
            x = start + reach * down**1.3 + 0.006 * np.sin(down * 14 + number * 2)
            y = self.base - self.profile.at(x) + 0.004 + 0.10 * down * (1 - abs(reach) * 3.2)
            pulse = 0.75 + 0.25 * np.sin(down * 20 - view.time * 3 + number)
            alpha = (1 - down) ** 0.7 * pulse
            px, py = view.x(x, self.depth), view.y(y, self.depth)
            view.frame.dots(px, py, 0.011 * scale, rgb("#ff4a12"), 0.22 * alpha)
            view.frame.dots(px, py, 0.0035 * scale, rgb("#ffc26a"), 0.8 * alpha)


# Each of a planet's rings: its radius, of the globe's, and how dense it is.
_RINGS = ((1.5, 0.5), (1.62, 0.62), (1.74, 0.5), (1.95, 0.36), (2.05, 0.25))


@dataclass(frozen=True)
class Planet:
    """A ringed world far away in the sky."""

    x: float
    elevation: float
    size: float
    colour: Colour

    def paint(self, view: View) -> None:
        """Draw the far half of the ring, the globe with its night side, the near half."""
        x, y = view.point(self.x, -self.elevation, SKY)
        r = self.size * view.scale(SKY)
        frame = view.frame
        frame.glow(x, y, 1.6 * r, 1.6 * r, self.colour, 0.16)
        turns = np.linspace(0, 2 * pi, 900)
        self._ring(frame, (x, y), r, turns[np.sin(turns) < 0])
        frame.disc(x, y, r, self.colour, 1)
        frame.disc(
            x + 0.15 * r,
            y - 0.1 * r,
            0.8 * r,
            mix(self.colour, rgb("#ffffff"), 0.2),
            0.5,
            soft=0.6 * r,
        )
        frame.disc(x - 0.42 * r, y + 0.3 * r, 0.66 * r, rgb("#05060c"), 0.72, soft=0.9 * r)
        self._ring(frame, (x, y), r, turns[np.sin(turns) >= 0])

    def _ring(self, frame: Frame, at: tuple[float, float], r: float, turns: np.ndarray) -> None:
        """Draw the part of the ring at these angles, around a globe of radius `r` in pixels."""
        x, y = at
        colour = mix(self.colour, rgb("#ffffff"), 0.35)
        for radius, alpha in _RINGS:
            rx, ry = radius * r * np.cos(turns), radius * r * 0.22 * np.sin(turns)
            across, down = x + rx - ry * 0.3, y + ry + rx * 0.22
            frame.dots(across, down, 0.02 * r + 0.6, colour, alpha * 0.7)
