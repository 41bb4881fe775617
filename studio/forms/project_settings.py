"""A project's name and its cover."""

from functools import cached_property
from typing import Any
from uuid import UUID

from django import forms
from django.db import transaction
from django.db.models import F, QuerySet

from generations.models import Asset, Generation, Still
from studio import auditing
from studio.marks import unveiled
from studio.models import AuditEntry, Project, Role, User

_GONE = "That picture isn't in this project any more. Choose another."
_OFFERED = 12
_NOT_HERE = dict.fromkeys(
    ("invalid_choice", "invalid_pk_value", "invalid_list"),
    "Somebody who is chosen isn't in the team any more. Choose again.",
)


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

    def __init__(self, project: Project, user: User, data: Any = None) -> None:
        super().__init__(data)
        self.project = project
        self.user = user
        self._found: dict[str, Any] = {}

    @property
    def takes(self) -> list[Generation]:
        """The newest takes with a picture."""
        return list(self._takes().order_by("-take_number")[:_OFFERED])

    @property
    def stills(self) -> list[Still]:
        """The newest stills."""
        return list(self._stills().order_by("-id")[:_OFFERED])

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
            "still": self._stills(),
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
        takes = Generation.objects.takes().kept().filter(project=self.project, **pictured)
        return unveiled(takes, self.user)

    def _stills(self) -> QuerySet[Still]:
        kept = Still.objects.kept().filter(project=self.project)
        return unveiled(kept, self.user, "source")


class PrivacyForm(forms.Form):
    """Who sees a project: everybody in its team, or those who are chosen of it."""

    is_private = forms.ChoiceField(
        choices=[("", "Everybody in the team"), ("yes", "Only those chosen below")],
        required=False,
        widget=forms.RadioSelect,
        error_messages={"invalid_choice": "Choose who sees it."},
    )
    people = forms.ModelMultipleChoiceField(
        User.objects.none(), required=False, error_messages=_NOT_HERE
    )

    def __init__(self, project: Project, user: User, data: Any = None) -> None:
        self.project, self.user = project, user
        self.chosen = set(project.private_to.values_list("pk", flat=True))
        super().__init__(data, initial={"is_private": "yes" if project.is_private else ""})
        self.fields["people"].queryset = project.team.members.all()  # type: ignore[attr-defined]

    @property
    def always(self) -> list[User]:
        """Who sees it however it is chosen: the owner, its creator, and who chooses."""
        return [each for each in self._members if self._always(each)]

    @property
    def others(self) -> list[tuple[User, bool]]:
        """The other members, with whether they are chosen."""
        free = [each for each in self._members if not self._always(each)]
        return [(each, each.pk in self.chosen) for each in free]

    def keep(self) -> bool:
        """Have it be seen by those; False with the errors by field."""
        if not self.is_valid():
            return False
        with transaction.atomic():
            if self.cleaned_data["is_private"]:
                self.project.make_private(self.cleaned_data["people"], self.user)
                to = ", ".join(map(str, self.project.people()))
            else:
                self.project.open_to_team()
                to = "everybody in the team"
            words = f"Had {self.project} be seen by {to}"
            kind, team = AuditEntry.Kind.SETTINGS, self.project.team
            auditing.note(kind, team, words, by=self.user, project=self.project)
        return True

    @cached_property
    def _members(self) -> list[Any]:
        role = F("memberships__role")
        mine = User.objects.filter(memberships__team=self.project.team_id)
        return list(mine.annotate(role_here=role).order_by("name", "email"))

    def _always(self, member: Any) -> bool:
        ours = (self.user.pk, self.project.created_by_id)
        return member.pk in ours or member.role_here == Role.OWNER


def _named(things: QuerySet[Any], name: str) -> Any:
    try:
        return things.filter(uuid=UUID(name)).first()
    except ValueError:
        return None
