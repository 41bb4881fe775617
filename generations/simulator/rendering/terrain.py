"""Profiles of the land: heights along a line that closes on itself after PERIOD units."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

PERIOD = 6.0
SAMPLES = 16384

Heights = np.ndarray


@dataclass(frozen=True)
class Profile:
    """Heights in units (up is positive) at SAMPLES places along PERIOD units."""

    heights: Heights

    def at(self, x: np.ndarray) -> Heights:
        """Return the heights at any X."""
        place = x * (SAMPLES / PERIOD)
        whole = np.floor(place)
        index = whole.astype(np.intp) % SAMPLES
        here = self.heights[index]
        return np.asarray(here + (self.heights[(index + 1) % SAMPLES] - here) * (place - whole))

    def slope(self) -> "Profile":
        """Return the smoothed steepness, positive where the land rises to the right."""
        soft = smoothed(self.heights, 110)
        return Profile((np.roll(soft, -40) - np.roll(soft, 40)) * (SAMPLES / PERIOD / 80))


def smoothed(heights: Heights, width: int) -> Heights:
    """Return the heights averaged over a sliding window, around the seam too."""
    padded = np.concatenate([heights[-width:], heights, heights[:width]])
    total = np.cumsum(padded)
    mean = (total[2 * width :] - total[: -2 * width]) / (2 * width)
    return mean[:SAMPLES]


def noise(rng: np.random.Generator, waves: int) -> Heights:
    """Return smooth noise in 0..1 with that many free values in a period."""
    lattice = rng.random(waves)
    place = np.arange(SAMPLES) * (waves / SAMPLES)
    index = place.astype(int)
    part = place - index
    part = part * part * part * (part * (part * 6 - 15) + 10)
    return lattice[index % waves] * (1 - part) + lattice[(index + 1) % waves] * part


def fractal(rng: np.random.Generator, waves: int, octaves: int, fall: float = 0.5) -> Heights:
    """Return noise in about 0..1 of several octaves, each `fall` as strong as the last."""
    total, weight = np.zeros(SAMPLES), 0.0
    for octave in range(octaves):
        total += noise(rng, waves * 2**octave) * fall**octave
        weight += fall**octave
    return np.asarray(total / weight)


def mountains(rng: np.random.Generator) -> Heights:
    """Return peaks with rugged flanks, 0..1."""
    total, weight = np.zeros(SAMPLES), 0.0
    for octave in range(8):
        fall = 0.47**octave
        total += (1 - np.abs(2 * noise(rng, 9 * 2**octave) - 1)) * fall
        weight += fall
    broad = fractal(rng, 7, 2)
    return _spread(total / weight * (0.35 + broad))


def hills(rng: np.random.Generator) -> Heights:
    """Return soft rolling ground, 0..1."""
    return _spread(fractal(rng, 9, 4, 0.32))


def plain(rng: np.random.Generator) -> Heights:
    """Return nearly flat ground, 0..1."""
    return _spread(fractal(rng, 5, 2, 0.25))


def dunes(rng: np.random.Generator) -> Heights:
    """Return long swells with a sharp crest here and there, 0..1."""
    swell = noise(rng, 10)
    crest = (1 - np.abs(2 * noise(rng, 8) - 1)) ** 1.4
    return _spread(smoothed(0.55 * swell + 0.6 * crest, 24))


def mesas(rng: np.random.Generator) -> Heights:
    """Return table mountains with steep walls, 0..1."""
    rough = fractal(rng, 10, 3, 0.45)
    steps = 1 / (1 + np.exp(-(rough - 0.56) * 60))
    lower = 1 / (1 + np.exp(-(rough - 0.42) * 50))
    return _spread(0.62 * steps + 0.3 * lower + 0.08 * fractal(rng, 120, 3))


def volcano(rng: np.random.Generator) -> Heights:
    """Return one broad cone with a broken rim at X 0, 0..1."""
    x = (np.arange(SAMPLES) / SAMPLES * PERIOD + PERIOD / 2) % PERIOD - PERIOD / 2
    cone = np.exp(-np.abs(x) / 0.34)
    cone = np.minimum(cone, 0.80 + 0.06 * np.cos(x * 40))
    return np.asarray(_spread(cone + 0.10 * fractal(rng, 40, 4) * (1 - cone)))


def pines(rng: np.random.Generator, tall: float, ground: Heights, dense: float = 1) -> Heights:
    """Return the ground with a forest of spruces up to `tall` units on it."""
    wide = tall * 0.21
    count = int(PERIOD / wide * 2.2 * dense)
    result = ground.copy()
    reach = int(wide * SAMPLES / PERIOD)
    offsets = np.arange(-reach, reach + 1)
    across = np.abs(offsets) / reach
    for middle in rng.integers(0, SAMPLES, count):
        height = tall * rng.uniform(0.45, 1.0)
        tiers = rng.integers(6, 10)
        fraction = 1 - across / rng.uniform(0.6, 1.0)
        branch = fraction + 1.1 / tiers * ((fraction * tiers) % 1 - 0.5)
        place = (middle + offsets) % SAMPLES
        top = ground[place] + height * branch
        result[place] = np.maximum(result[place], np.where(fraction > 0, top, -9))
    return result


def canopy(rng: np.random.Generator, tall: float, ground: Heights) -> Heights:
    """Return the ground under round tree crowns up to `tall` units high."""
    crowns = np.zeros(SAMPLES)
    for middle in rng.integers(0, SAMPLES, int(PERIOD / tall * 3)):
        reach = int(tall * rng.uniform(0.4, 0.9) * SAMPLES / PERIOD)
        offsets = np.arange(-reach, reach + 1)
        dome = np.sqrt(1 - (offsets / reach) ** 2) * tall * rng.uniform(0.5, 1)
        place = (middle + offsets) % SAMPLES
        crowns[place] = np.maximum(crowns[place], dome)
    return ground + crowns * (0.9 + 0.2 * noise(rng, 900))


def grass(rng: np.random.Generator, tall: float, ground: Heights) -> Heights:
    """Return the ground with blades of grass up to `tall` units."""
    blades = np.zeros(SAMPLES)
    for middle in rng.integers(0, SAMPLES, 2600):
        reach = int(rng.integers(4, 9))
        height = tall * rng.uniform(0.3, 1) ** 1.5
        lean = int(rng.integers(-4, 5))
        offsets = np.arange(-reach, reach + 1)
        place = (middle + offsets + lean) % SAMPLES
        blades[place] = np.maximum(blades[place], height * (1 - np.abs(offsets) / reach))
    return ground + blades


def scaled(heights: Heights, low: float, high: float) -> Heights:
    """Return 0..1 heights stretched to low..high units."""
    return low + heights * (high - low)


def _spread(heights: Heights) -> Heights:
    low, high = heights.min(), heights.max()
    return np.asarray((heights - low) / (high - low))


Shape = Callable[[np.random.Generator], Heights]
