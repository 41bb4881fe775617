"""The tools beside the composer: each is a page, and with scripts a dialog over the board."""

from dataclasses import dataclass
from functools import cached_property

from django.http import QueryDict

from studio.forms import ComposerForm
from studio.forms.composers import FIELDS
from studio.forms.slots import SLOTS
from studio.http import Request
from studio.models import Project

# A file goes only with an order, and a price is the order's.
_LEFT_BEHIND = {*SLOTS, "shown_usd"}
DIALOG = "desk-content"
"""The id of what htmx puts a tool in."""


@dataclass(frozen=True)
class Desk:
    """A tool's place: the project, and what the composer held when it was opened."""

    project: Project
    typed: QueryDict

    @classmethod
    def of(cls, request: Request, project: Project, kept: QueryDict | None = None) -> "Desk":
        """Return the desk of a request, or of what was `kept` of one.

        Opened by a link, with the settings used last.
        """
        sent = kept or request.POST or request.GET
        if "model" in sent:
            return cls(project, sent)
        typed = QueryDict(mutable=True)
        blank = ComposerForm.blank(project, request.user)
        for name, field in blank.fields.items():
            value = blank.get_initial_for_field(field, name)
            if value is not None:
                typed.setlist(name, [str(each) for each in _several(value)])
        for name in sent:
            typed.setlist(name, sent.getlist(name))
        return cls(project, typed)

    @property
    def words(self) -> str:
        """The words in the composer."""
        return str(self.typed.get("words", ""))

    @cached_property
    def carried(self) -> list[tuple[str, str]]:
        """What a page carries along of the composer, so that it finds it as it was."""
        names = [name for name in FIELDS if name not in _LEFT_BEHIND]
        return [(name, str(value)) for name in names for value in self.typed.getlist(name)]


def _several(value: object) -> list[object]:
    return list(value) if isinstance(value, list | tuple) else [value]
