"""The structure helper: six parts of a prompt, put together and nothing added."""

from django.http import HttpResponse
from django.views.decorators.http import require_POST

from studio.access import project_for
from studio.desk import Desk
from studio.forms.structure import StructureForm
from studio.http import Request
from studio.models import Project, Role
from studio.views.board import composer_content, fills_composer
from studio.views.desk import put_words, tool


@fills_composer
def structure(request: Request, slug: str) -> HttpResponse:
    """Show the six parts, with the words that they make."""
    project = project_for(request, slug, Role.ARTIST)
    return _parts(request, project, StructureForm(composer_content(request)))


@require_POST
def use_structure(request: Request, slug: str) -> HttpResponse:
    """Put the words in the composer, in place of what is there or (`add`) behind it."""
    project = project_for(request, slug, Role.ARTIST)
    form = StructureForm(request.POST)
    words = form.use(request.POST.get("words", "") if "add" in request.POST else "")
    if words is None:
        return _parts(request, project, form)
    return put_words(request, project, request.POST, words)


def _parts(request: Request, project: Project, form: StructureForm) -> HttpResponse:
    desk = Desk.of(request, project)
    context = {"project": project, "desk": desk, "form": form}
    return tool(request, "structure.html", context, structure_preview="preview")
