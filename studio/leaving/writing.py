"""Writing a project's bundle: its rows as they are at one moment, then its media, then the hashes.

docs/bundle.md describes the format.
"""

import json
import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID

from django.utils import timezone

from generations import disk
from studio.leaving.box import Box
from studio.leaving.kind import Kind
from studio.leaving.kinds import FORMAT, KINDS, VERSION
from studio.leaving.naming import Names
from studio.leaving.readme import readme
from studio.leaving.snapshot import snapshot
from studio.leaving.timelines import timelines_of
from studio.models import Project

log = logging.getLogger(__name__)

_GONE = "it is gone from the server"
_DAMAGED = "it is damaged on the server"


@dataclass
class Written:
    """What went into a bundle: rows by their kind, and the media that couldn't."""

    counts: dict[str, int] = field(default_factory=dict)
    media: dict[str, tuple[list[Path], int]] = field(default_factory=dict)
    missing: list[dict[str, str]] = field(default_factory=list)


def write(project: Project, file: Path, say: Callable[[float], None]) -> Written:
    """Write a project's bundle to a file that isn't there yet.

    `say` is told which part is done, and may raise. Raises OSError.
    """
    done = Written()
    with Box(file) as box:
        with snapshot():
            manifest = _write_rows(box, project, done)
        disk.check_room(file.parent, sum(size or 0 for _, size in done.media.values()))
        _write_media(box, project, done, say)
        manifest |= {"counts": done.counts, "missing": done.missing}
        box.put_text("manifest.json", _readable(manifest))
        box.put_hashes()
    return done


def _write_rows(box: Box, project: Project, done: Written) -> dict[str, Any]:
    """Write everything but the media, and return what the bundle says of itself."""
    project = Project.objects.get(pk=project.pk)
    names = Names(project)
    about = _about(project, names)
    for kind in KINDS:
        rows = (_row(kind, row, names, done) for row in kind.rows(project))
        done.counts[kind.name] = box.put_lines(f"{kind.name}.jsonl", filter(None, rows))
    done.counts["people"] = box.put_lines("people.jsonl", names.people())
    for name, text in timelines_of(project):
        box.put_text(name, text)
    box.put_text("README.txt", readme(project, done.counts))
    return {"format": FORMAT, "version": VERSION, "made_at": _value(timezone.now()), **about}


def _about(project: Project, names: Names) -> dict[str, Any]:
    """Return what is told of the project itself."""
    private_to = project.private_to.order_by("pk").values_list("pk", flat=True)
    return {
        "project": {
            "uuid": str(project.uuid),
            "name": project.name,
            "slug": project.slug,
            "created_at": _value(project.created_at),
            "created_by": names.person(project.created_by_id),
            "archived_at": _value(project.archived_at),
            "is_private": project.is_private,
            "private_to": [names.person(pk) for pk in private_to],
            "cover_take": names.of("takes", project.cover_take_id),
            "cover_still": names.of("stills", project.cover_still_id),
        }
    }


def _row(kind: Kind, thing: Any, names: Names, done: Written) -> dict[str, Any] | None:
    """Return a row as it is written, or None for one that stays here."""
    row = {name: _value(getattr(thing, name), thing, name) for name in kind.plain}
    row |= {name: names.person(getattr(thing, f"{name}_id")) for name in kind.people}
    for links in (kind.links, kind.later):
        row |= {name: names.of(to, getattr(thing, f"{name}_id")) for name, to in links.items()}
    row |= {name: _value(_along(thing, path)) for name, path in kind.told.items()}
    if kind.file:
        row["file"] = f"media/{thing.sha256}{thing.file.suffix}"
        done.media.setdefault(row["file"], ([], thing.size_bytes))[0].append(thing.file)
    return kind.amend(row, names)


def _write_media(box: Box, project: Project, done: Written, say: Callable[[float], None]) -> None:
    """Write each file once; what is gone or damaged by now is told, and stays out."""
    whole = sum(size for _, size in done.media.values()) or 1
    before = 0
    for name, (files, size) in done.media.items():
        file = next((it for it in files if it.is_file()), files[0])
        try:
            found = box.put_file(name, file, lambda n, at=before: say((at + n) / whole))  # type: ignore[misc]
            gone = "" if name.startswith(f"media/{found}") else _DAMAGED
        except FileNotFoundError:
            gone = _GONE
        if gone:
            log.warning("project=%s %s: %s", project.pk, name, gone)
            done.missing.append({"file": name, "why": gone})
        before += size


def _along(thing: Any, path: str) -> Any:
    for name in path.split("__"):
        thing = getattr(thing, name)
    return thing


def _value(value: Any, thing: Any = None, name: str = "") -> Any:
    """Return a value as JSON has it."""
    if isinstance(value, datetime):
        return value.isoformat().replace("+00:00", "Z")
    if isinstance(value, UUID):
        return str(value)
    if isinstance(value, Decimal):
        places = thing._meta.get_field(name).decimal_places
        return str(round(value, places))
    return value


def _readable(told: dict[str, Any]) -> str:
    return json.dumps(told, ensure_ascii=False, indent=2) + "\n"
