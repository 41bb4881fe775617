"""Colours: written as hex RGB, mixed as RGB in 0..1, painted as 8-bit limited-range BT.709 YUV."""

import numpy as np

Colour = np.ndarray
"""Three float32: red, green, blue in 0..1."""

_TO_YUV = np.array(
    [[0.2126, 0.7152, 0.0722], [-0.1146, -0.3854, 0.5], [0.5, -0.4542, -0.0458]], np.float32
)
_SPAN = np.array([219, 224, 224], np.float32)
_ZERO = np.array([16, 128, 128], np.float32)


def rgb(code: str) -> Colour:
    """Return the colour of `#rrggbb`."""
    value = int(code.lstrip("#"), 16)
    return np.array([value >> 16, value >> 8 & 255, value & 255], np.float32) / 255


def mix(one: Colour, other: Colour, amount: float) -> Colour:
    """Return `one` with `amount` (0..1) of `other`."""
    return one + (other - one) * np.float32(amount)


def yuv(colour: Colour) -> np.ndarray:
    """Return Y 16..235 and U, V 16..240 of RGB colours in the last axis."""
    return colour @ _TO_YUV.T * _SPAN + _ZERO


def yuv_change(colour: Colour) -> np.ndarray:
    """Return what adding light of this RGB colour does to Y, U and V."""
    return colour @ _TO_YUV.T * _SPAN


def rgb_of(planes: np.ndarray) -> np.ndarray:
    """Return RGB in 0..1 of Y, U, V in the first axis."""
    back = np.linalg.inv(_TO_YUV).astype(np.float32)
    level = (planes - _ZERO[:, None, None]) / _SPAN[:, None, None]
    return np.clip(np.einsum("ij,jhw->hwi", back, level), 0, 1)
