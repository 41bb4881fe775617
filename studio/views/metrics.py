"""Metrics for Prometheus: for whoever has the token, or is on this machine."""

import ipaddress

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.http.request import split_domain_port
from django.utils.crypto import constant_time_compare
from django.views.decorators.http import require_safe
from prometheus_client import CONTENT_TYPE_LATEST

from generations.metering import exposition

_REFUSAL = (
    'Set METRICS_TOKEN and send it as "Authorization: Bearer …". Without one only this '
    "machine itself is answered, asked for as localhost and not through a proxy.\n"
)
# Behind a proxy on this machine, everybody seems to be on it.
_PROXIES_SAY = ("HTTP_X_FORWARDED_FOR", "HTTP_FORWARDED", "HTTP_X_REAL_IP", "HTTP_X_FORWARDED_HOST")


@login_not_required
@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """Show the engine's metrics."""
    if not _may_see(request):
        return HttpResponse(_REFUSAL, status=403, content_type="text/plain; charset=utf-8")
    return HttpResponse(exposition(), content_type=CONTENT_TYPE_LATEST)


def _may_see(request: HttpRequest) -> bool:
    if settings.METRICS_TOKEN:
        scheme, _, token = request.headers.get("Authorization", "").partition(" ")
        return scheme.lower() == "bearer" and constant_time_compare(token, settings.METRICS_TOKEN)
    if settings.PUBLIC_URL or any(name in request.META for name in _PROXIES_SAY):
        return False
    # Not every proxy says so, but it is asked by another name than this machine's own.
    name, _ = split_domain_port(request.META.get("HTTP_HOST", ""))
    return _is_here(name.strip("[]")) and _is_here(request.META.get("REMOTE_ADDR", ""))


def _is_here(address: str) -> bool:
    if address == "localhost":
        return True
    try:
        return ipaddress.ip_address(address).is_loopback
    except ValueError:
        return False
