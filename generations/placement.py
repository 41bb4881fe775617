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

    def fits(self, canvas: tuple[int, int]) -> bool:
        """Whether it is a rectangle that lies on a canvas (width, height)."""
        across, down = canvas
        return 0 <= self.x_start < self.x_end <= across and 0 <= self.y_start < self.y_end <= down
