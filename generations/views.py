"""The provider's callback: a hint that something changed, and nothing more."""

from uuid import UUID

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from generations import polling
from generations.models import Attempt


@csrf_exempt
@login_not_required
@require_POST
def callback(request: HttpRequest, provider: str, nonce: UUID) -> HttpResponse:
    """Make the poll of the attempt with this nonce due now; the body is not even read.

    Always 200 at once, so that a stranger learns nothing.
    """
    attempt = Attempt.objects.filter(nonce=nonce, account__provider=provider).first()
    if attempt:
        polling.hurry(attempt)
    return HttpResponse(status=200)
