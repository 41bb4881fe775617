"""Several prompts at once: a list is looked at, with its prices, and made as a whole."""

from django.http import HttpResponse
from django.views.decorators.http import require_POST
from django_htmx.http import trigger_client_event

from generations.refusal import Refused
from studio import drafts
from studio.access import project_for
from studio.desk import Desk
from studio.forms import ComposerForm
from studio.forms.several import SeveralForm
from studio.http import Request
from studio.models import Role
from studio.prompting.offers import list_in
from studio.several import Several
from studio.views.board import composer_content, fills_composer, submitted
from studio.views.desk import desk_with_pictures, not_opened, tool


@fills_composer
def several(request: Request, slug: str) -> HttpResponse:
    """Show a list of prompts, each with its settings and its price, and what all of them cost.

    It begins with the composer's words where they are several; one stays in the composer alone.
    `draft` is the list that was being written when a session ended.
    """
    project = project_for(request, slug, Role.ARTIST)
    kept = drafts.kept(request, slug) if "draft" in request.GET else None
    try:
        desk = desk_with_pictures(request, project, kept)
    except Refused as refused:
        return not_opened(request, project, refused)
    sent = kept or composer_content(request)
    form = SeveralForm(sent if "list" in sent else {"list": list_in(desk.words)}, request.FILES)
    found = Several(ComposerForm(desk.project, request.user, desk.typed), form.text, form.fitting)
    return _list(request, desk, form, found)


@require_POST
def make_several(request: Request, slug: str) -> HttpResponse:
    """Have a whole list made, or none of it."""
    desk = Desk.of(request, project_for(request, slug, Role.ARTIST))
    form = SeveralForm(request.POST, request.FILES)
    found = Several(ComposerForm(desk.project, request.user, desk.typed), form.text, form.fitting)
    made = found.submit(request.user, form.key, form.seen_usd)
    if not made:
        return _list(request, desk, form, found)
    # Other words than the list's are still being written.
    is_over = form.text.strip() == desk.words.strip()
    composer = ComposerForm.blank(desk.project, request.user) if is_over else None
    answer = submitted(request, desk.project, made, composer)
    return trigger_client_event(answer, "desk-done") if request.htmx else answer


def _list(request: Request, desk: Desk, form: SeveralForm, found: Several) -> HttpResponse:
    context = {"project": desk.project, "desk": desk, "form": form, "several": found}
    return tool(request, "several.html", context, several_rows="rows")
