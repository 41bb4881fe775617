"""Starting a project."""

from django import forms
from django.db import transaction

from studio import auditing
from studio.models import AuditEntry, Project, Role, Team, User

MAY_START = (Role.OWNER, Role.PRODUCER)


class ProjectForm(forms.ModelForm):
    """A new project in one of the teams where the person may start one.

    A private one is never seen by the others of the team, not even at first.
    """

    is_private = forms.BooleanField(
        required=False,
        label="Private: seen by you and the team's owner",
        help_text="Its settings choose who else sees it.",
    )

    class Meta:
        model = Project
        fields = ["name", "team"]
        widgets = {"name": forms.TextInput(attrs={"autofocus": True, "autocomplete": "off"})}
        labels = {"name": "Name of the project"}

    def __init__(self, user: User, data: object = None) -> None:
        super().__init__(data)  # type: ignore[arg-type]
        self.user = user
        teams = Team.objects.filter(memberships__user=user, memberships__role__in=MAY_START)
        field = self.fields["team"]
        field.queryset = teams.order_by("name")  # type: ignore[attr-defined]
        field.empty_label = None  # type: ignore[attr-defined]
        self.teams = list(field.queryset)  # type: ignore[attr-defined]
        if len(self.teams) == 1:
            field.required = False
            field.widget = forms.HiddenInput()

    def clean_team(self) -> Team:
        """Return the chosen team, or the only one there is."""
        chosen: Team | None = self.cleaned_data.get("team")
        return chosen or self.teams[0]

    def create(self) -> Project:
        """Make the project, under a slug that is still free."""
        project: Project = self.save(commit=False)
        project.slug = Project.free_slug(project.name)
        project.created_by = self.user
        with transaction.atomic():
            project.save()
            if self.cleaned_data["is_private"]:
                project.make_private([], self.user)
                words = f"Had {project} be seen by {', '.join(map(str, project.people()))}"
                kind = AuditEntry.Kind.SETTINGS
                auditing.note(kind, project.team, words, by=self.user, project=project)
        return project
