"""What becomes of a cut: which frames are taken over as they are, which are encoded, and how.

Pure: from a cut and what is known of its files to pieces that stand behind each other.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import pairwise
from uuid import UUID

from studio.editing.cut import FPS, Cut, Join, Lengths, Place, Placed, placed
from studio.editing.looks import Look, Source

# A shorter run of frames isn't worth a file of its own.
FEWEST_COPIED = FPS


class Fade(StrEnum):
    """What becomes of a piece's brightness."""

    NONE = ""
    OUT = "out"
    IN = "in"


@dataclass(frozen=True)
class Shown:
    """Frames of a take from one on; words on black where there is no take."""

    take: UUID | None
    in_frame: int = 0
    words: str = ""
    more_words: str = ""


@dataclass(frozen=True)
class Letters:
    """Words over a piece, from a frame of it on; they may have begun before it.

    For so many frames they come up and go out, in even steps: never quite gone, never quite there.
    """

    words: str
    more_words: str
    place: Place
    first: int
    frames: int
    fade_in: int = 0
    fade_out: int = 0


@dataclass(frozen=True)
class Piece:
    """Frames of the film that are made alike: of one take, or of one that goes over into another.

    A fade is from its first frame to its last.
    """

    begins: int
    frames: int
    shown: tuple[Shown, ...]
    fade: Fade = Fade.NONE
    letters: tuple[Letters, ...] = ()
    is_copied: bool = False

    @property
    def ends(self) -> int:
        """The frame after its last."""
        return self.begins + self.frames


@dataclass(frozen=True)
class Plan:
    """The pieces of a film in order, and how its pictures are.

    `look` is what the copied ones have in common; none where nothing is copied.
    """

    width: int
    height: int
    pieces: tuple[Piece, ...]
    look: Look | None = None

    @property
    def frames(self) -> int:
        """How long it is."""
        return sum(piece.frames for piece in self.pieces)

    @property
    def copied(self) -> int:
        """How many frames are taken over as they are."""
        return sum(piece.frames for piece in self.pieces if piece.is_copied)


def plan(
    cut: Cut,
    lengths: Lengths,
    sources: Mapping[UUID, Source],
    *,
    height: int | None = None,
    may_copy: bool = True,
) -> Plan:
    """Plan a film of a cut. `height` is the shorter side that is wanted; none for the takes' own.

    Frames are only copied for a file that holds the same kind of picture (`may_copy`).
    """
    spots = placed(cut, lengths)
    usual = usual_look(spots, sources)
    size = size_of(usual, height)
    look = usual if may_copy and usual and _can_stay(usual, size) else None
    pieces = [each for piece in _pieces(cut, spots) for each in _parted(piece, sources, look)]
    if not any(piece.is_copied for piece in pieces):
        look, pieces = None, list(_pieces(cut, spots))
    return Plan(*size, pieces=tuple(pieces), look=look)


def usual_look(spots: list[Placed], sources: Mapping[UUID, Source]) -> Look | None:
    """Return the look that most frames have, or none of a cut without takes."""
    frames: Counter[Look] = Counter()
    for spot in spots:
        source = sources.get(spot.clip.take) if spot.clip.take else None
        if source:
            # What can't be copied counts, too: its size is what the others are made to.
            frames[source.look] += spot.frames * 2 if source.order else spot.frames
    return frames.most_common(1)[0][0] if frames else None


def size_of(look: Look | None, height: int | None) -> tuple[int, int]:
    """Return width and height in pixels, both even; `height` is the shorter side."""
    width, tall = (look.width, look.height) if look else (1920, 1080)
    if height is None or height == min(width, tall):
        return width - width % 2, tall - tall % 2
    scale = height / min(width, tall)
    return round(width * scale / 2) * 2, round(tall * scale / 2) * 2


def _can_stay(look: Look, size: tuple[int, int]) -> bool:
    return (
        look.codec == "h264"
        and look.pixels == "yuv420p"
        and look.aspect == 1
        and look.parameters[:1] == b"\x01"
        and (look.width, look.height) == size
    )


def _pieces(cut: Cut, spots: list[Placed]) -> Iterator[Piece]:
    """Yield what is made alike, from where a clip or a transition begins to where it ends."""
    before = 0  # frames of this clip that were shown with the one before
    dip_in = 0
    for at, spot in enumerate(spots):
        following = spots[at + 1] if at + 1 < len(spots) else None
        dip_out, dip_next = _dip(spot, following, before)
        begins, ends = spot.begins + before, spot.ends - spot.overlap - dip_out
        dip_in = min(dip_in, max(ends - begins, 0))
        if dip_in:
            yield _lettered(cut, spot, begins, dip_in, Fade.IN)
        if ends - begins - dip_in:
            yield _lettered(cut, spot, begins + dip_in, ends - begins - dip_in)
        if dip_out:
            yield _lettered(cut, spot, ends, dip_out, Fade.OUT)
        if spot.overlap and following:
            both = _lettered(cut, spot, ends, spot.overlap)
            over = _lettered(cut, following, following.begins, spot.overlap)
            yield replace(both, shown=both.shown + over.shown)
        before, dip_in = spot.overlap, dip_next


def _dip(spot: Placed, following: Placed | None, before: int) -> tuple[int, int]:
    """Return how many frames of this clip and of the next a dip to black takes."""
    into = spot.clip.into
    if into.join is not Join.BLACK or following is None:
        return 0, 0
    out = min((into.frames + 1) // 2, spot.frames - before)
    return out, min(into.frames // 2, following.frames)


def _lettered(cut: Cut, spot: Placed, begins: int, frames: int, fade: Fade = Fade.NONE) -> Piece:
    """Return a piece of a clip, with the words that are over it."""
    letters = [
        Letters(
            title.words,
            title.more_words,
            title.place,
            title.at - begins,
            title.frames,
            title.fade_in,
            title.fade_out,
        )
        for title in cut.titles
        if title.at < begins + frames and title.at + title.frames > begins
    ]
    clip = spot.clip
    in_frame = spot.in_frame + begins - spot.begins
    shown = Shown(clip.take, in_frame, clip.words, clip.more_words)
    return Piece(begins, frames, (shown,), fade, tuple(letters))


def _parted(piece: Piece, sources: Mapping[UUID, Source], look: Look | None) -> Iterator[Piece]:
    """Yield a piece in parts: what can be taken over as it is, and what is encoded around it."""
    take = piece.shown[0].take
    source = sources.get(take) if take else None
    plain = len(piece.shown) == 1 and piece.fade is Fade.NONE
    if not plain or source is None or look is None or source.look != look:
        yield piece
        return
    for begins, frames, is_bare in _without_letters(piece):
        if not is_bare:
            yield _part(piece, begins, frames)
            continue
        first = piece.shown[0].in_frame + begins
        whole = source.whole_frames(first, first + frames)
        if whole is None or whole[1] - whole[0] < min(FEWEST_COPIED, frames):
            yield _part(piece, begins, frames)
            continue
        before, copied = whole[0] - first, whole[1] - whole[0]
        if before:
            yield _part(piece, begins, before)
        yield replace(_part(piece, begins + before, copied), is_copied=True)
        if frames - before - copied:
            yield _part(piece, begins + before + copied, frames - before - copied)


def _without_letters(piece: Piece) -> Iterator[tuple[int, int, bool]]:
    """Yield the runs of a piece's frames: first, how many, and whether no words are over them."""
    edges = {0, piece.frames}
    for each in piece.letters:
        edges |= {each.first, each.first + each.frames}
    held = sorted({min(max(edge, 0), piece.frames) for edge in edges})
    for begin, end in pairwise(held):
        covered = any(it.first < end and it.first + it.frames > begin for it in piece.letters)
        yield begin, end - begin, not covered


def _part(piece: Piece, begins: int, frames: int) -> Piece:
    """Return some frames of a plain piece."""
    shown = replace(piece.shown[0], in_frame=piece.shown[0].in_frame + begins)
    letters = tuple(
        replace(each, first=each.first - begins)
        for each in piece.letters
        if each.first < begins + frames and each.first + each.frames > begins
    )
    return Piece(piece.begins + begins, frames, (shown,), Fade.NONE, letters)
