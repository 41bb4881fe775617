"""From a request to its endpoint: Luma's routes, the images API, and the public price list."""

import json
import re
import time
from dataclasses import replace
from decimal import Decimal
from typing import Any

from generations.simulator.engine import Engine
from generations.simulator.gateway import shapes
from generations.simulator.gateway.telling import OTHER_WORDS
from generations.simulator.generation import Generation
from generations.simulator.messages import Answer, Refused, Request
from generations.simulator.openai import routes as images
from generations.simulator.openai.errors import Error, told
from generations.simulator.store import Account, account_of

PREFIX = "/gateway"
UNKNOWN_STATE = "hallucinating"
_BAD, _BROKE, _CLOSED = "bad", "broke", "closed"
"""How keys go on after sk- that are refused, own nothing, or may not use Luma's models."""
_LUMA, _IMAGES, _PRICES = "/luma/generations", "/v1", "/api/pricing"
_ONE = re.compile(rf"{_LUMA}/([0-9a-zA-Z-]+)(/extend)?")
_OTHERS = ("gpt-image-2", "kling-v2-6", "veo-3.1-fast", "x-ray-detector")
"""What its list names beside Luma's models; the last only sounds like one of them."""
_NO_BALANCE = "insufficient_quota"


def answer(engine: Engine, request: Request) -> Answer:
    """Answer a request to the gateway."""
    try:
        return _answer(engine, request)
    except Refused as refused:
        if refused.status == 402:  # the engine's own: here it is 403 (§7)
            refused = Error(403, "The balance is used up.", _NO_BALANCE)
        return told(refused)


def name_of(key: str) -> str:
    """Return the name of a key's account at the gateway."""
    return account_of(f"gateway {key}")


def _answer(engine: Engine, request: Request) -> Answer:
    path = request.path.removeprefix(PREFIX)
    if (request.method, path) == ("GET", _PRICES):
        return _prices(engine)
    account = _authenticate(engine, request)
    if path.startswith(f"{_IMAGES}/"):
        there = replace(request, path=path.removeprefix(_IMAGES))
        return images.serve(engine, there, account, gateway=True)
    if (request.method, path) == ("POST", _LUMA):
        return _create(engine, account, request)
    if match := _ONE.fullmatch(path):
        extends = bool(match[2])
        if request.method == ("POST" if extends else "GET"):
            if not extends:
                return _get(engine, _found(engine, account, match[1]))
            return _create(engine, account, request, match[1])
    raise Error(404, f"Invalid URL ({request.method} {path})")


def _authenticate(engine: Engine, request: Request) -> Account:
    """Return the key's account. Raises Error (401)."""
    key = request.key
    bare = (key or "").removeprefix("sk-")
    if key is None or bare.startswith(_BAD):
        raise Error(401, "Invalid API key.", "invalid_api_key")
    granted = Decimal(0) if bare.startswith(_BROKE) else None
    return engine.store.account(name_of(key), granted=granted)


def _prices(engine: Engine) -> Answer:
    """GET /api/pricing, without a key. What a gateway has of Luma's it calls as it likes."""
    strike = engine.dice.strike
    if strike("prices_unreadable", "pricing"):
        return Answer(body=b"<html>Just a moment</html>", headers={"Content-Type": "text/html"})
    names = [*_OTHERS, *(() if strike("unlisted", "pricing") else ("luma-ray-v2",))]
    data = [{"model_name": each, "quota_type": 1, "model_price": 0.1} for each in names]
    return Answer.json({"success": True, "data": data, "group_ratio": {"default": 1}})


def _create(
    engine: Engine, account: Account, request: Request, source_id: str | None = None
) -> Answer:
    """POST /luma/generations, and /extend of one; that it is answered with 200 is unconfirmed."""
    _stumble(engine, "create")
    asked = shapes.asked_of(request.json(), extends=source_id is not None)
    model = asked.get("model_name", "of this task")
    if (request.key or "").removeprefix("sk-").startswith(_CLOSED):
        raise Error(403, f"This token has no access to model {model}.")
    for fault, status in (("model_not_found", 404), ("no_channel", 503)):
        if engine.dice.strike(fault, "create"):
            raise shapes.missing(model, status)
    if source_id is None:
        plan = shapes.clip(asked)
    else:
        plan = shapes.extension(asked, _found(engine, account, source_id), engine.path_of)
    _, body = engine.accept(account, plan)
    answered = _told(engine, body)
    if engine.dice.strike("error_after_accept", "create"):
        raise Error(502, "The upstream service is unreachable.")
    answered.lost = bool(engine.dice.strike("lost_answer", "create"))
    return _torn(engine, answered, "create")


def _get(engine: Engine, generation: Generation) -> Answer:
    """GET /luma/generations/{id}."""
    _stumble(engine, "get")
    return _torn(engine, _told(engine, engine.describe(generation)), "get")


def _torn(engine: Engine, answered: Answer, operation: str) -> Answer:
    if engine.dice.strike("malformed_json", operation):
        answered.body = answered.body[: len(answered.body) // 2]
    return answered


def _told(engine: Engine, body: bytes) -> Answer:
    """Return a job in either vocabulary of the documentation (§3), or with a word of neither."""
    said: dict[str, Any] = json.loads(body)
    if engine.dice.strike("other_states"):
        said["state"] = OTHER_WORDS.get(said["state"], said["state"])
    if engine.dice.strike("unknown_state", "get"):
        said["state"] = UNKNOWN_STATE
    return Answer.json(said)


def _found(engine: Engine, account: Account, generation_id: str) -> Generation:
    generation = engine.store.find(account.id, generation_id)
    if generation is None:
        raise Error(404, "Task not found.")
    return generation


def _stumble(engine: Engine, operation: str) -> None:
    """Have the faults that strike before anything is done. Raises Error."""
    strike = engine.dice.strike
    if slow := strike("slow_answer", operation):
        time.sleep(slow.seconds)
    if strike("error_before_accept", operation):
        raise Error(500, "Internal error.")
    if strike("too_many_requests", operation):
        raise Error(429, "Rate limit exceeded.", "rate_limit_exceeded")
    if limit := strike("too_many_requests_retry_after", operation):
        after = {"Retry-After": f"{limit.seconds:g}"}
        raise Error(429, "Rate limit exceeded.", "rate_limit_exceeded", headers=after)
    if strike("out_of_credits", operation):
        raise Error(403, "The balance is used up.", _NO_BALANCE)
