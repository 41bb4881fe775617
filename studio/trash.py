"""The trash of a project: takes go in and out, what its page shows, and what people are told."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import cast
from urllib.parse import urlencode

from django.contrib import messages
from django.db import transaction
from django.urls import reverse

from generations import discarding, erasing
from generations.discarding import Discarded
from generations.models import Event, Generation
from generations.refusal import upper_first
from studio import auditing
from studio.access import may_discard
from studio.cards import Card
from studio.finals.making import show_anew
from studio.http import Request
from studio.models import AuditEntry, Final, Project, Role, Team, User


@dataclass(frozen=True)
class Deletable(Card):
    """A take that can be deleted, or was."""

    @property
    def goes_at(self) -> datetime | None:
        """When its files go for good."""
        return discarding.goes_at(self.generation)

    @property
    def can_erase(self) -> bool:
        """Whether its provider has anything of it that wasn't asked to be deleted."""
        return self.generation.erased_at is None and erasing.can_erase(self.generation)


@dataclass(frozen=True)
class Trashed(Deletable):
    """A take in the trash; `event` is the one that put it there."""

    event: Event | None = None
    is_erasable: bool = False

    @property
    def can_erase(self) -> bool:
        """As for any, found for all of a page at once."""
        return self.generation.erased_at is None and self.is_erasable

    @property
    def by(self) -> str:
        """Who deleted it."""
        return str(self.event.actor or "someone who left") if self.event else ""


def put_in(takes: Sequence[Generation], user: User, *, at_provider: bool = False) -> Discarded:
    """Put takes in the trash, as `generations.discarding.discard` does, and note it."""
    with transaction.atomic():
        outcome = discarding.discard(takes, user, at_provider=at_provider)
        _note(outcome.takes, "Put {takes} of {project} in the trash", user)
    show_anew(Final.objects.filter(take__in=outcome.takes))
    return outcome


def take_out(takes: Sequence[Generation], user: User) -> list[Generation]:
    """Take takes out of the trash, return those that were in it, and note it."""
    with transaction.atomic():
        restored = discarding.restore(takes, user)
        _note(restored, "Took {takes} of {project} out of the trash", user)
    show_anew(Final.objects.filter(take__in=restored))
    return restored


def purge(take: Generation, user: User) -> None:
    """Remove the files of a take in the trash for good, and note it. Raises Refused."""
    discarding.purge(take, user)
    _note([take], "Deleted the files of {takes} of {project} for good", user)


def erase(take: Generation, user: User) -> None:
    """Have the provider delete a take in the trash, and note it."""
    with transaction.atomic():
        erasing.erase([take], user)
        _note([take], "Had {takes} of {project} deleted at its provider", user)


def _note(takes: Sequence[Generation], words: str, user: User) -> None:
    auditing.note_takes(AuditEntry.Kind.DELETION, takes, words, by=user)


def shown(takes: Iterable[Generation]) -> list[Trashed]:
    """Return takes of the trash with who put them there."""
    found = list(takes)
    put = Event.objects.filter(generation__in=found, kind="trashed").select_related("actor")
    events = {event.generation_id: event for event in put.order_by("number")}
    erasable = erasing.erasable(found)
    return [Trashed(take, events.get(take.pk), take.pk in erasable) for take in found]


def may_restore(scope: Project | Team, user: User, take: Generation) -> bool:
    """Tell whether a person may take it out of the trash: its author, and a producer."""
    return may_discard(user, take, Role(scope.role))


def tell(request: Request, scope: Project | Team, outcome: Discarded) -> None:
    """Say what was deleted of a project or a team, with its undoing, and of what wasn't why not."""
    for words in outcome.refused:
        messages.info(request, words)
    if outcome.takes:
        names = _names(outcome.takes)
        verb = "is" if len(outcome.takes) == 1 else "are"
        of = {"team": scope.uuid} if isinstance(scope, Team) else {}
        path = reverse("undo_discard", args=[] if of else [cast("Project", scope).slug])
        undo = f"{path}?{urlencode({**of, 'at': outcome.at.isoformat()})}"
        messages.success(request, f"{names} {verb} in the trash.", extra_tags=undo)


def tell_restored(request: Request, takes: list[Generation]) -> None:
    """Say what is back on the board."""
    if takes:
        messages.success(request, f"{_names(takes)} {'is' if len(takes) == 1 else 'are'} back.")
    else:
        messages.info(request, "That isn't in the trash any more.")


def _names(takes: list[Generation]) -> str:
    return upper_first(takes[0].name) if len(takes) == 1 else f"{len(takes)} takes"
