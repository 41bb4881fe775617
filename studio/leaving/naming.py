"""What a bundle calls rows and people by: never by the database's own numbers."""

import hashlib
from collections.abc import Iterator
from typing import Any

from studio.leaving.kind import Kind
from studio.leaving.kinds import KINDS
from studio.models import Project, User


class Names:
    """What the rows of a project, and the people that they name, are called in its bundle."""

    def __init__(self, project: Project) -> None:
        self._project = project
        self._people: dict[int, str] = {}
        self._of: dict[str, dict[int, str]] = {}
        for kind in KINDS:
            if kind.named:
                self._of[kind.name] = dict(self._named(kind))

    def of(self, kind: str, pk: int | None) -> str | None:
        """Return what a row is called, or None for what isn't in the bundle."""
        return self._of[kind].get(pk) if isinstance(pk, int) else None

    def person(self, pk: int | None) -> str | None:
        """Return what a person is called: `p1` who is named first, and so on."""
        return None if pk is None else self._people.setdefault(pk, f"p{len(self._people) + 1}")

    def people(self) -> Iterator[dict[str, Any]]:
        """Yield who was named: a name, and what whoever knows their address knows them by."""
        found = User.objects.in_bulk(self._people)
        for pk, key in self._people.items():
            person = found.get(pk)  # a person's number outlives them in the history
            name = (person.name or person.email.partition("@")[0]) if person else ""
            known = known_by(str(self._project.uuid), person.email) if person else ""
            yield {"key": key, "name": name or "Somebody who left", "known_by": known}

    def _named(self, kind: Kind) -> Iterator[tuple[int, str]]:
        for pk, *values in kind.found(self._project, kind.model).values_list("pk", *kind.named):
            named = zip(kind.named, values, strict=True)
            yield pk, "/".join(self._part(kind, *each) for each in named)

    def _part(self, kind: Kind, field: str, value: Any) -> str:
        if field in kind.people:
            return str(self.person(value))
        return self._of[kind.links[field]][value] if field in kind.links else str(value)


def known_by(project: str, email: str) -> str:
    """Return what somebody is known by in a project's bundle to who has their address already."""
    return hashlib.sha256(f"{project} {email.lower()}".encode()).hexdigest()
