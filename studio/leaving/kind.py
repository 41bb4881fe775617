"""How a bundle tells of a kind: which rows of a model leave, and which of their fields."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, Protocol

from django.db.models import Model, Q, QuerySet

from studio.models import Project


class Called(Protocol):
    """What a bundle calls rows and people by; None for what isn't in it."""

    def of(self, kind: str, pk: int | None) -> str | None:
        """Return what a row is called, of a kind and an id."""

    def person(self, pk: int | None) -> str | None:
        """Return what a person is called."""


Amend = Callable[[dict[str, Any], Called], dict[str, Any] | None]
"""Makes a row fit to leave; None for one that stays."""


@dataclass(frozen=True)
class Kind:
    """A file of lines, one for each row of a model.

    `plain` are fields written as they are; `people` name a person; `links` name rows of other
    kinds, by the names of those. `later` are links to rows that may come further on. `told` are
    fields of what a row belongs to, by the names that they get. `named` are the fields that make
    up what others call a row by; `file` is whether a row has a file of its own. The rows of a model
    in `also`, which has the same fields, come after the others.
    """

    name: str
    model: type[Model]
    of: str
    plain: tuple[str, ...]
    people: tuple[str, ...] = ()
    links: dict[str, str] = field(default_factory=dict)
    later: dict[str, str] = field(default_factory=dict)
    told: dict[str, str] = field(default_factory=dict)
    named: tuple[str, ...] = ()
    file: bool = False
    only: Q = field(default_factory=Q)
    also: type[Model] | None = None
    amend: Amend = lambda row, _: row

    def rows(self, project: Project) -> Iterator[Any]:
        """Yield its rows of a project, in the order in which they came to be."""
        for model in (self.model, self.also):
            if model is not None:
                yield from self.found(project, model).iterator(chunk_size=500)

    def found(self, project: Project, model: type[Model]) -> QuerySet[Any]:
        """Return its rows of a project, of one of its models."""
        related = [path.rpartition("__")[0] for path in self.told.values()]
        found = model._default_manager.filter(self.only, **{self.of: project}).order_by("pk")
        return found.select_related(*related) if related else found
