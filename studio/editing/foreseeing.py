"""How long an export will take, from what is known of its takes and of earlier exports."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from statistics import median
from uuid import UUID

from studio.editing.cut import Cut, Join, Placed, placed
from studio.editing.footage import Footage, lengths_from
from studio.editing.stepping import GIF_HEIGHT
from studio.models import Export

# Frames a second where nothing was measured yet: taken over, and encoded at 720 lines.
_COPIED, _ENCODED = 1500.0, 40.0
_OTHERWISE_ENCODED: dict[str, float] = {
    Export.Kind.PRORES: 15.0,
    Export.Kind.FRAMES: 20.0,
    Export.Kind.SHEET: 6.0,
    Export.Kind.PDF: 6.0,
}
_ON_PAPER = (Export.Kind.SHEET, Export.Kind.PDF)
_LINES = 1280 * 720
_AROUND = 48  # frames that are encoded beside what must be, up to the next key frame


@dataclass(frozen=True)
class Foreseen:
    """How many frames a film will have, and how many of them have to be encoded, about.

    What is exported as pictures has a frame for each of them, and all are encoded.
    """

    frames: int
    encoded: int
    pixels: int

    def seconds(self, kind: str) -> float:
        """Return how long it will take, by the speed of the last of its kind."""
        copied = (self.frames - self.encoded) / _COPIED
        return 1.0 + copied + self.encoded * self.pixels / _LINES / _speed(kind)


def foresee(
    cut: Cut,
    footage: Mapping[UUID, Footage],
    kind: str,
    height: int | None = None,
    clip_key: str = "",
) -> Foreseen:
    """Foresee an export of a cut; of frames, that of the clip of that key."""
    spots = placed(cut, lengths_from(dict(footage)))
    if kind in _ON_PAPER:
        return Foreseen(len(spots), len(spots), _LINES)
    if kind == Export.Kind.FRAMES:
        of_clip = (spot for spot in spots if spot.clip.key == clip_key)
        return _foresee_frames(next(of_clip, None), footage)
    frames = spots[-1].ends if spots else 0
    sizes: Counter[tuple[int, int]] = Counter()
    for spot in spots:
        if size := _size(footage, spot.clip.take):  # a card has that of the film
            sizes[size] += spot.frames
    (width, tall), _ = sizes.most_common(1)[0] if sizes else ((1280, 720), 0)
    lines = height or (GIF_HEIGHT if kind == Export.Kind.GIF else min(width, tall))
    pixels = round(width * tall * (lines / max(min(width, tall), 1)) ** 2)
    if kind != Export.Kind.MP4 or lines != min(width, tall):
        return Foreseen(frames, frames, pixels)
    encoded = sum(title.frames + _AROUND for title in cut.titles)
    for spot in spots:
        whole = _size(footage, spot.clip.take) == (width, tall)
        joins = 0 if spot.clip.into.join is Join.CUT else spot.clip.into.frames + _AROUND
        trimmed = _AROUND if spot.in_frame or spot.clip.out_frame else 0
        encoded += min(joins + trimmed, spot.frames) if whole else spot.frames
    return Foreseen(frames, min(encoded, frames), pixels)


def _foresee_frames(spot: Placed | None, footage: Mapping[UUID, Footage]) -> Foreseen:
    if spot is None:
        return Foreseen(0, 0, 0)
    width, height = _size(footage, spot.clip.take) or (0, 0)
    return Foreseen(spot.frames, spot.frames, width * height)


def _size(footage: Mapping[UUID, Footage], take: UUID | None) -> tuple[int, int] | None:
    found = footage.get(take) if take else None
    file = found.file if found else None
    return (file.width or 1280, file.height or 720) if file else None


def _speed(kind: str) -> float:
    """Return how many frames of 720 lines are encoded a second, as the last ones were.

    On paper it is clips, whatever the size of the sheet.
    """
    least = 0 if kind in _ON_PAPER else _AROUND
    speeds = [
        each.frames_rendered * (1.0 if kind in _ON_PAPER else _pixels(each) / _LINES) / took_s
        for each in Export.objects.measured(kind)
        if each.frames_rendered > least and (took_s := each.took_s or 0) > 1
    ]
    return max(median(speeds), 0.1) if speeds else _OTHERWISE_ENCODED.get(kind, _ENCODED)


def _pixels(export: Export) -> int:
    return (export.width or 1280) * (export.pixel_height or 720)
