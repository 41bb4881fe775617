"""What is a person's: taken along as one file, and deleted for good."""

from django.contrib import messages
from django.contrib.auth import logout
from django.http import HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_POST, require_safe

from generations.refusal import Refused
from studio import auditing
from studio.forms.departing import DepartForm
from studio.http import Request
from studio.leaving import departing, yours
from studio.models import Team


@require_safe
def your_data(request: Request) -> HttpResponse:
    """Offer to take it along, and to leave for good."""
    return _page(request, DepartForm(request))


@require_POST
def take_along(request: Request) -> HttpResponseBase:
    """Send everything about the person as one ZIP, written while it is sent."""
    auditing.note_signing_in(request.user, "Downloaded everything about themselves")
    answer = StreamingHttpResponse(yours.zip_of(request.user), content_type="application/zip")
    name = f"dailies-you-{timezone.now():%Y%m%d}.zip"
    answer["Content-Disposition"] = content_disposition_header(True, name) or "attachment"
    answer["Cache-Control"] = "private, no-store"
    return answer


@require_POST
def depart(request: Request) -> HttpResponse:
    """Delete the person's account, once they have shown that it is them and that they mean it."""
    form = DepartForm(request, request.POST)
    try:
        if not form.depart():
            return _page(request, form)
    except Refused as refused:
        form.add_error(None, str(refused))
        return _page(request, form)
    logout(request)
    messages.success(request, "Your account is deleted, and you are signed out everywhere.")
    answer = redirect("account_login")
    answer["Clear-Site-Data"] = '"cache", "storage"'  # drafts are in the browser alone
    return answer


def _page(request: Request, form: DepartForm) -> HttpResponse:
    context = {"form": form, "owned": departing.owned_by(request.user)}
    context |= {"deleted": Team.objects.restorable_by(request.user)}
    return render(request, "your_data.html", context, status=422 if form.errors else 200)
