"""A project's settings: its name, its cover, who sees it, and the archive."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from studio import auditing
from studio.access import project_for
from studio.forms.project_settings import CoverForm, PrivacyForm, RenameForm
from studio.http import Request
from studio.middleware import page_before
from studio.models import AuditEntry, Project, Role


@require_safe
def settings(request: Request, slug: str) -> HttpResponse:
    """Show what can be changed about the project."""
    return _page(request, project_for(request, slug, Role.PRODUCER))


@require_POST
def rename(request: Request, slug: str) -> HttpResponse:
    """Give it another name, under the same address."""
    project = project_for(request, slug, Role.PRODUCER)
    before = project.name
    form = RenameForm(request.POST, instance=project)
    if not form.rename():
        # The form has put the refused name on the project that the page shows.
        return _page(request, project_for(request, slug, Role.PRODUCER), name=form)
    _note(project, f"Called the project {project}, before {before}")
    messages.success(request, f"The project is called {project} now.")
    return redirect("project_settings", slug)


@require_POST
def cover(request: Request, slug: str) -> HttpResponse:
    """Choose what is on its cover."""
    project = project_for(request, slug, Role.PRODUCER)
    form = CoverForm(project, request.user, request.POST)
    if not form.choose() and not request.htmx:
        return _page(request, project, cover=form)
    if form.errors:
        messages.info(request, str(form.errors["cover"][0]))
    else:
        messages.success(request, "The cover is changed.")
    # From a take or a still one stays where one was.
    return HttpResponse() if request.htmx else redirect(page_before(request))


@require_POST
def privacy(request: Request, slug: str) -> HttpResponse:
    """Choose who sees it."""
    project = project_for(request, slug, Role.PRODUCER)
    form = PrivacyForm(project, request.user, request.POST)
    if not form.keep():
        return _page(request, project, privacy=form)
    who = "Only those chosen see" if project.is_private else "Everybody in the team sees"
    messages.success(request, f"{who} {project} now.")
    return redirect("project_settings", slug)


@require_POST
def archive(request: Request, slug: str) -> HttpResponse:
    """Put it in the archive."""
    project = project_for(request, slug, Role.PRODUCER)
    if project.archive():
        _note(project, f"Archived {project}")
        messages.success(request, f"{project} is archived. What waits in it goes on.")
    return redirect("archive")


@require_POST
def reopen(request: Request, slug: str) -> HttpResponse:
    """Take it out of the archive."""
    project = project_for(request, slug, Role.PRODUCER)
    if project.reopen():
        _note(project, f"Took {project} out of the archive")
        messages.success(request, f"{project} is open again.")
    return redirect("board", slug)


def _note(project: Project, words: str) -> None:
    auditing.note(AuditEntry.Kind.SETTINGS, project.team, words, project=project)


def _page(
    request: Request,
    project: Project,
    *,
    name: RenameForm | None = None,
    cover: CoverForm | None = None,
    privacy: PrivacyForm | None = None,
) -> HttpResponse:
    context = {
        "project": project,
        "name": name or RenameForm(instance=project),
        "cover": cover or CoverForm(project, request.user),
        "privacy": privacy or PrivacyForm(project, request.user),
    }
    return render(request, "project_settings.html", context)
