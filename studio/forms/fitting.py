"""What the composer says of a picture that isn't of the take's ratio."""

from collections.abc import Container, Mapping
from dataclasses import dataclass

from generations import preflight
from generations.canvas import canvas
from generations.models import Still
from generations.orders import Frame
from generations.preflight import Fit
from studio.forms.slots import POSITIONS


@dataclass(frozen=True)
class Fitting:
    """One slot's picture against the take: what is wrong, and what can be done."""

    position: str
    frame: Frame
    ratio: str
    resolution: str
    is_refused: bool
    title: str

    @property
    def still(self) -> Still:
        """The picture."""
        assert self.frame.still is not None  # noqa: S101  (only such frames are asked about)
        return self.frame.still

    @property
    def fit(self) -> Fit:
        """How it fits."""
        return Fit(self.still, self.ratio)

    @property
    def matters(self) -> bool:
        """Whether there is anything to say or to choose.

        Of a pinned picture among many it isn't said that it is small.
        """
        is_soft = self.is_soft and not self.is_pinned
        return not self.fit.is_right or self.is_crop or is_soft

    @property
    def is_pinned(self) -> bool:
        """Whether it is pinned to a frame, not at the start or the end."""
        return self.position not in POSITIONS

    @property
    def is_crop(self) -> bool:
        """Whether it was cut to this ratio, and may be cut elsewhere."""
        return self.fit.is_right and self.still.cut_from_id is not None

    @property
    def is_open(self) -> bool:
        """Whether somebody has to choose before it is sent."""
        return not self.fit.is_right and not self.frame.as_is

    @property
    def is_soft(self) -> bool:
        """Whether it is so small that the take will look soft."""
        return self.fit.is_soft(self.resolution)

    @property
    def words(self) -> str:
        """What there is to say, in sentences; what the refusal says already is left out."""
        said = []
        if self.is_open and not self.is_refused:
            said.append(self.fit.words)
        elif not self.fit.is_right and self.frame.as_is:
            said.append(f"{self.fit.words} It is kept as it is.")
        elif self.is_crop:
            said.append(f"Cut to {self.ratio}.")
        if self.is_soft:
            width, height = canvas(self.resolution, self.ratio)
            said.append(
                f"It has {self.still.width} × {self.still.height} pixels and the take "
                f"{width} × {height}: it may look soft."
            )
        return " ".join(said)


def fittings_of(
    titles: Mapping[str, str],
    frames: Mapping[str, Frame | None],
    refused: Container[str],
    ratio: str,
    resolution: str,
) -> list[Fitting]:
    """Return what there is to say of the pictures of a take, whose places have titles."""
    found = [
        Fitting(position, frame, ratio, resolution, position in refused, title)
        for position, title in titles.items()
        if (frame := _pictured(frames.get(position), is_refused=position in refused))
    ]
    return [each for each in found if each.matters]


def _pictured(frame: Frame | None, *, is_refused: bool) -> Frame | None:
    """Return a place's picture; of a take that was refused, the frame that would be sent."""
    if frame is None or frame.still:
        return frame
    still = preflight.picture_of(frame.source) if is_refused and frame.source else None
    return Frame(still=still) if still else None
