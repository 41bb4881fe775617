"""Teams."""

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from studio.forms import TeamForm
from studio.http import Request
from studio.models import Team


@require_http_methods(["GET", "HEAD", "POST"])
def new_team(request: Request) -> HttpResponse:
    """Name a team and become its owner."""
    form = TeamForm(request.POST or None)
    if form.is_valid():
        made = form.create_for(request.user)
        request.session["team"] = str(made.uuid)  # what comes next is about it (studio.access)
        return redirect("home")
    context = {"form": form, "deleted": Team.objects.restorable_by(request.user)}
    return render(request, "new_team.html", context)
