"""Probes: is the web server up, and is everything behind it."""

import logging

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.db import DatabaseError, connection
from django.http import HttpRequest, JsonResponse
from django.views.decorators.http import require_safe
from redis import Redis
from redis.exceptions import RedisError

from generations.models import Heartbeat

log = logging.getLogger(__name__)

_SWEEP_WITHIN_S = 60


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
    # The cache and Celery's broker are one server, and this is its address for either.
    address = str(settings.CACHES["default"]["LOCATION"])
    try:
        with Redis.from_url(address, socket_connect_timeout=1, socket_timeout=2) as server:
            return bool(server.ping())
    except RedisError as error:
        log.warning("readyz: broker: %s", error)
        return False
