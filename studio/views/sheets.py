"""A page's stylesheets, in one answer."""

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpResponse
from django.views.decorators.http import require_safe

from studio.http import Request
from studio.sheets import NoSheet, sheet_of

_A_YEAR_S = 365 * 24 * 3600


@require_safe
@login_not_required
def sheet(request: Request, digest: str, names: str) -> HttpResponse:
    """Send stylesheets; what a page names by their present digest never changes."""
    try:
        found = sheet_of(names)
    except NoSheet:
        raise Http404("no such stylesheet") from None
    packs = "gzip" in request.headers.get("Accept-Encoding", "")
    answer = HttpResponse(found.packed if packs else found.plain, content_type="text/css")
    if packs:
        answer["Content-Encoding"] = "gzip"
    answer["Vary"] = "Accept-Encoding"
    stays = f"public, max-age={_A_YEAR_S}, immutable"
    answer["Cache-Control"] = stays if digest == found.digest else "no-cache"
    return answer
