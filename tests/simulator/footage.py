"""Small renders, and measures of what is in their pictures."""

from pathlib import Path

import av
import numpy as np
from PIL import Image

from generations.simulator import rendering
from generations.simulator.rendering import (
    VideoJob,
)
from generations.simulator.rendering.clip import Clip

LAKE = "Mountains mirrored in a still lake at dusk"
# The mean difference, of 255, below which two frames are the same but for the codec.
CODEC_NOISE = 2.0


def clip(out: Path, prompt: str = LAKE, **asked) -> Path:
    """Render a small clip and return its file."""
    size = {"width": 320, "height": 180, "duration_s": 1.0}
    rendering.render(VideoJob(prompt=prompt, **(size | asked)), out)
    return out


def frames(path: Path) -> list[np.ndarray]:
    """Return a clip's frames as (h, w, 3) RGB."""
    with av.open(str(path)) as container:
        return [f.to_ndarray(format="rgb24").astype(float) for f in container.decode(video=0)]


def apart(one: np.ndarray, other: np.ndarray) -> float:
    """Return the mean absolute difference of two pictures, of 255."""
    return float(np.abs(one - other).mean())


def luma(prompt: str, at: float = 0.5, **asked) -> np.ndarray:
    """Return the brightness of one frame of a prompt's clip, without encoding it."""
    size = {"width": 320, "height": 180, "duration_s": 2.0}
    made = Clip(VideoJob(prompt=prompt, **(size | asked)))
    return made._painted(round(at * (made.count - 1))).luma[0].copy()


def colour(prompt: str) -> tuple[float, float]:
    """Return the mean Cb and Cr of a prompt's middle frame."""
    made = Clip(VideoJob(prompt=prompt, width=320, height=180, duration_s=1.0))
    cb, cr = made._painted(12).chroma.mean((1, 2))
    return float(cb), float(cr)


def shift(before: np.ndarray, after: np.ndarray) -> tuple[float, float]:
    """Return how many px a picture moved right and down, by phase correlation."""
    window = np.outer(np.hanning(before.shape[0]), np.hanning(before.shape[1]))
    a, b = (np.fft.fft2((p - p.mean()) * window) for p in (before, after))
    cross = b * a.conj()
    peak = np.fft.ifft2(cross / (np.abs(cross) + 1e-9)).real
    down, right = np.unravel_index(peak.argmax(), peak.shape)
    height, width = before.shape
    return float((right + width // 2) % width - width // 2), float(
        (down + height // 2) % height - height // 2
    )


def fitted(path: Path, width: int, height: int) -> np.ndarray:
    """Return a picture cropped to fill a size, as RGB."""
    with Image.open(path) as image:
        scale = max(width / image.width, height / image.height)
        wide, high = width / scale, height / scale
        left, top = (image.width - wide) / 2, (image.height - high) / 2
        box = (left, top, left + wide, top + high)
        small = image.convert("RGB").resize((width, height), Image.Resampling.LANCZOS, box)
    return np.asarray(small, float)
