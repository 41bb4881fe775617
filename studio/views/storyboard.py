"""The storyboard's page: the shots in order, what they share, and the bar that runs them."""

from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.dateparse import parse_datetime
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_POST, require_safe
from django_htmx.http import trigger_client_event

from studio import auditing
from studio.access import editable, project_for
from studio.forms.shot import ShotForm, StoryboardForm
from studio.http import Request
from studio.models import (
    AuditEntry,
    Overwriting,
    Project,
    Role,
    Shot,
    Storyboard,
    TooManyShots,
)
from studio.models.storyboard import MOST_SHOTS
from studio.storyboarding import cutting, printing
from studio.storyboarding.planning import Plan
from studio.storyboarding.showing import Page, usual_s
from studio.views.board import money_moved, number

FULL = f"A storyboard has at most {MOST_SHOTS} shots. Take one out first."
_OTHER_SETTINGS = "{by} chose another model or size meanwhile. Look at it, then choose again."


@require_safe
def storyboard(request: Request, slug: str) -> HttpResponse:
    """Show the storyboard."""
    return page(request, project_for(request, slug))


@require_safe
def live(request: Request, slug: str) -> HttpResponse:
    """Show the shots anew when something happened `since` an event or after a `version`."""
    project = project_for(request, slug)
    shown = Storyboard.of(project)
    seen = (number(request.GET, "since"), number(request.GET, "version"))
    if seen == (project.event_count, shown.version):
        return HttpResponse(status=204)
    return money_moved(page(request, project, Page(project, request.user, shown)))


@require_safe
def pdf(request: Request, slug: str) -> HttpResponse:
    """Give the shots on paper: a picture of each, or a slate, with all that is planned of it."""
    project = project_for(request, slug)
    shown = Page(project, request.user)
    if not shown.shots:
        messages.info(request, "No shot is planned yet.")
        return redirect("storyboard", slug)
    with TemporaryDirectory() as folder:
        file = Path(folder) / "storyboard.pdf"
        printing.print_shots(shown, f"{project.name}: storyboard", file)
        answer = HttpResponse(file.read_bytes(), content_type="application/pdf")
    answer["Content-Disposition"] = content_disposition_header(True, f"{slug}-storyboard.pdf")
    answer["Cache-Control"] = "private, no-store"
    if request.method == "GET":
        auditing.note_in(project, AuditEntry.Kind.EXPORT, "Downloaded the storyboard")
    return answer


@require_POST
def set_up(request: Request, slug: str) -> HttpResponse:
    """Choose the model, ratio and resolution of all shots."""
    project = editable(project_for(request, slug, Role.ARTIST))
    form = StoryboardForm(request.POST)
    if not form.is_valid():
        messages.info(request, " ".join(str(found[0]) for found in form.errors.values()))
        return answer(request, project)
    try:
        seen = form.cleaned_data["version"]
        Storyboard.begun(project).set_up(seen, request.user, **form.chosen)
    except Overwriting as error:
        messages.info(request, _OTHER_SETTINGS.format(by=error.by))
    return answer(request, project)


@require_POST
def add(request: Request, slug: str) -> HttpResponse:
    """Add a shot at the end, with words or without."""
    project = editable(project_for(request, slug, Role.ARTIST))
    kept = Storyboard.begun(project)
    form = ShotForm(kept, {"duration_s": usual_s(kept), "count": 1} | request.POST.dict())
    if not form.is_valid():
        shown = Page(project, request.user, kept)
        context = {
            "add_error": next(iter(form.problems.values())),
            "add_words": request.POST.get("words", ""),
        }
        return page(request, project, shown, **context)
    return put_in(request, project, Shot(**form.changes))


@require_POST
def to_timeline(request: Request, slug: str) -> HttpResponse:
    """Make a sequence of the takes in the film, in the order of their shots."""
    project = editable(project_for(request, slug, Role.ARTIST))
    made = cutting.sequence_of(Plan(project, Storyboard.of(project)), request.user)
    if made is None:
        messages.info(request, "No shot is made yet. Run the storyboard first.")
        return redirect("storyboard", slug)
    messages.success(request, f"“{made.name}” has the chosen takes of the storyboard.")
    return redirect("sequence", made.uuid)


@require_POST
def undo(request: Request, slug: str) -> HttpResponse:
    """Bring back what was taken out `at` a moment, and take out what came then."""
    project = editable(project_for(request, slug, Role.ARTIST))
    at = _moment(request.GET.get("at", ""))
    try:
        done = Storyboard.begun(project).undo(request.user, at) if at else 0
    except TooManyShots:
        messages.info(request, FULL)
    else:
        messages.success(request, "Undone." if done else "That was undone already.")
    return answer(request, project, oob=True)


def put_in(
    request: Request, project: Project, shot: Shot, *, after: Shot | None = None
) -> HttpResponse:
    """Add a shot to a project's storyboard, and go to it."""
    try:
        Storyboard.begun(project).add(request.user, [shot], after=after)
    except TooManyShots:
        messages.info(request, FULL)
        return answer(request, project)
    return answer(request, project, shot)


def answer(
    request: Request, project: Project, shot: Shot | None = None, *, oob: bool = False
) -> HttpResponse:
    """Show the storyboard after a verb, for htmx; else go there, to the shot that it was about."""
    if not request.htmx:
        place = f"#shot-{shot.uuid}" if shot else ""
        return redirect(reverse("storyboard", args=[project.slug]) + place)
    # What the verb did has been counted since the door was passed.
    shown = page(request, project_for(request, project.slug), oob=oob)
    return trigger_client_event(shown, "shot", {"id": f"shot-{shot.uuid}"}) if shot else shown


def page(
    request: Request, project: Project, shown: Page | None = None, **more: Any
) -> HttpResponse:
    """Render the storyboard alone for htmx, the whole page around it otherwise."""
    template = "storyboard.html#shots" if request.htmx else "storyboard.html"
    context = {"project": project, "page": shown or Page(project, request.user), **more}
    return render(request, template, context)


def _moment(value: str) -> datetime | None:
    """Return a moment that was said with its time zone; None for anything else."""
    try:
        said = parse_datetime(value)
        return said.astimezone(UTC) if said and said.tzinfo else None
    except (ValueError, OverflowError):  # in UTC it may be before the first year, or after the last
        return None
