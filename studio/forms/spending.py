"""What a team may spend: budgets, and from which price on a producer is asked."""

import logging
from decimal import Decimal
from typing import Any

from django import forms
from django.db import transaction
from django.utils import timezone

from generations.catalogue import dollars
from generations.models import Budget, SpendingRules
from studio import auditing
from studio.models import AuditEntry, Project, Team, User
from studio.notices import following

log = logging.getLogger(__name__)

_AMOUNT = "Write an amount in dollars, such as 250 or 0.50; leave it empty for none."


class _Dollars(forms.DecimalField):
    """An amount in dollars, with or without the sign and thousands' commas; empty for none."""

    def __init__(self) -> None:
        wrong = ("invalid", "max_digits", "max_decimal_places", "max_whole_digits", "min_value")
        super().__init__(
            required=False,
            min_value=0,
            max_digits=12,
            decimal_places=4,
            error_messages=dict.fromkeys(wrong, _AMOUNT),
        )

    def to_python(self, value: Any) -> Decimal | None:  # type: ignore[override]
        """Return the amount, or None."""
        text = str(value or "").replace(",", "").strip().removeprefix("$").strip()
        return super().to_python(text)


class BudgetForm(forms.Form):
    """A month's budget of a team, or of one of its projects."""

    project = forms.ModelChoiceField(Project.objects.none(), to_field_name="slug", required=False)
    limit_usd = _Dollars()

    def __init__(self, team: Team, user: User, data: Any) -> None:
        super().__init__(data)
        self.team = team
        projects = Project.objects.visible_to(user).filter(team=team)
        self.fields["project"].queryset = projects  # type: ignore[attr-defined]

    def set(self, actor: User) -> bool:
        """Set the budget, or take it away; False with the errors by field."""
        if not self.is_valid():
            return False
        project, limit_usd = self.cleaned_data["project"], self.cleaned_data["limit_usd"]
        with transaction.atomic():
            Budget.objects.set_limit(self.team, project, limit_usd, actor)
            following.tell_of_budgets()
            to = "none" if limit_usd is None else f"{dollars(limit_usd)} a month"
            words = f"Set the budget of {project or 'the team'} to {to}"
            auditing.note(AuditEntry.Kind.BUDGET, self.team, words, by=actor, project=project)
        log.info("budget of %s set to %s usd by %s", project or self.team, limit_usd, actor.pk)
        return True


class ApprovalForm(forms.Form):
    """The price of a single take above which artists have to ask."""

    approval_above_usd = _Dollars()

    def set(self, team: Team, actor: User) -> bool:
        """Set the threshold, or take it away; False with the errors by field."""
        if not self.is_valid():
            return False
        facts = {**self.cleaned_data, "set_by": actor, "set_at": timezone.now()}
        above_usd = facts["approval_above_usd"]
        with transaction.atomic():
            SpendingRules.objects.update_or_create(team=team, defaults=facts)
            words = "Had artists ask nobody"
            if above_usd is not None:
                words = f"Had artists ask a producer above {dollars(above_usd)} a take"
            auditing.note(AuditEntry.Kind.BUDGET, team, words, by=actor)
        log.info("approval of %s above %s usd", team, above_usd)
        return True
