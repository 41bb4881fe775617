"""A sequence as its page shows it: every clip with its place, and what is the matter with it."""

from collections import Counter
from dataclasses import dataclass
from functools import cached_property
from uuid import UUID

from django.urls import reverse

from generations.models import Asset, Generation
from generations.refusal import upper_first
from studio.cards import Card, lower_first
from studio.editing.cut import (
    FPS,
    Clip,
    Cut,
    Join,
    Lengths,
    Placed,
    Role,
    SoundClip,
    Title,
    length_of,
    placed,
)
from studio.editing.footage import Footage, footage_of, lengths_from
from studio.editing.operations import cramped, room_for
from studio.editing.pieces import Piece, span_of
from studio.models import Sequence, User
from studio.pieces import Sounds
from studio.timecode import timecode

JOINS = {Join.CUT: "Cut", Join.CROSSFADE: "Crossfade", Join.BLACK: "Dip to black"}
USUAL_JOIN_FRAMES = FPS // 2


@dataclass(frozen=True)
class Shown:
    """A clip as the timeline shows it; `number` counts from 1.

    `odd` says in what its picture differs from that of most clips, or nothing. `join_most` is how
    many frames its transition is seen in, where that is fewer than were asked for.
    """

    placed: Placed
    number: int
    footage: Footage | None
    most_frames: int
    odd: str = ""
    join_most: int | None = None

    @property
    def clip(self) -> Clip:
        """The clip itself."""
        return self.placed.clip

    @property
    def take(self) -> Generation | None:
        """The take that it shows, if that is there."""
        return self.footage.take if self.footage else None

    @cached_property
    def card(self) -> Card | None:
        """What the board says about the take."""
        return Card(self.footage.take) if self.footage else None

    @property
    def name(self) -> str:
        """What it is called beside its number."""
        if self.clip.is_card:
            return self.clip.words
        return self.footage.take.name if self.footage else "a take that is gone"

    @property
    def state(self) -> str:
        """What its look says: here, blind, card, dreaming, failed, trash, or gone."""
        if self.clip.is_card:
            return "card"
        if self.footage is None:
            return "gone"
        if self.footage.take.is_in_trash:
            return "trash"
        if self.footage.is_here:
            return "blind" if self.footage.is_veiled else "here"
        return "dreaming" if self.footage.is_coming and not self._is_lost else "failed"

    @property
    def _is_lost(self) -> bool:
        return self.card is not None and self.card.is_unfetched

    @property
    def is_live(self) -> bool:
        """Whether it may still change by itself."""
        return self.state == "dreaming"

    @property
    def slate(self) -> str:
        """What stands in its place while it can't be played: what is the matter, in words."""
        if self.card is None or self.take is None:
            return self.clip.words if self.clip.is_card else "The take of this clip is gone"
        take = upper_first(self.take.name)
        match self.state:
            case "trash":
                return f"{take} is in the trash"
            case "here":
                return ""
        return f"{take}: {lower_first(self.card.headline).removesuffix('…')}"

    @property
    def remedy(self) -> str:
        """What can be done about that, in words."""
        return {
            "gone": "Swap it for another take, or remove it.",
            "trash": "Restore the take, or swap it for another.",
            "blind": "It plays in the exported film.",
            "dreaming": "It takes its place here by itself as soon as it is ready.",
            "failed": "Try it again on its page, or swap it for another take.",
        }.get(self.state, "")

    @property
    def file_url(self) -> str:
        """Where the video is that plays, or nothing."""
        if self.state != "here" or self.footage is None or self.footage.file is None:
            return ""
        take = self.footage.take
        own = self.footage.file.generation_id == take.pk
        return reverse("media", args=[take.uuid if own else take.plays_uuid, "video"])  # type: ignore[attr-defined]

    @property
    def poster_url(self) -> str:
        """Where its picture is, or nothing."""
        there = self.card is not None and self.card.shows_poster and self.state in ("here", "trash")
        return self.card.poster_url if there and self.card else ""

    @property
    def join_words(self) -> str:
        """How it goes over into the next clip, where that isn't a cut."""
        into = self.clip.into
        if into.join is Join.CUT:
            return ""
        words = f"{JOINS[into.join]}, {timecode(into.frames, FPS)[6:]}"
        return f"{words}. {self.cramped_words}" if self.cramped_words else words

    @property
    def join_typed(self) -> str:
        """How long its transition is, or one would be, as a person types it."""
        return timecode(self.clip.into.frames or USUAL_JOIN_FRAMES, FPS)[6:]

    @property
    def cramped_words(self) -> str:
        """That its transition is seen for fewer frames than were asked for, or nothing."""
        if self.join_most is None:
            return ""
        if not self.join_most:
            return "It is seen as a cut: the clips have no frames for it."
        seen = timecode(self.join_most, FPS)[6:]
        return f"It is seen in {seen} only: the clips have no more frames for it."


@dataclass(frozen=True)
class ShownPiece:
    """A title or a sound as the timeline shows it; `most_frames` is what a sound's file has."""

    piece: Piece
    frames: int
    name: str
    most_frames: int = 0

    @property
    def is_title(self) -> bool:
        """Whether it is words, not a sound."""
        return isinstance(self.piece, Title)

    @property
    def role(self) -> Role | None:
        """What a sound is."""
        return self.piece.role if isinstance(self.piece, SoundClip) else None

    @property
    def ends(self) -> int:
        """The frame of the sequence after its last."""
        return self.piece.at + self.frames

    @property
    def out_frame(self) -> int:
        """The frame of a sound's file after the last that is heard."""
        return self.piece.in_frame + self.frames if isinstance(self.piece, SoundClip) else 0


class Timeline:
    """A sequence with all that its page shows; `chosen` are the keys of the clips chosen there.

    `viewer` is who looks, from whom a clip's pictures may be kept.
    """

    def __init__(self, sequence: Sequence, viewer: User, chosen: list[str] | None = None) -> None:
        self.sequence = sequence
        self.viewer = viewer
        self.project = sequence.project
        self.cut: Cut = sequence.cut
        self._chosen = chosen or []

    @cached_property
    def footage(self) -> dict[UUID, Footage]:
        """What there is of its takes."""
        return footage_of(self.project, self.cut.takes, self.viewer)

    @cached_property
    def lengths(self) -> Lengths:
        """How long those are."""
        return lengths_from(self.footage)

    @cached_property
    def clips(self) -> list[Shown]:
        """Its clips in order."""
        spots = placed(self.cut, self.lengths)
        too_short = cramped(self.cut, self.lengths)
        return [
            Shown(
                spot,
                number,
                self._of(spot.clip),
                self.lengths.of(spot.clip),
                self._odd(self._of(spot.clip)),
                too_short.get(spot.clip.key),
            )
            for number, spot in enumerate(spots, 1)
        ]

    @cached_property
    def frames(self) -> int:
        """How many frames it has."""
        return length_of(self.cut, self.lengths)

    @property
    def last_frame(self) -> int:
        """The number of its last frame, from 0."""
        return max(self.frames - 1, 0)

    @cached_property
    def chosen(self) -> list[Shown]:
        """The clips that are chosen, as far as they are still there."""
        return [each for each in self.clips if each.clip.key in self._chosen]

    @property
    def one(self) -> Shown | None:
        """The clip that is chosen, where it is just one."""
        return self.chosen[0] if len(self.chosen) == 1 else None

    @property
    def room(self) -> int:
        """How many frames the transition behind that clip may have, counted as a crossfade's."""
        return max(room_for(self.cut, self.one.clip.key, self.lengths), 0) if self.one else 0

    @property
    def has_next(self) -> bool:
        """Whether another clip follows that one."""
        return self.one is not None and self.one.number < len(self.clips)

    @cached_property
    def sounds_here(self) -> Sounds:
        """The project's sounds."""
        return Sounds(self.project)

    @cached_property
    def titles(self) -> list[ShownPiece]:
        """Its titles, the first first."""
        return [ShownPiece(title, title.frames, title.words) for title in self.cut.titles]

    @cached_property
    def sounds(self) -> list[ShownPiece]:
        """Its sounds, the first first."""
        here = self.sounds_here
        lengths = here.lengths if self.cut.sounds else {}
        return [
            ShownPiece(
                sound,
                span_of(sound, lengths),
                here.name_of(sound.sound),
                lengths.get(sound.sound, 0),
            )
            for sound in self.cut.sounds
        ]

    @property
    def music(self) -> list[ShownPiece]:
        """What plays and gives way to voices."""
        return [each for each in self.sounds if each.role is Role.MUSIC]

    @property
    def voices(self) -> list[ShownPiece]:
        """What speaks."""
        return [each for each in self.sounds if each.role is Role.VOICE]

    @property
    def lanes(self) -> list[tuple[str, str, list[ShownPiece]]]:
        """The lanes below the pictures: a name, its words, and what is on it."""
        return [
            ("titles", "Titles", self.titles),
            ("music", "Music", self.music),
            ("voices", "Voice", self.voices),
        ]

    @property
    def piece(self) -> ShownPiece | None:
        """The title or sound that is chosen, if one is."""
        pieces = [*self.titles, *self.sounds] if self._chosen else []
        return next((each for each in pieces if each.piece.key in self._chosen), None)

    @property
    def undo_said(self) -> str:
        """What undoing takes back, or nothing."""
        head = self.sequence.head
        return head.said if head and head.before_id else ""

    @property
    def redo_said(self) -> str:
        """What was undone and can be done again, or nothing."""
        return self.sequence.redo_said or ""

    @property
    def shape(self) -> str:
        """Width to height of the film, as an export has it: what most of its frames have."""
        frames: Counter[tuple[int, int]] = Counter()
        for each in self.clips:
            file = _file_of(self._of(each.clip))
            if file and file.width and file.height:
                frames[file.width, file.height] += each.placed.frames
        width, height = frames.most_common(1)[0][0] if frames else (16, 9)
        return f"{width} / {height}"

    @cached_property
    def _usual(self) -> tuple[object, ...] | None:
        """The width, height and rate that most of its clips have."""
        shapes = [_shape(self._of(clip)) for clip in self.cut.clips]
        known = Counter(shape for shape in shapes if shape)
        return known.most_common(1)[0][0] if known else None

    def _of(self, clip: Clip) -> Footage | None:
        return self.footage.get(clip.take) if clip.take else None

    def _odd(self, footage: Footage | None) -> str:
        shape = _shape(footage)
        if shape is None or shape == self._usual:
            return ""
        assert self._usual is not None  # noqa: S101  (this clip's shape is counted in it)
        (width, height, fps), (usual_width, usual_height, usual_fps) = shape, self._usual
        said = []
        if (width, height) != (usual_width, usual_height):
            said.append(f"{width} × {height} where most clips are {usual_width} × {usual_height}")
        if fps != usual_fps:
            said.append(f"{fps} frames a second where most have {usual_fps}")
        return f"{' and '.join(said)}: it is fitted in, or swap it."


def _file_of(footage: Footage | None) -> Asset | None:
    return footage.file if footage and footage.is_here else None


def _shape(footage: Footage | None) -> tuple[object, ...] | None:
    file = _file_of(footage)
    if file is None or not file.width:
        return None
    return (file.width, file.height, f"{file.fps or FPS:.4g}")
