"""Pictures that are seen at given frames of a clip, which leads up to each and away from it."""

from collections.abc import Mapping

import numpy as np

from generations.canvas import FPS
from generations.simulator.rendering.frame import Frame
from generations.simulator.rendering.picture import covering, opened, painted
from generations.simulator.rendering.shots import smooth


class Pins:
    """The pinned pictures of a clip: files by the number of their frame."""

    def __init__(self, files: Mapping[int, str], size: tuple[int, int]) -> None:
        self._files = dict(sorted(files.items()))
        self._size = size
        self._frames: dict[int, Frame] = {}
        numbers = list(self._files)
        gaps = {n: [abs(n - other) for other in numbers if other != n] for n in numbers}
        # Never into a neighbour's own frame.
        self._reach = {n: min([FPS // 2, *each]) for n, each in gaps.items()}

    def apply(self, frame: Frame, number: int) -> None:
        """Bring a frame to the picture that is pinned to it, or nearer to one close by."""
        for pin, reach in self._reach.items():
            away = abs(number - pin)
            if away < reach:
                frame.fade_to(self._frame(pin), float(1 - smooth(away / reach)))
            elif number > pin:
                self._frames.pop(pin, None)

    def exact(self) -> tuple[tuple[int, int], ...]:
        """Return the spans of frames that must be what was pinned."""
        return tuple((number, number) for number in self._files)

    def _frame(self, pin: int) -> Frame:
        if pin not in self._frames:
            wanted = Frame(*self._size)
            packed = painted(covering(opened(self._files[pin]), *self._size)).packed()
            wanted.load(np.ascontiguousarray(packed))
            self._frames[pin] = wanted
        return self._frames[pin]
