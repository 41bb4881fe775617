"""What guests say of takes that they came to by a link: notes, and a verdict of their own."""

import logging
from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone

from generations.models import Generation
from generations.refusal import Refused
from studio import auditing, noting
from studio.models import AuditEntry, GuestVerdict, Note, Share, Verdict
from studio.models.note import guest_called
from studio.noting import Remark

log = logging.getLogger(__name__)

MOST_VERDICTS = 100
_NOTHING = "Write a note, or say what you think of it."
_NOT_ASKED = "This link doesn't ask for that. Tell who sent it to you."
_BEYOND = "The take is {length:.1f} s long, and the note is at {at:.1f} s."
_FULL = f"{MOST_VERDICTS} people have said what they think of it. Leave a note, or tell your host."


@dataclass(frozen=True)
class Said:
    """What a guest of some name says: a note, at some second or of the whole, or a verdict."""

    guest: str
    words: str = ""
    at_s: float | None = None
    verdict: Verdict | None = None


def say(
    share: Share, take: Generation, said: Said, fps: float, frames_long: int, *, visit: str
) -> None:
    """Keep what a guest says of a take, for the team to see. Raises Refused; then nothing is kept.

    `fps` and `frames_long` are those of the file that the guest saw; `visit` tells them from
    others of their name.
    """
    if not said.words and not said.verdict:
        raise Refused({"words": _NOTHING})
    if (said.words and not share.takes_notes) or (said.verdict and not share.takes_verdicts):
        raise Refused({"": _NOT_ASKED})
    with transaction.atomic():
        if said.words:
            frame = _frame(said.at_s, fps, frames_long)
            remark = Remark.of(said.words, frame, "", frames_long)
            noting.note_of_guest(take, share, said.guest, remark)
        if said.verdict:
            _judge(share, take, said.guest, said.verdict, visit)
    log.info("share=%s a guest said something of generation=%s", share.uuid, take.uuid)


def notes_by(share: Share, take: Generation) -> list[Note]:
    """Return what guests noted on a take by a link; the team's own notes are the team's."""
    return list(Note.objects.filter(share=share, generation=take, answers=None).for_list())


def verdicts_by(share: Share, take: Generation) -> list[GuestVerdict]:
    """Return what guests of a link think of a take."""
    return GuestVerdict.newest_first(GuestVerdict.objects.filter(share=share, generation=take))


def _judge(share: Share, take: Generation, guest: str, verdict: Verdict, visit: str) -> None:
    Generation.objects.filter(pk=take.pk).lock()
    mine = GuestVerdict.objects.filter(share=share, generation=take)
    now = timezone.now()
    if not mine.filter(guest=guest, visit=visit).update(verdict=verdict, said_at=now):
        if mine.count() >= MOST_VERDICTS:
            raise Refused({"": _FULL})
        facts = {"share": share, "generation": take, "guest": guest, "visit": visit}
        mine.create(**facts, verdict=verdict.value, said_at=now)
    who = guest_called(guest)
    said = f"{who} said “{verdict.label.lower()}” by a guest link"
    take.announce("guest_judged", verdict=verdict.value, share=str(share.uuid), words=said)
    words = f"Said “{verdict.label.lower()}” by a guest link to {take.name}"
    auditing.note_guest(take.project, AuditEntry.Kind.VERDICT, words, guest=who)


def _frame(at_s: float | None, fps: float, frames_long: int) -> str:
    """Return the frame of a moment as a note is given it. Raises Refused beyond the end."""
    if at_s is None:
        return ""
    if at_s * fps >= frames_long:
        raise Refused({"at_s": _BEYOND.format(length=frames_long / fps, at=at_s)})
    return str(int(at_s * fps + 1e-6))
