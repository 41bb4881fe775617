"""The one big stroke: everything below an edge, from mountains to fog banks."""

from dataclasses import dataclass

import numpy as np

from generations.simulator.rendering.colour import Colour
from generations.simulator.rendering.frame import Frame, Level, Pixels


@dataclass(frozen=True)
class Shade:
    """Light on a slope: strongest at the edge, fading below it.

    `amount` (w + 1, may be negative) per column boundary, `reach` in px, `light` the colour.
    """

    amount: Pixels
    reach: float
    light: Colour


def fill_below(
    frame: Frame,
    edge: Pixels,
    at: Pixels,
    colours: Pixels,
    *,
    soft: float = 0,
    opacity: float = 1,
    shade: Shade | None = None,
    bottom: float | None = None,
) -> None:
    """Fill below `edge`, the y in px at each of the width + 1 column boundaries.

    The fill is the vertical gradient through `colours` (k, 3) at the rising y `at`. `soft` blurs
    the edge over that many px. Walls as steep as a column stay smooth: a column's cover runs from
    the upper to the lower end of the edge inside it. Below the row `bottom` nothing is seen.
    """
    edge = edge.astype(np.float32)
    for level in frame.levels:
        end = level.height if bottom is None else _row(bottom * level.scale + 1, level)
        step = round(1 / level.scale)
        bounds = edge[::step] * np.float32(level.scale)
        low, high = np.minimum(bounds[:-1], bounds[1:]), np.maximum(bounds[:-1], bounds[1:])
        span = high - low + np.float32(1 + soft * level.scale)
        middle = (high + low) / 2
        first = min(_row((middle - span / 2).min(), level), end)
        last = max(min(_row(np.ceil((middle + span / 2).max()), level), end), first)
        fill = level.rows(at, colours, first, end)
        rest = level.planes[:, last:end]
        if opacity >= 1:
            rest[:] = fill[:, last - first :]
        else:
            rest += (fill[:, last - first :] - rest) * np.float32(opacity)
        lit = None if shade is None else _Lit.of(shade, level, bounds, (first, last, end))
        # A few rows at a time stay in the cache.
        for top in range(first, max(last, lit.end if lit else 0), _ROWS):
            below = min(top + _ROWS, last)
            cover = None
            if top < last:
                cover = _cover(middle, span, top, below, soft)
                if opacity < 1:
                    cover *= np.float32(opacity)
                band = level.planes[:, top:below]
                change = fill[:, top - first : below - first] - band
                change *= cover
                band += change
            if lit is not None:
                lit.add(level, top, min(top + _ROWS, lit.end), cover)


_ROWS = 64


def _row(at: float, level: Level) -> int:
    """Return the row of a level at a y of its own, or the nearest there is."""
    return int(min(max(at, 0), level.height))


def _cover(middle: Pixels, span: Pixels, first: int, last: int, soft: float) -> Pixels:
    """Return how much of each pixel of the rows lies below the edge."""
    y = np.arange(first, last, dtype=np.float32)[:, None] + np.float32(0.5)
    inverse = 1 / span
    cover = y * inverse
    cover += 0.5 - middle * inverse
    np.clip(cover, 0, 1, out=cover)
    if soft > 4:
        cover *= cover * (3 - 2 * cover)
    return cover


@dataclass(frozen=True)
class _Lit:
    """Light on a slope from row `first` to `end`: `falling` by row times `along` by column."""

    first: int
    end: int
    falling: Pixels
    along: Pixels
    light: Pixels

    @classmethod
    def of(cls, shade: Shade, level: Level, bounds: Pixels, rows: tuple[int, int, int]) -> "_Lit":
        """Return the light along an edge between the first two of `rows`, at most to the third."""
        first, last, most = rows
        reach = np.float32(max(shade.reach * level.scale, 1))
        end = int(np.clip(last + 3 * reach, last, most))
        edge = (bounds[:-1] + bounds[1:]) / 2
        y = np.arange(first, end, dtype=np.float32)
        falling = np.exp(-(y - first) / reach)
        step = round(1 / level.scale)
        along = shade.amount[::step][:-1] * np.exp(np.clip((edge - first) / reach, -30, 30))
        light = level.light(shade.light)
        return cls(first, end, falling[:, None], along.astype(np.float32), light)

    def add(self, level: Level, top: int, bottom: int, cover: Pixels | None) -> None:
        """Add the light to some rows, of which the first are covered so far only in part."""
        lit = self.falling[top - self.first : bottom - self.first] * self.along
        if cover is not None:
            edging = lit[: len(cover)]
            # Above the edge the light grows beyond all bounds, but nothing is covered there.
            np.clip(edging, -1.2, 1.2, out=edging)
            edging *= cover
        level.planes[:, top:bottom] += lit * self.light
