"""What a person asked for earlier: ↑ in the composer, and the list behind its button."""

from django.http import HttpResponse
from django.views.decorators.http import require_safe

from studio.access import project_for
from studio.http import Request
from studio.models import Role
from studio.prompting.history import History
from studio.views.board import number
from studio.views.desk import tool


@require_safe
def history(request: Request, slug: str) -> HttpResponse:
    """Show a page of the person's earlier words in the project."""
    project = project_for(request, slug, Role.ARTIST)
    find = request.GET.get("find", "").replace("\0", "").strip()
    earlier = History(project, request.user, find, number(request.GET, "before"))
    context = {"project": project, "history": earlier}
    return tool(request, "history.html", context, earlier="list", earlier_onward="more")
