"""Spend: where a team's money went, what may still be spent, and whether the balances agree."""

import csv

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from generations import reconciling
from generations.catalogue import dollars
from generations.models import SpendingRules
from generations.refusal import Refused
from studio import auditing
from studio.access import reading_for, team_for
from studio.csv_lines import harmless
from studio.forms import ApprovalForm, BudgetForm
from studio.http import Request
from studio.models import AuditEntry, Role, Team
from studio.spend import Spend, month_named

_COLUMNS = ("day", "person", "project", "model", "takes", "spent_usd")


@require_safe
def spend(request: Request) -> HttpResponse:
    """Show a month of the current team's money."""
    return _page(request, team_for(request))


@require_safe
def download(request: Request) -> HttpResponse:
    """Give a month's sums by day, person, project and model as CSV."""
    books = _books(request, team_for(request))
    if request.method == "GET":
        words = f"Downloaded what was spent in {books.first:%B %Y}"
        auditing.note(AuditEntry.Kind.EXPORT, books.team, words)
    name = f"spend-{books.first:%Y-%m}.csv"
    response = HttpResponse(
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )
    writer = csv.writer(response)
    writer.writerow(_COLUMNS)
    for *names, takes, usd in books.lines():
        writer.writerow([*map(harmless, names), takes, usd])
    return response


@require_POST
def set_budget(request: Request) -> HttpResponse:
    """Set what the team, or one of its projects, may spend in a month."""
    team = team_for(request, Role.PRODUCER)
    form = BudgetForm(team, request.user, request.POST)
    if not form.set(request.user):
        return _page(request, team, budget=form)
    is_set = form.cleaned_data["limit_usd"] is not None
    messages.success(request, "The budget is set." if is_set else "There is no such budget now.")
    return redirect(_address(team))


@require_POST
def set_approval(request: Request) -> HttpResponse:
    """Set the price of a take above which artists have to ask."""
    team = team_for(request, Role.PRODUCER)
    form = ApprovalForm(request.POST)
    if not form.set(team, request.user):
        return _page(request, team, approval=form)
    is_set = form.cleaned_data["approval_above_usd"] is not None
    words = "The threshold is set." if is_set else "Artists ask nobody now."
    messages.success(request, words)
    return redirect(_address(team))


@require_POST
def correct(request: Request, pk: int) -> HttpResponse:
    """Book what a balance showed that the ledger didn't say."""
    reading = reading_for(request, pk, Role.PRODUCER)
    try:
        reconciling.correct(reading, request.user)
        amount = dollars(reading.correction_usd)
        words = f"Booked {amount} that the balance of {reading.account} showed"
        auditing.note(AuditEntry.Kind.BUDGET, reading.account.team, words)
    except Refused as refused:
        messages.info(request, str(refused))
    return redirect(_address(reading.account.team))


def _books(request: Request, team: Team) -> Spend:
    return Spend(team, request.user, month_named(request.GET.get("month", "")))


def _page(request: Request, team: Team, **forms: object) -> HttpResponse:
    rules = SpendingRules.objects.filter(team=team).select_related("set_by").first()
    context = {"spend": _books(request, team), "team": team, "rules": rules, **forms}
    return render(request, "spend.html", context)


def _address(team: Team) -> str:
    return f"{reverse('spend')}?team={team.uuid}"
