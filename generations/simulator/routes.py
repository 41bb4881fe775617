"""From a request to its endpoint, through authentication and the faults of any answer."""

import re
import time
from collections.abc import Callable

from generations.simulator import assets, control, endpoints
from generations.simulator.agents import endpoints as agents_endpoints
from generations.simulator.agents import routes as agents_routes
from generations.simulator.engine import Engine
from generations.simulator.faults import CREATES
from generations.simulator.gateway import routes as gateway_routes
from generations.simulator.messages import Answer, Refused, Request
from generations.simulator.openai import routes as openai_routes
from generations.simulator.settings import API_PREFIX

Endpoint = Callable[..., Answer]

_ID = r"/generations/([0-9a-zA-Z-]+)"
ROUTES: tuple[tuple[str, str, str, Endpoint], ...] = (
    ("GET", "/ping", "ping", endpoints.ping),
    ("GET", "/credits", "credits", endpoints.credits_left),
    ("GET", "/generations", "list", endpoints.listing),
    ("POST", "/generations", "create", endpoints.create_video),
    ("POST", "/generations/video", "create", endpoints.create_video),
    ("POST", "/generations/image", "image", endpoints.create_image),
    ("POST", "/generations/image/reframe", "reframe", endpoints.reframe_image),
    ("POST", "/generations/video/reframe", "reframe", endpoints.reframe_video),
    ("POST", "/generations/video/modify", "modify", endpoints.modify_video),
    ("GET", "/generations/concepts/list", "concepts", endpoints.concepts),
    ("GET", "/generations/camera_motion/list", "camera_motion", endpoints.camera_motions),
    ("GET", _ID, "get", endpoints.get),
    ("DELETE", _ID, "delete", endpoints.delete),
    ("POST", _ID + "/upscale", "upscale", endpoints.upscale),
    ("POST", _ID + "/audio", "audio", endpoints.audio),
)
"""Method, path below the API's prefix, operation as faults spell it, and who answers."""

_COMPILED = [(method, re.compile(path), name, found) for method, path, name, found in ROUTES]


_OTHERS: tuple[tuple[str, Endpoint], ...] = (
    (agents_routes.PREFIX, agents_routes.answer),
    (agents_endpoints.UPLOADS, agents_endpoints.put_upload),
    (openai_routes.PREFIX, openai_routes.answer),
    (gateway_routes.PREFIX, gateway_routes.answer),
    ("/assets/", assets.asset),
)
"""Beside Dream Machine's API: how an address begins, and who answers."""


def answer(engine: Engine, request: Request) -> Answer:
    """Answer any request."""
    try:
        if request.path.startswith(control.PREFIX):
            return control.answer(engine, request)
        engine.timeline.run_due()
        others = (found for prefix, found in _OTHERS if request.path.startswith(prefix))
        return next(others, _api)(engine, request)
    except Refused as refused:
        if "Retry-After" in refused.headers and engine.dice.strike("no_retry_after"):
            del refused.headers["Retry-After"]
        unprefixed = refused.status == 400 and engine.dice.strike("no_status_prefix")
        return refused.answer(prefixed=not unprefixed)


def _api(engine: Engine, request: Request) -> Answer:
    operation, endpoint, arguments = _route(request)
    account = endpoints.authenticate(engine, request)
    _stumble(engine, operation)
    answered = endpoint(engine, account, request, *arguments)
    return _spoil(engine, operation, answered)


def _route(request: Request) -> tuple[str, Endpoint, tuple[str, ...]]:
    path = request.path.removeprefix(API_PREFIX)
    known = False
    if path != request.path:
        for method, pattern, operation, endpoint in _COMPILED:
            if match := pattern.fullmatch(path):
                known = True
                if method == request.method:
                    return operation, endpoint, match.groups()
    raise Refused(405, "Method Not Allowed") if known else Refused(404, "Not Found")


def _stumble(engine: Engine, operation: str) -> None:
    """Have the faults that strike before anything is read; raises Refused."""
    strike = engine.dice.strike
    if slow := strike("slow_answer", operation):
        time.sleep(slow.seconds)
    if strike("error_before_accept", operation):
        raise Refused(500, "Internal Server Error")
    if strike("too_many_requests", operation):
        raise Refused(429, "Rate limit exceeded")
    if limit := strike("too_many_requests_retry_after", operation):
        raise Refused(429, "Rate limit exceeded", {"Retry-After": f"{limit.seconds:g}"})
    if strike("out_of_credits", operation):
        raise Refused(402, "Insufficient credits")


def _spoil(engine: Engine, operation: str, answered: Answer) -> Answer:
    """Have the faults that strike when the work is done."""
    strike = engine.dice.strike
    if operation in CREATES and strike("error_after_accept", operation):
        raise Refused(500, "Internal Server Error")
    if operation in CREATES and strike("lost_answer", operation):
        answered.lost = True
    if strike("malformed_json", operation):
        answered.body = answered.body[: len(answered.body) // 2]
    return answered
