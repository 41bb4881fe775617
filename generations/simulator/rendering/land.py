"""The ground, layer by layer: ridges, forests, skylines, grass and the fog between them."""

from dataclasses import dataclass

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from generations.simulator.rendering.colour import Colour, mix, rgb
from generations.simulator.rendering.ridge import Shade, fill_below
from generations.simulator.rendering.terrain import PERIOD, SAMPLES, Heights, Profile
from generations.simulator.rendering.view import View

EYE = 0.38
"""How high the camera stands at rest, in units: ground at depth d lies at EYE / d."""


@dataclass(frozen=True)
class Ridge:
    """Land up to a profile at a depth; `base` is the Y of height 0.

    `top` and `foot` are its colours at the crest and where the next layer hides it. `lit` is the
    light that slopes facing `sun_x` gain; `snow_above` in 0..1 of its height caps it with
    `snow`. `sway` moves the crest, as wind moves grass, by units.
    """

    profile: Profile
    depth: float
    base: float
    top: Colour
    foot: Colour
    lit: Colour
    slope: Profile | None = None
    sun_x: float = 0
    snow: Colour | None = None
    snow_above: float = 0.55
    roughness: Profile | None = None
    drift: float = 0
    sway: float = 0
    rim: float = 0.10
    reach: float = 0.11
    opacity: float = 1

    def paint(self, view: View, front: Heights | None = None) -> None:
        """Fill the land, cap it and light its slopes, as far as it is seen above `front`."""
        bottom = None if front is None else float(front.max())
        scale = view.scale(self.depth)
        if scale == 0:
            return
        x, heights = self._crest(view)
        highest = float(self.profile.heights.max())
        edge = view.y(self.base - heights, self.depth)
        at = np.array([view.y(self.base - h, self.depth) for h in (highest, 0.25 * highest, -0.12)])
        nearness = self._nearness(view)
        colours = np.stack([self.top, mix(self.top, self.foot, 0.7), self.foot])
        shade = None
        if self.slope is not None:
            toward = np.sign(self.sun_x - x) * np.minimum(1, np.abs(self.sun_x - x) * 3)
            amount = -self.slope.at(x) * toward * 0.55 + self.rim
            shade = Shade(np.clip(amount, -0.5, 1), self.reach * scale, self.lit)
        if self.snow is None:
            fill_below(view.frame, edge, at, colours, opacity=nearness, shade=shade, bottom=bottom)
            return
        white = np.stack([self.snow, mix(self.snow, self.top, 0.35), self.foot])
        fill_below(view.frame, edge, at, white, opacity=nearness, shade=shade, bottom=bottom)
        rough = self.roughness.at(x) if self.roughness is not None else 0.5
        bare = np.minimum(heights, self.snow_above * highest * (0.84 + 0.32 * rough))
        depth_of_snow = np.maximum(heights - bare, 0) + 0.004
        line = view.y(self.base - (heights - np.minimum(depth_of_snow, heights)), self.depth)
        fill_below(view.frame, line, at, colours, opacity=nearness, bottom=bottom)

    def hides_below(self, view: View) -> Heights | None:
        """Return the px row, by column boundary, below which nothing farther is seen.

        None while the land is seen through. A wall hides what is below its foot on both sides:
        the column that it stands in is covered in part.
        """
        if self._nearness(view) < 1:
            return None
        edge = view.y(self.base - self._crest(view)[1], self.depth)
        lowest = edge.copy()
        np.maximum(lowest[1:], edge[:-1], out=lowest[1:])
        np.maximum(lowest[:-1], edge[1:], out=lowest[:-1])
        return lowest

    def _crest(self, view: View) -> tuple[Heights, Heights]:
        """Return the X and the height of the land at each of the frame's column boundaries."""
        x = view.columns(self.depth) + self.drift * view.time
        if self.sway:
            x = x + self.sway * np.sin(x * 5 + view.time * 2.1)
        return x, self.profile.at(x)

    def _nearness(self, view: View) -> float:
        """Return the opacity: land that the camera is about to pass fades."""
        return min(1.0, max(0.0, (self.depth - view.pose.z - 0.05) / 0.25)) * self.opacity


@dataclass(frozen=True)
class Fog:
    """A bank of fog lying at a depth, with a soft, slowly drifting upper edge."""

    profile: Profile
    depth: float
    base: float
    colour: Colour
    opacity: float
    soft: float = 0.12
    drift: float = 0.03

    def paint(self, view: View) -> None:
        """Blend the bank over what lies behind it."""
        scale = view.scale(self.depth)
        if scale == 0:
            return
        x = view.columns(self.depth)
        heights = self.profile.at(x + self.drift * view.time)
        heights = heights + 0.4 * self.profile.at(2.3 * x - 1.7 * self.drift * view.time)
        edge = view.y(self.base - heights, self.depth)
        at = np.array([0.0, 1.0])
        fill = np.stack([self.colour, self.colour])
        fill_below(view.frame, edge, at, fill, soft=self.soft * scale, opacity=self.opacity)


class Skyline:
    """A row of towers with lit windows at a depth.

    What is farther than `hidden` units below its base can't be seen behind what is nearer.
    """

    def __init__(
        self,
        rng: np.random.Generator,
        depth: float,
        tall: float,
        wide: float,
        base: float,
        *,
        top: Colour,
        foot: Colour,
        lit: Colour,
        windows: float,
        hidden: float,
    ) -> None:
        heights, places = _towers(rng, tall, wide)
        self.ridge = Ridge(Profile(heights), depth, base, top, foot, lit)
        self.depth, self.base = depth, base
        self.pane = (wide * 0.030, wide * 0.042)
        panes = _windows(rng, places, self.pane, windows)
        seen = panes[1] > -hidden
        self.x, self.y, self.bright, self.hue, self.pace = (each[seen] for each in panes)
        self.masts = [
            (left + width * 0.5, height) for left, width, height in places if height > 0.78 * tall
        ]

    def paint(self, view: View, front: Heights | None = None) -> None:
        """Fill the towers, light their windows, blink the masts, as far as seen above `front`."""
        self.ridge.paint(view, front)
        scale = view.scale(self.depth)
        if scale == 0:
            return
        left, right = view.columns(self.depth)[[0, -1]]
        px = view.x(np.mod(self.x - left, PERIOD) + left, self.depth)
        py = view.y(self.base - self.y, self.depth)
        size = (self.pane[0] * scale, self.pane[1] * scale)
        seen = px < view.x(right, self.depth)
        if front is not None:
            seen &= py < _lowest(front, px, size[0]) + 1
        flicker = np.where(np.sin(self.pace * 40 + view.time * self.pace) > -0.93, 1, 0.25)
        for number, colour in enumerate(("#ffd890", "#ffefc9", "#9fd0ff")):
            chosen = seen & (self.hue == number)
            if chosen.any():
                alpha = (self.bright * flicker)[chosen]
                view.frame.rects(px[chosen], py[chosen], size, rgb(colour), alpha)
        self._masts(view, scale)

    def hides_below(self, view: View) -> Heights | None:
        """Return what Ridge.hides_below does, of the towers."""
        return self.ridge.hides_below(view)

    def _masts(self, view: View, scale: float) -> None:
        pulse = max(0.0, np.sin(view.time * 2.6)) ** 2
        left = view.columns(self.depth)[0]
        for place, height in self.masts:
            x, y = view.point(
                (place - left) % PERIOD + left, self.base - height - 0.006, self.depth
            )
            view.frame.glow(x, y, 0.006 * scale, 0.006 * scale, rgb("#ff3b30"), 0.9 * pulse)


def _lowest(edge: Heights, left: Heights, width: float) -> Heights:
    """Return the lowest row of an edge, by column boundary, over panes from `left` on in px.

    Two px more on both sides: a wall is as wide as a pixel of the chroma planes.
    """
    wide = int(np.ceil(width)) + 4
    under = sliding_window_view(np.pad(edge, (2, wide), mode="edge"), wide + 1).max(1)
    return np.asarray(under[np.clip(left.astype(np.intp), 0, len(edge) - 1)])


def _towers(
    rng: np.random.Generator, tall: float, wide: float
) -> tuple[Heights, list[tuple[float, float, float]]]:
    """Return the skyline's heights and its towers as (left, width, height) in units."""
    heights = np.zeros(SAMPLES)
    places = []
    x = 0.0
    while x < PERIOD - wide * 0.4:
        width = min(wide * rng.uniform(0.45, 1.25), PERIOD - x)
        centre = 0.55 + 0.45 * np.cos((x - PERIOD / 2) * 2 * np.pi / 3)
        height = tall * (0.25 + 0.75 * rng.random() ** 1.6 * centre)
        first, last = int(x / PERIOD * SAMPLES), int((x + width) / PERIOD * SAMPLES)
        heights[first:last] = height
        if rng.random() < 0.35 and height > 0.5 * tall:
            inset = int((last - first) * 0.22)
            heights[first + inset : last - inset] = height * 1.09
        if rng.random() < 0.2 and height > 0.6 * tall:
            middle = (first + last) // 2
            heights[middle - 2 : middle + 3] = height * 1.26
        places.append((x, width, height))
        x += width + (wide * rng.uniform(0, 0.15) if rng.random() < 0.4 else 0)
    return np.maximum(heights, tall * 0.12), places


def _windows(
    rng: np.random.Generator,
    places: list[tuple[float, float, float]],
    pane: tuple[float, float],
    share: float,
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Return x, y, brightness, hue number and flicker pace of the lit windows of all towers."""
    xs, ys = [], []
    for left, width, height in places:
        across = np.arange(left + pane[0], left + width - 1.6 * pane[0], pane[0] * 2.1)
        down = np.arange(-0.30, height - pane[1], pane[1] * 2.0)
        grid_x, grid_y = np.meshgrid(across, down)
        lit = rng.random(grid_x.shape) < share * rng.uniform(0.3, 1.5)
        xs.append(grid_x[lit])
        ys.append(grid_y[lit])
    x, y = np.concatenate(xs), np.concatenate(ys)
    count = len(x)
    hue = rng.choice(3, count, p=(0.6, 0.28, 0.12))
    pace = np.where(rng.random(count) < 0.04, rng.uniform(1, 3, count), 0.0)
    return x, y, rng.uniform(0.35, 1.0, count), hue, pace


class Blossoms:
    """A field of flowers that thins out and shrinks with distance."""

    def __init__(
        self, rng: np.random.Generator, colours: tuple[Colour, ...], *, sunflowers: bool
    ) -> None:
        self.rows = []
        for number, depth in enumerate(np.geomspace(6.0, 0.92, 12)):
            count = int(170 * min(float(depth), 2.4))
            x, jitter = rng.uniform(-1.6, 1.6, count), rng.uniform(-0.5, 0.5, count)
            hue = (
                np.full(count, number % len(colours))
                if sunflowers
                else rng.integers(0, len(colours), count)
            )
            self.rows.append((float(depth), x, jitter, hue))
        self.colours, self.sunflowers = colours, sunflowers

    def paint(self, view: View) -> None:
        """Paint row after row, the nearest last; the heads nod in the wind."""
        for depth, x, jitter, hue in self.rows:
            scale = view.scale(depth)
            if scale == 0:
                continue
            sway = 0.006 / depth * np.sin(view.time * 1.7 + x * 4 * depth + jitter * 3)
            px = view.x(x + sway, depth)
            py = view.y((EYE + 0.05 * jitter - 0.02) / depth, depth)
            radius = (0.019 if self.sunflowers else 0.011) / depth * scale
            for number, colour in enumerate(self.colours):
                mine = hue == number
                if mine.any():
                    view.frame.dots(px[mine], py[mine], radius, colour, 0.95)
            if self.sunflowers and radius > 2.5:
                view.frame.dots(px, py, radius * 0.42, rgb("#4a2a12"), 0.9)
