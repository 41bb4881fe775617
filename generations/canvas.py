"""The pixel sizes of a resolution and a ratio."""

from math import sqrt

RATIOS = ("1:1", "16:9", "9:16", "4:3", "3:4", "21:9", "9:21")
ALL_RATIOS = (*RATIOS, "3:2", "2:3", "2:1", "1:2", "3:1", "1:3")
FPS = 24

_LANDSCAPE_16_9 = {
    "360p": (640, 360),
    "540p": (960, 540),
    "720p": (1280, 720),
    "1080p": (1920, 1080),
    "4k": (3840, 2160),
}


RESOLUTIONS = tuple(_LANDSCAPE_16_9)
LAYER_RESOLUTIONS = ("1k", "2k")
"""Of the layers that a picture is taken apart into (luma-agents-v1 sheet §3)."""

_IMAGES = {
    **{"1:1": (1536, 1536), "4:3": (1792, 1344), "16:9": (2048, 1152), "21:9": (2432, 1024)},
    # Of these no size is published; they have about the same pixels.
    **{"3:2": (1888, 1256), "2:1": (2176, 1088), "3:1": (2656, 888)},
}


def image_canvas(ratio: str) -> tuple[int, int]:
    """Return (width, height) in pixels of a picture at a ratio (luma-dream-machine-v1 sheet §7).

    The upright ones are the wide ones turned, which the sheet presumes. Raises KeyError.
    """
    if ratio in _IMAGES:
        return _IMAGES[ratio]
    across, down = ratio.split(":")
    height, width = _IMAGES[f"{down}:{across}"]
    return width, height


def canvas(resolution: str, ratio: str) -> tuple[int, int]:
    """Return (width, height) in pixels of a video at a resolution name and a ratio.

    Every ratio has about the pixel count of its 16:9 frame, because Luma's price table
    (luma-dream-machine-v1 sheet §12) has one price per resolution whatever the ratio. Sides are
    multiples of 4. Raises KeyError for an unknown resolution.
    """
    width, height = _LANDSCAPE_16_9[resolution]
    if ratio == "16:9":
        return width, height
    across, down = (int(side) for side in ratio.split(":"))
    if (across, down) == (9, 16):
        return height, width
    pixels = width * height
    return _to_four(sqrt(pixels * across / down)), _to_four(sqrt(pixels * down / across))


def _to_four(side: float) -> int:
    return round(side / 4) * 4
