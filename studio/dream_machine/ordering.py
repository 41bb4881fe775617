"""Ordering what a script asks for: once under its key, whatever it sends under that again."""

import hashlib
import json
from typing import Any
from uuid import UUID, uuid5

from django.db import IntegrityError, transaction

from generations import ordering
from generations.kinds import Kind
from generations.models import Generation
from generations.providers.luma.bodies import TYPES
from generations.refusal import Refused
from studio.dream_machine.asking import Asked, order_of
from studio.dream_machine.door import InTheWay
from studio.dream_machine.pictures import pictures_of
from studio.http import Request
from studio.models import ApiRequest, Project
from studio.spending import must_ask

_NO_KEY = "Idempotency-Key: send a UUID."
_USED = (
    "Something else was ordered under this Idempotency-Key. Send that again as it was, or this "
    "under a new key."
)


def ordered(
    request: Request,
    project: Project,
    kind: Kind,
    body: dict[str, Any],
    about: Generation | None,
) -> Generation:
    """Accept what a body asks for, and keep the body to echo it. Raises Refused.

    Under a key that was used nothing is read again of what the body names, for that may have
    changed since: it is what was ordered then, or refused where something else was.
    """
    key, said = _key(request), _digest(project, kind, body, about)
    if known := _known(key, said):
        return known
    try:
        with pictures_of(request, project, request.user) as pictures:
            asked = Asked(body, pictures, about)
            order = order_of(kind, asked)
            with transaction.atomic():
                generation = ordering.accept(
                    project, request.user, order, key=key, asks=must_ask(project)
                )
                ApiRequest.objects.get_or_create(
                    generation=generation,
                    defaults={
                        "token": request.api_token,  # type: ignore[attr-defined]
                        "key": key,
                        "said": said if key else "",
                        "asked": {"generation_type": TYPES[kind], **asked.body},
                        "callback_url": body.get("callback_url", ""),
                    },
                )
    except IntegrityError:
        if known := _known(key, said):  # it was sent twice at once, and the other came first
            return known
        raise
    return generation


def _known(key: UUID | None, said: str) -> Generation | None:
    """Return what was ordered under a key. Raises InTheWay where that was something else."""
    found = ApiRequest.objects.select_related("generation").filter(key=key).first() if key else None
    if found and found.said != said:
        raise InTheWay(_USED)
    return found.generation if found else None


def _digest(project: Project, kind: Kind, body: dict[str, Any], about: Generation | None) -> str:
    asked = [str(project.uuid), kind, about and str(about.uuid), body]
    return hashlib.sha256(json.dumps(asked, sort_keys=True).encode()).hexdigest()


def _key(request: Request) -> UUID | None:
    """Return the key under which a script orders once, apart from other tokens'. Raises Refused."""
    said = request.headers.get("Idempotency-Key", "")
    if not said:
        return None
    try:
        return uuid5(request.api_token.uuid, str(UUID(said)))  # type: ignore[attr-defined]
    except ValueError as error:
        raise Refused({"": _NO_KEY}) from error
