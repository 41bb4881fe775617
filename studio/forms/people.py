"""Who is in a team, as its owner fills it in."""

from django import forms

from generations.refusal import Refused
from studio import auditing, membering
from studio.forms.account import Refusing
from studio.models import AuditEntry, Criterion, Invitation, ReviewRules, Role, Team, User

_ROLES = [(role.value, role.label) for role in Role if role is not Role.OWNER]
_CHOOSE = dict.fromkeys(("required", "invalid_choice"), "Choose a role from the list.")
_DAYS = [(str(days), "1 day" if days == 1 else f"{days} days") for days in membering.DAYS]


class InviteForm(Refusing):
    """An invitation: for whom, as what, and for how long."""

    email = forms.EmailField(
        required=False,
        label="Email address (left out, whoever has the link may join)",
        error_messages={"invalid": "That is no email address. Correct it, or leave it out."},
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
    )
    role = forms.ChoiceField(
        choices=_ROLES, initial=Role.ARTIST.value, label="Role", error_messages=_CHOOSE
    )
    days = forms.ChoiceField(
        choices=_DAYS,
        initial="7",
        label="Good for",
        error_messages=dict.fromkeys(("required", "invalid_choice"), "Choose from the list."),
    )

    def invite(self, team: Team, by: User) -> tuple[Invitation, str] | None:
        """Make the invitation: it and its token, or None with the errors."""
        if not self.is_valid():
            return None
        said = self.cleaned_data
        try:
            return membering.invite(team, by, Role(said["role"]), int(said["days"]), said["email"])
        except Refused as refused:
            self.refuse(refused)
            return None


class RenameTeamForm(forms.ModelForm):
    """Another name for a team."""

    class Meta:
        model = Team
        fields = ["name"]
        labels = {"name": "Name"}
        widgets = {"name": forms.TextInput(attrs={"autocomplete": "off"})}


class ReviewRulesForm(forms.ModelForm):
    """What a team wants of its verdicts."""

    class Meta:
        model = ReviewRules
        fields = ["others_approve"]
        labels = {"others_approve": "A take is approved by somebody else than its artist"}


class RubricForm(Refusing):
    """What a team scores takes by: one criterion a line, in the order in which they are shown."""

    lines = forms.CharField(
        required=False,
        label="One a line",
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 8}),
        help_text="What was scored by a line that you take out stays, and comes back with it.",
    )

    def keep(self, team: Team) -> bool:
        """Keep it; False with the errors."""
        if not self.is_valid():
            return False
        try:
            Criterion.objects.set(team, self.cleaned_data["lines"].splitlines())
        except Refused as refused:
            self.refuse(refused)
            return False
        auditing.note(AuditEntry.Kind.SETTINGS, team, "Changed what takes are scored by")
        return True


def role_of(value: str) -> Role:
    """Return a role that was chosen from a list. Raises Refused."""
    try:
        return Role(value)
    except ValueError:
        raise Refused({"": "Choose a role from the list."}) from None
