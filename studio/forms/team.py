"""Naming a team."""

from django import forms
from django.db import transaction

from studio import provider_accounts
from studio.models import Membership, Role, Team, User


class TeamForm(forms.ModelForm):
    """A new team, owned by the person who names it."""

    class Meta:
        model = Team
        fields = ["name"]
        widgets = {"name": forms.TextInput(attrs={"autofocus": True, "autocomplete": "off"})}
        labels = {"name": "Name of the team"}

    def create_for(self, user: User) -> Team:
        """Make the team, its owner and its account at the provider."""
        with transaction.atomic():
            team: Team = self.save()
            Membership.objects.create(team=team, user=user, role=Role.OWNER)
            provider_accounts.sync(team)
        return team
