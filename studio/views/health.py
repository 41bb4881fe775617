"""Probes: is the web server up, and is everything behind it."""

import logging

from celery import current_app
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.db import DatabaseError, connection
from django.http import HttpRequest, JsonResponse
from django.views.decorators.http import require_safe
from kombu.exceptions import OperationalError

from generations.models import Heartbeat

log = logging.getLogger(__name__)

_SWEEP_WITHIN_S = 60
_BROKER_ANSWERS_WITHIN_S = 1  # twice: it is tried again


@login_not_required
@require_safe
def healthz(request: HttpRequest) -> JsonResponse:
    """Answer that the web server is up, asking nothing else."""
    return JsonResponse({"web": "ok"})


@login_not_required
@require_safe
def readyz(request: HttpRequest) -> JsonResponse:
    """Answer 200 when database, broker and sweep are there, and 503 saying which is missing."""
    found = {"database": _database(), "broker": _broker(), "sweep": False}
    found["sweep"] = found["database"] and Heartbeat.alive("sweep", _SWEEP_WITHIN_S)
    words = {name: "ok" if there else "missing" for name, there in found.items()}
    return JsonResponse(words, status=200 if all(found.values()) else 503)


def _database() -> bool:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError as error:
        log.warning("readyz: database: %s", error)
        return False
    return True


def _broker() -> bool:
    try:
        with current_app.connection_for_write(
            settings.CELERY_BROKER_URL,
            transport_options={"socket_timeout": _BROKER_ANSWERS_WITHIN_S},
        ) as connection:
            connection.ensure_connection(max_retries=1, interval_start=0)
    except OperationalError as error:
        log.warning("readyz: broker: %s", error)
        return False
    return True
