"""A project as one file: asked for, watched, cancelled, fetched and deleted."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from studio import auditing
from studio.access import bundle_for, project_for
from studio.bundles import Bundles
from studio.http import Request
from studio.leaving import bundling
from studio.models import AuditEntry, Project, Role
from studio.naming import bundle_name
from studio.views.media import send, was_sent


@require_safe
def bundles(request: Request, slug: str) -> HttpResponse:
    """List a project's bundles, and offer another."""
    project = project_for(request, slug, Role.PRODUCER)
    kept = {"kept_days": bundling.KEPT_DAYS, "most_kept": bundling.MOST_KEPT}
    context = {"project": project, "bundles": Bundles(project), **kept}
    return render(request, "bundles.html", context)


@require_safe
def live(request: Request, slug: str) -> HttpResponse:
    """Show the list anew when its `version` isn't what the page holds; 204 otherwise."""
    project = project_for(request, slug, Role.PRODUCER)
    found = Bundles(project)
    if request.GET.get("version") == found.version:
        return HttpResponse(status=204)
    return render(request, "bundles.html#live", {"project": project, "bundles": found})


@require_POST
def begin(request: Request, slug: str) -> HttpResponse:
    """Have a bundle made of the project as it is now."""
    project = project_for(request, slug, Role.PRODUCER)
    bundling.ask(project, request.user)
    return redirect("bundles", slug)


@require_safe
def download(request: Request, uuid: UUID) -> HttpResponseBase:
    """Send a bundle's file, or the asked part of it."""
    bundle = bundle_for(request, uuid)
    if bundle.state != bundle.State.DONE:
        raise Http404("The file isn't there yet.")
    answer = send(request, bundle.file, bundle.content_type, bundle_name(bundle))
    if was_sent(request, answer):
        words = f"Downloaded the whole project {bundle.project}"
        _note(AuditEntry.Kind.EXPORT, bundle.project, words)
    return answer


@require_POST
def cancel(request: Request, uuid: UUID) -> HttpResponse:
    """End a bundle that waits or is being made."""
    bundle = bundle_for(request, uuid)
    if not bundle.cancel():
        messages.info(request, "It was over already.")
    return redirect("bundles", bundle.project.slug)


@require_POST
def discard(request: Request, uuid: UUID) -> HttpResponse:
    """Delete a bundle with its file; another can be made at any time."""
    bundle = bundle_for(request, uuid)
    if bundle.discard():
        words = f"Deleted an export of the whole project {bundle.project}"
        _note(AuditEntry.Kind.DELETION, bundle.project, words)
    else:
        messages.info(request, "It is still being made. Cancel it first.")
    return redirect("bundles", bundle.project.slug)


def _note(kind: AuditEntry.Kind, project: Project, words: str) -> None:
    auditing.note(kind, project.team, words, project=project)
