"""Which takes of a project the pictures of a file mean."""

import re
from collections.abc import Iterable
from urllib.parse import unquote
from uuid import UUID

from generations.models import Generation
from studio.editing.footage import Footage, footage_of
from studio.editing.interchange.reading import Picture
from studio.models import Project

_REEL = re.compile(r"(?:TAKE(\d{4})|T(\d{7}))", re.ASCII | re.IGNORECASE)
_SAID = re.compile(r"take (\d{1,9})(?::.*)?", re.ASCII | re.IGNORECASE)
_MOST = 2**31 - 1


class Takes:
    """What a project has of what pictures mean; nothing of another project's is ever found."""

    def __init__(self, project: Project, pictures: Iterable[Picture]) -> None:
        meant = list(pictures)
        self._project = project
        numbers = {number for it in meant if (number := self._number(it)) is not None}
        rows = Generation.objects.filter(project=project, take_number__in=numbers)
        self._by_number = dict(rows.values_list("take_number", "uuid"))
        named = {uuid for it in meant if (uuid := _uuid(it))}
        self.footage = footage_of(project, {*named, *self._by_number.values()})

    def find(self, picture: Picture) -> Footage | None:
        """Return the take that a picture shows: the one that it names, else by file and reel."""
        if "take" in picture.facts:
            named = _uuid(picture)
            return self.footage.get(named) if named else None
        number = self._number(picture)
        return self.footage.get(self._by_number[number]) if number in self._by_number else None

    def _number(self, picture: Picture) -> int | None:
        """Return the number of the take that a picture's file, name or reel says."""
        if "take" in picture.facts:
            return None
        file = re.compile(rf"{re.escape(self._project.slug)}-take-(\d{{1,9}})(?:\D.*)?", re.ASCII)
        stems = [unquote(it).replace("\\", "/").rpartition("/")[2] for it in _names(picture)]
        found = [
            *(file.fullmatch(stem) for stem in stems),
            *(_SAID.fullmatch(stem) for stem in stems),
            _REEL.fullmatch(picture.reel.strip()),
        ]
        said = next((int(it[it.lastindex or 1]) for it in found if it), None)
        return said if said is not None and said <= _MOST else None


def _names(picture: Picture) -> list[str]:
    return [it for it in (picture.file, picture.name) if it]


def _uuid(picture: Picture) -> UUID | None:
    try:
        return UUID(str(picture.facts["take"]))
    except (KeyError, ValueError):
        return None
