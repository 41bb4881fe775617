"""Making a token for scripts."""

from typing import Any

from django import forms

from generations.refusal import Refused
from studio.dream_machine import tokens
from studio.models import ApiToken, Project, User


class TokenForm(forms.Form):
    """What a token is for, and the project that its scripts make takes in."""

    name = forms.CharField(
        label="What it is for",
        max_length=80,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={"required": "Give it a name, such as the script that will use it."},
    )
    project = forms.ModelChoiceField(
        label="Project that its takes go to",
        queryset=Project.objects.none(),
        empty_label=None,
        error_messages={"required": "Choose a project.", "invalid_choice": "Choose a project."},
    )

    def __init__(self, user: User, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user
        mine = Project.objects.visible_to(user).open().select_related("team").order_by("name")
        field = self.fields["project"]
        assert isinstance(field, forms.ModelChoiceField)  # noqa: S101  (it is declared above)
        field.queryset = mine

    def make(self) -> tuple[ApiToken, str] | None:
        """Make the token; None with the errors by field."""
        if not self.is_valid():
            return None
        try:
            return tokens.make(self.user, self.cleaned_data["project"], self.cleaned_data["name"])
        except Refused as refused:
            for name, words in refused.errors.items():
                self.add_error(name or None, words)
            return None
