"""Builds the land of a brief: which layers, how far, how high, in which colours."""

from collections.abc import Callable

import numpy as np

from generations.simulator.rendering import terrain
from generations.simulator.rendering.builder import Builder, mist, shore
from generations.simulator.rendering.colour import Colour, mix, rgb
from generations.simulator.rendering.land import EYE, Blossoms, Skyline
from generations.simulator.rendering.view import Element


def land(builder: Builder) -> tuple[list[Element], list[Element]]:
    """Return the layers behind the water (or all of them), and those in front of it."""
    return _KINDS[builder.brief.land](builder)


def _mountain(b: Builder) -> tuple[list[Element], list[Element]]:
    rock = rgb("#8a92a0") if b.brief.light == "day" else rgb("#8c8794")
    cap = 0.30 if b.snowy else 0.62
    back: list[Element] = []
    for number, (depth, tall) in enumerate(((9.0, 0.46), (5.6, 0.36), (3.6, 0.23))):
        heights = terrain.scaled(terrain.mountains(b.rng(f"peak {number}")), 0.015, tall)
        snow = cap if number < 2 or b.snowy else None
        base = 0.0 if b.behind_water else None
        back.append(
            b.ridge(
                f"peak {number}",
                heights,
                depth,
                rock * np.float32(1 - 0.12 * number),
                base=base,
                snow_above=snow,
            )
        )
        back += mist(b, depth, number)
    front: list[Element] = []
    if b.behind_water:
        return back, shore(b)
    green = b.snow() if b.snowy else rgb("#5d7d4c")
    wood = rgb("#46604a") * np.float32(0.8)
    for number, (depth, tall) in enumerate(((2.2, 0.15), (1.35, 0.11))):
        heights = terrain.scaled(terrain.hills(b.rng(f"slope {number}")), 0.0, tall)
        if number == 0:
            heights = terrain.pines(b.rng(f"slope pines {number}"), 0.05, heights, 0.7)
        front.append(
            b.ridge(
                f"slope {number}",
                heights,
                depth,
                wood if number == 0 else green * np.float32(0.9),
                slopes=number == 1,
            )
        )
    return back + front, []


def _forest(b: Builder) -> tuple[list[Element], list[Element]]:
    green = rgb("#4f7a55")
    layers: list[Element] = []
    plan: tuple[tuple[float, float, float], ...] = (
        (7.0, 0.24, 0.035),
        (4.4, 0.20, 0.055),
        (2.9, 0.16, 0.09),
        (1.9, 0.12, 0.15),
        (1.2, 0.07, 0.27),
    )
    if b.behind_water:
        plan = ((8.0, 0.20, 0.03), (6.0, 0.12, 0.05), (4.6, 0.045, 0.085))
    for number, (depth, tall, trees) in enumerate(plan):
        rng = b.rng(f"wood {number}")
        ground = terrain.scaled(terrain.hills(rng), 0.0, tall)
        heights = terrain.pines(rng, trees, ground)
        own = green * np.float32(1.0 - 0.13 * number)
        if b.snowy:
            own = mix(own, rgb("#c9d4de"), 0.25)
        base = 0.0 if b.behind_water else None
        frost = b.palette.ambient * np.float32(0.75) if b.snowy else None
        layers.append(
            b.ridge(
                f"wood {number}",
                heights,
                depth,
                own,
                base=base,
                slopes=b.snowy,
                foot=0.7,
                rim=0.55 if b.snowy else 0.1,
                reach=0.05 / depth**0.5,
                light=frost,
            )
        )
        layers += mist(b, depth, number)
    return (layers, shore(b)) if b.behind_water else (layers, [])


def _city(b: Builder) -> tuple[list[Element], list[Element]]:
    share = {"night": 0.5, "dusk": 0.5, "sunset": 0.30, "dawn": 0.3, "golden": 0.1}.get(
        b.brief.light, 0.05
    )
    own = rgb("#565b6e")
    layers: list[Element] = []
    plan: tuple[tuple[float, float, float], ...] = (
        (8.0, 0.44, 0.060),
        (5.5, 0.40, 0.085),
        (3.8, 0.30, 0.12),
    )
    if not b.behind_water:
        plan = (*plan, (2.5, 0.26, 0.17), (1.7, 0.17, 0.24), (1.12, 0.10, 0.34))
    for number, (depth, tall, wide) in enumerate(plan):
        far = b.distance(depth)
        top = b.palette.land(own * np.float32(1 - 0.15 * number), far)
        foot = mix(top, mix(b.palette.haze, b.palette.sky[0], 0.5), 0.45 * (0.3 + far))
        base = 0.0 if b.behind_water else EYE / depth
        layers.append(
            Skyline(
                b.rng(f"towers {number}"),
                depth,
                tall,
                wide,
                base,
                top=top,
                foot=foot,
                lit=b.palette.light,
                windows=share * (0.55 + 0.15 * number),
                hidden=0.06 if b.behind_water else _gap(depth, plan[number + 1 :]),
            )
        )
        if number < 2:
            layers += mist(b, depth, 0)
    return layers, []


def _gap(depth: float, nearer: tuple[tuple[float, float, float], ...]) -> float:
    """Return how far below its base a row of towers shows before the next, from any height."""
    return 1.8 * (1 / nearer[0][0] - 1 / depth) if nearer else 1.0


def _desert(b: Builder) -> tuple[list[Element], list[Element]]:
    sand = rgb("#d9985c")
    layers: list[Element] = []
    for number, (depth, tall) in enumerate(
        ((8.5, 0.19), (5.2, 0.22), (3.3, 0.20), (2.1, 0.17), (1.25, 0.13))
    ):
        heights = terrain.scaled(terrain.dunes(b.rng(f"dune {number}")), 0.0, tall)
        layers.append(
            b.ridge(
                f"dune {number}", heights, depth, sand * np.float32(1.06 - 0.10 * number), foot=0.25
            )
        )
    return layers, []


def _canyon(b: Builder) -> tuple[list[Element], list[Element]]:
    stone = rgb("#b4643f")
    layers: list[Element] = []
    for number, (depth, tall) in enumerate(((8.5, 0.26), (5.4, 0.27), (3.3, 0.20))):
        heights = terrain.scaled(terrain.mesas(b.rng(f"mesa {number}")), 0.0, tall)
        base = 0.0 if b.behind_water else None
        layers.append(
            b.ridge(
                f"mesa {number}",
                heights,
                depth,
                stone * np.float32(1.05 - 0.08 * number),
                base=base,
                reach=0.035,
            )
        )
        layers += mist(b, depth, number)
    if b.behind_water:
        return layers, []
    for number, (depth, tall) in enumerate(((2.0, 0.07), (1.15, 0.06))):
        heights = terrain.scaled(terrain.hills(b.rng(f"floor {number}")), 0.0, tall)
        layers.append(
            b.ridge(f"floor {number}", heights, depth, stone * np.float32(0.75 - 0.12 * number))
        )
    return layers, []


def _ice(b: Builder) -> tuple[list[Element], list[Element]]:
    b.snowy = True
    white = b.snow()
    blue = mix(white, rgb("#7fb4d8"), 0.4)
    back: list[Element] = []
    for number, (depth, tall) in enumerate(((9.0, 0.24), (6.0, 0.20), (4.0, 0.12))):
        shape = terrain.mountains if number == 0 else terrain.mesas
        low = -0.09 if b.behind_water else 0.0
        heights = terrain.scaled(
            shape(b.rng(f"ice {number}")), low if number else 0.0, tall
        ) + 0.02 * terrain.fractal(b.rng(f"crack {number}"), 90, 4, 0.6)
        base = 0.0 if b.behind_water else None
        back.append(
            b.ridge(
                f"ice {number}",
                heights,
                depth,
                blue if number else rgb("#8a94a6"),
                base=base,
                snow_above=0.4 if number == 0 else None,
                reach=0.05,
            )
        )
    if b.behind_water:
        return back, []
    for number, (depth, tall) in enumerate(((2.2, 0.08), (1.15, 0.06))):
        heights = terrain.scaled(terrain.hills(b.rng(f"drift {number}")), 0.0, tall)
        back.append(
            b.ridge(
                f"drift {number}", heights, depth, white * np.float32(1 - 0.06 * number), foot=0.2
            )
        )
    return back, []


def _meadow(b: Builder) -> tuple[list[Element], list[Element]]:
    green = rgb("#7f9a4e")
    if "lavender" in b.brief.things:
        green = rgb("#7f6aa8")
    back, _ = _far_hills(b, rgb("#6f8263"))
    sunflowers = "sunflower" in b.brief.things
    for number, (depth, tall) in enumerate(((2.4, 0.05), (1.5, 0.035))):
        heights = terrain.scaled(terrain.plain(b.rng(f"field {number}")), 0.0, tall)
        back.append(
            b.ridge(
                f"field {number}", heights, depth, green * np.float32(1 - 0.12 * number), foot=0.1
            )
        )
    colours = tuple(
        b.palette.land(rgb(c) * np.float32(2.3), 0.03) for c in ("#f2b632", "#f6c948", "#e89f22")
    )
    if not sunflowers:
        names = ("#e8483f", "#f2e9dc", "#f0c63a", "#9a6fd0")
        colours = tuple(b.palette.land(rgb(c) * np.float32(1.4), 0.03) for c in names)
    back.append(Blossoms(b.rng("blossoms"), colours, sunflowers=sunflowers))
    blades = terrain.grass(
        b.rng("grass"), 0.085, terrain.scaled(terrain.hills(b.rng("turf")), -0.02, 0.03)
    )
    back.append(
        b.ridge(
            "grass", blades, 0.88, green * np.float32(0.38), base=0.40, slopes=False, sway=0.006
        )
    )
    return back, []


def _far_hills(b: Builder, own: Colour) -> tuple[list[Element], list[Element]]:
    layers: list[Element] = []
    for number, (depth, tall) in enumerate(((8.5, 0.17), (5.6, 0.14), (3.7, 0.11))):
        heights = terrain.scaled(terrain.hills(b.rng(f"hill {number}")), 0.0, tall)
        if number:
            heights = (
                terrain.canopy(b.rng(f"copse {number}"), 0.018, heights) if number == 2 else heights
            )
        base = 0.0 if b.behind_water else None
        layers.append(
            b.ridge(
                f"hill {number}",
                heights,
                depth,
                own * np.float32(1 - 0.08 * number),
                base=base,
                snow_above=0.02 if b.snowy else None,
            )
        )
        layers += mist(b, depth, number)
    return layers, []


def _hills(b: Builder) -> tuple[list[Element], list[Element]]:
    own = rgb("#7a8560")
    layers, _ = _far_hills(b, own)
    if b.behind_water:
        return layers, shore(b)
    near = b.snow() if b.snowy else own
    for number, (depth, tall) in enumerate(((2.3, 0.11), (1.2, 0.08))):
        heights = terrain.scaled(terrain.hills(b.rng(f"near {number}")), 0.0, tall)
        layers.append(
            b.ridge(f"near {number}", heights, depth, near * np.float32(0.8 - 0.2 * number))
        )
    return layers, []


def _volcano(b: Builder) -> tuple[list[Element], list[Element]]:
    ash = rgb("#6a5a58")
    layers: list[Element] = []
    for number, (depth, tall, shape) in enumerate(
        (
            (8.0, 0.12, terrain.mountains),
            (5.0, 0.46, terrain.volcano),
            (3.0, 0.10, terrain.mountains),
        )
    ):
        heights = terrain.scaled(shape(b.rng(f"cone {number}")), 0.0, tall)
        base = 0.0 if b.behind_water else None
        layers.append(
            b.ridge(
                f"cone {number}", heights, depth, ash * np.float32(0.9 - 0.2 * number), base=base
            )
        )
        layers += mist(b, depth, 0) if number == 1 else []
    if not b.behind_water:
        heights = terrain.scaled(terrain.hills(b.rng("slag")), 0.0, 0.09)
        layers.append(b.ridge("slag", heights, 1.3, ash * np.float32(0.35)))
    return layers, []


def _open(b: Builder) -> tuple[list[Element], list[Element]]:
    if "beach" not in b.brief.things:
        return [], []
    x = (np.arange(terrain.SAMPLES) / terrain.SAMPLES * terrain.PERIOD + 3) % terrain.PERIOD - 3
    tilt = 0.05 * np.tanh(2.2 * x * -np.sign(b.sun_x))
    sand = 0.02 * terrain.hills(b.rng("sand")) + tilt
    foam = b.palette.ambient * np.float32(0.5)
    return [], [
        b.ridge("beach", sand, 1.0, rgb("#e6cfa0"), base=0.33, rim=0.6, reach=0.008, light=foam)
    ]


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
    "space": lambda _: ([], []),
}
