"""Bringing a project in from a bundle: all of it, or nothing.

The media are looked into first. Then, in one transaction, every row is written as it was and the
files are moved to their places; whatever goes wrong, nothing of it stays.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any
from uuid import UUID

from django.db import DataError, IntegrityError, transaction
from django.db.models import Max

from generations.models import Counter, Generation
from generations.refusal import Refused
from studio import auditing
from studio.leaving import rows
from studio.leaving.fields import Wrong, read
from studio.leaving.kind import Kind
from studio.leaving.kinds import KINDS
from studio.leaving.opened import Opened
from studio.leaving.places import Places
from studio.leaving.strangers import People
from studio.leaving.unpacking import Media, unpacked
from studio.models import (
    AuditEntry,
    Collection,
    NoticePlace,
    Project,
    Storyboard,
    Team,
    Webhook,
    WebhookPlace,
)

log = logging.getLogger(__name__)

_HERE = "{project} is here already, as /projects/{slug}/. Nothing was brought in."
_LINE = "{name}.jsonl, line {line}: {why}. Nothing was brought in."
_TAKEN = "it is here already, or another line says the same of the same"
_NAMELESS = "nothing before it is called {name}"


class AlreadyHere(Refused):
    """The bundle's project is in this installation, which had it from this bundle or before."""


@dataclass(frozen=True)
class Brought:
    """What came: the project, how many takes and versions, and how many files are missing."""

    project: Project
    takes: int
    missing: int


def bring(file: Path, team: Team, say: Callable[[str], None] = lambda words: None) -> Brought:
    """Bring the project of a bundle into a team. Raises AlreadyHere and Refused.

    `say` is told in words how far it is.
    """
    with Opened(file) as opened:
        _refuse_twice(opened)
        opened.check_texts()
        with unpacked(opened, say) as media, Places() as places, transaction.atomic():
            arrival = Arrival(opened, team, media, places)
            brought = arrival.bring()
            places.flush()
    log.info("project=%s brought in, takes=%s", brought.project.pk, brought.takes)
    return brought


def _refuse_twice(opened: Opened) -> None:
    try:
        uuid = UUID(opened.manifest["project"]["uuid"])
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise Refused({"": "Its manifest doesn't say which project it is."}) from error
    if here := Project.objects.filter(uuid=uuid).first():
        raise AlreadyHere({"": _HERE.format(project=here, slug=here.slug)})


class Arrival:
    """A project on its way in: what of it is here already, by what the bundle calls it."""

    def __init__(self, opened: Opened, team: Team, media: Media, places: Places) -> None:
        self.opened, self.team, self.media, self.places = opened, team, media, places
        self.ids: dict[str, dict[str, int]] = {kind.name: {} for kind in KINDS}
        self.things: dict[int, Generation] = {}
        self.collections: dict[str, Collection] = {}
        self._later: list[tuple[Kind, int, int, dict[str, Any]]] = []
        self.project = Project(team=team)

    def bring(self) -> Brought:
        """Write everything. Call in a transaction. Raises Refused."""
        self.people = People(self.opened, self.team)
        self._begin_project()
        for kind in KINDS:
            for number, row in self.opened.rows(kind.name):
                self._in_words(kind.name, number, partial(self._write, kind, number, row))
        for kind, number, pk, row in self._later:
            self._in_words(kind.name, number, partial(self._finish, kind, pk, row))
        self._in_words("takes", 0, self._end)
        takes = len(self.ids["takes"])
        words = f"Brought the project {self.project} in from a bundle, with {takes} takes"
        auditing.note(AuditEntry.Kind.SETTINGS, self.team, words, project=self.project)
        return Brought(self.project, takes, len(self.opened.missing))

    def id_of(self, kind: str, name: Any) -> int | None:
        """Return the id of what the bundle calls so; None for None. Raises Wrong."""
        if name is None:
            return None
        found = self.ids[kind].get(name) if isinstance(name, str) else None
        if found is None:
            raise Wrong(_NAMELESS.format(name=str(name)[:80]))
        return found

    def _write(self, kind: Kind, number: int, row: dict[str, Any]) -> None:
        """Write a row, and learn its name."""
        fields = {name: read(kind.model, name, row) for name in kind.plain}
        fields |= {f"{it}_id": self.people.id_of(row.get(it)) for it in kind.people}
        fields |= {f"{it}_id": self.id_of(to, row.get(it)) for it, to in kind.links.items()}
        made = rows.HOW.get(kind.name, rows.as_it_is)(self, kind, row, fields)
        if made is None:
            return
        if kind.named:
            self.ids[kind.name]["/".join(_called(kind, row))] = made.pk
        if any(row.get(it) is not None for it in kind.later):
            self._later.append((kind, number, made.pk, row))

    def _finish(self, kind: Kind, pk: int, row: dict[str, Any]) -> None:
        """Point a row at what came after it."""
        links = {f"{it}_id": self.id_of(to, row.get(it)) for it, to in kind.later.items()}
        kind.model._default_manager.filter(pk=pk).update(**links)

    def _begin_project(self) -> None:
        said = self.opened.manifest["project"]
        self._in_words("manifest", 1, lambda: self._read_project(said))

    def _read_project(self, said: dict[str, Any]) -> None:
        plain = ("uuid", "name", "slug", "created_at", "archived_at", "is_private")
        fields = {name: read(Project, name, said) for name in plain}
        if Project.objects.filter(slug=fields["slug"]).exists():
            fields["slug"] = Project.free_slug(fields["name"])
        by = self.people.id_of(said.get("created_by"))
        self.project = Project(team=self.team, created_by_id=by, **fields)
        self.project.save_base(raw=True, force_insert=True)
        chosen = {self.people.id_of(key) for key in said.get("private_to", [])}
        members = self.team.members.filter(pk__in=chosen - {None})
        self.project.private_to.set(members)

    def _end(self) -> None:
        """Set the counters, and have nobody told of what happened elsewhere."""
        project, takes = self.project, Generation.objects.filter(project=self.project)
        numbers = takes.aggregate(last=Max("last_event"), take=Max("take_number"))
        told = project.events.aggregate(last=Max("number"))["last"]
        events = max(told or 0, numbers["last"] or 0)
        trashed = takes.exclude(take_number=None).exclude(trashed_at=None)
        Counter.objects.create(
            project=project, events=events, takes=numbers["take"] or 0, trashed=trashed.count()
        )
        NoticePlace.objects.create(project=project, number=events)
        WebhookPlace.objects.bulk_create(
            WebhookPlace(webhook=webhook, project=project, number=events)
            for webhook in Webhook.objects.filter(team=self.team)
        )
        Storyboard.objects.filter(project=project).update(followed=events)
        said = self.opened.manifest["project"]
        project.cover_take_id = self.id_of("takes", said.get("cover_take"))
        project.cover_still_id = self.id_of("stills", said.get("cover_still"))
        project.save(update_fields=["cover_take", "cover_still"])

    def _in_words(self, name: str, line: int, do: Callable[[], Any]) -> None:
        """Do something with a line; what is wrong with it is said, with where it stands."""
        try:
            do()
            return
        except Wrong as wrong:
            why = str(wrong)
        except Refused as refused:
            why = str(refused).rstrip(".")
        except (IntegrityError, DataError) as error:
            log.info("%s, line %s: %s", name, line, error)
            why = _TAKEN
        except (ValueError, TypeError, KeyError, AttributeError, OverflowError) as error:
            log.info("%s, line %s: %s", name, line, error)
            why = "it isn't as a bundle has it"
        raise Refused({"": _LINE.format(name=name, line=line, why=why)})


def _called(kind: Kind, row: dict[str, Any]) -> list[str]:
    return [str(row[name]) for name in kind.named]
