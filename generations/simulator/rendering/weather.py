"""What falls, flies and flashes in front of the scene."""

import numpy as np

from generations.simulator.rendering.colour import Colour, rgb
from generations.simulator.rendering.view import SKY, View


class Flakes:
    """Soft dots carried by the wind: snow, dust, embers or fireflies.

    `fall` and `wind` in units a second (fall may be negative), `size` in units at depth 1,
    `pulse` is how much each dot glows and fades.
    """

    def __init__(
        self,
        rng: np.random.Generator,
        colour: Colour,
        *,
        count: int,
        fall: float,
        wind: float,
        size: float,
        alpha: float,
        pulse: float = 0,
        band: tuple[float, float] = (-1.0, 1.0),
    ) -> None:
        self.groups = []
        for depth, share in ((3.0, 0.45), (1.8, 0.33), (1.1, 0.22)):
            n = int(count * share)
            self.groups.append(
                (
                    depth,
                    rng.uniform(0, 1, (2, n)),
                    rng.uniform(0, 6.28, n),
                    rng.uniform(0.7, 1.3, n),
                )
            )
        self.colour, self.fall, self.wind, self.size = colour, fall, wind, size
        self.alpha, self.pulse, self.band = alpha, pulse, band

    def paint(self, view: View) -> None:
        """Paint every dot; each wraps around a box a little larger than the frame."""
        low, high = self.band
        width = view.air_box[2] / view.unit + 0.3
        for depth, place, phase, pace in self.groups:
            near = 1 / depth
            scale = view.unit * view.pose.zoom
            sway = 0.02 * near * np.sin(phase + view.time * 1.3 * pace)
            x = (
                place[0] * width
                + near * (self.wind * view.time - view.pose.x)
                + sway
                - view.pose.yaw
            )
            y = place[1] * (high - low) + near * (self.fall * pace * view.time + view.pose.y)
            x = (np.mod(x, width) - width / 2) * scale + view.middle
            y = (np.mod(y + view.pose.pitch, high - low) + low) * scale + view.horizon
            glow = (
                1
                - self.pulse
                + self.pulse * np.maximum(0, np.sin(phase + view.time * 2 * pace)) ** 2
            )
            view.frame.dots(x, y, self.size * near * scale, self.colour, self.alpha * glow)


class Rain:
    """Slanting streaks, faster and longer when near."""

    def __init__(
        self, rng: np.random.Generator, colour: Colour, *, slant: float, count: int = 200
    ) -> None:
        self.place = rng.uniform(0, 1, (2, count))
        self.near = rng.uniform(0.35, 1, count)
        self.colour, self.slant = colour, slant

    def paint(self, view: View) -> None:
        """Paint each drop as a row of faint dots along its way."""
        left, top, across, down = view.air_box
        width, height = across * 1.2, down * 1.15
        speed = 2.6 * self.near * view.time
        y = np.mod(self.place[1] * height + speed * view.unit, height) - 0.1 * down + top
        x = np.mod(
            self.place[0] * width + speed * view.unit * self.slant - view.pose.x * view.unit, width
        )
        steps = np.linspace(0, 1, 26)
        length = 0.07 * self.near[:, None] * view.unit * steps
        xs = (x[:, None] + length * self.slant).ravel() - 0.1 * across + left
        ys = (y[:, None] + length).ravel()
        alpha = (self.near[:, None] * 0.22 * steps).ravel()
        view.frame.dots(xs, ys, 0.0012 * view.unit, self.colour, alpha)


class Lightning:
    """A bolt every few seconds, and its flash over everything."""

    def __init__(self, rng: np.random.Generator) -> None:
        self.times = np.cumsum(rng.uniform(1.3, 3.4, 40)) - 20
        self.bolts = [self._bolt(rng) for _ in self.times]

    @staticmethod
    def _bolt(rng: np.random.Generator) -> np.ndarray:
        count = 34
        y = np.linspace(-0.72, -0.02, count)
        x = rng.uniform(-0.6, 0.6) + np.cumsum(rng.normal(0, 0.017, count))
        fine = np.linspace(0, count - 1, 420)
        return np.stack(
            [np.interp(fine, np.arange(count), x), np.interp(fine, np.arange(count), y)]
        )

    def paint(self, view: View) -> None:
        """Paint the bolt that is striking now, if one is."""
        for begin, bolt in zip(self.times, self.bolts, strict=True):
            age = view.time - begin
            if not 0 <= age < 0.5:
                continue
            force = np.exp(-age * 7) * (0.75 + 0.25 * np.cos(age * 75))
            unit = view.scale(SKY)
            x, y = view.x(bolt[0], SKY), view.y(bolt[1], SKY)
            view.frame.glow(
                float(x.mean()), float(y[0]), 0.5 * unit, 0.35 * unit, rgb("#b9c8ff"), 0.55 * force
            )
            view.frame.dots(x[::6], y[::6], 0.012 * unit, rgb("#8fa8ff"), 0.25 * force)
            view.frame.dots(x, y, 0.0022 * unit, rgb("#ffffff"), min(1, 1.3 * force))
            view.frame.wash(rgb("#cdd8ff"), 0.20 * force)
