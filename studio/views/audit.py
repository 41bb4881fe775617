"""The team's audit log: who did what, when and from where."""

from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from studio import auditing
from studio.access import team_for
from studio.audit_log import COLUMNS, AuditLog
from studio.csv_lines import streamed
from studio.http import Request
from studio.models import AuditEntry, Role


@require_safe
def audit_log(request: Request) -> HttpResponse:
    """Show what was done in the current team, the newest first; the list alone for htmx."""
    team = team_for(request, Role.PRODUCER)
    context = {"team": team, "log": AuditLog(team, request.user, request.GET)}
    return render(request, "audit_log.html#found" if request.htmx else "audit_log.html", context)


@require_safe
def download(request: Request) -> StreamingHttpResponse:
    """Send all that is looked for as CSV; that is noted, too."""
    team = team_for(request, Role.PRODUCER)
    found = AuditLog(team, request.user, request.GET)
    if request.method == "GET":
        auditing.note(AuditEntry.Kind.EXPORT, team, "Downloaded the audit log")
    return streamed(f"audit-log-{timezone.now():%Y-%m-%d}.csv", COLUMNS, found.rows())
