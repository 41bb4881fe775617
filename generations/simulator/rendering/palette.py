"""The light of a scene: sky, sun, haze and what they do to the land."""

from dataclasses import dataclass, replace

import numpy as np

from generations.simulator.rendering.colour import Colour, mix, rgb
from generations.simulator.rendering.words import Brief


@dataclass(frozen=True)
class Palette:
    """Colours of the air, and how the land takes them.

    `sky` is (4, 3): horizon, low, middle, top. `sun` is the disc, `glow` its halo, `haze` what
    distance fades to, at most by `thickness`. `ambient` multiplies the land's own colour, `light`
    is what its sunny slopes gain. `elevation` is the height of sun or moon in units, `stars` 0..1.
    """

    sky: np.ndarray
    sun: Colour
    glow: Colour
    haze: Colour
    ambient: Colour
    light: Colour
    elevation: float
    halo: float
    stars: float = 0
    thickness: float = 0.9

    def land(self, own: Colour, distance: float) -> Colour:
        """Return the colour that land of its `own` colour has at a distance 0 (near) to 1 (far)."""
        lit = own * self.ambient
        return mix(lit, self.haze, (1 - (1 - distance) ** 1.1) * self.thickness)


def _palette(
    horizon: str, low: str, middle: str, top: str, *, sun: str, glow: str, haze: str,
    ambient: str, light: str, elevation: float, halo: float, stars: float = 0,
) -> Palette:  # fmt: skip
    sky = np.stack([rgb(horizon), rgb(low), rgb(middle), rgb(top)])
    return Palette(
        sky, rgb(sun), rgb(glow), rgb(haze), rgb(ambient), rgb(light), elevation, halo, stars
    )


_BY_LIGHT: dict[str, Palette] = {
    "dawn": _palette(
        "#f6b48a", "#d98c8f", "#5d5f96", "#1d2a5c", sun="#fff0cf", glow="#ffc08a", haze="#c98f92",
        ambient="#43405f", light="#b0644c", elevation=-0.01, halo=0.8, stars=0.25,
    ),
    "sunrise": _palette(
        "#ffdc9a", "#f8b07c", "#8fa3c4", "#3b66a6", sun="#fffbe6", glow="#ffd58e", haze="#e8b596",
        ambient="#645466", light="#d08a52", elevation=0.09, halo=1.0,
    ),
    "day": _palette(
        "#dcecf2", "#a9d0ea", "#5c9fd6", "#2467b0", sun="#ffffff", glow="#fff6da", haze="#a9c8de",
        ambient="#cfd2c8", light="#5c5636", elevation=0.42, halo=0.5,
    ),
    "golden": _palette(
        "#fbd892", "#ecb877", "#9fb0b4", "#376499", sun="#fffbe8", glow="#ffdc98", haze="#e2a968",
        ambient="#85583a", light="#d08a3c", elevation=0.2, halo=1.0,
    ),
    "sunset": _palette(
        "#ffc357", "#f8853a", "#a83238", "#2e1a3a", sun="#fff3c4", glow="#ffb347", haze="#d2703a",
        ambient="#4c2a2c", light="#d0662a", elevation=0.1, halo=1.0,
    ),
    "dusk": _palette(
        "#f2a08e", "#b9608f", "#57307d", "#160f38", sun="#ffd9b8", glow="#f39a86", haze="#8c4f86",
        ambient="#2c2149", light="#9a466a", elevation=-0.02, halo=0.9, stars=0.6,
    ),
    "night": _palette(
        "#2b4a78", "#16305c", "#0a1838", "#03060f", sun="#f4f2e4", glow="#7fa4d8", haze="#1d3660",
        ambient="#141f3a", light="#34527f", elevation=0.4, halo=0.45, stars=1,
    ),
}  # fmt: skip

_STORM = rgb("#4a545e")
_FOG = rgb("#c4cfca")


def palette(brief: Brief) -> Palette:
    """Return the palette of a brief: its light, then its weather, then its named colours."""
    made = _BY_LIGHT[brief.light]
    if brief.land == "space":
        return _space(made)
    if "aurora" in brief.things:
        made = replace(made, haze=rgb("#123a4a"), light=rgb("#2a7a62"), glow=rgb("#4fd8a0"))
        made = replace(
            made, sky=np.stack([rgb(c) for c in ("#0c4a44", "#08303c", "#06182c", "#02050c")])
        )
    dark = brief.light in ("night", "dusk")
    if "aurora" in brief.things:
        return made
    if "storm" in brief.weather:
        made = _under(made, mix(_STORM, rgb("#1a2230"), 0.8 if dark else 0.15), 0.72)
    elif "rain" in brief.weather:
        made = _under(made, mix(rgb("#7d8a94"), rgb("#141c2a"), 0.75 if dark else 0), 0.6)
    elif "snow" in brief.weather:
        made = _under(made, mix(rgb("#c6d2de"), rgb("#26344c"), 0.8 if dark else 0), 0.5)
    elif "cloud" in brief.weather:
        made = _under(made, mix(rgb("#9aa7b4"), rgb("#1a2436"), 0.75 if dark else 0), 0.25)
    if "fog" in brief.weather:
        made = _foggy(made, dark)
    if brief.land == "city" and brief.light in ("night", "dusk") and not brief.weather:
        warm = [
            mix(c, rgb(w), f)
            for c, w, f in zip(
                made.sky,
                ("#d07a5a", "#7a3f7a", "#2a1f55", "#05060f"),
                (0.55, 0.5, 0.3, 0),
                strict=True,
            )
        ]
        made = replace(made, sky=np.stack(warm), haze=mix(made.haze, rgb("#5a3a6a"), 0.45))
    for code in brief.colours:
        made = _tinted(made, rgb(code))
    return made


def _under(made: Palette, cover: Colour, amount: float) -> Palette:
    """Return the palette below a layer of cloud of that colour."""
    grey = np.stack(
        [mix(c, cover * f, amount) for c, f in zip(made.sky, (1.5, 1.05, 0.75, 0.5), strict=True)]
    )
    return replace(
        made, sky=grey, haze=mix(made.haze, cover, amount), glow=mix(made.glow, cover, 0.4),
        ambient=mix(made.ambient, made.ambient.mean() * np.float32(0.8), amount),
        light=made.light * np.float32(1 - amount), halo=made.halo * (1 - amount * 0.75),
        stars=made.stars * (1 - min(1.0, amount * 1.5)),
    )  # fmt: skip


def _foggy(made: Palette, dark: bool) -> Palette:
    fog = mix(made.haze, _FOG * np.float32(0.25 if dark else 1), 0.45)
    sky = np.stack([mix(c, fog, f) for c, f in zip(made.sky, (0.7, 0.6, 0.4, 0.2), strict=True)])
    return replace(
        made,
        sky=sky,
        haze=fog,
        thickness=1.0,
        stars=made.stars * 0.4,
        light=made.light * np.float32(0.5),
    )


def _tinted(made: Palette, colour: Colour) -> Palette:
    def leaned(own: np.ndarray) -> np.ndarray:
        brightness = own @ np.array([0.2126, 0.7152, 0.0722], np.float32)
        strength = brightness / max(float(colour @ np.array([0.2126, 0.7152, 0.0722])), 0.15)
        toward = np.clip(np.multiply.outer(strength, colour), 0, 1)
        return np.asarray(own + (toward - own) * np.float32(0.3), np.float32)

    return replace(
        made, sky=leaned(made.sky), haze=leaned(made.haze), glow=leaned(made.glow),
        light=leaned(made.light),
    )  # fmt: skip


def _space(made: Palette) -> Palette:
    sky = np.stack([rgb(c) for c in ("#0c1530", "#080e22", "#04060f", "#010207")])
    return replace(made, sky=sky, haze=rgb("#27508f"), ambient=rgb("#30507c"), stars=1.0)
