"""Where a reframed source lies on its new canvas."""

from dataclasses import dataclass
from typing import Self


@dataclass(frozen=True)
class Placement:
    """The edges of the source in pixels of the new canvas (luma-dream-machine-v1 sheet §7).

    The API also knows a grid position and a size; what these mean together is unconfirmed, so a
    position on a grid is turned into edges by `on_grid`.
    """

    x_start: int
    x_end: int
    y_start: int
    y_end: int

    @classmethod
    def on_grid(
        cls,
        canvas: tuple[int, int],
        source: tuple[int, int],
        *,
        column: int = 1,
        row: int = 1,
        percent: int = 100,
    ) -> Self:
        """Place a source (its width and height) in one of nine positions of a canvas.

        `column` and `row` are 0 to 2, `percent` is of the largest size that fits (1 to 100).
        """
        across, down = canvas
        factor = min(across / source[0], down / source[1]) * percent / 100
        width = min(max(round(source[0] * factor), 1), across)
        height = min(max(round(source[1] * factor), 1), down)
        left, top = (across - width) * column // 2, (down - height) * row // 2
        return cls(left, left + width, top, top + height)

    def grid_of(self, canvas: tuple[int, int], source: tuple[int, int]) -> tuple[int, int, int]:
        """Return the column, row and percent that give this on a grid, or come nearest to it."""
        across, down = canvas
        factor = min(across / source[0], down / source[1])
        percent = round((self.x_end - self.x_start) / (source[0] * factor) * 100)
        free_x, free_y = across - (self.x_end - self.x_start), down - (self.y_end - self.y_start)
        column = round(2 * self.x_start / free_x) if free_x > 0 else 1
        row = round(2 * self.y_start / free_y) if free_y > 0 else 1
        return min(max(column, 0), 2), min(max(row, 0), 2), min(max(percent, 1), 100)

    def fits(self, canvas: tuple[int, int]) -> bool:
        """Whether it is a rectangle that lies on a canvas (width, height)."""
        across, down = canvas
        return 0 <= self.x_start < self.x_end <= across and 0 <= self.y_start < self.y_end <= down
