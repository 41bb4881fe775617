"""The picture being painted: float planes in yuv420p, and the strokes that paint them.

Every stroke takes positions in frame pixels (fractions count) and works on the luma plane and, at
half the size, on the two chroma planes. A stroke touches only the rows it needs.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from math import ceil, floor

import numpy as np
from av import VideoFrame
from av.video.reformatter import Interpolation, VideoReformatter
from PIL import Image, ImageDraw

from generations.simulator.rendering.colour import Colour, yuv, yuv_change

Pixels = np.ndarray

_SCALER = VideoReformatter()


@dataclass(frozen=True)
class Level:
    """Planes of one resolution: (n, h, w) float32, `scale` of their pixel to a frame's."""

    planes: Pixels
    scale: float
    channels: slice

    @property
    def height(self) -> int:
        """Rows of the planes."""
        return int(self.planes.shape[1])

    @property
    def width(self) -> int:
        """Columns of the planes."""
        return int(self.planes.shape[2])

    def tint(self, colour: Colour) -> Pixels:
        """Return the colour's channels of this level, shaped to broadcast over the planes."""
        return np.asarray(yuv(colour)[self.channels], np.float32)[:, None, None]

    def light(self, colour: Colour) -> Pixels:
        """Return what this light adds to the channels of this level."""
        return np.asarray(yuv_change(colour)[self.channels], np.float32)[:, None, None]

    def rows(self, at: Pixels, colours: Pixels, first: int, last: int) -> Pixels:
        """Return (n, last - first, 1): the gradient through `colours` (k, 3) at the y `at`."""
        y = (np.arange(first, last, dtype=np.float32) + 0.5) / self.scale
        stops = yuv(colours)[:, self.channels]
        made = [np.interp(y, at, stops[:, c]) for c in range(stops.shape[1])]
        return np.asarray(made, np.float32)[:, :, None]


class Frame:
    """A picture of `width` × `height` (both even) pixels."""

    def __init__(self, width: int, height: int) -> None:
        self.width = width
        self.height = height
        self.luma = np.full((1, height, width), 16, np.float32)
        self.chroma = np.full((2, height // 2, width // 2), 128, np.float32)
        self.levels = (Level(self.luma, 1, slice(0, 1)), Level(self.chroma, 0.5, slice(1, 3)))

    def packed(self) -> Pixels:
        """Return the picture as flat uint8 yuv420p."""
        split = self.width * self.height
        whole = np.empty(split * 3 // 2, np.uint8)
        for plane, part, most in (
            (self.luma, whole[:split], 235),
            (self.chroma, whole[split:], 240),
        ):
            legal = np.clip(plane, 16, most)
            legal += np.float32(0.5)
            np.copyto(part.reshape(plane.shape), legal, casting="unsafe")
        return whole

    def load(self, packed: Pixels) -> None:
        """Set the picture from flat uint8 yuv420p of its size."""
        split = self.width * self.height
        self.luma[0] = packed[:split].reshape(self.luma.shape[1:])
        self.chroma[:] = packed[split:].reshape(self.chroma.shape)

    def enlarge(self, small: "Frame") -> None:
        """Set the picture to a smaller one, stretched smoothly."""
        planes = VideoFrame.from_ndarray(small.packed().reshape(-1, small.width), "yuv420p")
        stretched = _SCALER.reformat(
            planes, self.width, self.height, interpolation=Interpolation.BICUBIC
        )
        self.load(stretched.to_ndarray().reshape(-1))

    def copy(self) -> "Frame":
        """Return another frame with the same picture."""
        other = Frame(self.width, self.height)
        for mine, its in zip(self.levels, other.levels, strict=True):
            its.planes[:] = mine.planes
        return other

    def fade_to(self, other: "Frame", amount: float) -> None:
        """Mix `amount` (0..1) of the other picture into this one."""
        for mine, its in zip(self.levels, other.levels, strict=True):
            mine.planes[:] += (its.planes - mine.planes) * np.float32(amount)

    def add(self, other: "Frame", less: "Frame", amount: float) -> None:
        """Add `amount` of the difference between two pictures."""
        for mine, its, base in zip(self.levels, other.levels, less.levels, strict=True):
            mine.planes[:] += (its.planes - base.planes) * np.float32(amount)

    def gradient(self, at: Pixels, colours: Pixels) -> None:
        """Fill everything with a vertical gradient: `colours` (k, 3) at the rising y `at`."""
        for level in self.levels:
            level.planes[:] = level.rows(at, colours, 0, level.height)

    def wash(self, colour: Colour, amount: float) -> None:
        """Mix `amount` (0..1) of one colour into everything."""
        for level in self.levels:
            level.planes[:] += (level.tint(colour) - level.planes) * np.float32(amount)

    def scale_light(self, factors: Pixels) -> None:
        """Multiply the light by `factors` near 1, an (h, w) map of the luma plane's size."""
        self.luma -= 16
        self.luma *= factors
        self.luma += 16

    def glow(
        self, x: float, y: float, across: float, down: float, colour: Colour, amount: float
    ) -> None:
        """Blend in a Gaussian light with the deviations `across` and `down` in px."""
        for level, box in self._boxes(x - 3 * across, y - 3 * down, x + 3 * across, y + 3 * down):
            part, xs, ys = _part(level, box)
            wide = np.exp(-(((xs - x) / across) ** 2) / 2)
            tall = np.exp(-(((ys - y) / down) ** 2) / 2) * np.float32(amount)
            _blend(part, level.tint(colour), tall * wide)

    def dots(
        self, x: Pixels, y: Pixels, radius: float, colour: Colour, alpha: Pixels | float
    ) -> None:
        """Paint soft round dots of one radius in px, each with its alpha."""
        x, y, strength_of = self._seen(x, y, alpha, 2 * radius + 2)
        for level in self.levels if radius > 0.9 else self.levels[:1]:
            size = max(radius * level.scale, 0.6)
            strength = np.float32(min(1, radius * level.scale / size) ** 2) * strength_of
            reach = int(np.ceil(size * 1.8))
            steps = np.arange(-reach, reach + 1, dtype=np.float32)
            cx, cy = x * level.scale - 0.5, y * level.scale - 0.5
            ix, iy = np.round(cx), np.round(cy)
            wide = np.exp(-(((ix[:, None] + steps - cx[:, None]) / size) ** 2))
            tall = np.exp(-(((iy[:, None] + steps - cy[:, None]) / size) ** 2))
            tall *= strength[:, None]
            _scatter(level, ix - reach, iy - reach, wide, tall, colour)

    def rects(
        self, x: Pixels, y: Pixels, size: tuple[float, float], colour: Colour, alpha: Pixels
    ) -> None:
        """Paint rectangles of one size (width, height in px), given by their upper left corners."""
        x, y, alpha = self._seen(x, y, alpha, max(size) + 2)
        for level in self.levels if max(size) > 1.6 else self.levels[:1]:
            width, height = size[0] * level.scale, size[1] * level.scale
            left, top = x * level.scale, y * level.scale
            across = np.arange(int(np.ceil(width)) + 1, dtype=np.float32)
            down = np.arange(int(np.ceil(height)) + 1, dtype=np.float32)
            first_x, first_y = np.floor(left), np.floor(top)
            ix, iy = first_x[:, None] + across, first_y[:, None] + down
            wide = np.minimum(ix + 1, (left + width)[:, None]) - np.maximum(ix, left[:, None])
            tall = np.minimum(iy + 1, (top + height)[:, None]) - np.maximum(iy, top[:, None])
            wide, tall = np.clip(wide, 0, 1), np.clip(tall, 0, 1) * alpha[:, None]
            _scatter(level, first_x, first_y, wide, tall, colour)

    def polygon(self, points: Pixels, colour: Colour, alpha: float = 1, soft: float = 1) -> None:
        """Fill a convex polygon of (n, 2) px corners in clockwise order on the screen."""
        low, high = points.min(0) - soft - 1, points.max(0) + soft + 1
        along = np.roll(points, -1, axis=0) - points
        length = np.hypot(along[:, 0], along[:, 1])
        points, along = points[length > 1e-6], along[length > 1e-6]
        along = along / length[length > 1e-6, None]
        offset = along[:, 1] * points[:, 0] - along[:, 0] * points[:, 1]
        for level, box in self._boxes(*low.tolist(), *high.tolist()):
            part, xs, ys = _part(level, box)
            width = max(soft, 1 / level.scale)
            turn = (along / width).astype(np.float32)[:, :, None, None]
            start = (offset / width + 0.5).astype(np.float32)[:, None, None]
            inside = (ys * turn[:, 0] + start) - xs * turn[:, 1]
            cover = inside.min(0)
            np.clip(cover, 0, 1, out=cover)
            if alpha < 1:
                cover *= np.float32(alpha)
            _blend(part, level.tint(colour), cover)

    def stencil(self, shapes: list[Pixels], colour: Colour) -> None:
        """Fill many polygons of (n, 2) px corners, each of any form, as one silhouette."""
        corners = np.concatenate(shapes)
        fine = 4
        left, top = (np.floor(corners.min(0) / 2) * 2 - 2).astype(int)
        right, bottom = (np.ceil(corners.max(0) / 2) * 2 + 2).astype(int)
        left, top = max(int(left), 0), max(int(top), 0)
        right, bottom = min(int(right), self.width), min(int(bottom), self.height)
        if right <= left or bottom <= top:
            return
        mask = Image.new("L", ((right - left) * fine, (bottom - top) * fine))
        draw = ImageDraw.Draw(mask)
        for shape in shapes:
            draw.polygon([(float(x), float(y)) for x, y in (shape - (left, top)) * fine], fill=255)
        for level in self.levels:
            small = mask.reduce(round(fine / level.scale))
            cover = np.asarray(small, np.float32) / np.float32(255)
            x, y = round(left * level.scale), round(top * level.scale)
            part = level.planes[:, y : y + cover.shape[0], x : x + cover.shape[1]]
            _blend(part, level.tint(colour), cover)

    def disc(
        self, x: float, y: float, radius: float, colour: Colour, alpha: float = 1, soft: float = 1.2
    ) -> None:
        """Fill a circle."""
        reach = radius + soft
        for level, box in self._boxes(x - reach, y - reach, x + reach, y + reach):
            part, xs, ys = _part(level, box)
            far = np.sqrt((xs - x) ** 2 + (ys - y) ** 2)
            width = np.float32(max(soft, 1 / level.scale))
            cover = np.clip((radius - far) / width + 0.5, 0, 1) * np.float32(alpha)
            _blend(part, level.tint(colour), cover)

    def veil(self, alpha: Pixels, top: float, bottom: float, colour: Colour) -> None:
        """Blend a colour through a coarse uint8 alpha map, stretched smoothly over the rows."""
        half = self.levels[1]
        first = min(max(floor(top * half.scale), 0), half.height)
        last = min(max(ceil(bottom * half.scale), 0), half.height)
        per_row = alpha.shape[0] / max((bottom - top) * half.scale, 1)
        low = max(0.0, (first - top * half.scale) * per_row)
        high = min(float(alpha.shape[0]), (last - top * half.scale) * per_row)
        if last <= first or high - low < 0.01:
            return
        box = (0, low, alpha.shape[1], high)
        size = (half.width, last - first)
        seen = Image.fromarray(alpha).resize(size, Image.Resampling.BILINEAR, box)
        cover = np.asarray(seen, np.float32) * np.float32(1 / 255)
        _blend(half.planes[:, first:last], half.tint(colour), cover)
        full = self.levels[0]
        wide = np.repeat(np.repeat(cover, 2, axis=1), 2, axis=0)
        _blend(full.planes[:, 2 * first : 2 * last], full.tint(colour), wide)

    def _seen(
        self, x: Pixels, y: Pixels, alpha: Pixels | float, margin: float
    ) -> tuple[Pixels, Pixels, Pixels]:
        """Return as float32 the places, with their alphas, that can touch the frame."""
        inside = (x > -margin) & (x < self.width + margin)
        inside &= (y > -margin) & (y < self.height + margin)
        alphas = np.broadcast_to(np.asarray(alpha, np.float32), x.shape)
        inside &= alphas > 0.004
        return x[inside].astype(np.float32), y[inside].astype(np.float32), alphas[inside]

    def _boxes(
        self, left: float, top: float, right: float, bottom: float
    ) -> Iterator[tuple[Level, tuple[int, int, int, int]]]:
        """Yield each level with the part of it that the rectangle meets, if any."""
        for level in self.levels:
            x0 = min(max(floor(left * level.scale), 0), level.width)
            x1 = min(max(ceil(right * level.scale), 0), level.width)
            y0 = min(max(floor(top * level.scale), 0), level.height)
            y1 = min(max(ceil(bottom * level.scale), 0), level.height)
            if x1 > x0 and y1 > y0:
                yield level, (x0, y0, x1, y1)


def _part(level: Level, box: tuple[int, int, int, int]) -> tuple[Pixels, Pixels, Pixels]:
    """Return the planes inside the box, and their pixel centres in frame px (1, w) and (h, 1)."""
    x0, y0, x1, y1 = box
    xs = ((np.arange(x0, x1, dtype=np.float32) + 0.5) / np.float32(level.scale))[None, :]
    ys = ((np.arange(y0, y1, dtype=np.float32) + 0.5) / np.float32(level.scale))[:, None]
    return level.planes[:, y0:y1, x0:x1], xs, ys


def _blend(part: Pixels, tint: Pixels, cover: Pixels) -> None:
    # A few rows at a time stay in the cache.
    for top in range(0, part.shape[1], _ROWS):
        rows = part[:, top : top + _ROWS]
        change = tint - rows
        change *= cover[top : top + _ROWS]
        rows += change


_ROWS = 64


_LARGE = 1500
"""From so many pixels on, a patch is blended by itself: then its pixels lie side by side."""


def _scatter(
    level: Level, left: Pixels, top: Pixels, wide: Pixels, tall: Pixels, colour: Colour
) -> None:
    """Blend a colour through n patches from (left, top), covered `wide` (n, k) by `tall` (n, m).

    Small patches that overlap add up what each would change.
    """
    x = left.astype(np.intp)[:, None] + np.arange(wide.shape[1])
    y = top.astype(np.intp)[:, None] + np.arange(tall.shape[1])
    if wide.shape[1] * tall.shape[1] >= _LARGE:
        _stamp(level, x, y, wide, tall, colour)
        return
    # What sticks out of the frame covers nothing, at a place inside.
    wide = np.where((x >= 0) & (x < level.width), wide, 0).astype(np.float32, copy=False)
    tall = np.where((y >= 0) & (y < level.height), tall, 0).astype(np.float32, copy=False)
    np.clip(x, 0, level.width - 1, out=x)
    np.clip(y, 0, level.height - 1, out=y)
    y *= level.width
    index = (y[:, :, None] + x[:, None, :]).reshape(-1)
    cover = (tall[:, :, None] * wide[:, None, :]).reshape(-1)
    for plane, value in zip(level.planes, level.tint(colour).ravel(), strict=True):
        flat = plane.reshape(-1)
        change = flat.take(index)
        np.subtract(value, change, out=change)
        change *= cover
        np.add.at(flat, index, change)


def _stamp(level: Level, x: Pixels, y: Pixels, wide: Pixels, tall: Pixels, colour: Colour) -> None:
    """Blend a colour through patches, one after the other."""
    tint = level.tint(colour)
    for columns, rows, across, down in zip(x, y, wide, tall, strict=True):
        x0, x1 = max(columns[0], 0), min(columns[-1] + 1, level.width)
        y0, y1 = max(rows[0], 0), min(rows[-1] + 1, level.height)
        if x1 > x0 and y1 > y0:
            cover = (
                down[y0 - rows[0] : y1 - rows[0], None] * across[x0 - columns[0] : x1 - columns[0]]
            )
            _blend(level.planes[:, y0:y1, x0:x1], tint, cover)
