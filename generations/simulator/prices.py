"""What a generation costs here, from the rates of luma-dream-machine-v1 sheet §12.

Kept apart from Dailies' own catalogue on purpose: two tables that must agree prove each other.
"""

from decimal import ROUND_HALF_UP, Decimal

FPS = 24
_PIXELS = {"540p": 960 * 540, "720p": 1280 * 720, "1080p": 1920 * 1080, "4k": 3840 * 2160}

_CENTS_PER_MEGAPIXEL = {
    "ray-2": Decimal("0.64"),
    "ray-flash-2": Decimal("0.22"),
    "photon-1": Decimal("0.73"),
    "photon-flash-1": Decimal("0.19"),
}
_MODIFY_CENTS_PER_MEGAPIXEL = {"ray-2": Decimal("1.582"), "ray-flash-2": Decimal("0.544")}
_RAY_1_6_CENTS = Decimal(35)
# Luma publishes neither; these are the simulator's own.
_UPSCALE_CENTS_PER_MEGAPIXEL = Decimal("0.22")
_AUDIO_CENTS_PER_SECOND = Decimal(2)


def _rounded(cents: Decimal) -> Decimal:
    return cents.quantize(Decimal("0.01"), ROUND_HALF_UP)


def _megapixels(resolution: str, duration_s: Decimal) -> Decimal:
    return Decimal(_PIXELS[resolution] * FPS) * duration_s / 1_000_000


def video(model: str, resolution: str, duration_s: Decimal) -> Decimal:
    """Return US cents, to a hundredth, of a clip; one price per resolution whatever the ratio."""
    if model == "ray-1-6":
        return _RAY_1_6_CENTS
    return _rounded(_CENTS_PER_MEGAPIXEL[model] * _megapixels(resolution, duration_s))


def modify(model: str, resolution: str, duration_s: Decimal) -> Decimal:
    """Return US cents of a clip restyled."""
    return _rounded(_MODIFY_CENTS_PER_MEGAPIXEL[model] * _megapixels(resolution, duration_s))


def image(model: str) -> Decimal:
    """Return US cents of a still; §12 gives the price of 1080p, and no other size is offered."""
    return _rounded(_CENTS_PER_MEGAPIXEL[model] * _PIXELS["1080p"] / 1_000_000)


def upscale(resolution: str, duration_s: Decimal) -> Decimal:
    """Return US cents of a clip upscaled to a resolution (unpublished, §12)."""
    return _rounded(_UPSCALE_CENTS_PER_MEGAPIXEL * _megapixels(resolution, duration_s))


def audio(duration_s: Decimal) -> Decimal:
    """Return US cents of sound for a clip (unpublished, §12)."""
    return _rounded(_AUDIO_CENTS_PER_SECOND * duration_s)
