"""Forms of a team's webhooks."""

from django import forms

from generations.refusal import Refused
from studio.forms.account import Refusing
from studio.models import Team, User, Webhook
from studio.models.webhook import LONGEST_URL
from studio.webhooks import keeping
from studio.webhooks.events import EVENTS


class EventsField(forms.MultipleChoiceField):
    """What a webhook is told."""

    def __init__(self) -> None:
        super().__init__(
            choices=[(each.name, each.words) for each in EVENTS],
            label="It is told when",
            widget=forms.CheckboxSelectMultiple,
            error_messages={
                "required": "Choose at least one thing that it is told.",
                "invalid_choice": "Choose from the list.",
            },
        )


class WebhookForm(Refusing):
    """Another address, and what it is told."""

    url = forms.CharField(
        max_length=LONGEST_URL,
        label="Address",
        error_messages={"required": "Write the address that is to be told."},
        widget=forms.URLInput(
            attrs={"autocomplete": "off", "placeholder": "https://example.com/dailies"}
        ),
    )
    events = EventsField()

    def add(self, team: Team, by: User) -> tuple[Webhook, str] | None:
        """Add it and return it with its secret, or None with the errors."""
        if not self.is_valid():
            return None
        said = self.cleaned_data
        try:
            return keeping.add(team, by, said["url"], said["events"])
        except Refused as refused:
            self.refuse(refused)
            return None
