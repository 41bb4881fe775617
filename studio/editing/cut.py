"""A cut: the clips of a sequence in order, with their titles and sounds. Plain values, no database.

Every length and place is in frames of the sequence, 24 to a second, counted from 0; an end is the
first frame that isn't shown any more.
"""

import secrets
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from itertools import pairwise
from uuid import UUID

FPS = 24
LONGEST_FRAMES = 3 * 60 * 60 * FPS
MOST_CLIPS = 1000
MOST_TITLES = 200
MOST_SOUNDS = 100
LONGEST_WORDS = 200
QUIETEST_DB, LOUDEST_DB = -60.0, 12.0


class Join(StrEnum):
    """How a clip goes over into the next."""

    CUT = "cut"
    CROSSFADE = "crossfade"
    BLACK = "black"


class Role(StrEnum):
    """What a sound is: music gives way where a voice speaks."""

    MUSIC = "music"
    VOICE = "voice"


class Place(StrEnum):
    """Where a title stands: alone in the middle, or over the picture's lower third."""

    CENTRE = "centre"
    LOWER_THIRD = "lower_third"


@dataclass(frozen=True)
class Into:
    """How a clip goes over into the next, and for how many frames.

    A crossfade shows the last frames of one clip together with the first of the next, so that the
    sequence is shorter by them. A dip to black takes half of its frames from either side.
    """

    join: Join = Join.CUT
    frames: int = 0


@dataclass(frozen=True)
class Clip:
    """A part of a take, or a card with words on black where there is no take.

    `out_frame` is None for all that the take has: also of one that isn't made yet, whose length
    is known once it is. `only_new`: of an extension that comes joined to the take that it extends,
    only what it adds is shown. `gain_db` is that of the take's own sound.
    """

    key: str
    take: UUID | None = None
    in_frame: int = 0
    out_frame: int | None = None
    into: Into = field(default_factory=Into)
    gain_db: float = 0.0
    muted: bool = False
    words: str = ""
    more_words: str = ""
    only_new: bool = False

    @property
    def is_card(self) -> bool:
        """Whether it is words on black, not a take."""
        return self.take is None


@dataclass(frozen=True)
class Title:
    """Words over the picture, from a frame of the sequence on; fades are in frames."""

    key: str
    at: int
    frames: int
    words: str
    more_words: str = ""
    place: Place = Place.LOWER_THIRD
    fade_in: int = 0
    fade_out: int = 0


@dataclass(frozen=True)
class SoundClip:
    """A part of a sound file, placed at a frame of the sequence; fades are in frames."""

    key: str
    sound: UUID
    at: int
    in_frame: int = 0
    out_frame: int | None = None
    role: Role = Role.MUSIC
    gain_db: float = 0.0
    fade_in: int = 0
    fade_out: int = 0


@dataclass(frozen=True)
class Cut:
    """All that a sequence is at one moment.

    `duck_db` is by how much music is lowered while a voice speaks; 0 for not at all.
    """

    clips: tuple[Clip, ...] = ()
    titles: tuple[Title, ...] = ()
    sounds: tuple[SoundClip, ...] = ()
    duck_db: float = -12.0

    @property
    def takes(self) -> list[UUID]:
        """The takes that it is made of, each once, in the order of the clips."""
        return list(dict.fromkeys(clip.take for clip in self.clips if clip.take))

    def place_of(self, key: str) -> int:
        """Return at which place a clip stands, from 0. Raises KeyError."""
        for place, clip in enumerate(self.clips):
            if clip.key == key:
                return place
        raise KeyError(key)

    def clip(self, key: str) -> Clip:
        """Return a clip by its key. Raises KeyError."""
        return self.clips[self.place_of(key)]

    def with_clip(self, clip: Clip) -> "Cut":
        """Return it with a clip in the place of the one of that key. Raises KeyError."""
        place = self.place_of(clip.key)
        return replace(self, clips=(*self.clips[:place], clip, *self.clips[place + 1 :]))


@dataclass(frozen=True)
class Placed:
    """A clip where it is in the sequence.

    `overlap` is how many of its last frames are shown together with the first of the next.
    """

    clip: Clip
    begins: int
    in_frame: int
    out_frame: int
    overlap: int = 0

    @property
    def frames(self) -> int:
        """How many frames it shows."""
        return self.out_frame - self.in_frame

    @property
    def ends(self) -> int:
        """The frame after its last in the sequence."""
        return self.begins + self.frames


@dataclass(frozen=True)
class Lengths:
    """How many frames every take has; those of one that isn't made yet are what was asked for.

    `new` are the first frame and the end of what a take adds to the one that it came joined to.
    """

    takes: dict[UUID, int]
    new: dict[UUID, tuple[int, int]] = field(default_factory=dict)

    def of(self, clip: Clip) -> int:
        """Return how many frames there are to choose a clip's in and out from; one at least."""
        if clip.take is None:
            return LONGEST_FRAMES
        return max(self.takes.get(clip.take, 0), 1)

    def ends_of(self, clip: Clip) -> tuple[int, int]:
        """Return a clip's in and out, held within what its take has."""
        most = self.of(clip)
        out = most if clip.out_frame is None else min(clip.out_frame, most)
        begin = clip.in_frame
        if clip.only_new and clip.take in self.new:
            first, end = self.new[clip.take]
            begin, out = max(begin, first), min(out, end)
        return min(begin, out - 1), out


def placed(cut: Cut, lengths: Lengths) -> list[Placed]:
    """Return the clips where they are in the sequence, one after the other."""
    found: list[Placed] = []
    at = 0
    spans = [lengths.ends_of(clip) for clip in cut.clips]
    free = [out - begin for begin, out in spans]
    for place, (clip, (begin, out)) in enumerate(zip(cut.clips, spans, strict=True)):
        overlap = 0
        if clip.into.join is Join.CROSSFADE and place + 1 < len(cut.clips):
            # A take may have turned out shorter than was asked for: a frame of each always stands.
            overlap = max(min(clip.into.frames, free[place] - 1, free[place + 1] - 1), 0)
            free[place + 1] -= overlap
        found.append(Placed(clip, at, begin, out, overlap))
        at += out - begin - overlap
    return found


def length_of(cut: Cut, lengths: Lengths) -> int:
    """Return how many frames the pictures of a sequence take together."""
    spots = placed(cut, lengths)
    return spots[-1].ends if spots else 0


def joins(spots: Sequence[Placed]) -> Iterator[tuple[Placed, Placed]]:
    """Yield every two clips that stand beside each other."""
    yield from pairwise(spots)


def new_key() -> str:
    """Return a name for something new in a cut."""
    return secrets.token_hex(4)
