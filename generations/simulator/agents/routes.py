"""From a request to its endpoint, with this API's headers and its own kinds of 429 (§6)."""

import re
import time
import uuid
from collections.abc import Callable
from decimal import Decimal

from generations.simulator.agents import endpoints
from generations.simulator.engine import Engine
from generations.simulator.messages import Answer, Refused, Request
from generations.simulator.store import Account, account_of

PREFIX = "/agents/v1"
VERSION = "2026-04-01"
_BAD, _REVOKED, _SUSPENDED, _BROKE = "bad", "revoked", "suspended", "broke"
_SDR = "sdr"
"""Keys that end so have no access to HDR; what the API then says is unconfirmed."""
CONCURRENT_RETRY_S = 60

_ID = r"/([0-9a-zA-Z-]+)"
_ROUTES: tuple[tuple[str, str, Callable[..., Answer]], ...] = (
    ("POST", "/generations", endpoints.create),
    ("GET", f"/generations{_ID}", endpoints.get),
    ("POST", "/files", endpoints.create_file),
    ("GET", "/files", endpoints.list_files),
    ("GET", f"/files{_ID}", endpoints.get_file),
    ("DELETE", f"/files{_ID}", endpoints.delete_file),
    ("POST", f"/files{_ID}/complete", endpoints.complete_file),
)
_COMPILED = [(method, re.compile(path), found) for method, path, found in _ROUTES]
_OPERATIONS = {"video": "create", "video_edit": "modify", "video_reframe": "reframe"}


def answer(engine: Engine, request: Request) -> Answer:
    """Answer a request to this API."""
    try:
        answered = _answer(engine, request)
    except Refused as refused:
        answered = refused.answer(prefixed=False)
    answered.headers |= {"X-Request-Id": str(uuid.uuid4()), "X-API-Version": VERSION}
    return answered


def _answer(engine: Engine, request: Request) -> Answer:
    endpoint, arguments = _route(request)
    account = _authenticate(engine, request)
    creates = endpoint is endpoints.create
    operation = "files" if "/files" in request.path else "get"
    if creates:
        operation = _OPERATIONS.get(str(endpoints.asked_of(request)["type"]), "image")
    if creates or endpoint in (endpoints.get, endpoints.create_file):
        _stumble(engine, account, operation)
    if creates and (request.key or "").endswith(_SDR):
        _check_access(request)
    answered = endpoint(engine, account, request, *arguments)
    if creates:
        answered.headers |= _limits(engine, account)
        _spoil(engine, operation, answered)
    if engine.dice.strike("malformed_json", operation):
        answered.body = answered.body[: len(answered.body) // 2]
    return answered


def _route(request: Request) -> tuple[Callable[..., Answer], tuple[str, ...]]:
    path, known = request.path.removeprefix(PREFIX), False
    for method, pattern, endpoint in _COMPILED:
        if match := pattern.fullmatch(path):
            known = True
            if method == request.method:
                return endpoint, match.groups()
    raise Refused(405, "Method Not Allowed") if known else Refused(404, "Not Found")


def _authenticate(engine: Engine, request: Request) -> Account:
    """Return the key's account, none of Dream Machine's. Raises Refused (401, 403)."""
    key = request.key
    if key is None:
        raise Refused(401, "Missing or invalid API key")
    if key.startswith(_BAD):
        raise Refused(401, "Invalid API key")
    if key.startswith(_REVOKED):
        raise Refused(401, "API key has been revoked")
    if key.startswith(_SUSPENDED):
        raise Refused(403, "Account suspended")
    granted = Decimal(0) if key.startswith(_BROKE) else None
    return engine.store.account(name_of(key), granted=granted)


def _check_access(request: Request) -> None:
    if (endpoints.asked_of(request)["video"] or {}).get("hdr"):
        raise Refused(400, "HDR access is not enabled for this account")


def name_of(key: str) -> str:
    """Return the name of a key's account at this API."""
    return account_of(f"agents {key}")


def _limits(engine: Engine, account: Account) -> dict[str, str]:
    limit, now = engine.settings.agents_per_minute, engine.clock.now()
    used = account.creates_in_last_minute("agents", now)
    return {
        "X-RateLimit-Limit": str(limit),
        "X-RateLimit-Remaining": str(max(limit - used, 0)),
        "X-RateLimit-Reset": str(int(now + 60)),
    }


def _stumble(engine: Engine, account: Account, operation: str) -> None:
    """Have the faults that strike before anything is done. Raises Refused."""
    strike = engine.dice.strike
    if slow := strike("slow_answer", operation):
        time.sleep(slow.seconds)
    if strike("error_before_accept", operation):
        raise Refused(502, "Upstream service unavailable")
    for name in ("too_many_requests", "too_many_requests_retry_after"):
        if limit := strike(name, operation):
            after = {"Retry-After": f"{limit.seconds or 1:g}"}
            raise Refused(429, "Rate limit exceeded", _limits(engine, account) | after)
    if limit := strike("too_many_jobs", operation):
        raise Refused(429, "Too many concurrent jobs", {"Retry-After": f"{limit.seconds:g}"})
    if strike("out_of_credits", operation):
        raise Refused(402, "Insufficient credits. Please add credits to continue.")


def _spoil(engine: Engine, operation: str, answered: Answer) -> None:
    if engine.dice.strike("error_after_accept", operation):
        raise Refused(502, "Upstream service unavailable")
    if engine.dice.strike("lost_answer", operation):
        answered.lost = True
