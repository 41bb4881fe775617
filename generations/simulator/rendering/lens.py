"""What stands between scene and film: roll, tiny planet, doors, a shoulder, the vignette."""

from functools import lru_cache
from math import cos, pi, sin

import numpy as np

from generations.simulator.rendering.camera import Pose, ease, shake
from generations.simulator.rendering.colour import rgb
from generations.simulator.rendering.frame import Frame, Pixels
from generations.simulator.rendering.view import View, unit_of
from generations.simulator.rendering.world import World

MOST_ROLL = 0.17
"""The largest roll in radians: what falls through the air does so over a frame turned by it."""


def photograph(
    world: World, frame: Frame, pose: Pose, time: float, concepts: frozenset[str]
) -> None:
    """Paint the world into the frame as the camera with these concepts sees it."""
    if "tiny_planet" in concepts:
        _planet(world, frame, pose, time)
    elif abs(pose.roll) > 0.001 or concepts & {"roll_left", "roll_right"}:
        _rolled(world, frame, pose, time)
    else:
        world.paint(frame, pose, time)
    if "over_the_shoulder" in concepts:
        _shoulder(frame, time)
    if "selfie" in concepts:
        _selfie(frame, time)
    frame.scale_light(_vignette(frame.width, frame.height))


def doors(frame: Frame, progress: float) -> None:
    """Slide two steel doors apart over the picture: shut at first, gone at 0.75."""
    opened = ease((progress - 0.06) / 0.62)
    half = frame.width / 2
    edge = half * (1 - opened)
    if edge < 1:
        return
    steel, dark, seam = rgb("#8d9299"), rgb("#3c4046"), rgb("#15171a")
    for level in frame.levels:
        x = (np.arange(level.width, dtype=np.float32) + 0.5) / np.float32(level.scale)
        inward = np.where(x < half, x + (half - edge), (frame.width - x) + (half - edge))
        brushed = 0.5 + 0.5 * np.cos(inward / half * pi * 3.2) * 0.55
        lean = np.clip((inward / half - 0.965) * 28, 0, 1)
        tint = level.tint(dark) + (level.tint(steel) - level.tint(dark)) * brushed.astype(
            np.float32
        )
        tint = tint + (level.tint(seam) - tint) * lean.astype(np.float32)
        from_edge = np.where(x < half, edge - x, x - (frame.width - edge))
        cover = np.clip(from_edge * level.scale + 0.5, 0, 1).astype(np.float32)
        level.planes[:] += (tint - level.planes) * cover
    gap = (half - edge) / half
    if 0.01 < gap < 1:
        for side in (edge, frame.width - edge):
            frame.glow(
                side,
                frame.height / 2,
                0.02 * frame.width,
                frame.height,
                rgb("#fff6e0"),
                0.12 * (1 - gap),
            )


def _rolled(world: World, frame: Frame, pose: Pose, time: float) -> None:
    """Paint as much around the middle as a frame turned by the camera's roll sees, and turn it."""
    most = _around(frame, MOST_ROLL)
    wide, high = _around(frame, pose.roll)
    large = Frame(wide, high)
    horizon = high / 2 + frame.height * (world.horizon - 0.5)
    unit = unit_of(frame.width, frame.height)
    world.paint_view(View(large, pose, time, unit, wide / 2, horizon, air=most))
    for source, target in zip(large.levels, frame.levels, strict=True):
        _turn(source.planes, target.planes, pose.roll)


def _around(frame: Frame, angle: float) -> tuple[int, int]:
    """Return the px size of what holds a frame turned by an angle, in whole steps of 16."""
    c, s = cos(angle), abs(sin(angle))
    wide, high = frame.width * c + frame.height * s, frame.width * s + frame.height * c
    return -(-int(wide + 2) // 16) * 16, -(-int(high + 2) // 16) * 16


def _turn(planes: Pixels, out: Pixels, angle: float) -> None:
    """Set `out` (n, h, w) to the middle of some planes, turned by an angle, bilinearly.

    Bit-exact everywhere: places are fixed-point numbers, shares of a pixel are 128ths. A few rows
    at a time stay in the cache.
    """
    height, width = out.shape[1:]
    rows, columns = planes.shape[1:]
    quads = [_quads(plane) for plane in planes]
    across, down = _steps(width, cos(angle)), _steps(height, sin(angle))
    falls, sinks = _steps(width, sin(angle)), _steps(height, cos(angle))
    middle_x, middle_y = (columns - 1) << 15, (rows - 1) << 15
    for top in range(0, height, _ROWS):
        band = slice(top, min(top + _ROWS, height))
        x = (middle_x - down[band, None]) + across
        y = (middle_y + sinks[band, None]) + falls
        share_x = ((x >> 9) & 127).astype(np.uint32)
        share_y = ((y >> 9) & 127).astype(np.uint32)
        x >>= 16
        y >>= 16
        y *= columns
        y += x
        index = y.astype(np.intp)
        for number, (upper, lower) in enumerate(quads):
            out[number, band] = _mixed(upper, lower, index, share_x, share_y)


def _quads(plane: Pixels) -> tuple[Pixels, Pixels]:
    """Return, for each pixel, it and its right neighbour in one uint32; and those of the row below.

    Two numbers of 16 bits side by side are multiplied and added as one.
    """
    pixels = np.clip(plane, 0, 255).astype(np.uint32).reshape(-1)
    pairs = pixels.copy()
    pairs[:-1] |= pixels[1:] << 16
    return pairs, pairs[plane.shape[1] :]


def _mixed(upper: Pixels, lower: Pixels, index: Pixels, share_x: Pixels, share_y: Pixels) -> Pixels:
    """Return the pixels at places, mixed with their right and lower neighbours by 128ths."""
    pair = upper.take(index, mode="clip")
    below = lower.take(index, mode="clip")
    pair *= 128 - share_y
    below *= share_y
    pair += below
    right = pair >> 16
    pair &= 0xFFFF
    right *= share_x
    pair *= 128 - share_x
    pair += right
    pair += 1 << 13
    pair >>= 14
    return pair


_ROWS = 24


def _steps(count: int, slope: float) -> Pixels:
    """Return the way from the middle to each of some pixels, in 65,536ths."""
    return np.round((np.arange(count) - (count - 1) / 2) * (slope * 65536)).astype(np.int32)


def _planet(world: World, frame: Frame, pose: Pose, time: float) -> None:
    """Wrap a panorama around the middle: the ground becomes a globe, the sky its surroundings."""
    around = Frame(frame.width, frame.height)
    world.paint(around, Pose(x=pose.x, yaw=pose.yaw), time, panorama=True)
    for source, target in zip(around.levels, frame.levels, strict=True):
        index = _planet_map(target.height, target.width, world.horizon)
        for seen, plane in zip(source.planes, target.planes, strict=True):
            np.take(seen.reshape(-1), index, out=plane, mode="clip")


@lru_cache(maxsize=4)
def _planet_map(height: int, width: int, horizon: float) -> Pixels:
    """Return which pixel of the panorama each pixel of the planet shows, as flat indices."""
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    x -= width / 2
    y -= height / 2
    far = np.sqrt(x * x + y * y) / min(width, height)
    column = (np.arctan2(x, -y) / (2 * pi) + 0.5) * width
    ground = horizon + (1 - horizon) * (1 - far / 0.24)
    row = np.where(far < 0.24, ground, horizon - (far - 0.24) * 0.75) * height
    rows = np.clip(row, 0, height - 1).astype(np.intp)
    return rows * width + np.clip(column, 0, width - 1).astype(np.intp)


@lru_cache(maxsize=4)
def _vignette(width: int, height: int) -> Pixels:
    y = np.linspace(-1, 1, height, dtype=np.float32)[:, None]
    x = np.linspace(-1, 1, width, dtype=np.float32)[None, :]
    return np.asarray(1 - 0.22 * np.clip((x * x + y * y) / 2, 0, 1) ** 1.6, np.float32)


def _shoulder(frame: Frame, time: float) -> None:
    """Paint someone's head and shoulder, near and out of focus, at the right."""
    h, w = frame.height, frame.width
    sway = 0.006 * h * shake(time * 0.4, 3)
    dark = rgb("#0b0a0d")
    x, y = w * 0.80 + sway, h * 0.60
    body = [
        (x - 0.42 * h, h * 1.2),
        (x - 0.30 * h, h * 0.98),
        (x - 0.08 * h, h * 0.86),
        (x + 0.25 * h, h * 0.86),
        (x + 0.7 * h, h * 1.2),
    ]
    frame.polygon(np.array(body), dark, 1, soft=0.05 * h)
    frame.disc(x + 0.07 * h, y + 0.08 * h, 0.17 * h, dark, 1, soft=0.045 * h)
    neck = [
        (x - 0.02 * h, h * 0.75),
        (x + 0.17 * h, h * 0.75),
        (x + 0.2 * h, h * 0.92),
        (x - 0.05 * h, h * 0.92),
    ]
    frame.polygon(np.array(neck), dark, 1, soft=0.04 * h)


def _selfie(frame: Frame, time: float) -> None:
    """Paint the one who holds the camera: head, shoulders and a reaching arm."""
    h, w = frame.height, frame.width
    x = w * 0.40 + 0.012 * h * shake(time * 0.5, 9)
    y = h * (0.665 + 0.004 * shake(time * 0.7, 4))
    dark, rim = rgb("#15131a"), rgb("#3a3038")
    arm = [
        (x + 0.14 * h, h * 0.98),
        (x + 0.22 * h, h * 0.90),
        (w * 1.02, h * 0.93),
        (w * 1.02, h * 1.12),
    ]
    frame.polygon(np.array(arm), dark, 1, soft=0.012 * h)
    body = [
        (x - 0.33 * h, h * 1.1),
        (x - 0.24 * h, h * 0.90),
        (x - 0.09 * h, h * 0.83),
        (x + 0.09 * h, h * 0.83),
        (x + 0.24 * h, h * 0.90),
        (x + 0.33 * h, h * 1.1),
    ]
    frame.polygon(np.array(body), dark, 1, soft=0.010 * h)
    neck = [
        (x - 0.06 * h, y + 0.06 * h),
        (x + 0.06 * h, y + 0.06 * h),
        (x + 0.085 * h, h * 0.86),
        (x - 0.085 * h, h * 0.86),
    ]
    frame.polygon(np.array(neck), dark, 1, soft=0.008 * h)
    for colour, grown, shift in ((rim, 1.03, 0.0), (dark, 1.0, 0.004 * h)):
        turns = np.linspace(0, 2 * pi, 24, endpoint=False)
        face = np.stack(
            [
                x - shift + 0.105 * grown * h * np.cos(turns),
                y + shift + 0.135 * grown * h * np.sin(turns),
            ],
            1,
        )
        frame.polygon(face, colour, 1, soft=0.008 * h)
