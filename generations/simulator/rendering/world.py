"""A brief made into a scene: everything in it, from the sky to the nearest blade of grass."""

from dataclasses import replace

import numpy as np

from generations.simulator.rendering import landmarks, rockets, terrain, travellers
from generations.simulator.rendering.builder import Builder
from generations.simulator.rendering.camera import Pose
from generations.simulator.rendering.colour import Colour, mix, rgb
from generations.simulator.rendering.frame import Frame
from generations.simulator.rendering.land import EYE, Ridge, Skyline
from generations.simulator.rendering.orbit import Earth, Lava, Planet, Streams
from generations.simulator.rendering.palette import Palette, palette
from generations.simulator.rendering.scenery import land
from generations.simulator.rendering.sky import Aurora, Clouds, Gradient, Moon, Stars, Sun
from generations.simulator.rendering.terrain import Heights, Profile
from generations.simulator.rendering.view import Element, View, unit_of
from generations.simulator.rendering.water import Glitter, Water
from generations.simulator.rendering.weather import Flakes, Lightning, Rain
from generations.simulator.rendering.words import Brief


class World:
    """The scene of a brief; it exists at every time, before 0 too."""

    def __init__(self, brief: Brief) -> None:
        self.brief = brief
        self.palette = palette(brief)
        rng = brief.rng("composition")
        self.sun_x = float(rng.uniform(0.12, 0.46) * rng.choice([-1, 1]))
        self.thing_x = -np.sign(self.sun_x) * float(rng.uniform(0.14, 0.36))
        self.horizon = 0.60 if brief.water else 0.58
        if brief.land == "space":
            self.horizon = 0.72
        self.air = self._air()
        self.elements = [*self._sky(), *self._ground(), *self._near_things(), *self.air]

    def paint(self, frame: Frame, pose: Pose, time: float, *, panorama: bool = False) -> None:
        """Paint the scene over the whole frame at a time in seconds.

        A panorama shows all PERIOD units around in the frame's width.
        """
        unit = frame.width / terrain.PERIOD if panorama else unit_of(frame.width, frame.height)
        view = View(frame, pose, time, unit, frame.width / 2, frame.height * self.horizon)
        self.paint_view(view)

    def paint_view(self, view: View) -> None:
        """Paint the scene through a view."""
        for element, front in zip(self.elements, self._fronts(view), strict=True):
            if isinstance(element, Ridge | Skyline):
                element.paint(view, front)
            else:
                element.paint(view)

    def _fronts(self, view: View) -> list[Heights | None]:
        """Return for each element the px row, by column boundary, below which it isn't seen.

        Water mirrors what is behind it, so what stands before it hides nothing of that.
        """
        fronts: list[Heights | None] = []
        front: Heights | None = None
        for element in reversed(self.elements):
            fronts.append(front)
            if isinstance(element, Water):
                front = element.hides_below(view)
            elif isinstance(element, Ridge | Skyline):
                edge = element.hides_below(view)
                if edge is not None:
                    front = edge if front is None else np.minimum(front, edge)
        return fronts[::-1]

    def _sky(self) -> list[Element]:
        brief, look = self.brief, self.palette
        made: list[Element] = [Gradient(look)]
        if look.stars > 0.05:
            extra = 1.7 if brief.land == "space" or "stars" in brief.things else 1
            made.append(
                Stars(brief.rng("stars"), look.stars * extra, meteors="meteor" in brief.things)
            )
        if brief.land == "space":
            return [*made, *self._space()]
        if "aurora" in brief.things:
            made.append(
                Aurora(
                    brief.rng("aurora"), rgb(brief.colours[0]) if brief.colours else rgb("#37e08c")
                )
            )
        clouded = brief.weather & {"storm", "rain", "snow"}
        if brief.light == "night":
            if not clouded and ("aurora" not in brief.things or "moon" in brief.things):
                made.append(Moon(self.sun_x, look.elevation))
        elif look.halo > 0.06:
            rises = {"sunrise": 0.007, "dawn": 0.006, "sunset": -0.006, "dusk": -0.003}.get(
                brief.light, 0.0
            )
            low = brief.light in ("dawn", "dusk")
            made.append(Sun(look, self.sun_x, rises, disc=not clouded and not low))
        if "planet" in brief.things:
            made.append(Planet(self.thing_x, 0.42, 0.11, mix(rgb("#d9a877"), look.glow, 0.3)))
        made += self._clouds()
        if "storm" in brief.weather or "lightning" in brief.things:
            made.append(Lightning(brief.rng("lightning")))
        return made

    def _space(self) -> list[Element]:
        look, made = self.palette, list[Element]()
        made.append(Sun(_blue_sun(look), self.sun_x, 0))
        if "planet" in self.brief.things:
            made.append(Planet(self.thing_x, 0.40, 0.15, rgb("#c98f5c")))
        made.append(Earth(self.brief.rng("earth"), self.sun_x))
        if "rocket" in self.brief.things:
            dark, lit = self._colours()
            made.append(rockets.Spaceship(float(self.thing_x) * 0.5, 3.0, dark, lit, -0.24))
        return made

    def _clouds(self) -> list[Element]:
        brief, look = self.brief, self.palette
        heavy = {"storm": 0.85, "rain": 0.8, "cloud": 0.62, "snow": 0.6}
        cover = max([heavy.get(kind, 0.0) for kind in brief.weather] + [0.0])
        if "aurora" in brief.things:
            return []
        if not cover:
            if brief.light == "night":
                return []
            cover = 0.30 if brief.light == "day" else 0.22
        bright = mix(look.sky[0], look.glow, 0.5)
        if brief.light == "day" and not brief.weather:
            bright = rgb("#ffffff")
        dark = mix(look.sky[2], look.haze, 0.4) * np.float32(0.8 if cover > 0.7 else 1)
        if cover > 0.55:
            bright = mix(look.sky[1], bright, 0.5) * np.float32(1.15)
        drift = 0.035 if "storm" in brief.weather else 0.014
        return [Clouds(brief.rng("clouds"), cover, bright, dark, drift)]

    def _ground(self) -> list[Element]:
        brief = self.brief
        if brief.land == "space":
            return []
        back, front = land(Builder(brief, self.palette, self.sun_x))
        if brief.land == "volcano":
            _light_volcano(back)
        if not brief.water:
            return [*back, *front, *self._far_things()]
        return [*back, *self._far_things(), *self._water(), *front]

    def _water(self) -> list[Element]:
        brief, look = self.brief, self.palette
        sea = brief.water == "sea"
        rough = 0.9 if "storm" in brief.weather else 0.34 if sea else 0.07
        rough += 0.1 if "rain" in brief.weather else 0
        colour = mix(rgb("#1d5f7a"), rgb("#123a52"), 0.4) * (
            look.ambient * np.float32(0.7) + np.float32(0.12)
        )
        colour = mix(colour, look.sky[2], 0.62 if brief.light not in ("day", "night") else 0.35)
        shine = mix(look.sky[0], look.glow, 0.35)
        made: list[Element] = [
            Water(colour, shine, min(rough, 1), brief.rng("waves").uniform(0, 6.28, 6))
        ]
        if look.halo > 0.3 and not brief.weather & {"storm", "rain"}:
            glint = mix(look.sun, look.glow, 0.35) if brief.light != "night" else rgb("#dfe8ff")
            made.append(
                Glitter(
                    brief.rng("glitter"), self.sun_x, glint, 0.85 if brief.light != "day" else 0.5
                )
            )
        if rough > 0.6:
            made += self._swell(colour, shine, rough)
        return made

    def _swell(self, colour: Colour, shine: Colour, rough: float) -> list[Element]:
        made: list[Element] = []
        plan = ((2.6, 0.30), (1.7, 0.6), (1.12, 1.0))
        for number, (depth, force) in enumerate(plan):
            rng = self.brief.rng(f"swell {number}")
            tall = (0.014 + 0.13 * rough * rough) * force
            heights = terrain.scaled(
                terrain.dunes(rng), -tall, tall * 0.6
            ) + 0.003 * terrain.fractal(rng, 240, 3)
            top = mix(colour, shine, 0.30 - 0.05 * number)
            profile = Profile(heights)
            made.append(
                Ridge(
                    profile,
                    depth,
                    EYE / depth - 0.01,
                    top,
                    colour * np.float32(0.75),
                    shine * np.float32(0.5),
                    slope=profile.slope(),
                    sun_x=self.sun_x,
                    drift=(0.05 + 0.10 * rough) * (1 if number % 2 else -1),
                    opacity=0.85,
                    rim=0.55,
                    reach=0.02,
                )
            )
        return made

    def _colours(self) -> tuple[Colour, Colour]:
        """Return the colours of things: their dark bodies and their lit sides."""
        look = self.palette
        dark = mix(look.land(rgb("#3a3a42"), 0.04), rgb("#000000"), 0.35)
        lit = mix(look.glow, rgb("#f4ead8"), 0.5)
        return dark, lit * np.float32(0.35 if self.brief.light == "night" else 0.95)

    def _far_things(self) -> list[Element]:
        """Return the things that stand beyond the water, so that it mirrors them."""
        brief, named, wet = self.brief, self.brief.things, bool(self.brief.water)
        (dark, lit), x = self._colours(), float(self.thing_x)
        made = list[Element]()
        if "birds" in named:
            made.append(travellers.Birds(brief.rng("birds"), dark))
        if "balloon" in named:
            for dx, depth, y in ((0.0, 2.4, -0.30), (0.34, 4.0, -0.22), (-0.28, 5.0, -0.36)):
                made.append(
                    travellers.Balloon(x + dx, depth, dark, mix(lit, rgb("#f0a83c"), 0.6), y)
                )
        if "windmill" in named:
            for dx, depth in ((-0.5, 5.0), (-0.1, 4.0), (0.32, 3.2), (0.75, 4.4)):
                made.append(
                    landmarks.Windmill(
                        x + dx, depth, dark, lit, 0.01 if wet else EYE / depth - 0.05
                    )
                )
        if "rocket" in named:
            made.append(rockets.Rocket(x, 3.0, dark, lit, 0.0 if wet else EYE / 3.0 - 0.06))
        if "cabin" in named:
            made.append(
                landmarks.Cabin(
                    x, 3.0 if wet else 2.0, dark, lit, 0.004 if wet else EYE / 2.0 - 0.05
                )
            )
        if "lighthouse" in named:
            side = mix(self.palette.haze, lit, 0.3)
            made.append(
                landmarks.Lighthouse(
                    x, 2.4 if wet else 2.0, dark, side, 0.0 if wet else EYE / 2.0 - 0.06
                )
            )
        return made

    def _near_things(self) -> list[Element]:
        """Return the things on the water and on the near ground."""
        brief, named = self.brief, self.brief.things
        (dark, lit), x = self._colours(), float(self.thing_x)
        made = list[Element]()
        if "boat" in named:
            made.append(travellers.Sailboat(x, 2.6, dark, lit, 0.05 if brief.water else None))
        if "whale" in named:
            made.append(travellers.Whale(x, 2.2, dark, lit, 0.12))
        if "caravan" in named:
            made.append(travellers.Caravan(x, 2.2, dark, lit, EYE / 2.2 - 0.085))
        if "palms" in named:
            foot = 0.31 if "beach" in named else 0.42
            for dx, depth in ((0.62, 1.5), (0.80, 1.2)):
                place = float(np.sign(self.sun_x)) * -dx
                made.append(landmarks.Palm(place, depth, dark, lit, foot))
        if "figure" in named and brief.land != "space":
            made.append(travellers.Figure(x * 0.6, 1.5, dark, lit, EYE / 1.5 - 0.03))
        if "fire" in named:
            made.append(landmarks.Campfire(x * 0.5, 1.3, dark, lit, EYE / 1.3 - 0.02))
        if "lanterns" in named:
            made.append(travellers.Lanterns(brief.rng("lanterns")))
        return made

    def _air(self) -> list[Element]:
        brief, look = self.brief, self.palette
        made: list[Element] = []
        if "rain" in brief.weather or "storm" in brief.weather:
            pale = mix(look.haze, rgb("#dfe8f0"), 0.6)
            made.append(
                Rain(brief.rng("rain"), pale, slant=-0.35 if "storm" in brief.weather else -0.12)
            )
        if "snow" in brief.weather:
            made.append(
                Flakes(
                    brief.rng("flakes"),
                    rgb("#ffffff"),
                    count=420,
                    fall=0.16,
                    wind=0.05,
                    size=0.0055,
                    alpha=0.85,
                )
            )
        elif "snowy" in brief.things and brief.light != "night":
            made.append(
                Flakes(
                    brief.rng("flakes"),
                    rgb("#ffffff"),
                    count=130,
                    fall=0.10,
                    wind=0.03,
                    size=0.0045,
                    alpha=0.7,
                )
            )
        if "dust" in brief.things or (
            brief.land == "desert" and brief.light in ("golden", "sunset", "sunrise")
        ):
            made.append(
                Flakes(
                    brief.rng("dust"),
                    look.glow,
                    count=110,
                    fall=-0.01,
                    wind=0.12,
                    size=0.0032,
                    alpha=0.4,
                    pulse=0.5,
                )
            )
        if "embers" in brief.things or brief.land == "volcano" or "fire" in brief.things:
            made.append(
                Flakes(
                    brief.rng("embers"),
                    rgb("#ff9a3c"),
                    count=90,
                    fall=-0.13,
                    wind=0.04,
                    size=0.003,
                    alpha=0.9,
                    pulse=0.6,
                )
            )
        if "fireflies" in brief.things:
            made.append(
                Flakes(
                    brief.rng("fireflies"),
                    rgb("#e8ff8a"),
                    count=90,
                    fall=-0.012,
                    wind=0.012,
                    size=0.005,
                    alpha=0.95,
                    pulse=0.95,
                    band=(-0.2, 0.5),
                )
            )
        return made


def _light_volcano(layers: list[Element]) -> None:
    """Put fire behind and lava on the cone, the second ridge."""
    ridges = [(place, each) for place, each in enumerate(layers) if isinstance(each, Ridge)]
    place, cone = ridges[1]
    layers.insert(place + 1, Streams(cone.profile, cone.depth, cone.base))
    layers.insert(place, Lava(0.0, cone.depth, cone.base))


def _blue_sun(look: Palette) -> Palette:
    return replace(look, sun=rgb("#ffffff"), glow=rgb("#b8d4ff"), elevation=0.34, halo=0.5)
