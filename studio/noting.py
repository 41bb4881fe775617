"""Leaving notes on takes, replying, resolving; each new note is an Event of the take's."""

import json
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from generations.models import Generation
from generations.refusal import Refused
from studio import auditing
from studio.mentioning import meant
from studio.models import AuditEntry, Mention, Note, Share, User
from studio.models.note import LONGEST, guest_called

MOST = 500
"""How many notes a take may have."""
_STROKES, _POINTS = 60, 400
_UNIT = 1000

_EMPTY = "Write a note, or draw on the frame."
_TOO_LONG = f"A note has at most {LONGEST:,} characters, and this has {{count:,}}. Shorten it."
_BEYOND = "{take} has {frames} frames, the last is number {last}, and the note is at {frame}."
_NO_FRAME = "The frame of the note isn't a number. Move the playhead and send it again."
_BAD_DRAWING = "The drawing can't be read. Draw it again."
_TOO_MUCH = f"A drawing has at most {_STROKES} strokes. Undo some, or leave a second note."
_TOO_MANY = f"The take has {MOST} notes. Delete some first."
_IN_TRASH = "The take is in the trash. Restore it to leave notes."
_GONE = "That note isn't there any more."


@dataclass(frozen=True)
class Remark:
    """What somebody wants to note: read from a form and checked.

    `frame` counts from 0; None is for the whole take. `drawing` as in `Note`.
    """

    words: str
    frame: int | None
    drawing: list[list[int]]

    @classmethod
    def of(cls, words: str, frame: str, drawing: str, frames_long: int) -> "Remark":
        """Read it, for a take of `frames_long` frames. Raises Refused."""
        words = "\n".join(line.rstrip() for line in words.strip().splitlines())
        if len(words) > LONGEST:
            raise Refused({"words": _TOO_LONG.format(count=len(words))})
        strokes = _strokes(drawing)
        if not words and not strokes:
            raise Refused({"words": _EMPTY})
        return cls(words, _frame(frame, frames_long), strokes)


def note(take: Generation, user: User, remark: Remark) -> Note:
    """Leave a note on a take. Raises Refused."""
    return _write(take, user, words=remark.words, frame=remark.frame, drawing=remark.drawing)


def note_of_guest(take: Generation, share: Share, guest: str, remark: Remark) -> Note:
    """Leave a note of somebody who came by a link; it calls nobody's attention. Raises Refused."""
    fields = {"words": remark.words, "frame": remark.frame, "guest": guest, "share": share}
    return _write(take, None, **fields)


def reply(take: Generation, user: User, to: UUID, words: str) -> Note:
    """Answer a note of a take; a reply to a reply answers what that answers. Raises Refused."""
    answered = find(take, to)
    remark = Remark.of(words, "", "", 1)
    return _write(take, user, words=remark.words, answers=answered.answers or answered)


def resolve(take: Generation, user: User, which: UUID, *, is_resolved: bool) -> Note:
    """Mark a note as done, or as open again. Raises Refused where it is gone."""
    found = find(take, which)
    if found.answers_id:
        found = found.answers  # type: ignore[assignment]
    said: dict[str, Any] = {"resolved_at": None, "resolved_by": None}
    if is_resolved:
        said = {"resolved_at": timezone.now(), "resolved_by": user}
    with transaction.atomic():
        Note.objects.filter(pk=found.pk).update(**said)
        Generation.objects.filter(pk=take.pk).touch()
    return found


def delete(take: Generation, which: UUID) -> None:
    """Delete a note, and what answers it. Raises Refused where it is gone."""
    found = find(take, which)
    with transaction.atomic():
        whose = found.author or guest_called(found.guest) or "someone who left"
        words = f"Deleted a note by {whose} on {take.name}"
        auditing.note_in(take.project, AuditEntry.Kind.DELETION, words)
        found.delete()
        Generation.objects.filter(pk=take.pk).touch()


def find(take: Generation, which: UUID) -> Note:
    """Return a note of a take. Raises Refused."""
    found = Note.objects.select_related("answers").filter(generation=take, uuid=which).first()
    if found is None:
        raise Refused({"": _GONE})
    return found


def _write(take: Generation, user: User | None, **fields: Any) -> Note:
    if take.trashed_at:
        raise Refused({"": _IN_TRASH})
    with transaction.atomic():
        Generation.objects.filter(pk=take.pk).lock()
        if Note.objects.filter(generation=take).count() >= MOST:
            raise Refused({"": _TOO_MANY})
        made = Note.objects.create(generation=take, author=user, **fields)
        told = meant(made.words, take.project, user) if user else []
        Mention.objects.bulk_create(Mention(note=made, user=person) for person in told)
        words = {} if user else {"words": f"{made.who} left a note"}
        take.announce("noted", actor=user, note=str(made.uuid), **words)
    return made


def _frame(said: str, frames_long: int) -> int | None:
    if not said.strip():
        return None
    if not (said.strip().isascii() and said.strip().isdecimal()):
        raise Refused({"frame": _NO_FRAME})
    frame = int(said[:12])
    if frame >= frames_long:
        told = {"frames": frames_long, "last": frames_long - 1, "frame": frame}
        raise Refused({"frame": _BEYOND.format(take="The take", **told)})
    return frame


def _strokes(said: str) -> list[list[int]]:
    if not said.strip():
        return []
    try:
        strokes = json.loads(said[: 16 * _STROKES * _POINTS])
    except (ValueError, RecursionError) as error:
        raise Refused({"drawing": _BAD_DRAWING}) from error
    return checked_strokes(strokes)


def checked_strokes(strokes: object) -> list[list[int]]:
    """Return what was drawn, if it is that. Raises Refused."""
    if not isinstance(strokes, list) or not all(map(_is_stroke, strokes)):
        raise Refused({"drawing": _BAD_DRAWING})
    if len(strokes) > _STROKES:
        raise Refused({"drawing": _TOO_MUCH})
    return strokes


def _is_stroke(value: object) -> bool:
    if not isinstance(value, list) or len(value) % 2 or not 4 <= len(value) <= 2 * _POINTS:
        return False
    return all(type(each) is int and 0 <= each <= _UNIT for each in value)
