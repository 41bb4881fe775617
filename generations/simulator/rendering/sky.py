"""Above the horizon: gradient, sun and moon, stars, clouds and aurora."""

from dataclasses import dataclass
from math import sin

import numpy as np
from PIL import Image

from generations.simulator.rendering.colour import Colour, mix, rgb
from generations.simulator.rendering.palette import Palette
from generations.simulator.rendering.terrain import PERIOD
from generations.simulator.rendering.view import SKY, View


@dataclass(frozen=True)
class Gradient:
    """The sky itself."""

    palette: Palette

    def paint(self, view: View) -> None:
        """Fill the frame; below the horizon the horizon's colour goes on."""
        at = np.array([view.y(-e, SKY) for e in (1.15, 0.55, 0.2, 0.0)])
        view.frame.gradient(at, self.palette.sky[::-1])


@dataclass(frozen=True)
class Sun:
    """The sun with its halo; `rises` in units a second (negative: it sets)."""

    palette: Palette
    x: float
    rises: float = 0
    disc: bool = True

    def paint(self, view: View) -> None:
        """Paint halo, corona and disc."""
        look, unit = self.palette, view.scale(SKY)
        x, y = view.point(self.x, -(look.elevation + self.rises * view.time), SKY)
        breath = 1 + 0.02 * sin(view.time * 1.3)
        frame, halo = view.frame, look.halo
        frame.glow(x, y, 0.60 * unit, 0.20 * unit, look.glow, 0.34 * halo)
        frame.glow(x, y, 0.21 * unit * breath, 0.19 * unit * breath, look.glow, 0.55 * halo)
        if self.disc and halo > 0.2:
            frame.glow(x, y, 0.075 * unit, 0.075 * unit, look.sun, 0.8 * min(1.0, halo))
            frame.disc(x, y, 0.038 * unit, look.sun, min(1.0, halo * 1.2), soft=0.006 * unit)


@dataclass(frozen=True)
class Moon:
    """A moon with a few seas and a pale halo."""

    x: float
    elevation: float
    size: float = 0.045

    def paint(self, view: View) -> None:
        """Paint halo, disc and seas."""
        unit = view.scale(SKY)
        x, y = view.point(self.x, -self.elevation - 0.001 * view.time, SKY)
        r = self.size * unit
        pale = rgb("#f3f1e2")
        view.frame.glow(x, y, 6.5 * r, 6.5 * r, rgb("#86a6d6"), 0.28)
        view.frame.glow(x, y, 2.1 * r, 2.1 * r, rgb("#cfdcf2"), 0.45)
        view.frame.disc(x, y, r, pale, 1, soft=0.05 * r + 1)
        for dx, dy, size in (
            (-0.3, -0.25, 0.3),
            (0.25, 0.1, 0.24),
            (-0.1, 0.4, 0.2),
            (0.35, -0.4, 0.14),
        ):
            view.frame.disc(x + dx * r, y + dy * r, size * r, rgb("#cfcdbf"), 0.5, soft=size * r)


class Stars:
    """Stars that twinkle, a few of them bright; some fall."""

    def __init__(self, rng: np.random.Generator, amount: float, *, meteors: bool = False) -> None:
        count = int(1300 * amount)
        self.x = rng.uniform(-1.9, 1.9, count)
        self.y = -(rng.random(count) ** 0.8) * 1.5 - 0.02
        self.bright = rng.random(count) ** 2.6 * 0.85 + 0.16
        self.pace = rng.uniform(0.4, 1.6, count)
        self.phase = rng.uniform(0, 6.28, count)
        self.meteors = meteors
        self.fall = rng.uniform(-0.7, 0.7, (64, 3))

    def paint(self, view: View) -> None:
        """Paint each star at its present brightness, dimmer near the horizon."""
        unit = view.scale(SKY)
        x, y = view.x(self.x, SKY), view.y(self.y, SKY)
        twinkle = 0.72 + 0.28 * np.sin(self.phase + view.time * 2 * np.pi * self.pace)
        alpha = self.bright * twinkle * np.clip(-self.y * 5, 0.05, 1)
        big = self.bright > 0.6
        view.frame.dots(x[~big], y[~big], 0.0013 * unit, rgb("#dfe8ff"), alpha[~big])
        view.frame.dots(x[big], y[big], 0.0021 * unit, rgb("#fff8ea"), alpha[big])
        if self.meteors:
            self._meteors(view, unit)

    def _meteors(self, view: View, unit: float) -> None:
        for number, (dx, dy, slant) in enumerate(self.fall):
            age = view.time + 60 - number * 1.55
            if not 0 <= age < 0.9:
                continue
            along = np.linspace(0, 1, 60)
            x = dx + (age * 1.1 - along * 0.22) * (0.8 + slant * 0.3)
            y = -0.75 + dy * 0.25 + (age * 1.1 - along * 0.22) * 0.42
            fade = (1 - along) ** 1.5 * np.sin(np.pi * age / 0.9)
            view.frame.dots(view.x(x, SKY), view.y(y, SKY), 0.0022 * unit, rgb("#ffffff"), fade)


class Clouds:
    """Drifting cloud, seen in perspective: wide overhead, thin bands near the horizon.

    `cover` 0..1; `drift` in units a second. Lit parts take `bright`, undersides `dark`.
    """

    def __init__(
        self, rng: np.random.Generator, cover: float, bright: Colour, dark: Colour, drift: float
    ) -> None:
        self.bright, self.dark, self.drift = bright, dark, drift
        thick = _cloud_map(rng, cover)
        above = np.roll(thick, 7, axis=0)
        above[:7] = thick[:7]
        self.lit = np.round(thick * 215).astype(np.uint8)
        self.under = np.round(thick * np.clip(above * 1.5 - 0.35, 0, 1) * 190).astype(np.uint8)

    def paint(self, view: View) -> None:
        """Blend the visible part of the cloud: first its lit face, then its underside."""
        top, bottom = view.y(-1.2, SKY), view.y(-0.012, SKY)
        left = -view.x(0.0, SKY) / view.scale(SKY) + self.drift * view.time
        columns = self.lit.shape[1]
        width = view.frame.width / view.scale(SKY) / PERIOD * columns
        start = left % PERIOD / PERIOD * columns
        view.frame.veil(_window(self.lit, start, width), top, bottom, self.bright)
        view.frame.veil(_window(self.under, start, width), top, bottom, self.dark)


def _window(coarse: np.ndarray, start: float, width: float) -> np.ndarray:
    """Return `width` columns of a map that closes on itself, from a fractional column on."""
    rows, columns = coarse.shape
    first = int(np.floor(start))
    need = int(np.ceil(width)) + 2
    span = coarse[:, np.arange(first, first + need) % columns]
    part = start - first
    image = Image.fromarray(np.ascontiguousarray(span))
    size = (max(2, int(width)), rows)
    return np.asarray(image.resize(size, Image.Resampling.BILINEAR, (part, 0, part + width, rows)))


def _cloud_map(rng: np.random.Generator, cover: float) -> np.ndarray:
    """Return 200 × 1280 thicknesses (0..1) over 1.2 units of height and PERIOD of width."""
    rows, columns, octaves, fall = 200, 1280, 6, 0.55
    elevation = np.linspace(1.2, 0.012, rows)
    distance = 0.30 / (elevation + 0.09)
    total = np.zeros((rows, columns))
    for octave in range(octaves):
        cells = 11 * 2**octave
        field = rng.random((64, cells))
        across = np.arange(columns) * cells / columns
        total += bilinear(field, distance * 6.5 * 1.9**octave % 64, across) * fall**octave
    total /= sum(fall**o for o in range(octaves))
    low, high = np.quantile(total, [1 - cover, 0.995])
    thick = np.clip((total - low) / (high - low + 1e-6), 0, 1)
    thick = thick * thick * (3 - 2 * thick) if cover < 0.5 else thick**0.7
    return np.asarray(thick * np.clip(elevation / 0.10, 0, 1)[:, None])


def bilinear(field: np.ndarray, rows: np.ndarray, columns: np.ndarray) -> np.ndarray:
    """Return smooth values of a field that repeats both ways, at rows × columns."""
    height, width = field.shape
    r, c = rows.astype(int), columns.astype(int)
    fr, fc = rows - r, columns - c
    fr, fc = (fr * fr * (3 - 2 * fr))[:, None], fc * fc * (3 - 2 * fc)
    r0, r1, c0, c1 = r % height, (r + 1) % height, c % width, (c + 1) % width
    upper = field[r0][:, c0] * (1 - fc) + field[r0][:, c1] * fc
    lower = field[r1][:, c0] * (1 - fc) + field[r1][:, c1] * fc
    return np.asarray(upper * (1 - fr) + lower * fr)


class Aurora:
    """Curtains of light that sway and ripple."""

    def __init__(self, rng: np.random.Generator, colour: Colour) -> None:
        self.phase = rng.uniform(0, 6.28, (3, 6))
        self.colours = (colour, mix(colour, rgb("#3fd0c8"), 0.5), mix(colour, rgb("#8a5cf0"), 0.75))

    def paint(self, view: View) -> None:
        """Blend three curtains, computed coarsely each moment."""
        columns, rows = 160, 60
        zoom = view.frame.width / view.scale(SKY)
        left = -view.x(0.0, SKY) / view.scale(SKY)
        x = left + np.linspace(0, zoom, columns)
        height = np.linspace(1.15, 0, rows)[:, None]
        top, bottom = view.y(-1.15, SKY), view.y(0.0, SKY)
        for number, colour in enumerate(self.colours):
            alpha = self._curtain(x, height, view.time, number)
            view.frame.veil((alpha * 255).astype(np.uint8), top, bottom, colour)
            if number == 0:
                core = (alpha**3 * 150).astype(np.uint8)
                view.frame.veil(core, top, bottom, mix(colour, rgb("#f0fff4"), 0.6))

    def _curtain(self, x: np.ndarray, height: np.ndarray, time: float, number: int) -> np.ndarray:
        p = self.phase[number]
        foot = 0.13 + 0.12 * number + 0.075 * np.sin(1.9 * x + p[0] + 0.22 * time)
        foot = foot + 0.035 * np.sin(4.7 * x + p[1] - 0.35 * time)
        rays = 0.62 + 0.22 * np.sin(23 * x + p[2] + 0.9 * time + 3 * np.sin(3 * x + 0.3 * time))
        rays = rays + 0.16 * np.sin(51 * x + p[3] - 1.4 * time)
        swell = 0.55 + 0.45 * np.sin(1.3 * x + p[4] + 0.4 * time)
        above = height - foot
        body = np.where(above > 0, np.exp(-np.maximum(above, 0) / 0.26), np.exp(above / 0.035))
        return np.clip(body * rays * swell * (1.0 - 0.16 * number), 0, 0.95)
