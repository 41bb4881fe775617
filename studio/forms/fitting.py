"""What the composer says of a picture that isn't of the take's ratio."""

from dataclasses import dataclass

from generations.canvas import canvas
from generations.models import Still
from generations.orders import Frame
from generations.preflight import Fit


@dataclass(frozen=True)
class Fitting:
    """One slot's picture against the take: what is wrong, and what can be done."""

    position: str
    frame: Frame
    ratio: str
    resolution: str
    is_refused: bool

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
        """Whether there is anything to say or to choose."""
        return not self.fit.is_right or self.is_crop or self.is_soft

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
