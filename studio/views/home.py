"""Home: projects, what is running, what failed, and what waits."""

import re

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from studio.forms import ProjectForm
from studio.home import Home, moment
from studio.http import Request
from studio.models import Mention, Project

_ID = re.compile(r"[0-9]{1,18}")
_MOST = 100


@require_safe
def money(request: Request) -> HttpResponse:
    """Show the month's money again, in the rail: a board asks for it when some has moved."""
    return render(request, "_rail.html#money")


@require_safe
def shortcuts(request: Request) -> HttpResponse:
    """List the keys, for whoever has no script that shows them over the page."""
    return render(request, "shortcuts.html")


@require_safe
def home(request: Request) -> HttpResponse:
    """Show the person's projects; a person without a team names one first."""
    if not request.user.memberships.exists():
        return redirect("new_team")
    context = {"home": Home(request.user), "form": ProjectForm(request.user)}
    return render(request, "home.html", context)


@require_safe
def live(request: Request) -> HttpResponse:
    """Show Home anew when its `version` isn't what the page holds; 204 otherwise."""
    found = Home(request.user)
    if request.GET.get("version") == found.version:
        return HttpResponse(status=204)
    context = {"home": found, "form": ProjectForm(request.user)}
    return render(request, "home.html#live", context)


@require_POST
def seen(request: Request) -> HttpResponse:
    """Note that the person has seen what failed until the page was made."""
    until = moment(request.POST.get("until", ""), timezone.now())
    if until:
        request.user.look(until)
    return redirect("home")


@require_POST
def mentions_seen(request: Request) -> HttpResponse:
    """Note that the person has seen some mentions, or all until the page was made."""
    shown = [int(pk) for pk in request.POST.getlist("mention") if _ID.fullmatch(pk)]
    until = moment(request.POST.get("until", ""), timezone.now())
    unseen = Mention.objects.unseen_by(request.user)
    if until:
        unseen = unseen.filter(created_at__lte=until)
    elif shown:
        unseen = unseen.filter(pk__in=shown[:_MOST])
    else:
        unseen = unseen.none()
    mine = Mention.objects.filter(pk__in=list(unseen.values_list("pk", flat=True)))
    mine.update(seen_at=timezone.now())
    return redirect("home")


@require_safe
def archive(request: Request) -> HttpResponse:
    """Show the person's archived projects, the last one first."""
    seen = Project.objects.visible_to(request.user).archived()
    projects = seen.with_covers(request.user)
    return render(request, "archive.html", {"projects": projects})
