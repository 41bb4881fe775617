"""The scoreboard: scores, verdicts and what they cost, by model, settings and project."""

import csv

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from studio import auditing
from studio.access import team_for
from studio.csv_lines import harmless
from studio.http import Request
from studio.models import AuditEntry
from studio.scoreboard import Key, Scoreboard, Tally, model_title

_COLUMNS = (
    *("project", "model", "kind", "resolution", "duration_s", "mode", "takes", "ready", "judged"),
    *("approved", "approved_percent", "spent_usd", "usd_per_approved"),
    *("scores", "mean_score", "spread", "median_s"),
)


@require_safe
def scoreboard(request: Request) -> HttpResponse:
    """Show how the current team's takes were judged and scored, and what an approved one costs."""
    team = team_for(request)
    board = Scoreboard(team, request.user, request.GET)
    return render(request, "scoreboard.html", {"board": board, "team": team})


@require_safe
def download(request: Request) -> HttpResponse:
    """Give the same by project, model and settings as CSV."""
    board = Scoreboard(team_for(request), request.user, request.GET)
    if request.method == "GET":
        auditing.note(AuditEntry.Kind.EXPORT, board.team, "Downloaded the scoreboard")
    response = HttpResponse(
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": 'attachment; filename="scoreboard.csv"'},
    )
    writer = csv.writer(response)
    writer.writerow(_COLUMNS)
    for project, key, tally in board.lines():
        writer.writerow([harmless(project), *_cells(key), *_sums(tally)])
    return response


def _cells(key: Key) -> list[object]:
    model = harmless(model_title(key.model))
    return [model, key.kind, key.resolution, key.duration_s or "", key.mode]


def _sums(tally: Tally) -> list[object]:
    """Return the numbers of a line; what can't be told stays empty."""
    means = (tally.scores, _rounded(tally.mean), _rounded(tally.spread), _rounded(tally.took_s))
    percent, per_usd = tally.approved_percent, tally.per_approved_usd
    return [
        *(tally.takes, tally.ready, tally.judged, tally.approved),
        "" if percent is None else percent,
        tally.spent_usd,
        "" if per_usd is None else per_usd,
        *means,
    ]


def _rounded(value: float | None) -> object:
    return "" if value is None else round(value, 2)
