"""Accounts and budgets for administrators. No key is shown.

An account is named as on its team's page, by its name and the last four characters of its key.
"""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone

from generations.catalogue import dollars
from generations.models import Account, Budget, Standing
from generations.models.budget import standings
from studio.notices import following


@admin.register(Account)
class AccountAdmin(admin.ModelAdmin):
    """Teams' accounts at providers, to be read; their producers manage them."""

    list_display = ("name", "team", "provider", "enabled", "standing")
    list_filter = ("provider", "enabled", "simulated", "team")
    list_select_related = ("team",)
    search_fields = ("name", "team__name")
    ordering = ("team__name", "rank", "pk")
    fields = ("name", "team", "provider", "base_url", "enabled", "simulated", "rank", "standing")
    readonly_fields = fields

    def get_queryset(self, request: HttpRequest) -> QuerySet[Account]:
        """Return those with a key: the others only keep what was brought in."""
        found: QuerySet[Account] = super().get_queryset(request)
        return found.exclude(sealed_key="")

    @admin.display(description="Standing")
    def standing(self, account: Account) -> str:
        """Return how it stands, in words."""
        if not account.enabled:
            return "Switched off"
        if account.paused_at:
            return "Paused"
        return f"It {account.trouble}" if account.is_open else "Works"

    def has_add_permission(self, request: HttpRequest) -> bool:
        """A key is given on the team's own page."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """It is changed on the team's own page."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """What was made by it names it."""
        return False


@admin.register(Budget)
class BudgetAdmin(admin.ModelAdmin):
    """What teams and projects may spend in a month, and how much of it is gone."""

    list_display = ("team", "of", "limit", "gone", "set_by", "set_at")
    list_filter = ("team",)
    list_select_related = ("team", "project", "set_by")
    search_fields = ("team__name", "project__name")
    ordering = ("team__name", "pk")
    fields = ("team", "project", "limit_usd", "gone", "set_by", "set_at")
    readonly_fields = ("team", "project", "gone", "set_by", "set_at")

    @admin.display(description="Of", ordering="project__name")
    def of(self, budget: Budget) -> str:
        """Return what it is a budget of."""
        return str(budget.project or "the whole team")

    @admin.display(description="A month", ordering="limit_usd")
    def limit(self, budget: Budget) -> str:
        """Return what may be spent in a month."""
        return dollars(budget.limit_usd)

    @admin.display(description="Gone this month")
    def gone(self, budget: Budget) -> str:
        """Return how much is spent and reserved."""
        standing: Standing = standings([budget], timezone.now())[0]
        return f"{dollars(standing.used_usd)}, {standing.share} %"

    def has_add_permission(self, request: HttpRequest) -> bool:
        """A new one is set on the team's Spend page."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """It is taken away on the team's Spend page."""
        return False

    def save_model(self, request: HttpRequest, obj: Budget, form: Any, change: bool) -> None:
        """Set the limit as the Spend page does: who is near its end is told."""
        kept = Budget.objects.set_limit(obj.team, obj.project, obj.limit_usd, request.user)
        following.tell_of_budgets()
        if kept:
            obj.set_by, obj.set_at = kept.set_by, kept.set_at
