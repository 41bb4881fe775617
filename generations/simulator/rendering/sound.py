"""Sound that fits a scene: filtered noise for wind, water and rain, tones for what sings."""

from collections.abc import Callable

import numpy as np

from generations.simulator.rendering.words import Brief

RATE = 48_000

Wave = np.ndarray


def made(brief: Brief, prompt: str, negative: str, seconds: float) -> np.ndarray:
    """Return (n, 2) int16 samples at RATE for a scene; `negative` names sounds to leave out."""
    count = max(1, round(seconds * RATE))
    chosen = _chosen(brief, prompt.lower())
    silenced = negative.lower()
    total = np.zeros((2, count))
    for name, level in chosen.items():
        if name not in silenced:
            rng = brief.rng(f"sound {name}")
            total += level * np.stack([_SOUNDS[name](rng, count), _SOUNDS[name](rng, count)])
    total /= max(1.0, float(np.abs(total).max()) / 0.8)
    ramp = min(count // 2, RATE // 20)
    if ramp:
        fade = np.linspace(0, 1, ramp)
        total[:, :ramp] *= fade
        total[:, -ramp:] *= fade[::-1]
    return np.ascontiguousarray((total * 32767).astype(np.int16).T)


def _chosen(brief: Brief, prompt: str) -> dict[str, float]:
    """Return the names of the sounds and how loud each is."""
    levels = {"wind": 0.25}
    if brief.water:
        levels["waves"] = 0.7 if brief.water == "sea" else 0.3
    if brief.weather & {"rain", "storm"} or "rain" in prompt:
        levels["rain"] = 0.5
    if brief.weather & {"storm", "snow"} or brief.land in ("desert", "mountain", "ice"):
        levels["wind"] = 0.6
    if "storm" in brief.weather or "thunder" in prompt:
        levels["thunder"] = 0.9
    if brief.land in ("forest", "meadow", "hills") or "cricket" in prompt:
        levels["crickets" if brief.light in ("night", "dusk") else "birds"] = 0.22
    if "birds" in brief.things or "bird" in prompt:
        levels["birds"] = 0.25
    if brief.land in ("city",):
        levels["traffic"] = 0.55
    if brief.land in ("volcano", "space") or "rocket" in brief.things:
        levels["rumble"] = 0.9
    if "fire" in brief.things:
        levels["fire"] = 0.5
    return levels


def _band(rng: np.random.Generator, count: int, low: float, high: float, tilt: float = 1.0) -> Wave:
    """Return noise between two frequencies in Hz, falling with frequency by `tilt`."""
    spectrum = np.fft.rfft(rng.standard_normal(count))
    hertz = np.fft.rfftfreq(count, 1 / RATE)
    shape = np.where(hertz > 0, np.maximum(hertz, 1.0) ** -tilt, 0)
    shape /= 1 + (low / np.maximum(hertz, 1)) ** 4
    shape /= 1 + (hertz / high) ** 4
    noise = np.fft.irfft(spectrum * shape, count)
    return np.asarray(noise / (np.abs(noise).max() + 1e-9))


def _swell(rng: np.random.Generator, count: int, period_s: float, depth: float) -> Wave:
    """Return a loudness that comes and goes about every `period_s` seconds."""
    time = np.arange(count) / RATE
    phase = rng.uniform(0, 6.28)
    wave = 0.5 + 0.35 * np.sin(2 * np.pi * time / period_s + phase)
    wave += 0.15 * np.sin(2 * np.pi * time / (period_s * 0.37) + 2 * phase)
    return np.asarray(1 - depth + depth * wave)


def _wind(rng: np.random.Generator, count: int) -> Wave:
    return _band(rng, count, 90, 700, 0.8) * _swell(rng, count, 4.3, 0.8)


def _waves(rng: np.random.Generator, count: int) -> Wave:
    return _band(rng, count, 60, 2600, 0.7) * _swell(rng, count, 5.5, 0.92) ** 2


def _rain(rng: np.random.Generator, count: int) -> Wave:
    return 0.6 * _band(rng, count, 900, 9000, 0.15)


def _rumble(rng: np.random.Generator, count: int) -> Wave:
    return _band(rng, count, 20, 130, 0.6) * _swell(rng, count, 1.7, 0.3)


def _traffic(rng: np.random.Generator, count: int) -> Wave:
    return _band(rng, count, 40, 420, 0.9) * _swell(rng, count, 3.1, 0.5)


def _thunder(rng: np.random.Generator, count: int) -> Wave:
    time = np.arange(count) / RATE
    total = np.zeros(count)
    for begin in np.cumsum(rng.uniform(1.5, 4.0, 8)) - 1:
        age = time - begin
        total += np.where(age > 0, np.exp(-np.maximum(age, 0) / 0.9), 0)
    return _band(rng, count, 25, 240, 0.9) * np.minimum(total, 1)


def _fire(rng: np.random.Generator, count: int) -> Wave:
    crackle = _band(rng, count, 1500, 9000, 0.1) * (rng.random(count) > 0.9995)
    ring = np.convolve(crackle, np.exp(-np.arange(400) / 60.0))[:count]
    return np.asarray(0.5 * _band(rng, count, 60, 500, 0.8) + 0.5 * ring)


def _calls(
    rng: np.random.Generator,
    count: int,
    every_s: float,
    call: Callable[[np.random.Generator], Wave],
) -> Wave:
    total = np.zeros(count)
    begin = rng.uniform(0, every_s)
    while begin * RATE < count:
        sung = call(rng) * rng.uniform(0.3, 1)
        first = int(begin * RATE)
        sung = sung[: count - first]
        total[first : first + len(sung)] += sung
        begin += every_s * rng.uniform(0.5, 1.5)
    return total


def _chirp(rng: np.random.Generator) -> Wave:
    time = np.arange(int(RATE * rng.uniform(0.08, 0.22))) / RATE
    start, bend = rng.uniform(2300, 4200), rng.uniform(-6000, 9000)
    return np.asarray(
        np.sin(2 * np.pi * (start + bend * time) * time) * np.sin(np.pi * time / time[-1]) ** 2
    )


def _cricket(rng: np.random.Generator) -> Wave:
    time = np.arange(int(RATE * 0.22)) / RATE
    return np.asarray(
        np.sin(2 * np.pi * 4350 * time)
        * (np.sin(2 * np.pi * 27 * time) > 0.1)
        * np.sin(np.pi * time / time[-1])
    )


_SOUNDS: dict[str, Callable[[np.random.Generator, int], Wave]] = {
    "wind": _wind,
    "waves": _waves,
    "rain": _rain,
    "thunder": _thunder,
    "rumble": _rumble,
    "traffic": _traffic,
    "fire": _fire,
    "birds": lambda rng, count: _calls(rng, count, 0.45, _chirp),
    "crickets": lambda rng, count: _calls(rng, count, 0.42, _cricket),
}
