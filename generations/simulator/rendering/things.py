"""Things a prompt may name, drawn small and plain as silhouettes with light on them."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import cos, pi, sin

import numpy as np

from generations.simulator.rendering.colour import Colour, mix, rgb
from generations.simulator.rendering.land import EYE
from generations.simulator.rendering.view import SKY, View


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

    def shape(self, corners: Sequence[tuple[float, float]], colour: Colour, alpha: float = 1) -> None:
        """Fill a convex polygon of offsets, in either direction."""
        points = np.array([self.at(*corner) for corner in corners])
        nearby = np.roll(points, -1, axis=0)
        if (points[:, 0] * nearby[:, 1] - nearby[:, 0] * points[:, 1]).sum() < 0:
            points = points[::-1]
        self.view.frame.polygon(points, colour, alpha)

    def line(self, a: tuple[float, float], b: tuple[float, float], width: float, colour: Colour) -> None:
        """Draw a straight stroke of a width in units."""
        along = np.array([b[0] - a[0], b[1] - a[1]])
        side = np.array([-along[1], along[0]]) / max(float(np.hypot(*along)), 1e-9) * width / 2
        corners = [(a[0] + side[0], a[1] + side[1]), (b[0] + side[0], b[1] + side[1]),
                   (b[0] - side[0], b[1] - side[1]), (a[0] - side[0], a[1] - side[1])]  # fmt: skip
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

    def disc(self, right: float, up: float, radius: float, colour: Colour, alpha: float = 1) -> None:
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
class Thing:
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

    def draw(self, brush: Brush, time: float) -> None:
        """Draw it around its foot."""
        raise NotImplementedError


class Lighthouse(Thing):
    """A tower on a rock whose beam turns once in seven seconds."""

    def draw(self, brush: Brush, time: float) -> None:
        """Draw beam, rock, tower, gallery and lamp."""
        turn = 2 * pi * time / 7 + 0.9
        lamp = (0.0, 0.395)
        x, y = brush.at(*lamp)
        for way in (turn, turn + pi):
            toward, side = sin(way), cos(way)
            strength = 0.30 + 0.45 * max(0.0, toward)
            brush.view.frame.beam(
                x, y, (side, -0.05), brush.scale * (0.25 + 1.5 * abs(side)), 0.11 + 0.2 * max(0.0, toward),
                rgb("#fff1c4"), strength,
            )  # fmt: skip
        rock = mix(self.dark, rgb("#000000"), 0.3)
        brush.shape([(-0.42, -0.12), (-0.20, 0.02), (-0.06, 0.07), (0.08, 0.065), (0.22, 0.0), (0.5, -0.12)], rock)
        brush.shape([(-0.14, -0.05), (-0.10, 0.05), (0.0, 0.09), (0.13, 0.05), (0.3, -0.05)], mix(rock, self.lit, 0.12))
        white = mix(rgb("#d9d4cc"), self.dark, 0.45)
        red = mix(rgb("#b03a34"), self.dark, 0.45)
        tall, low, high = 0.29, 0.052, 0.030
        for number in range(5):
            a, b = number / 5, (number + 1) / 5
            wa, wb = low + (high - low) * a, low + (high - low) * b
            ya, yb = 0.07 + tall * a, 0.07 + tall * b
            colour = white if number % 2 == 0 else red
            brush.shape([(-wa, ya), (-wb, yb), (wb, yb), (wa, ya)], colour)
            brush.shape([(wa * 0.1, ya), (wb * 0.1, yb), (wb, yb), (wa, ya)], mix(colour, self.dark, 0.55), 0.7)
        brush.shape([(-0.046, 0.36), (-0.046, 0.368), (0.046, 0.368), (0.046, 0.36)], self.dark)
        brush.shape([(-0.022, 0.368), (-0.022, 0.418), (0.022, 0.418), (0.022, 0.368)], rgb("#ffe9a8"))
        brush.shape([(-0.032, 0.418), (0.0, 0.455), (0.032, 0.418)], self.dark)
        facing = max(0.0, sin(turn), sin(turn + pi)) ** 6
        brush.glow(*lamp, 0.05 + 0.05 * facing, rgb("#fff3cf"), 0.65 + 0.3 * facing)


class Rocket(Thing):
    """A rocket that climbs on its flame, above a trail of smoke."""

    def height(self, time: float) -> float:
        """Return how far it has climbed, in units."""
        return float(0.035 * max(0.0, time + 0.6) ** 1.75)

    def draw(self, brush: Brush, time: float) -> None:
        """Draw smoke from the ground up, then the flame, then the rocket."""
        up = self.height(time)
        smoke = mix(rgb("#d8d2cc"), self.dark, 0.35)
        warm = mix(rgb("#ffc98a"), smoke, 0.4)
        rng = np.random.default_rng(7)
        for number in range(26):
            side, size = rng.uniform(-1, 1), rng.uniform(0.5, 1)
            spread = min(1.0, 0.35 + 0.12 * max(time, 0))
            swell = 0.035 + 0.028 * size + 0.006 * max(time, 0)
            brush.glow(side * 0.32 * spread, 0.012 + 0.03 * size * (1 - abs(side)), swell, smoke if number % 3 else warm, 0.5)
        for step in np.arange(0.02, up, 0.022):
            age = max(0.0, time - ((step / 0.035) ** (1 / 1.75) - 0.6))
            wobble = 0.010 * sin(step * 37) + 0.012 * age * 0.15 * sin(step * 11 + time * 0.5)
            colour = mix(warm, smoke, min(1.0, age * 1.2))
            brush.glow(wobble, step, 0.016 + 0.011 * min(age, 5), colour, 0.55 * max(0.25, 1 - age * 0.12))
        burn = 1 + 0.12 * sin(time * 47) + 0.08 * sin(time * 31)
        brush.glow(0, up + 0.01, 0.16, rgb("#ffb35c"), 0.45)
        brush.glow(0, up - 0.03 * burn, 0.030, rgb("#ffca6b"), 0.9)
        brush.shape([(-0.010, up + 0.03), (0.010, up + 0.03), (0.0, up - 0.085 * burn)], rgb("#fff3c9"))
        hull = mix(rgb("#f1f1ee"), self.dark, 0.15)
        brush.shape([(-0.014, up + 0.03), (-0.014, up + 0.15), (0.014, up + 0.15), (0.014, up + 0.03)], hull)
        brush.shape([(0.003, up + 0.03), (0.003, up + 0.15), (0.014, up + 0.15), (0.014, up + 0.03)], mix(hull, self.dark, 0.5), 0.8)
        brush.shape([(-0.014, up + 0.15), (-0.007, up + 0.178), (0.0, up + 0.19), (0.007, up + 0.178), (0.014, up + 0.15)], mix(rgb("#c8372d"), self.dark, 0.15))
        for side in (-1, 1):
            brush.shape([(side * 0.014, up + 0.062), (side * 0.028, up + 0.022), (side * 0.014, up + 0.032)], mix(rgb("#c8372d"), self.dark, 0.3))


class Sailboat(Thing):
    """A boat under sail that heels and drifts."""

    def draw(self, brush: Brush, time: float) -> None:
        """Draw hull, mast, two sails and a broken reflection."""
        brush = Brush(brush.view, self.x + 0.012 * time, brush.y - 0.003 * sin(time * 1.6), self.depth)
        lean = 0.012 * sin(time * 1.1)
        for number, width in enumerate((0.05, 0.04, 0.05, 0.03)):
            shift = 0.01 * sin(time * 2 + number * 2)
            y = -0.012 - 0.016 * number
            brush.shape([(-width + shift, y), (width + shift, y), (width + shift, y - 0.006), (-width + shift, y - 0.006)], self.dark, 0.35)
        brush.shape([(-0.062, 0.018), (0.07, 0.022), (0.045, -0.004), (-0.045, -0.004)], self.dark)
        brush.line((0.004, 0.01), (0.004 + lean, 0.19), 0.003, self.dark)
        brush.shape([(0.008, 0.026), (0.008 + lean, 0.185), (0.058 + lean * 0.4, 0.03)], self.lit)
        brush.shape([(-0.002, 0.03), (lean, 0.165), (-0.05 + lean * 0.4, 0.03)], mix(self.lit, self.dark, 0.25))


class Balloon(Thing):
    """A hot-air balloon that hangs in the air and rises a little."""

    def draw(self, brush: Brush, time: float) -> None:
        """Draw envelope with stripes, lines and basket."""
        brush = Brush(brush.view, self.x + 0.008 * time, brush.y - 0.008 * time, self.depth)
        size = 0.075
        for number, colour in enumerate((self.lit, mix(self.lit, rgb("#c83f3f"), 0.75))):
            share = (1.0, 0.55)[number]
            turns = np.linspace(0, 2 * pi, 28, endpoint=False)
            ring = [(share * size * sin(a), size * 0.25 + size * cos(a) * (1 if cos(a) > 0 else 1.35)) for a in turns]
            brush.shape(ring, colour)
        brush.shape([(-size * 0.18, -size * 0.9), (size * 0.18, -size * 0.9), (size * 0.1, -size * 1.3), (-size * 0.1, -size * 1.3)], mix(self.lit, self.dark, 0.6), 0.6)
        brush.shape([(-0.011, -0.115), (0.011, -0.115), (0.010, -0.132), (-0.010, -0.132)], self.dark)
        brush.glow(0, -0.10, 0.012, rgb("#ffd27a"), 0.5 + 0.4 * max(0.0, sin(time * 1.4)))


class Cabin(Thing):
    """A cabin with one lit window and a thread of smoke."""

    def draw(self, brush: Brush, time: float) -> None:
        """Draw smoke, walls, roof, window and its light."""
        for puff in range(9):
            age = (puff / 9 + time * 0.09) % 1
            brush.glow(0.035 + 0.05 * age + 0.012 * sin(5 * age + time), 0.125 + 0.18 * age, 0.008 + 0.022 * age, mix(self.lit, rgb("#9a9aa4"), 0.7), 0.30 * (1 - age))
        brush.shape([(-0.075, 0), (-0.075, 0.062), (0.075, 0.062), (0.075, 0)], self.dark)
        brush.shape([(-0.092, 0.058), (-0.05, 0.118), (0.05, 0.118), (0.092, 0.058)], mix(self.dark, self.lit, 0.18))
        brush.shape([(0.026, 0.1), (0.026, 0.14), (0.043, 0.14), (0.043, 0.1)], self.dark)
        glow = 0.9 + 0.1 * sin(time * 5)
        brush.shape([(-0.045, 0.018), (-0.045, 0.044), (-0.015, 0.044), (-0.015, 0.018)], rgb("#ffd58a"))
        brush.glow(-0.03, 0.03, 0.045, rgb("#ffb85c"), 0.5 * glow)


class Campfire(Thing):
    """A small fire that flickers and lights its ground."""

    def draw(self, brush: Brush, time: float) -> None:
        """Draw light, logs and three tongues of flame."""
        flicker = 1 + 0.10 * sin(time * 17) + 0.07 * sin(time * 29 + 1)
        brush.glow(0, 0.03, 0.17 * flicker, rgb("#ff9a3c"), 0.42)
        brush.line((-0.03, 0.0), (0.03, 0.012), 0.01, self.dark)
        brush.line((-0.03, 0.012), (0.03, 0.0), 0.01, self.dark)
        for side, tall in ((-0.012, 0.05), (0.011, 0.055), (0.0, 0.08)):
            lick = tall * (1 + 0.25 * sin(time * 13 + side * 300))
            sway = 0.006 * sin(time * 9 + side * 200)
            brush.shape([(side - 0.013, 0.008), (side + sway, lick), (side + 0.013, 0.008)], rgb("#ffb03b"))
        brush.shape([(-0.008, 0.008), (0.0, 0.04 * flicker), (0.008, 0.008)], rgb("#fff0b8"))


class Windmill(Thing):
    """A wind turbine whose three blades turn."""

    def draw(self, brush: Brush, time: float) -> None:
        """Draw mast, blades and hub."""
        pale = mix(rgb("#e8e8e8"), self.dark, 0.4)
        brush.shape([(-0.006, 0), (-0.003, 0.26), (0.003, 0.26), (0.006, 0)], pale)
        for blade in range(3):
            a = time * 0.9 + self.x * 5 + blade * 2 * pi / 3
            tip = (0.13 * sin(a), 0.26 + 0.13 * cos(a))
            side = (0.006 * cos(a), -0.006 * sin(a))
            brush.shape([(side[0], 0.26 + side[1]), tip, (-side[0], 0.26 - side[1])], pale)
        brush.disc(0, 0.26, 0.007, pale)


class Figure(Thing):
    """A small person walking away."""

    def draw(self, brush: Brush, time: float) -> None:
        """Draw legs in step, coat and head."""
        brush = Brush(brush.view, self.x + 0.010 * time, brush.y, self.depth)
        stride = 0.012 * sin(time * 4.2)
        strokes: list[Stroke] = [[(0, 0.045, 0.011), (way * 0.6, 0.022, 0.008), (way, 0, 0.006)] for way in (stride, -stride)]
        strokes.append([(0, 0.028, 0.027), (0, 0.05, 0.021), (0, 0.07, 0.024), (0, 0.077, 0.010)])
        strokes.append([(0, 0.077, 0.006), (0, 0.083, 0.015), (0, 0.092, 0.018), (0, 0.1, 0.013), (0, 0.103, 0.003)])
        strokes.append([(0.010, 0.07, 0.007), (0.013 - stride * 0.4, 0.045, 0.006)])
        brush.silhouette(strokes, self.dark)


class Caravan(Thing):
    """A line of camels crossing a crest."""

    def draw(self, brush: Brush, time: float) -> None:
        """Draw each camel: legs in step, body, hump, neck, head and its load."""
        strokes: list[Stroke] = []
        for number in range(5):
            x = number * 0.105 - 0.2 + 0.012 * time
            y = 0.003 * sin(time * 3 + number)
            for leg, phase in ((-0.020, 0.0), (-0.013, 2.2), (0.014, 1.0), (0.021, 3.4)):
                step = 0.007 * sin(time * 3.4 + phase + number)
                strokes.append([(x + leg, 0.036 + y, 0.007), (x + leg + step * 0.4, 0.018, 0.004), (x + leg + step, 0, 0.004)])
            strokes.append([(x - 0.030, 0.039 + y, 0.004), (x - 0.018, 0.044 + y, 0.022), (x, 0.046 + y, 0.024), (x + 0.02, 0.043 + y, 0.018), (x + 0.029, 0.042 + y, 0.008)])
            strokes.append([(x - 0.002, 0.05 + y, 0.030), (x - 0.001, 0.063 + y, 0.018), (x, 0.071 + y, 0.004)])
            strokes.append([(x + 0.024, 0.044 + y, 0.011), (x + 0.035, 0.045 + y, 0.007), (x + 0.042, 0.058 + y, 0.006), (x + 0.044, 0.070 + y, 0.005)])
            strokes.append([(x + 0.041, 0.071 + y, 0.008), (x + 0.050, 0.070 + y, 0.007), (x + 0.057, 0.067 + y, 0.004)])
        brush.silhouette(strokes, self.dark)


class Palm(Thing):
    """A palm that leans over and sways."""

    def draw(self, brush: Brush, time: float) -> None:
        """Draw a bent trunk and a crown of drooping, feathered leaves."""
        sway = 0.010 * sin(time * 1.1 + self.x * 3)
        bend = [(0.16 * s**1.6 + sway * s, 0.52 * s) for s in np.linspace(0, 1, 9)]
        strokes: list[Stroke] = [[(x, y, 0.024 - 0.012 * y / 0.52) for x, y in bend]]
        for number in range(11):
            strokes += self._leaf(bend[-1], -0.45 + number * (pi + 0.9) / 10, number, time)
        brush.silhouette(strokes, self.dark)

    @staticmethod
    def _leaf(top: tuple[float, float], angle: float, number: int, time: float) -> list[Stroke]:
        """Return a rib that droops, and the blades that hang from it."""
        reach = 0.21 + 0.03 * sin(number * 5)
        made: list[Stroke] = []
        rib = []
        for s in np.linspace(0, 1, 13):
            droop = 0.17 * s * s + 0.012 * s * sin(time * 1.7 + number)
            x = top[0] + reach * s * cos(angle)
            y = top[1] + reach * s * sin(angle) * 0.75 - droop
            rib.append((x, y, 0.006 * (1.2 - s)))
            if s > 0.1:
                hang = 0.052 * (1.15 - s) * (0.6 + 0.4 * sin(number + s * 3))
                lean = 0.016 * (1 if cos(angle) > 0 else -1)
                made.append([(x, y, 0.010), (x + lean, y - hang, 0.001)])
        return [rib, *made]


class Whale(Thing):
    """A fluke that lifts out of the water and sinks, every six seconds."""

    def draw(self, brush: Brush, time: float) -> None:
        """Draw the tail at its present height, with spray."""
        phase = (time + 1.0) % 6 / 6
        up = 0.16 * max(0.0, sin(pi * min(1, phase * 1.5))) - 0.03
        if up <= 0:
            return
        brush.shape([(-0.018, -0.01), (-0.008, up), (0.008, up), (0.018, -0.01)], self.dark)
        for side in (-1, 1):
            brush.shape([(0, up - 0.012), (side * 0.05, up + 0.012), (side * 0.10, up + 0.034), (side * 0.05, up + 0.036), (0, up + 0.012)], self.dark)
        brush.glow(0, 0.0, 0.035, rgb("#e8f0f4"), 0.4)


class Birds:
    """A loose flock that crosses the sky with beating wings."""

    def __init__(self, rng: np.random.Generator, colour: Colour) -> None:
        count = 11
        self.place = np.stack([rng.normal(0, 0.22, count), -0.42 + rng.normal(0, 0.07, count)])
        self.size = rng.uniform(0.010, 0.019, count)
        self.phase = rng.uniform(0, 6.28, count)
        self.heading = 0.075 if rng.random() < 0.5 else -0.075
        self.colour = colour

    def paint(self, view: View) -> None:
        """Draw each bird as two wings of three strokes."""
        depth = 5.0
        along = np.linspace(0, 1, 12)
        for x, y, size, phase in zip(*self.place, self.size, self.phase, strict=True):
            beat = sin(view.time * 7 + phase) * 0.5 + 0.25
            px = x + self.heading * (view.time - 2.5) * (1 + 6 * size)
            py = y + 0.01 * sin(view.time * 0.9 + phase)
            wing = -np.sin(along * 2.2) * beat * size + along**2 * size * 0.35
            xs = np.concatenate([px - along * size, px + along * size])
            ys = np.concatenate([py + wing, py + wing])
            radius = size * 0.10 * view.scale(depth)
            view.frame.dots(view.x(xs, depth), view.y(ys, depth), radius, self.colour, 0.9)


class Lanterns:
    """Paper lanterns adrift in the evening air."""

    def __init__(self, rng: np.random.Generator) -> None:
        self.groups = [(d, rng.uniform(-1.2, 1.2, n), rng.uniform(0, 1, n), rng.uniform(0, 6.28, n))
                       for d, n in ((5.0, 26), (3.0, 14), (1.7, 6))]  # fmt: skip

    def paint(self, view: View) -> None:
        """Draw each with its halo; they rise and start again below."""
        for depth, x, place, phase in self.groups:
            scale = view.scale(depth)
            y = -0.75 * np.mod(place + view.time * 0.012, 1) + 0.06
            px = view.x(x + 0.02 * np.sin(view.time * 0.5 + phase), depth)
            py = view.y(y, depth)
            size = 0.034 / depth * scale
            view.frame.dots(px, py, size * 2.0, rgb("#ff9a3c"), 0.30)
            view.frame.rects(px - size * 0.4, py - size * 0.55, (size * 0.8, size * 1.1), rgb("#ffc56b"), np.full(len(px), 0.95))


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
        for radius, alpha in ((1.5, 0.5), (1.62, 0.62), (1.74, 0.5), (1.95, 0.36), (2.05, 0.25)):
            rx, ry = radius * r * np.cos(turns), radius * r * 0.22 * np.sin(turns)
            far = np.sin(turns) < 0
            args = (0.02 * r + 0.6, mix(self.colour, rgb("#ffffff"), 0.35))
            frame.dots(x + rx[far] - ry[far] * 0.3, y + ry[far] + rx[far] * 0.22, *args, alpha * 0.7)
        frame.disc(x, y, r, self.colour, 1)
        frame.disc(x + 0.15 * r, y - 0.1 * r, 0.8 * r, mix(self.colour, rgb("#ffffff"), 0.2), 0.5, soft=0.6 * r)
        frame.disc(x - 0.42 * r, y + 0.3 * r, 0.66 * r, rgb("#05060c"), 0.72, soft=0.9 * r)
        for radius, alpha in ((1.5, 0.5), (1.62, 0.62), (1.74, 0.5), (1.95, 0.36), (2.05, 0.25)):
            rx, ry = radius * r * np.cos(turns), radius * r * 0.22 * np.sin(turns)
            near = np.sin(turns) >= 0
            args = (0.02 * r + 0.6, mix(self.colour, rgb("#ffffff"), 0.35))
            frame.dots(x + rx[near] - ry[near] * 0.3, y + ry[near] + rx[near] * 0.22, *args, alpha * 0.7)
