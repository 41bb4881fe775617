"""What people do to the titles and sounds of a sequence, read from what they sent."""

from dataclasses import dataclass, replace
from functools import cached_property
from uuid import UUID

from generations.refusal import Refused
from studio.cutting import Cutting, Done, decibels, number_in
from studio.editing import operations, pieces
from studio.editing.cut import FPS, Cut, Place, Role, SoundClip, Title, new_key
from studio.models import Project, Sound

USUAL_FRAMES = 3 * FPS


def add_title(cutting: Cutting) -> Done:
    """Put a title where the playhead is, or behind one that stands there."""
    key, words, more = new_key(), *_words(cutting)
    place = _place(cutting)

    def change(cut: Cut) -> Cut:
        taken = [(each.at, each.frames) for each in cut.titles if each.place is place]
        at = pieces.free_place(taken, cutting.frames("at", 0) or 0, USUAL_FRAMES)
        return pieces.put_title(cut, Title(key, at, USUAL_FRAMES, words, more, place))

    return cutting.done(f"Added the title “{_short(words)}”", change, [key])


def change_title(cutting: Cutting) -> Done:
    """Give a title other words, another place, beginning, length or fades."""
    key, words, more = _key(cutting), *_words(cutting)

    def change(cut: Cut) -> Cut:
        title = pieces.find(cut, key)
        if not isinstance(title, Title):
            raise Refused({"": pieces.GONE})
        at = cutting.frames("at", title.at) or 0
        frames = cutting.frames("length", title.frames) or 0
        fades = [cutting.frames(name, 0) or 0 for name in ("fade_in", "fade_out")]
        if fades == [title.fade_in, title.fade_out]:
            fades = [*pieces.fades_within(title, frames)]
        changed = Title(key, at, frames, words, more, _place(cutting), *fades)
        return pieces.put_title(cut, changed)

    return cutting.done(f"Changed the title “{_short(words)}”", change, [key])


def add_card(cutting: Cutting) -> Done:
    """Put a card with words on black at a `place` among the clips, or at the end."""
    card = pieces.card(new_key(), *_words(cutting), USUAL_FRAMES)
    place = number_in(cutting.sent, "place", -1)
    return cutting.placing(
        f"Added the card “{_short(card.words)}”",
        lambda cut: operations.checked(
            operations.insert(cut, [card], place if place >= 0 else None), cutting.lengths
        ),
        [card.key],
    )


def change_card(cutting: Cutting) -> Done:
    """Give a card other words."""
    key, words, more = cutting.key, *_words(cutting)
    return cutting.done(
        f"Changed the card “{_short(words)}”",
        lambda cut: pieces.reword(cut, key, words, more),
        [key],
    )


def add_sound(cutting: Cutting) -> Done:
    """Put a sound where the playhead is, or behind one that plays there."""
    sounds = Sounds(cutting.sequence.project)
    sound = sounds.named(cutting.sent.get("sound", ""))
    role = Role.VOICE if cutting.sent.get("role") == Role.VOICE else Role.MUSIC
    key = new_key()

    def change(cut: Cut) -> Cut:
        lengths = sounds.lengths
        taken = [
            (each.at, pieces.span_of(each, lengths)) for each in cut.sounds if each.role is role
        ]
        at = pieces.free_place(taken, cutting.frames("at", 0) or 0, sound.frames)
        return pieces.put_sound(cut, SoundClip(key, sound.uuid, at, role=role), lengths)

    return cutting.done(f"Added “{_short(sound.name)}”", change, [key])


def change_sound(cutting: Cutting) -> Done:
    """Give a sound another place, other points, another gain, other fades, or another role."""
    key, sounds = _key(cutting), Sounds(cutting.sequence.project)
    gain_db = decibels(cutting.sent, "gain_db")

    def change(cut: Cut) -> Cut:
        sound = pieces.find(cut, key)
        if not isinstance(sound, SoundClip):
            raise Refused({"": pieces.GONE})
        changed = replace(
            sound,
            at=cutting.frames("at", sound.at) or 0,
            in_frame=cutting.frames("in", sound.in_frame) or 0,
            out_frame=cutting.frames("out", sound.out_frame),
            role=Role.VOICE if cutting.sent.get("role") == Role.VOICE else Role.MUSIC,
            gain_db=gain_db,
            fade_in=cutting.frames("fade_in", 0) or 0,
            fade_out=cutting.frames("fade_out", 0) or 0,
        )
        if (changed.fade_in, changed.fade_out) == (sound.fade_in, sound.fade_out):
            frames = pieces.span_of(changed, sounds.lengths)
            fade_in, fade_out = pieces.fades_within(sound, frames)
            changed = replace(changed, fade_in=fade_in, fade_out=fade_out)
        return pieces.put_sound(cut, changed, sounds.lengths, sounds.name_of(sound.sound))

    return cutting.done(f"Changed {_named(cutting, key, sounds)}", change, [key])


def shift(cutting: Cutting) -> Done:
    """Place a title or a sound at another frame."""
    key, sounds = _key(cutting), Sounds(cutting.sequence.project)
    at = number_in(cutting.sent, "at", 0)
    return cutting.done(
        f"Moved {_named(cutting, key, sounds)}",
        lambda cut: pieces.shift(cut, key, at, sounds.lengths),
        [key],
    )


def reach(cutting: Cutting) -> Done:
    """Have a title or a sound begin and end at other frames of the sequence."""
    key, sounds = _key(cutting), Sounds(cutting.sequence.project)
    begins, ends = (number_in(cutting.sent, name, 0) for name in ("begins", "ends"))
    return cutting.done(
        f"Trimmed {_named(cutting, key, sounds)}",
        lambda cut: pieces.reach(cut, key, begins, ends, sounds.lengths),
        [key],
    )


def remove(cutting: Cutting) -> Done:
    """Take a title or a sound out."""
    key, sounds = _key(cutting), Sounds(cutting.sequence.project)
    said = f"Removed {_named(cutting, key, sounds)}"
    return cutting.done(said, lambda cut: pieces.remove(cut, key), [])


def duck(cutting: Cutting) -> Done:
    """Lower music by so many dB while a voice speaks."""
    duck_db = -abs(decibels(cutting.sent, "duck_db"))
    said = f"Music goes down by {abs(duck_db):g} dB under a voice"
    return cutting.done(said, lambda cut: pieces.duck(cut, duck_db), [])


@dataclass(frozen=True)
class Sounds:
    """A project's sounds, as a sequence uses them."""

    project: Project

    @cached_property
    def all(self) -> list[Sound]:
        """Every one of them, the newest first, without their peaks."""
        return list(Sound.objects.filter(project=self.project).defer("peaks"))

    @cached_property
    def lengths(self) -> dict[UUID, int]:
        """How many frames each has."""
        return {each.uuid: each.frames for each in self.all}

    def name_of(self, uuid: UUID) -> str:
        """What it is called, also when it is gone."""
        return next((each.name for each in self.all if each.uuid == uuid), "A sound that is gone")

    def named(self, said: str) -> Sound:
        """Return the one of that uuid. Raises Refused."""
        found = next((each for each in self.all if str(each.uuid) == said), None)
        if found is None:
            raise Refused({"sound": "Choose a sound, or upload one first."})
        return found


def _key(cutting: Cutting) -> str:
    return cutting.sent.get("piece", "")


def _words(cutting: Cutting) -> tuple[str, str]:
    words, more = (cutting.sent.get(name, "") for name in ("words", "more_words"))
    plain = [" ".join(line.replace("\0", "").split()) for line in (words, more)]
    return plain[0], plain[1]


def _place(cutting: Cutting) -> Place:
    asked = cutting.sent.get("stands", "")
    return Place(asked) if asked in list(Place) else Place.LOWER_THIRD


def _named(cutting: Cutting, key: str, sounds: Sounds) -> str:
    try:
        piece = pieces.find(cutting.sequence.cut, key)
    except Refused:
        cutting.refuse_late()
        raise
    if isinstance(piece, Title):
        return f"the title “{_short(piece.words)}”"
    return f"“{_short(sounds.name_of(piece.sound))}”"


def _short(words: str) -> str:
    return words if len(words) <= 40 else f"{words[:39].rstrip()}…"
