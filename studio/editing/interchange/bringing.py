"""Making a cut of what another editor's file shows: known takes, and slates where none is known."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from uuid import UUID

from studio.editing import operations, written
from studio.editing.cut import (
    LONGEST_FRAMES,
    LONGEST_WORDS,
    LOUDEST_DB,
    MOST_CLIPS,
    QUIETEST_DB,
    Clip,
    Cut,
    Into,
    Join,
    Lengths,
    new_key,
)
from studio.editing.footage import Footage, lengths_from
from studio.editing.interchange.reading import Dissolve, Picture, Read
from studio.editing.interchange.refusing import NotReadable
from studio.editing.interchange.remembering import extras_of
from studio.editing.interchange.takes_meant import Takes
from studio.editing.interchange.telling import one_line
from studio.models import Project

MOST_NAMED = 20
GAP = "Gap"
_LEAST = {Join.CROSSFADE: 1, Join.BLACK: operations.SHORTEST_DIP}

_NONE_KNOWN = (
    "Nothing in it is a take of {project}: {names}. Clips are known by their take's id, or by the "
    "names that Dailies gives files and reels. Nothing was begun."
)
_CONFUSED = (
    "What it shows makes no cut that could be kept ({why}). Export it anew from the editor. "
    "Nothing was begun."
)
_TOO_MANY = f"It has over {MOST_CLIPS} clips, more than a sequence holds. Export a part of it."


@dataclass(frozen=True)
class Brought:
    """A cut that was made of a file, with what to tell of it; `known` counts clips of takes."""

    cut: Cut
    name: str
    known: int
    remarks: list[str]


@dataclass
class _Step:
    """A picture with what stands between it and the next, and how far that reaches into either."""

    picture: Picture
    join: Join = Join.CUT
    before: int = 0  # from the transition in front of it
    after: int = 0  # from the one behind it
    inside: int = 0  # what the one behind it takes without reaching out
    number: int = 0


@dataclass
class _Made:
    """The clips so far, and what is to be told of them."""

    clips: list[Clip] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)
    clamped: list[str] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)
    gaps: list[str] = field(default_factory=list)
    shortened: list[str] = field(default_factory=list)


def bring(read: Read, project: Project, sounds: Mapping[UUID, int] | None = None) -> Brought:
    """Return the cut that a file shows; `sounds` are the frames of those that the project has.

    Raises NotReadable where nothing is known, or what is shown can't be kept, and Refused where it
    is more than a sequence holds.
    """
    steps = _steps(read.row)
    if len(steps) > MOST_CLIPS:
        raise NotReadable(_TOO_MANY)
    takes = Takes(project, [step.picture for step in steps])
    made = _clips(steps, takes)
    known = sum(1 for clip in made.clips if clip.take)
    if not known:
        raise NotReadable(_NONE_KNOWN.format(project=project, names=_listed(made.unknown)))
    lengths = lengths_from(takes.footage)
    cut = _fitted(Cut(clips=tuple(made.clips)), lengths, made)
    cut, told = extras_of(read.timeline, cut, sounds or {})
    try:
        written.read(written.write(cut))
    except written.Unreadable as error:
        raise NotReadable(_CONFUSED.format(why=one_line(str(error))[:120])) from error
    operations.checked(cut, lengths)
    return Brought(cut, read.name, known, [*read.remarks, *_told(made), *told])


def _steps(row: Sequence[Picture | Dissolve]) -> list[_Step]:
    """Return the pictures, each with how it goes over into the next."""
    steps: list[_Step] = []
    waiting: Dissolve | None = None
    for place, part in enumerate(row):
        if isinstance(part, Dissolve):
            waiting = part if steps else None
            continue
        following = row[place + 1] if place + 1 < len(row) else None
        if waiting and _is_dip(waiting, part, following):
            steps[-1].join, steps[-1].inside = Join.BLACK, waiting.before
            steps[-1].after = waiting.after
            continue
        step = _Step(part)
        if waiting and steps[-1].join is Join.BLACK:
            step.before = waiting.before
            steps[-1].inside += waiting.after
        elif waiting:
            steps[-1].join, steps[-1].after = Join.CROSSFADE, waiting.after
            step.before = waiting.before
        waiting = None
        steps.append(step)
    if steps[-1].join is Join.BLACK and waiting:  # it fades out at the end
        steps[-1] = replace(steps[-1], join=Join.CUT, after=0)
    for number, step in enumerate(steps, start=1):
        step.number = number
    return steps


def _is_dip(into: Dissolve, black: Picture, out: Picture | Dissolve | None) -> bool:
    """Whether black between two dissolves is only their way through it."""
    is_plain = black.is_black and not {"card", "take"} & set(black.facts)
    return is_plain and isinstance(out, Dissolve) and black.frames == into.after + out.before


def _clips(steps: list[_Step], takes: Takes) -> _Made:
    made = _Made()
    keys: set[str] = set()
    reached = 0  # how far the clip in front really goes on behind its cut
    for place, step in enumerate(steps):
        found = takes.find(step.picture)
        if found is None:
            clip, before, after = _card(step, made), step.before, step.after
        else:
            clip, before, after = _of_take(step, found, made)
        clip = replace(clip, key=_key(step.picture, keys))
        keys.add(clip.key)
        if place:
            made.clips[-1] = _going_over(made.clips[-1], steps[place - 1], reached + before)
        reached = after
        made.clips.append(clip)
        if step.picture.is_changed:
            made.changed.append(str(step.number))
    return made


def _going_over(clip: Clip, step: _Step, reach: int) -> Clip:
    frames = step.inside + reach
    if step.join is Join.CUT or frames < _LEAST[step.join]:
        return clip
    return replace(clip, into=Into(step.join, frames))


def _of_take(step: _Step, found: Footage, made: _Made) -> tuple[Clip, int, int]:
    """Return a clip within what its take has, and how far it reaches behind either cut."""
    picture, most = step.picture, found.frames
    begin, end = min(picture.start, most - 1), min(picture.end, most)
    if picture.end > most:
        made.clamped.append(f"{step.number} ({found.take.name}, {most} frames)")
    before, after = min(step.before, begin), min(step.after, most - end)
    out = end + after
    clip = Clip(
        key="",
        take=found.take.uuid,
        in_frame=begin - before,
        out_frame=None if out == most else out,
        gain_db=_gain(picture),
        muted=picture.facts.get("muted") is True,
        # Of what was here, the frames that were shown are in the file itself.
        only_new=all(picture.facts.get(it) is True for it in ("left_out", "only_new")),
    )
    return clip, before, after


def _card(step: _Step, made: _Made) -> Clip:
    """Return the card that a picture is, or the slate that stands for what isn't known."""
    picture = step.picture
    frames = min(picture.frames + step.before + step.after, LONGEST_FRAMES)
    card = picture.facts.get("card")
    words = _words(card.get("words")) if isinstance(card, dict) else ""
    if words and isinstance(card, dict):
        begin = min(max(picture.start - step.before, 0), LONGEST_FRAMES - frames)
        more = _words(card.get("more_words"))
        return Clip("", None, begin, begin + frames, words=words, more_words=more)
    if picture.is_black and "take" not in picture.facts:
        made.gaps.append(str(step.number))
        return Clip("", None, 0, frames, words=GAP)
    names = picture.name, picture.file.rpartition("/")[2], picture.reel
    name = next(filter(None, map(one_line, names)), "a clip")
    made.unknown.append(f"{step.number} ({name[:80]})")
    return Clip("", None, 0, frames, words=f"Missing: {name}"[:LONGEST_WORDS])


def _fitted(cut: Cut, lengths: Lengths, made: _Made) -> Cut:
    """Return it with transitions that fit, and none behind the last clip."""
    for number, clip in enumerate(cut.clips, start=1):
        if clip.into.join is Join.CUT:
            continue
        most = operations.room_for(cut, clip.key, lengths)
        if clip.into.frames > most:
            into = replace(clip.into, frames=most) if most >= _LEAST[clip.into.join] else Into()
            cut = cut.with_clip(replace(clip, into=into))
            made.shortened.append(str(number))
    return cut


def _key(picture: Picture, taken: set[str]) -> str:
    key = picture.facts.get("key")
    is_fine = isinstance(key, str) and key.isalnum() and len(key) <= 32 and key not in taken
    return str(key) if is_fine else new_key()


def _gain(picture: Picture) -> float:
    try:
        gain = float(picture.facts.get("gain_db", 0.0))
    except (TypeError, ValueError):
        return 0.0
    return gain if QUIETEST_DB <= gain <= LOUDEST_DB else 0.0


def _words(said: object) -> str:
    return said.replace("\0", "")[:LONGEST_WORDS] if isinstance(said, str) else ""


def _told(made: _Made) -> list[str]:
    told = {
        "Not known here, and left as a slate": made.unknown,
        "Longer than its take, and held within it": made.clamped,
        "At its own speed again": made.changed,
        f"A gap, and a card that says “{GAP}” now": made.gaps,
        "With a shorter transition behind it than it had, for want of frames": made.shortened,
    }
    return [
        f"{what}: {'clip' if len(which) == 1 else 'clips'} {_listed(which)}."
        for what, which in told.items()
        if which
    ]


def _listed(which: list[str]) -> str:
    more = len(which) - MOST_NAMED
    return ", ".join(which[:MOST_NAMED]) + (f" and {more} more" if more > 0 else "")
