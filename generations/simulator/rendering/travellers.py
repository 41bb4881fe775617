"""Things that move through the scene: boats, balloons, people, camels, whales, birds, lanterns."""

from math import cos, pi, sin

import numpy as np

from generations.simulator.rendering.brush import Brush, Stroke, Thing
from generations.simulator.rendering.colour import Colour, mix, rgb
from generations.simulator.rendering.view import View


class Sailboat(Thing):
    """A boat under sail that heels and drifts."""

    def draw(self, brush: Brush, time: float) -> None:
        """Draw hull, mast, two sails and a broken reflection."""
        brush = Brush(
            brush.view, self.x + 0.012 * time, brush.y - 0.003 * sin(time * 1.6), self.depth
        )
        lean = 0.012 * sin(time * 1.1)
        for number, width in enumerate((0.05, 0.04, 0.05, 0.03)):
            shift = 0.01 * sin(time * 2 + number * 2)
            y = -0.012 - 0.016 * number
            brush.shape(
                [
                    (-width + shift, y),
                    (width + shift, y),
                    (width + shift, y - 0.006),
                    (-width + shift, y - 0.006),
                ],
                self.dark,
                0.35,
            )
        brush.shape([(-0.062, 0.018), (0.07, 0.022), (0.045, -0.004), (-0.045, -0.004)], self.dark)
        brush.line((0.004, 0.01), (0.004 + lean, 0.19), 0.003, self.dark)
        brush.shape([(0.008, 0.026), (0.008 + lean, 0.185), (0.058 + lean * 0.4, 0.03)], self.lit)
        brush.shape(
            [(-0.002, 0.03), (lean, 0.165), (-0.05 + lean * 0.4, 0.03)],
            mix(self.lit, self.dark, 0.25),
        )


class Balloon(Thing):
    """A hot-air balloon that hangs in the air and rises a little."""

    def draw(self, brush: Brush, time: float) -> None:
        """Draw envelope with stripes, lines and basket."""
        brush = Brush(brush.view, self.x + 0.008 * time, brush.y - 0.008 * time, self.depth)
        size = 0.075
        for number, colour in enumerate((self.lit, mix(self.lit, rgb("#c83f3f"), 0.75))):
            share = (1.0, 0.55)[number]
            turns = np.linspace(0, 2 * pi, 28, endpoint=False)
            ring = [
                (share * size * sin(a), size * 0.25 + size * cos(a) * (1 if cos(a) > 0 else 1.35))
                for a in turns
            ]
            brush.shape(ring, colour)
        brush.shape(
            [
                (-size * 0.18, -size * 0.9),
                (size * 0.18, -size * 0.9),
                (size * 0.1, -size * 1.3),
                (-size * 0.1, -size * 1.3),
            ],
            mix(self.lit, self.dark, 0.6),
            0.6,
        )
        brush.shape(
            [(-0.011, -0.115), (0.011, -0.115), (0.010, -0.132), (-0.010, -0.132)], self.dark
        )
        brush.glow(0, -0.10, 0.012, rgb("#ffd27a"), 0.5 + 0.4 * max(0.0, sin(time * 1.4)))


class Figure(Thing):
    """A small person walking away."""

    def draw(self, brush: Brush, time: float) -> None:
        """Draw legs in step, coat and head."""
        brush = Brush(brush.view, self.x + 0.010 * time, brush.y, self.depth)
        stride = 0.012 * sin(time * 4.2)
        strokes: list[Stroke] = [
            [(0, 0.045, 0.011), (way * 0.6, 0.022, 0.008), (way, 0, 0.006)]
            for way in (stride, -stride)
        ]
        strokes.append([(0, 0.028, 0.027), (0, 0.05, 0.021), (0, 0.07, 0.024), (0, 0.077, 0.010)])
        strokes.append(
            [
                (0, 0.077, 0.006),
                (0, 0.083, 0.015),
                (0, 0.092, 0.018),
                (0, 0.1, 0.013),
                (0, 0.103, 0.003),
            ]
        )
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
                strokes.append(
                    [
                        (x + leg, 0.036 + y, 0.007),
                        (x + leg + step * 0.4, 0.018, 0.004),
                        (x + leg + step, 0, 0.004),
                    ]
                )
            strokes.append(
                [
                    (x - 0.030, 0.039 + y, 0.004),
                    (x - 0.018, 0.044 + y, 0.022),
                    (x, 0.046 + y, 0.024),
                    (x + 0.02, 0.043 + y, 0.018),
                    (x + 0.029, 0.042 + y, 0.008),
                ]
            )
            strokes.append(
                [(x - 0.002, 0.05 + y, 0.030), (x - 0.001, 0.063 + y, 0.018), (x, 0.071 + y, 0.004)]
            )
            strokes.append(
                [
                    (x + 0.024, 0.044 + y, 0.011),
                    (x + 0.035, 0.045 + y, 0.007),
                    (x + 0.042, 0.058 + y, 0.006),
                    (x + 0.044, 0.070 + y, 0.005),
                ]
            )
            strokes.append(
                [
                    (x + 0.041, 0.071 + y, 0.008),
                    (x + 0.050, 0.070 + y, 0.007),
                    (x + 0.057, 0.067 + y, 0.004),
                ]
            )
        brush.silhouette(strokes, self.dark)


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
            brush.shape(
                [
                    (0, up - 0.012),
                    (side * 0.05, up + 0.012),
                    (side * 0.10, up + 0.034),
                    (side * 0.05, up + 0.036),
                    (0, up + 0.012),
                ],
                self.dark,
            )
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
        self.groups = [
            (d, rng.uniform(-1.2, 1.2, n), rng.uniform(0, 1, n), rng.uniform(0, 6.28, n))
            for d, n in ((5.0, 26), (3.0, 14), (1.7, 6))
        ]

    def paint(self, view: View) -> None:
        """Draw each with its halo; they rise and start again below."""
        for depth, x, place, phase in self.groups:
            scale = view.scale(depth)
            y = -0.75 * np.mod(place + view.time * 0.012, 1) + 0.06
            px = view.x(x + 0.02 * np.sin(view.time * 0.5 + phase), depth)
            py = view.y(y, depth)
            size = 0.034 / depth * scale
            view.frame.dots(px, py, size * 2.0, rgb("#ff9a3c"), 0.30)
            view.frame.rects(
                px - size * 0.4,
                py - size * 0.55,
                (size * 0.8, size * 1.1),
                rgb("#ffc56b"),
                np.full(len(px), 0.95),
            )
