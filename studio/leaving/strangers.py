"""The people whom a bundle names: those of the team are found, all others are kept as a name."""

import re
from typing import Any
from uuid import uuid4

from generations.refusal import Refused
from studio.leaving.fields import Wrong
from studio.leaving.naming import known_by
from studio.leaving.opened import Opened
from studio.models import Team, User

_LONGEST = 80


class People:
    """Finds the people of a bundle among a team's members; keeps a name of each who isn't one.

    Such a name is a person who is in no team, and whom nobody can sign in as or write to.
    """

    def __init__(self, opened: Opened, team: Team) -> None:
        project = str(opened.manifest["project"]["uuid"])
        here = {known_by(project, each.email): each.pk for each in team.members.all()}
        self._ids: dict[str, int] = {}
        self._names: dict[str, str] = {}
        for number, row in opened.rows("people"):
            key, name = row.get("key"), row.get("name")
            if not isinstance(key, str) or not re.fullmatch(r"p[1-9]\d{0,6}", key):
                raise Refused({"": f"people.jsonl, line {number}: “key” isn't one."})
            if key in self._names or not isinstance(name, str) or not 0 < len(name) <= _LONGEST:
                raise Refused({"": f"people.jsonl, line {number}: that is nobody's name."})
            self._names[key] = name
            if (known := here.get(str(row.get("known_by")))) is not None:
                self._ids[key] = known

    def id_of(self, key: Any) -> int | None:
        """Return the id of somebody; None for nobody. Raises Wrong."""
        if key is None:
            return None
        if not isinstance(key, str) or key not in self._names:
            raise Wrong(f"people.jsonl has nobody called {str(key)[:20]}")
        if key not in self._ids:
            self._ids[key] = only_a_name(self._names[key]).pk
        return self._ids[key]


def only_a_name(name: str) -> User:
    """Keep somebody who isn't here as a name."""
    # RFC 2606: nothing is ever at an address under .invalid.
    person = User(email=f"{uuid4().hex}@somewhere-else.invalid", name=name, is_active=False)
    person.set_unusable_password()
    person.save()
    return person
