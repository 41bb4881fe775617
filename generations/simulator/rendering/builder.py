"""Makes single layers of land under a palette, for the scenery to put together."""

import numpy as np

from generations.simulator.rendering import terrain
from generations.simulator.rendering.colour import Colour, mix, rgb
from generations.simulator.rendering.land import EYE, Fog, Ridge
from generations.simulator.rendering.palette import Palette
from generations.simulator.rendering.terrain import Heights, Profile
from generations.simulator.rendering.view import Element
from generations.simulator.rendering.words import Brief

FARTHEST = 9.0


class Builder:
    """Makes the layers of one brief under one palette."""

    def __init__(self, brief: Brief, palette: Palette, sun_x: float) -> None:
        self.brief, self.palette, self.sun_x = brief, palette, sun_x
        self.snowy = "snowy" in brief.things or "snow" in brief.weather
        self.behind_water = bool(brief.water)

    def ridge(
        self,
        name: str,
        heights: Heights,
        depth: float,
        own: Colour,
        *,
        base: float | None = None,
        snow_above: float | None = None,
        haze: float | None = None,
        sway: float = 0,
        slopes: bool = True,
        foot: float = 0.35,
        rim: float = 0.10,
        reach: float = 0.11,
        light: Colour | None = None,
    ) -> Ridge:
        """Return one layer of land whose `own` colour the air between changes."""
        far = self.distance(depth) if haze is None else haze
        top = self.palette.land(own, far)
        floor = mix(top, self.palette.haze, foot * (0.25 + 0.75 * far))
        profile = Profile(heights)
        snow = self.palette.land(self.snow(), far * 0.8) if snow_above is not None else None
        return Ridge(
            profile,
            depth,
            EYE / depth if base is None else base,
            top,
            floor,
            (self.palette.light if light is None else light) * np.float32(1 - 0.75 * far),
            slope=profile.slope() if slopes else None,
            sun_x=self.sun_x,
            snow=snow,
            snow_above=snow_above if snow_above is not None else 1,
            roughness=Profile(terrain.fractal(self.brief.rng(name + " snow"), 160, 4, 0.6)),
            sway=sway,
            rim=rim,
            reach=reach,
        )

    def snow(self) -> Colour:
        """Return the colour of snow in this light, before the air changes it."""
        ambient = self.palette.ambient
        lifted = mix(ambient, np.ones(3, np.float32), 0.3) + np.float32(0.30)
        return np.clip(lifted / np.maximum(ambient, np.float32(0.05)), 0, 6) * np.float32(0.92)

    @staticmethod
    def distance(depth: float) -> float:
        """Return how far a depth is for the eye: 0 near to about 0.9."""
        return float(np.clip(np.log(max(depth, 0.9) / 0.9) / np.log(FARTHEST / 0.9), 0, 1) * 0.88)

    def rng(self, name: str) -> np.random.Generator:
        """Return the brief's random numbers for a layer."""
        return self.brief.rng(name)


def shore(b: Builder) -> list[Element]:
    """Return a dark near bank with reeds that leaves the water open in the middle."""
    x = (np.arange(terrain.SAMPLES) / terrain.SAMPLES * terrain.PERIOD + 3) % terrain.PERIOD - 3
    bank = (
        0.03 * terrain.hills(b.rng("bank"))
        + 0.14 * np.clip(np.abs(x + 0.25) - 0.45, 0, 0.6)
        - 0.035
    )
    own = b.snow() * np.float32(0.8) if b.snowy else rgb("#3c4238")
    reeds = bank if b.snowy else terrain.grass(b.rng("reeds"), 0.055, bank)
    return [
        b.ridge(
            "bank", reeds, 1.0, own * np.float32(0.55), slopes=False, sway=0.0 if b.snowy else 0.003
        )
    ]


def mist(b: Builder, depth: float, number: int) -> list[Element]:
    """Return the mist that lies before the layer of that number at a depth, if any."""
    heavy = "fog" in b.brief.weather
    if not heavy and number % 2:
        return []
    heights = terrain.scaled(
        terrain.fractal(b.rng(f"mist {number}"), 8, 3), 0.0, 0.20 if heavy else 0.07
    )
    colour = mix(b.palette.haze, b.palette.sky[0], 0.5)
    base = 0.0 if b.behind_water else EYE / depth
    return [
        Fog(
            Profile(heights / depth**0.25),
            depth * 0.93,
            base,
            colour,
            0.62 if heavy else 0.28,
            soft=0.16 if heavy else 0.09,
            drift=0.02 + 0.02 * (number % 3),
        )
    ]
