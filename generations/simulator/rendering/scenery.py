"""Builds the land of a brief: which layers, how far, how high, in which colours."""

from collections.abc import Callable

import numpy as np

from generations.simulator.rendering import terrain
from generations.simulator.rendering.colour import Colour, mix, rgb
from generations.simulator.rendering.land import EYE, Blossoms, Fog, Ridge, Skyline
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
        self, name: str, heights: Heights, depth: float, own: Colour, *,
        base: float | None = None, snow_above: float | None = None, haze: float | None = None,
        sway: float = 0, slopes: bool = True, foot: float = 0.35,
    ) -> Ridge:  # fmt: skip
        """Return one layer of land whose `own` colour the air between changes."""
        far = self.distance(depth) if haze is None else haze
        top = self.palette.land(own, far)
        floor = mix(top, self.palette.haze, foot * (0.25 + 0.75 * far))
        profile = Profile(heights)
        snow = self.palette.land(self.snow(), far * 0.8) if snow_above is not None else None
        return Ridge(
            profile, depth, EYE / depth if base is None else base, top, floor,
            self.palette.light * np.float32(1 - 0.75 * far),
            slope=profile.slope() if slopes else None, sun_x=self.sun_x, snow=snow,
            snow_above=snow_above if snow_above is not None else 1,
            roughness=Profile(terrain.fractal(self.brief.rng(name + " snow"), 160, 4, 0.6)),
            sway=sway,
        )  # fmt: skip

    def snow(self) -> Colour:
        """Return the colour of snow in this light, before the air changes it."""
        ambient = self.palette.ambient
        lifted = mix(ambient, np.ones(3, np.float32), 0.25) + np.float32(0.22)
        return np.clip(lifted / np.maximum(ambient, np.float32(0.05)), 0, 6) * np.float32(0.92)

    @staticmethod
    def distance(depth: float) -> float:
        """Return how far a depth is for the eye: 0 near to about 0.9."""
        return float(np.clip(np.log(max(depth, 0.9) / 0.9) / np.log(FARTHEST / 0.9), 0, 1) * 0.88)

    def rng(self, name: str) -> np.random.Generator:
        """Return the brief's random numbers for a layer."""
        return self.brief.rng(name)


def land(builder: Builder) -> tuple[list[Element], list[Element]]:
    """Return the layers behind the water (or all of them), and those in front of it."""
    return _KINDS[builder.brief.land](builder)


def _mountain(b: Builder) -> tuple[list[Element], list[Element]]:
    rock = rgb("#8a92a0") if b.brief.light == "day" else rgb("#8c8794")
    cap = 0.30 if b.snowy else 0.62
    back: list[Element] = []
    for number, (depth, tall) in enumerate(((9.0, 0.34), (5.6, 0.27), (3.6, 0.20))):
        heights = terrain.scaled(terrain.mountains(b.rng(f"peak {number}")), 0.015, tall)
        snow = cap if number < 2 or b.snowy else None
        base = 0.0 if b.behind_water else None
        back.append(b.ridge(f"peak {number}", heights, depth, rock * np.float32(1 - 0.12 * number), base=base, snow_above=snow))
        back += _mist(b, depth, number)
    front: list[Element] = []
    if b.behind_water:
        return back, _shore(b)
    green = b.snow() * np.float32(0.92) if b.snowy else rgb("#5f6a52")
    for number, (depth, tall) in enumerate(((2.2, 0.15), (1.35, 0.11))):
        heights = terrain.scaled(terrain.hills(b.rng(f"slope {number}")), 0.0, tall)
        if number == 0:
            heights = terrain.pines(b.rng(f"slope pines {number}"), 0.05, heights, 0.7)
        front.append(b.ridge(f"slope {number}", heights, depth, green * np.float32(0.5 if number == 0 else 0.8), slopes=number == 1))
    return back + front, []


def _shore(b: Builder) -> list[Element]:
    """Return a dark near bank with reeds that leaves the water open in the middle."""
    x = (np.arange(terrain.SAMPLES) / terrain.SAMPLES * terrain.PERIOD + 3) % terrain.PERIOD - 3
    bank = 0.03 * terrain.hills(b.rng("bank")) + 0.14 * np.clip(np.abs(x + 0.25) - 0.45, 0, 0.6) - 0.035
    own = b.snow() * np.float32(0.8) if b.snowy else rgb("#3c4238")
    reeds = bank if b.snowy else terrain.grass(b.rng("reeds"), 0.055, bank)
    return [b.ridge("bank", reeds, 1.0, own * np.float32(0.55), slopes=False, sway=0.0 if b.snowy else 0.003)]


def _mist(b: Builder, depth: float, number: int) -> list[Element]:
    heavy = "fog" in b.brief.weather
    if not heavy and number % 2:
        return []
    heights = terrain.scaled(terrain.fractal(b.rng(f"mist {number}"), 8, 3), 0.0, 0.20 if heavy else 0.07)
    colour = mix(b.palette.haze, b.palette.sky[0], 0.5)
    base = 0.0 if b.behind_water else EYE / depth
    return [Fog(Profile(heights / depth**0.25), depth * 0.93, base, colour, 0.62 if heavy else 0.28,
                soft=0.16 if heavy else 0.09, drift=0.02 + 0.02 * (number % 3))]  # fmt: skip


def _forest(b: Builder) -> tuple[list[Element], list[Element]]:
    green = rgb("#57735f")
    layers: list[Element] = []
    plan = ((7.0, 0.24, 0.035), (4.4, 0.20, 0.055), (2.9, 0.16, 0.09), (1.9, 0.12, 0.15), (1.2, 0.07, 0.27))
    if b.behind_water:
        plan = ((8.0, 0.20, 0.03), (6.0, 0.12, 0.05), (4.6, 0.045, 0.085))
    for number, (depth, tall, trees) in enumerate(plan):
        rng = b.rng(f"wood {number}")
        ground = terrain.scaled(terrain.hills(rng), 0.0, tall)
        heights = terrain.pines(rng, trees, ground)
        own = green * np.float32(1.0 - 0.10 * number)
        if b.snowy:
            own = mix(own, rgb("#c9d4de"), 0.35)
        base = 0.0 if b.behind_water else None
        layers.append(b.ridge(f"wood {number}", heights, depth, own, base=base, slopes=False, foot=0.9))
        layers += _mist(b, depth, number)
    return (layers, _shore(b)) if b.behind_water else (layers, [])


def _city(b: Builder) -> tuple[list[Element], list[Element]]:
    share = {"night": 0.55, "dusk": 0.5, "sunset": 0.36, "dawn": 0.3, "golden": 0.1}.get(b.brief.light, 0.05)
    own = rgb("#5c6172")
    layers: list[Element] = []
    plan = ((8.0, 0.44, 0.060), (5.5, 0.40, 0.085), (3.8, 0.30, 0.12))
    if not b.behind_water:
        plan = (*plan, (2.5, 0.26, 0.17), (1.7, 0.17, 0.24))
    for number, (depth, tall, wide) in enumerate(plan):
        far = b.distance(depth)
        top = b.palette.land(own * np.float32(1 - 0.15 * number), far)
        foot = mix(top, mix(b.palette.haze, b.palette.sky[0], 0.5), 0.45 * (0.3 + far))
        base = 0.0 if b.behind_water else EYE / depth
        layers.append(Skyline(b.rng(f"towers {number}"), depth, tall, wide, base, top=top, foot=foot,
                              lit=b.palette.light, windows=share * (0.55 + 0.15 * number)))  # fmt: skip
        if number < 2:
            layers += _mist(b, depth, 0)
    return layers, []


def _desert(b: Builder) -> tuple[list[Element], list[Element]]:
    sand = rgb("#d9985c")
    layers: list[Element] = []
    for number, (depth, tall) in enumerate(((8.0, 0.17), (5.0, 0.20), (3.1, 0.18), (1.9, 0.15), (1.15, 0.10))):
        heights = terrain.scaled(terrain.dunes(b.rng(f"dune {number}")), 0.0, tall)
        layers.append(b.ridge(f"dune {number}", heights, depth, sand * np.float32(1.06 - 0.10 * number), foot=0.25))
    return layers, []


def _canyon(b: Builder) -> tuple[list[Element], list[Element]]:
    stone = rgb("#b4643f")
    layers: list[Element] = []
    for number, (depth, tall) in enumerate(((8.5, 0.26), (5.4, 0.27), (3.3, 0.20))):
        heights = terrain.scaled(terrain.mesas(b.rng(f"mesa {number}")), 0.0, tall)
        base = 0.0 if b.behind_water else None
        layers.append(b.ridge(f"mesa {number}", heights, depth, stone * np.float32(1.0 - 0.1 * number), base=base))
        layers += _mist(b, depth, number)
    if b.behind_water:
        return layers, []
    for number, (depth, tall) in enumerate(((2.0, 0.07), (1.15, 0.06))):
        heights = terrain.scaled(terrain.hills(b.rng(f"floor {number}")), 0.0, tall)
        layers.append(b.ridge(f"floor {number}", heights, depth, stone * np.float32(0.75 - 0.12 * number)))
    return layers, []


def _ice(b: Builder) -> tuple[list[Element], list[Element]]:
    b.snowy = True
    white = b.snow()
    blue = mix(white, rgb("#7fb4d8"), 0.4)
    back: list[Element] = []
    for number, (depth, tall) in enumerate(((9.0, 0.24), (6.0, 0.20), (4.0, 0.12))):
        shape = terrain.mountains if number == 0 else terrain.mesas
        heights = terrain.scaled(shape(b.rng(f"ice {number}")), 0.0, tall) + 0.02 * terrain.fractal(b.rng(f"crack {number}"), 90, 4, 0.6)
        base = 0.0 if b.behind_water else None
        back.append(b.ridge(f"ice {number}", heights, depth, blue if number else rgb("#8a94a6"), base=base, snow_above=0.45 if number == 0 else None))
    if b.behind_water:
        return back, []
    for number, (depth, tall) in enumerate(((2.2, 0.08), (1.15, 0.06))):
        heights = terrain.scaled(terrain.hills(b.rng(f"drift {number}")), 0.0, tall)
        back.append(b.ridge(f"drift {number}", heights, depth, white * np.float32(1 - 0.06 * number), foot=0.2))
    return back, []


def _meadow(b: Builder) -> tuple[list[Element], list[Element]]:
    green = rgb("#7f9a4e")
    if "lavender" in b.brief.things:
        green = rgb("#7f6aa8")
    back, _ = _far_hills(b, rgb("#6f8263"))
    sunflowers = "sunflower" in b.brief.things
    for number, (depth, tall) in enumerate(((2.4, 0.05), (1.5, 0.035))):
        heights = terrain.scaled(terrain.plain(b.rng(f"field {number}")), 0.0, tall)
        back.append(b.ridge(f"field {number}", heights, depth, green * np.float32(1 - 0.12 * number), foot=0.1))
    colours = tuple(b.palette.land(rgb(c) * np.float32(1.45), 0.05) for c in ("#f2b632", "#f6c948", "#e89f22"))
    if not sunflowers:
        names = ("#e8483f", "#f2e9dc", "#f0c63a", "#9a6fd0")
        colours = tuple(b.palette.land(rgb(c) * np.float32(1.3), 0.05) for c in names)
    back.append(Blossoms(b.rng("blossoms"), colours, sunflowers=sunflowers))
    blades = terrain.grass(b.rng("grass"), 0.085, terrain.scaled(terrain.hills(b.rng("turf")), -0.02, 0.03))
    back.append(b.ridge("grass", blades, 0.88, green * np.float32(0.38), base=0.40, slopes=False, sway=0.006))
    return back, []


def _far_hills(b: Builder, own: Colour) -> tuple[list[Element], list[Element]]:
    layers: list[Element] = []
    for number, (depth, tall) in enumerate(((8.5, 0.17), (5.6, 0.14), (3.7, 0.11))):
        heights = terrain.scaled(terrain.hills(b.rng(f"hill {number}")), 0.0, tall)
        if number:
            heights = terrain.canopy(b.rng(f"copse {number}"), 0.018, heights) if number == 2 else heights
        base = 0.0 if b.behind_water else None
        layers.append(b.ridge(f"hill {number}", heights, depth, own * np.float32(1 - 0.08 * number), base=base, snow_above=0.02 if b.snowy else None))
        layers += _mist(b, depth, number)
    return layers, []


def _hills(b: Builder) -> tuple[list[Element], list[Element]]:
    own = rgb("#7a8560")
    layers, _ = _far_hills(b, own)
    if b.behind_water:
        return layers, _shore(b)
    near = b.snow() if b.snowy else own
    for number, (depth, tall) in enumerate(((2.3, 0.11), (1.2, 0.08))):
        heights = terrain.scaled(terrain.hills(b.rng(f"near {number}")), 0.0, tall)
        layers.append(b.ridge(f"near {number}", heights, depth, near * np.float32(0.8 - 0.2 * number)))
    return layers, []


def _volcano(b: Builder) -> tuple[list[Element], list[Element]]:
    ash = rgb("#6a5a58")
    layers: list[Element] = []
    for number, (depth, tall, shape) in enumerate(((8.0, 0.12, terrain.mountains), (5.0, 0.46, terrain.volcano), (3.0, 0.10, terrain.mountains))):
        heights = terrain.scaled(shape(b.rng(f"cone {number}")), 0.0, tall)
        base = 0.0 if b.behind_water else None
        layers.append(b.ridge(f"cone {number}", heights, depth, ash * np.float32(0.9 - 0.2 * number), base=base))
        layers += _mist(b, depth, 0) if number == 1 else []
    if not b.behind_water:
        heights = terrain.scaled(terrain.hills(b.rng("slag")), 0.0, 0.09)
        layers.append(b.ridge("slag", heights, 1.3, ash * np.float32(0.35)))
    return layers, []


def _open(_: Builder) -> tuple[list[Element], list[Element]]:
    return [], []


_KINDS: dict[str, Callable[[Builder], tuple[list[Element], list[Element]]]] = {
    "mountain": _mountain,
    "forest": _forest,
    "city": _city,
    "desert": _desert,
    "canyon": _canyon,
    "ice": _ice,
    "meadow": _meadow,
    "hills": _hills,
    "volcano": _volcano,
    "open": _open,
    "space": _open,
}
