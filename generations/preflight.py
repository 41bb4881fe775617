"""Before paying: whether a picture fits the take that it is to begin or end."""

from dataclasses import dataclass
from enum import StrEnum

from generations.canvas import RESOLUTIONS, canvas
from generations.models import Account, Asset, Generation, Still
from generations.orders import Frame
from generations.refusal import upper_first

# Less than this can't be seen, and encoders round sizes.
_TOLERANCE = 0.02
RATIOS = ("1:1", "16:9", "9:16", "4:3", "3:4", "21:9", "9:21", "3:2", "2:3")


class Place(StrEnum):
    """Which part of a picture a crop keeps, along the side that is too long."""

    START = "start"
    MIDDLE = "middle"
    END = "end"


_SHARES = {Place.START: 0.0, Place.MIDDLE: 0.5, Place.END: 1.0}
_NAMES = {
    True: {Place.START: "Left", Place.MIDDLE: "Centre", Place.END: "Right"},
    False: {Place.START: "Top", Place.MIDDLE: "Middle", Place.END: "Bottom"},
}


@dataclass(frozen=True)
class Fit:
    """How a still fits a take of a ratio."""

    still: Still
    ratio: str

    @property
    def is_right(self) -> bool:
        """Whether its ratio is the take's, near enough."""
        return abs(self._own / self._wanted - 1) <= _TOLERANCE

    @property
    def words(self) -> str:
        """What is wrong, or nothing."""
        if self.is_right:
            return ""
        return f"The picture is {shape_of(self.still)} and the take {self.ratio}."

    @property
    def places(self) -> list[tuple[str, str]]:
        """Where the picture, or what it was cut from, may be cut: each place and its name."""
        whole = self.still.cut_from or self.still
        names = _NAMES[whole.width / whole.height > self._wanted]
        return [(place.value, name) for place, name in names.items()]

    def is_soft(self, resolution: str) -> bool:
        """Whether it has under half of the take's pixels in its length."""
        if resolution not in RESOLUTIONS:
            return False
        width, height = canvas(resolution, self.ratio)
        return max(self.still.width, self.still.height) * 2 < max(width, height)

    def box(self, place: Place | float) -> tuple[int, int, int, int]:
        """Return what a crop keeps: left, top, right, bottom in pixels.

        `place` may be a share of what is left over, 0 to 1: how far from the start it lies.
        """
        width, height = self.still.width, self.still.height
        kept_w = min(width, max(round(height * self._wanted), 1))
        kept_h = min(height, max(round(width / self._wanted), 1))
        share = _SHARES[place] if isinstance(place, Place) else place
        left, top = round((width - kept_w) * share), round((height - kept_h) * share)
        return left, top, left + kept_w, top + kept_h

    @property
    def _own(self) -> float:
        return self.still.width / self.still.height

    @property
    def _wanted(self) -> float:
        return _number(self.ratio)


def shape_of(still: Still) -> str:
    """Return a still's ratio, if it is near one that has a name: `16:9`; else its size."""
    own = still.width / still.height
    near = min(RATIOS, key=lambda each: abs(own / _number(each) - 1))
    if abs(own / _number(near) - 1) <= _TOLERANCE:
        return near
    return f"{still.width} × {still.height}"


def frame_problem(frame: Frame, ratio: str, account: Account) -> str:
    """Return why a frame doesn't fit, with the remedies, unless somebody chose to keep it so.

    What the account made itself is continued as it is; any other take is a picture to it.
    """
    if frame.as_is or (frame.source and frame.source.is_known_at(account)):
        return ""
    still = frame.still or (frame.source and picture_of(frame.source))
    words = Fit(still, ratio).words if still else ""
    if not words:
        return ""
    if frame.source:
        name = upper_first(frame.source.name)
        only = f"{name} wasn't made with this account, so that only a picture of it can be sent."
        words = f"{only} {words}"
    return f"{words} Crop it to {ratio}, or keep it as it is."


def picture_of(take: Generation) -> Still | None:
    """Return what a frame of a take would be as a still, not cut out yet; None without its file."""
    video = take.assets.filter(kind=Asset.Kind.VIDEO, state=Asset.State.STORED).first()
    if video is None or not (video.width and video.height):
        return None
    return Still(width=video.width, height=video.height)


def _number(ratio: str) -> float:
    width, height = ratio.split(":")
    return int(width) / int(height)
