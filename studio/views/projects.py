"""Projects."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from studio.forms import ProjectForm
from studio.http import Request


@require_http_methods(["GET", "HEAD", "POST"])
def new_project(request: Request) -> HttpResponse:
    """Start a project and go to its board."""
    form = ProjectForm(request.user, request.POST or None)
    if not form.teams:
        raise PermissionDenied(
            "Starting a project needs the role of producer or above. Ask your team's owner."
        )
    if form.is_valid():
        made = form.create()
        if made.is_private:
            messages.success(request, "Choose below who else sees it.")
            return redirect(f"{reverse('project_settings', args=[made.slug])}#privacy")
        return redirect("board", made.slug)
    return render(request, "new_project.html", {"form": form})
