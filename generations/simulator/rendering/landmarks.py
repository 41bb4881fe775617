"""Things that stand: lighthouse, cabin, wind turbine, fire, palm."""

from math import cos, pi, sin

import numpy as np

from generations.simulator.rendering.brush import Brush, Stroke, Thing
from generations.simulator.rendering.colour import mix, rgb


class Lighthouse(Thing):
    """A tower on a rock whose beam turns once in seven seconds."""

    def draw(self, brush: Brush, time: float) -> None:
        """Draw beam, rock, tower, gallery and lamp."""
        turn = 2 * pi * time / 7 + 0.9
        lamp = (0.0, 0.395)
        x, y = brush.at(*lamp)
        brush.view.frame.veil(
            self._beams(brush, x, y, turn), 0, brush.view.frame.height, rgb("#fff1c4")
        )
        rock = mix(self.dark, rgb("#000000"), 0.3)
        brush.shape(
            [
                (-0.36, -0.05),
                (-0.30, -0.01),
                (-0.19, 0.028),
                (-0.10, 0.06),
                (-0.04, 0.075),
                (0.07, 0.07),
                (0.14, 0.045),
                (0.25, 0.022),
                (0.36, -0.012),
                (0.44, -0.05),
            ],
            rock,
        )
        brush.shape(
            [
                (-0.06, -0.05),
                (-0.03, 0.05),
                (0.03, 0.072),
                (0.07, 0.069),
                (0.12, 0.05),
                (0.17, -0.05),
            ],
            mix(rock, self.lit, 0.14),
        )
        brush.shape(
            [(-0.28, -0.05), (-0.22, 0.012), (-0.16, 0.035), (-0.13, 0.02), (-0.08, -0.05)],
            mix(rock, self.lit, 0.09),
        )
        brush.shape(
            [(0.21, -0.05), (0.25, 0.015), (0.29, 0.008), (0.38, -0.05)], mix(rock, self.lit, 0.10)
        )
        white = mix(rgb("#d9d4cc"), self.dark, 0.45)
        red = mix(rgb("#b03a34"), self.dark, 0.45)
        tall, low, high = 0.29, 0.052, 0.030
        for number in range(5):
            a, b = number / 5, (number + 1) / 5
            wa, wb = low + (high - low) * a, low + (high - low) * b
            ya, yb = 0.07 + tall * a, 0.07 + tall * b
            colour = white if number % 2 == 0 else red
            brush.shape([(-wa, ya), (-wb, yb), (wb, yb), (wa, ya)], colour)
            brush.shape(
                [(wa * 0.1, ya), (wb * 0.1, yb), (wb, yb), (wa, ya)],
                mix(colour, self.dark, 0.55),
                0.7,
            )
        brush.shape([(-0.046, 0.36), (-0.046, 0.368), (0.046, 0.368), (0.046, 0.36)], self.dark)
        brush.shape(
            [(-0.022, 0.368), (-0.022, 0.418), (0.022, 0.418), (0.022, 0.368)], rgb("#ffe9a8")
        )
        brush.shape([(-0.032, 0.418), (0.0, 0.455), (0.032, 0.418)], self.dark)
        facing = max(0.0, sin(turn), sin(turn + pi)) ** 6
        brush.glow(*lamp, 0.05 + 0.05 * facing, rgb("#fff3cf"), 0.65 + 0.3 * facing)

    @staticmethod
    def _beams(brush: Brush, x: float, y: float, turn: float) -> np.ndarray:
        """Return a coarse alpha map of both rays, brightest when they face the viewer."""
        frame, step = brush.view.frame, 4
        xs = np.arange(0, frame.width, step, dtype=np.float32)[None, :] + step / 2 - np.float32(x)
        ys = np.arange(0, frame.height, step, dtype=np.float32)[:, None] + step / 2 - np.float32(y)
        total = np.zeros((ys.shape[0], xs.shape[1]), np.float32)
        for way in (turn, turn + pi):
            toward, side = max(0.0, sin(way)), cos(way)
            flat = float(np.hypot(side, 0.05))
            length = brush.scale * (0.25 + 1.5 * abs(side))
            along = np.maximum((xs * side - ys * 0.05) / flat, 0)
            across = (ys * side + xs * 0.05) / flat
            width = along * (0.11 + 0.2 * toward) + 0.012 * length + 1
            ray = np.exp(-((across / width) ** 2) - along / length) * np.clip(along / step, 0, 1)
            total += ray * np.float32(0.30 + 0.45 * toward)
        return (np.clip(total, 0, 0.9) * 255).astype(np.uint8)


class Cabin(Thing):
    """A cabin with one lit window and a thread of smoke."""

    def draw(self, brush: Brush, time: float) -> None:
        """Draw smoke, walls, roof, window and its light."""
        spit = mix(self.dark, self.lit, 0.05)
        brush.shape([(-0.34, -0.004), (-0.2, 0.010), (0.16, 0.012), (0.3, -0.004)], spit)
        brush = Brush(brush.view, self.x, brush.y - 0.008, self.depth)
        for puff in range(9):
            age = (puff / 9 + time * 0.09) % 1
            brush.glow(
                0.035 + 0.05 * age + 0.012 * sin(5 * age + time),
                0.125 + 0.18 * age,
                0.008 + 0.022 * age,
                mix(self.lit, rgb("#9a9aa4"), 0.7),
                0.30 * (1 - age),
            )
        brush.shape([(-0.075, 0), (-0.075, 0.062), (0.075, 0.062), (0.075, 0)], self.dark)
        brush.shape(
            [(-0.092, 0.058), (-0.05, 0.118), (0.05, 0.118), (0.092, 0.058)],
            mix(self.dark, self.lit, 0.18),
        )
        brush.shape([(0.026, 0.1), (0.026, 0.14), (0.043, 0.14), (0.043, 0.1)], self.dark)
        glow = 0.9 + 0.1 * sin(time * 5)
        brush.shape(
            [(-0.045, 0.018), (-0.045, 0.044), (-0.015, 0.044), (-0.015, 0.018)], rgb("#ffd58a")
        )
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
            brush.shape(
                [(side - 0.013, 0.008), (side + sway, lick), (side + 0.013, 0.008)], rgb("#ffb03b")
            )
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


class Palm(Thing):
    """A palm that leans over and sways."""

    def draw(self, brush: Brush, time: float) -> None:
        """Draw a bent trunk and a crown of drooping, feathered leaves."""
        sway = 0.010 * sin(time * 1.1 + self.x * 3)
        bend = [(0.16 * s**1.6 + sway * s, 0.52 * s) for s in np.linspace(0, 1, 9)]
        strokes: list[Stroke] = [[(x, y, 0.024 - 0.012 * y / 0.52) for x, y in bend]]
        for number in range(10):
            strokes += self._leaf(bend[-1], -0.45 + number * (pi + 0.9) / 9, number, time)
        brush.silhouette(strokes, self.dark)

    @staticmethod
    def _leaf(top: tuple[float, float], angle: float, number: int, time: float) -> list[Stroke]:
        """Return a rib that droops, and the blades that hang from it."""
        reach = 0.21 + 0.03 * sin(number * 5)
        made: list[Stroke] = []
        rib = []
        for s in np.linspace(0, 1, 9):
            droop = 0.17 * s * s + 0.012 * s * sin(time * 1.7 + number)
            x = top[0] + reach * s * cos(angle)
            y = top[1] + reach * s * sin(angle) * 0.75 - droop
            rib.append((x, y, 0.004 + 0.020 * sin(pi * min(1.0, s + 0.12)) ** 0.8))
            if s > 0.1:
                hang = 0.052 * (1.15 - s) * (0.6 + 0.4 * sin(number + s * 3))
                lean = 0.016 * (1 if cos(angle) > 0 else -1)
                made.append([(x, y, 0.016), (x + lean, y - hang, 0.001)])
        return [rib, *made]
