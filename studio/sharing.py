"""Making guest links and revoking them, each noted in the audit log."""

import logging
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.utils import timezone

from generations.models import Generation
from generations.refusal import Refused, upper_first
from generations.waking import wake
from studio import auditing
from studio.editing.typeface import missing_in
from studio.models import AuditEntry, Export, Sequence, Share, User
from studio.models.share import Thing

log = logging.getLogger(__name__)

DAYS = (1, 7, 30, 90)
"""For how long a link may be good."""
MOST_OPEN = 50
SHORTEST_PASSWORD = 8
SHOWN = (Export.Kind.MP4, Export.Kind.WEBM, Export.Kind.GIF, Export.Kind.SHEET)
"""The kinds of exports that a browser shows; the others can only be downloaded."""

MARKED = (Export.Kind.MP4, Export.Kind.WEBM, Export.Kind.SHEET)
"""The kinds of exports that a watermark can be put on."""
CHOICES = (
    *("shows_unapproved", "shows_prompts", "shows_prices", "may_download"),
    *("takes_notes", "takes_verdicts"),
)
"""What is off unless who makes a link chooses otherwise."""

_NO_TAKES = "Guests say what they think of takes: share one, or a collection, for that."
_IN_TRASH = "{name} is in the trash. Restore it first."
_NOT_HERE = "{name} has no file here yet. Wait until it has, or fetch it again."
_HAS_PROMPTS = (
    "A storyboard has the prompts in it. Show prompts by this link, or share a film or a contact "
    "sheet."
)
_NOT_DONE = "The export isn't ready. Share it once it is."
_ONLY_A_FILE = "No browser shows {kind}. Let guests download it, or share another export."
_NOT_MARKED = "No watermark goes on {kind}. Share an MP4, a WebM or a contact sheet, or none."
_NO_LETTERS = (
    "The watermark's typeface, Inter, doesn't have {letters}: boxes would stand there. Write it "
    "otherwise."
)
_SHORT = f"A password has at least {SHORTEST_PASSWORD} characters. Take a longer one, or none."
_FULL = f"There are {MOST_OPEN} links to it already. Revoke some first."


@dataclass(frozen=True)
class Terms:
    """What a link shows, for how many days, and behind which password, if any."""

    days: int
    password: str = ""
    shows_unapproved: bool = False
    shows_prompts: bool = False
    shows_prices: bool = False
    may_download: bool = False
    takes_notes: bool = False
    takes_verdicts: bool = False
    watermark: str = ""

    @property
    def fields(self) -> dict[str, Any]:
        """What of it is kept."""
        kept: dict[str, Any] = {name: getattr(self, name) for name in CHOICES}
        kept["watermark"] = self.watermark
        return kept | {"password": make_password(self.password) if self.password else ""}


def share(thing: Thing, by: User, terms: Terms) -> tuple[Share, str]:
    """Make a link to a thing that a person may share: it and its token. Raises Refused."""
    if terms.password and len(terms.password) < SHORTEST_PASSWORD:
        raise Refused({"password": _SHORT})
    if lacking := missing_in(terms.watermark):
        raise Refused({"watermark": _NO_LETTERS.format(letters=lacking)})
    _refuse_unseen(thing, terms)
    now = timezone.now()
    if Share.objects.of(thing).open(now).count() >= MOST_OPEN:
        raise Refused({"": _FULL})
    with transaction.atomic():
        made, token = Share.make(thing, by, now + timedelta(days=terms.days), **terms.fields)
        for_days = "1 day" if terms.days == 1 else f"{terms.days} days"
        if terms.watermark:
            wake("studio.tasks.mark_due")
        _note(made, f"Made a link to {made.what} for {for_days}: {made.terms}", by)
    log.info("share=%s made by=%s", made.uuid, by.pk)
    return made, token


def revoke(share: Share, by: User) -> None:
    """End a link at once; nothing happens to one that is revoked."""
    with transaction.atomic():
        mine = Share.objects.filter(pk=share.pk, revoked_at=None)
        if not mine.update(revoked_at=timezone.now()):
            return
        _note(share, f"Revoked the link to {share.what} that {share.created_by} made", by)
    log.info("share=%s revoked by=%s", share.uuid, by.pk)


def _note(share: Share, words: str, by: User) -> None:
    auditing.note(AuditEntry.Kind.SHARE, share.team, words, by=by, project=share.project)


def _refuse_unseen(thing: Thing, terms: Terms) -> None:
    """Raise Refused for what no guest could see, whoever approves it, or could say."""
    if (terms.takes_notes or terms.takes_verdicts) and isinstance(thing, Sequence | Export):
        raise Refused({"": _NO_TAKES})
    if isinstance(thing, Generation):
        if thing.trashed_at:
            raise Refused({"": _IN_TRASH.format(name=upper_first(thing.name))})
        if not thing.assets.filter(kind__in=("video", "image"), state="stored").exists():
            raise Refused({"": _NOT_HERE.format(name=upper_first(thing.name))})
    if isinstance(thing, Export):
        if thing.state != Export.State.DONE:
            raise Refused({"": _NOT_DONE})
        if thing.kind == Export.Kind.PDF and not terms.shows_prompts:
            raise Refused({"shows_prompts": _HAS_PROMPTS})
        if terms.watermark and thing.kind not in MARKED:
            kind = Export.Kind(thing.kind).label
            raise Refused({"watermark": _NOT_MARKED.format(kind=kind)})
        if thing.kind not in SHOWN and not terms.may_download:
            kind = Export.Kind(thing.kind).label
            raise Refused({"may_download": _ONLY_A_FILE.format(kind=kind)})
