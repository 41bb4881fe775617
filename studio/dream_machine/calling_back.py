"""Calling scripts back when their takes move, as Luma does (luma-dream-machine-v1 sheet §9).

A generation's own Events aren't followed one by one: a script is told where its take is now, once
for each state that it sees. A callback is a hint, and one that nobody hears is given up soon.
"""

import json
import logging
import time
from datetime import timedelta

from django.conf import settings
from django.utils import timezone

from generations import outbound
from generations.models import Generation
from studio.dream_machine.telling import state_of, told, with_facts
from studio.models import ApiRequest, ApiToken, Project

log = logging.getLogger(__name__)

TIMEOUT_S = 5.0
MOST_TRIES = 4
WAITS = (timedelta(seconds=1), timedelta(seconds=10), timedelta(seconds=60))
_MOST_AT_ONCE, _MOST_S = 50, 20.0
_MOST_ANSWER_BYTES = 64 * 1024


def call_back_due() -> int:
    """Tell the scripts whose takes moved; return how many were told.

    Those that are slow to answer hold up the others until the next time, and no longer.
    """
    ends = time.monotonic() + _MOST_S
    heard = 0
    for request in ApiRequest.objects.to_call(timezone.now())[:_MOST_AT_ONCE]:
        heard += _tell(request)
        if time.monotonic() > ends:
            break
    return heard


def _tell(request: ApiRequest) -> bool:
    """Tell a script where its take is, unless it knows. True when it heard."""
    generation = with_facts(Generation.objects.all()).get(pk=request.generation_id)
    state = state_of(generation)
    if state == request.told_state:
        return False
    if not _may_hear(request, generation):
        there = ApiRequest.objects.filter(generation__project__team__deleted_at=None)
        there.filter(pk=request.pk).update(callback_url="")
        log.info("generation %s: its script is called no more", generation.uuid)
        return False
    mine = ApiRequest.objects.filter(
        pk=request.pk, told_state=request.told_state, tries=request.tries, next_at=request.next_at
    )
    claimed_until = timezone.now() + timedelta(seconds=TIMEOUT_S * 3)
    if not mine.update(tries=request.tries + 1, next_at=claimed_until):
        return False  # another worker was first
    base = settings.PUBLIC_URL or settings.LOCAL_URL
    status = _post(request.callback_url, told(None, generation, base))
    heard = status == "200"
    facts = (generation.uuid, state, request.tries + 1, status)
    log.info("generation %s: its script is called with %s, try %s: %s", *facts)
    claimed = ApiRequest.objects.filter(pk=request.pk, told_state=request.told_state)
    if heard or request.tries + 1 >= MOST_TRIES:
        claimed.update(told_state=state, tries=0, next_at=None)
    else:
        claimed.update(next_at=timezone.now() + WAITS[request.tries])
    return heard


def _may_hear(request: ApiRequest, generation: Generation) -> bool:
    """Tell whether the script could ask for its take itself.

    It couldn't once its token is revoked, or its person may not see the project any more.
    """
    token = request.token and ApiToken.objects.on().filter(pk=request.token.pk).first()
    if not token:
        return False
    return Project.objects.visible_to(token.user).filter(pk=generation.project_id).exists()


def _post(url: str, body: object) -> str:
    """Return the status that came back, or in a word why none did."""
    try:
        answer = outbound.call(
            "POST",
            url,
            headers={},
            timeout_s=TIMEOUT_S,
            content=json.dumps(body).encode(),
            most_bytes=_MOST_ANSWER_BYTES,
        )
    except (outbound.NeverSent, outbound.NoAnswer) as error:
        return str(error)
    return str(answer.status)
