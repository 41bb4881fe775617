"""Seams: how far the last frame of a clip is from the first of the next, before it is played."""

from dataclasses import dataclass
from math import exp, sqrt

from django.core.cache import cache
from django.urls import reverse
from PIL import Image, ImageChops, ImageStat

from generations import frames
from generations.media import NotMedia
from generations.models import Asset
from studio.editing.cut import Join, Placed
from studio.editing.footage import Footage

_COMPARED = (64, 36)
_NOISE = 1.0  # what compressing a picture again changes, in levels of 255
_STEPS = 1.5  # how many times the movement before it a seam may be and still not show
_SOFTNESS = 12.0
_SEAMLESS, _CLOSE = 3, 45
_OTHER_SHAPE = 60
_A_MONTH_S = 30 * 24 * 3600


@dataclass(frozen=True)
class Side:
    """One clip's frame at a seam: `frame` is its number in the file, from 0."""

    footage: Footage
    frame: int

    @property
    def video(self) -> Asset:
        """The file that plays there."""
        assert self.footage.file is not None  # noqa: S101  (Seam.of makes none without it)
        return self.footage.file

    @property
    def url(self) -> str:
        """Where its small picture is: another file has another address."""
        take = self.footage.take
        is_own = self.video.generation_id == take.pk
        uuid = take.uuid if is_own else take.plays_uuid  # type: ignore[attr-defined]
        return reverse("media_frame", args=[uuid, self.video.sha256[:16], self.frame])


@dataclass(frozen=True)
class Seam:
    """What is seen where a clip goes over into the next.

    `before` and `after` are None where there is no picture: of a title card, and of a take that
    isn't here.
    """

    first: Placed
    second: Placed
    before: Side | None
    after: Side | None

    @classmethod
    def of(
        cls, first: Placed, second: Placed, before: Footage | None, after: Footage | None
    ) -> "Seam":
        """Return the seam between two clips that stand beside each other."""
        return cls(first, second, _side(before, first.out_frame - 1), _side(after, second.in_frame))

    @property
    def is_cut(self) -> bool:
        """Whether one frame follows the other, with no transition between them."""
        return self.first.clip.into.join is Join.CUT

    @property
    def is_known(self) -> bool:
        """Whether its mismatch can be said without looking into a video."""
        if self.before is None or self.after is None or not self.is_cut:
            return True
        if cache.get(self._name) is not None:
            return True
        return frames.are_kept(self.before.video, self.before.frame, self._one_before) and (
            frames.are_kept(self.after.video, self.after.frame)
        )

    def mismatch(self) -> int | None:
        """Return by how much the picture jumps, 0 to 100; None where there is no cut to judge.

        Both frames are made small, and the difference of their luminance and colour is taken
        (root of the mean square, in levels of 255; colour counts half). What the picture moves by
        anyway, from the last frame but one of the first clip to its last, isn't seen as a jump: one
        and a half times as much is allowed, and the noise of compression. What is above that
        counts, ever less the more it is: 100 × (1 − e^(−excess / 12)). It is a measure of the
        pictures, and knows nothing of what is in them: a cut to another shot is a jump, and may be
        meant; what moves fast hides a small one.
        """
        if self.before is None or self.after is None or not self.is_cut:
            return None
        known: int | None = cache.get(self._name)
        if known is not None:
            return known
        try:
            earlier = _seen(self.before.video, self._one_before)
            last = _seen(self.before.video, self.before.frame)
            first = _seen(self.after.video, self.after.frame)
        except (NotMedia, OSError):
            return None
        allowed = _difference(earlier, last) * _STEPS + _NOISE
        excess = max(_difference(last, first) - allowed, 0.0)
        found = round(100 * (1 - exp(-excess / _SOFTNESS)))
        if _is_other_shape(self.before.video, self.after.video):
            found = max(found, _OTHER_SHAPE)
        cache.set(self._name, found, _A_MONTH_S)
        return found

    @property
    def _one_before(self) -> int:
        return max(self.before.frame - 1, 0) if self.before else 0

    @property
    def _name(self) -> str:
        sides = [side for side in (self.before, self.after) if side]
        return ".".join(["seam1", *(f"{it.video.sha256[:32]}-{it.frame}" for it in sides)])


def name_of(mismatch: int) -> str:
    """Return how a mismatch is called in code and styles."""
    if mismatch <= _SEAMLESS:
        return "seamless"
    return "close" if mismatch <= _CLOSE else "jump"


def words_of(mismatch: int) -> str:
    """Return a mismatch in words."""
    return {"seamless": "seamless", "close": "close", "jump": "a visible jump"}[name_of(mismatch)]


def _side(footage: Footage | None, frame: int) -> Side | None:
    if footage is None or not footage.is_here or footage.is_veiled or footage.file is None:
        return None
    return Side(footage, frames.number_at(footage.file, frame))


def _seen(video: Asset, number: int) -> Image.Image:
    with Image.open(frames.small(video, number), formats=["WEBP"]) as picture:
        return picture.convert("YCbCr").resize(_COMPARED, Image.Resampling.BOX)


def _difference(one: Image.Image, other: Image.Image) -> float:
    luma, blue, red = ImageStat.Stat(ImageChops.difference(one, other)).rms
    return sqrt(luma**2 + (blue**2 + red**2) / 2)


def _is_other_shape(one: Asset, other: Asset) -> bool:
    if not (one.width and one.height and other.width and other.height):
        return False
    return abs((one.width / one.height) / (other.width / other.height) - 1) > 0.03
