"""The door of the API: a token in place of a sign-in, and every answer as JSON."""

import json
import logging
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied, RequestDataTooBig
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed, JsonResponse
from django.http.response import HttpResponseBase
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt

from generations.models import Asset
from generations.refusal import Refused
from studio.access import caller_of
from studio.access.tokens import NoToken, TooManyTries
from studio.dream_machine.contract import WrongShape
from studio.dream_machine.slow import Busy

log = logging.getLogger(__name__)

MOST_BODY_BYTES = 256 * 1024
_MISSING = "Not Found"
_NO_JSON = "The body isn't JSON: send a JSON object, with Content-Type: application/json."


class InTheWay(Exception):
    """What was asked for can't be done now; the message says why."""


class NotJson(Exception):
    """A body that isn't JSON."""


Answering = Callable[..., object]
"""A view of the API, whose token's person is `request.user`: it returns what becomes JSON, or a
whole response."""


def speaks(**by_method: Answering) -> Callable[..., HttpResponseBase]:
    """Return the view of an address: what it does for each HTTP method, behind a token."""
    allowed = sorted(by_method)

    @csrf_exempt  # the token isn't a cookie, so no other site's page can send it
    @login_not_required
    @never_cache
    def view(request: HttpRequest, **named: Any) -> HttpResponseBase:
        try:
            token = caller_of(request)
            answering = by_method.get(request.method or "")
            if answering is None:
                return _refused(HttpResponseNotAllowed(allowed), "Method Not Allowed")
            log.info("api: %s %s by token %s", request.method, request.path, token.uuid)
            answer = answering(request, **named)
        except tuple(_STATUSES) as error:
            return _answer_to(error)
        return answer if isinstance(answer, HttpResponseBase) else _json(answer)

    return wraps(next(iter(by_method.values())))(view)


def body_of(request: HttpRequest) -> object:
    """Return the JSON of a body; an empty one is an empty object. Raises NotJson."""
    if len(request.body) > MOST_BODY_BYTES:
        raise RequestDataTooBig
    if not request.body:
        return {}
    if request.content_type != "application/json":
        raise NotJson
    try:
        body: object = json.loads(request.body, parse_constant=_no_number)
        _check_text(body)
    except (ValueError, RecursionError) as error:
        raise NotJson from error
    return body


def _check_text(value: object) -> None:
    """Raise ValueError for what no database keeps as text: NUL, and half of a surrogate pair."""
    if isinstance(value, str):
        value.encode()
        if "\0" in value:
            raise ValueError("a NUL is no text")
    elif isinstance(value, dict):
        _check_text([*value, *value.values()])
    elif isinstance(value, list):
        for each in value:
            _check_text(each)


def _no_number(word: str) -> None:
    raise ValueError(f"{word} is not JSON")


_STATUSES: dict[type[Exception], int] = {
    NoToken: 401,
    TooManyTries: 429,
    Busy: 429,
    PermissionDenied: 403,
    Http404: 404,
    Asset.DoesNotExist: 404,
    InTheWay: 409,
    RequestDataTooBig: 413,
    NotJson: 415,
    WrongShape: 422,
    Refused: 400,
}
_WORDS: dict[type[Exception], str] = {
    Http404: _MISSING,
    Asset.DoesNotExist: _MISSING,
    RequestDataTooBig: f"The body is over {MOST_BODY_BYTES // 1024} KB.",
    NotJson: _NO_JSON,
}


def _answer_to(error: Exception) -> HttpResponse:
    kind = next(each for each in _STATUSES if isinstance(error, each))
    response = JsonResponse({"detail": _WORDS.get(kind) or _said(error)}, status=_STATUSES[kind])
    if isinstance(error, TooManyTries | Busy):
        response["Retry-After"] = str(error.retry_after_s)
    if isinstance(error, NoToken):
        response["WWW-Authenticate"] = 'Bearer realm="Dailies"'
    return response


def _said(error: Exception) -> str:
    if isinstance(error, Refused):
        named = [f"{field}: {words}" if field else words for field, words in error.errors.items()]
        return " ".join(named)
    return str(error)


def _refused(response: HttpResponse, detail: str) -> HttpResponse:
    response.content = json.dumps({"detail": detail}).encode()
    response["Content-Type"] = "application/json"
    return response


def _json(answer: object) -> JsonResponse:
    return JsonResponse(answer, safe=False)
