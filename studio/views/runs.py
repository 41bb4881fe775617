"""Having shots made: what is missing, what is stale, one shot, or from one shot on."""

from collections.abc import Callable, Sequence
from uuid import UUID, uuid4, uuid5

from django.contrib import messages
from django.http import HttpResponse
from django.views.decorators.http import require_POST

from generations.refusal import Refused
from studio.access import editable, project_for, run_for, shot_for
from studio.forms.fields import HiddenUUID
from studio.forms.shown import shown_usd
from studio.http import Request
from studio.models import Project, Role, Shot, Storyboard
from studio.storyboarding import running
from studio.storyboarding.planning import Plan, Planned
from studio.views.board import money_moved
from studio.views.storyboard import answer


@require_POST
def run(request: Request, slug: str) -> HttpResponse:
    """Make every shot that is missing and can be made."""
    project = editable(project_for(request, slug, Role.ARTIST))
    return _run(request, project, lambda plan: plan.missing)


@require_POST
def again(request: Request, slug: str) -> HttpResponse:
    """Make every stale shot again."""
    project = editable(project_for(request, slug, Role.ARTIST))
    return _run(request, project, lambda plan: plan.stale_to_make)


@require_POST
def make(request: Request, uuid: UUID) -> HttpResponse:
    """Make a shot, for the first time or again."""
    shot = shot_for(request, uuid, Role.ARTIST)
    return _run(request, editable(shot.storyboard.project), _of(shot, lambda _, it: [it]), shot)


@require_POST
def onward(request: Request, uuid: UUID) -> HttpResponse:
    """Make a shot and what continues from it."""
    shot = shot_for(request, uuid, Role.ARTIST)
    some = _of(shot, lambda plan, it: plan.onward(it))
    return _run(request, editable(shot.storyboard.project), some, shot)


@require_POST
def stop(request: Request, uuid: UUID) -> HttpResponse:
    """Order nothing more of a run; what is being made goes on."""
    begun = run_for(request, uuid, Role.ARTIST)
    stopped = begun.stop(request.user)
    if not stopped:
        messages.info(request, "Everything of this run is ordered already.")
    return answer(request, begun.storyboard.project)


def _of(
    shot: Shot, some: Callable[[Plan, Planned], Sequence[Planned]]
) -> Callable[[Plan], Sequence[Planned]]:
    def chosen(plan: Plan) -> Sequence[Planned]:
        planned = plan.find(shot.uuid)
        return some(plan, planned) if planned else []

    return chosen


def _run(
    request: Request,
    project: Project,
    choose: Callable[[Plan], Sequence[Planned]],
    shot: Shot | None = None,
) -> HttpResponse:
    plan = Plan(project, Storyboard.begun(project))
    sent = HiddenUUID(required=False).clean(request.POST.get("key")) or uuid4()
    key = uuid5(sent, request.path)  # the page's buttons share a key
    seen_usd = shown_usd(request.POST.get("shown_usd"))
    try:
        running.run(plan, request.user, choose(plan), key, seen_usd)
    except Refused as refused:
        messages.info(request, str(refused))
        return answer(request, project, None if request.htmx else shot)
    return money_moved(answer(request, project, None if request.htmx else shot))
