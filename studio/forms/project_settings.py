"""A project's name and its cover."""

from typing import Any
from uuid import UUID

from django import forms
from django.db.models import QuerySet

from generations.models import Asset, Generation, Still
from studio.models import Project

_GONE = "That picture isn't in this project any more. Choose another."
_OFFERED = 12


class RenameForm(forms.ModelForm):
    """Another name for a project."""

    class Meta:
        model = Project
        fields = ["name"]
        labels = {"name": "Name of the project"}
        error_messages = {"name": {"required": "A project needs a name."}}

    def rename(self) -> bool:
        """Give it the name; False with the errors by field."""
        if not self.is_valid():
            return False
        self.instance.rename(self.cleaned_data["name"])
        return True


class CoverForm(forms.Form):
    """What is on a project's cover: `take:<uuid>`, `still:<uuid>`, or nothing for the newest."""

    cover = forms.CharField(required=False)

    def __init__(self, project: Project, data: Any = None) -> None:
        super().__init__(data)
        self.project = project
        self._found: dict[str, Any] = {}

    @property
    def takes(self) -> list[Generation]:
        """The newest takes with a picture."""
        return list(self._takes().order_by("-take_number")[:_OFFERED])

    @property
    def stills(self) -> list[Still]:
        """The newest stills."""
        stills = Still.objects.kept().filter(project=self.project)
        return list(stills.order_by("-id")[:_OFFERED])

    @property
    def chosen(self) -> Generation | Still | None:
        """What was chosen for it; it needn't be among the newest."""
        return self.project.cover_still or self.project.cover_take

    def clean_cover(self) -> str:
        """Find what was chosen."""
        asked: str = self.cleaned_data["cover"]
        kind, _, name = asked.partition(":")
        among: dict[str, QuerySet[Any]] = {
            "take": self._takes(),
            "still": Still.objects.filter(project=self.project),
        }
        if asked:
            self._found = {kind: _named(among[kind], name) if kind in among else None}
        if None in self._found.values():
            raise forms.ValidationError(_GONE)
        return asked

    def choose(self) -> bool:
        """Put it on the cover; False with the errors by field."""
        if not self.is_valid():
            return False
        self.project.set_cover(**self._found)
        return True

    def _takes(self) -> QuerySet[Generation]:
        pictured = {"assets__kind": Asset.Kind.POSTER, "assets__state": Asset.State.STORED}
        return Generation.objects.takes().kept().filter(project=self.project, **pictured)


def _named(things: QuerySet[Any], name: str) -> Any:
    try:
        return things.filter(uuid=UUID(name)).first()
    except ValueError:
        return None
