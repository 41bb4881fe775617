"""From a request to pictures: the answer waits until they are made (§3)."""

import base64
import json
import time
import uuid
from dataclasses import replace
from decimal import Decimal
from typing import Any

from generations.simulator.engine import Engine
from generations.simulator.generation import Generation
from generations.simulator.messages import Answer, Refused, Request
from generations.simulator.openai import asking
from generations.simulator.openai.errors import Error, moderated, told
from generations.simulator.store import Account, account_of

PREFIX = "/openai/v1"
LONGEST_S = 600.0
"""After so long a picture that isn't made yet is given up."""
_BAD, _BROKE, _GATEWAY = "bad", "broke", "gateway"
_PATHS = ("/images/generations", "/images/edits")
_VARIATIONS = "/images/variations"


def answer(engine: Engine, request: Request) -> Answer:
    """Answer a request to this API."""
    try:
        answered = _answer(engine, request)
    except Refused as refused:
        answered = told(refused)
    answered.headers |= {"x-request-id": f"req_{uuid.uuid4().hex}"}
    return answered


def name_of(key: str) -> str:
    """Return the name of a key's account at this API."""
    return account_of(f"openai {key}")


def _answer(engine: Engine, request: Request) -> Answer:
    account = _authenticate(engine, request)
    gateway = (request.key or "").startswith(_GATEWAY)
    there = replace(request, path=request.path.removeprefix(PREFIX))
    return serve(engine, there, account, gateway=gateway)


def serve(engine: Engine, request: Request, account: Account, *, gateway: bool) -> Answer:
    """Answer a request whose path is what follows the API's address. Raises Refused."""
    path = request.path
    if (request.method, path) == ("GET", "/models"):
        return _models()
    if path == _VARIATIONS:
        gone = "The model 'dall-e-2' does not exist."  # the only one that made them (§1)
        raise Error(404, gone, "model_not_found", param="model")
    if path not in _PATHS:
        raise Error(404, f"Invalid URL ({request.method} {request.path})")
    if request.method != "POST":
        raise Error(405, "Not allowed to send this to this path.")
    asked = asking.read(request, engine.inputs_directory)
    _stumble(engine, gateway=gateway)
    asking.check(asked, gateway=gateway)
    made = [_make(engine, account, asked, gateway=gateway) for _ in range(asked.count)]
    edits = path.endswith("edits")
    body = _told(engine, asked, made)
    answered = _streamed(body, asked, edits=edits) if asked.streams else Answer.json(body)
    _spoil(engine, answered)
    return answered


def _authenticate(engine: Engine, request: Request) -> Account:
    """Return the key's account. Raises Error (401)."""
    key = request.key
    bare = (key or "").removeprefix(_GATEWAY).lstrip("-")
    if key is None or bare.startswith(_BAD):
        raise Error(401, "Incorrect API key provided.", "invalid_api_key")
    granted = Decimal(0) if bare.startswith(_BROKE) else None
    return engine.store.account(name_of(key), granted=granted)


def _models() -> Answer:
    names = ("gpt-image-2", "gpt-5.5")
    data = [{"id": each, "object": "model", "created": 0, "owned_by": "openai"} for each in names]
    return Answer.json({"object": "list", "data": data})


def _make(engine: Engine, account: Account, asked: asking.Asked, *, gateway: bool) -> Generation:
    """Make one picture. Raises Refused."""
    try:
        generation, _ = engine.accept(account, asking.plan(asked, gateway=gateway))
    except Refused as refused:
        if refused.status == 402 and gateway:  # crazyrouter sheet §7
            raise Error(403, "The balance is used up.", "insufficient_quota") from refused
        raise
    if not engine.wait(generation, LONGEST_S):
        raise Error(500, "The server had an error while processing your request.", "server_error")
    if generation.state == "failed":
        raise moderated(generation.failure or "It failed.")
    return generation


def _told(engine: Engine, asked: asking.Asked, made: list[Generation]) -> dict[str, Any]:
    said, now = asked.fields, engine.clock.now()
    by_address = asked.is_old and said.get("response_format", "url") == "url"
    body: dict[str, Any] = {
        "created": int(now),
        "data": [_image(engine, each, by_address) for each in made],
    }
    if asked.is_old:
        return body
    used = {"input_tokens": 50, "output_tokens": 1_000, "total_tokens": 1_050}
    details = {"input_tokens_details": {"text_tokens": 50, "image_tokens": 0}}
    return body | {
        "size": f"{made[0].width}x{made[0].height}",
        "quality": said.get("quality") or "medium",
        "output_format": said.get("output_format") or "png",
        "usage": used | details,
    }


def _image(engine: Engine, generation: Generation, by_address: bool) -> dict[str, Any]:
    if by_address:
        url = generation.asset_url(engine.base_url, engine.clock.now())
        return {"url": url, "revised_prompt": generation.request["prompt"]}
    return {"b64_json": base64.b64encode(engine.path_of(generation).read_bytes()).decode()}


def _streamed(body: dict[str, Any], asked: asking.Asked, *, edits: bool) -> Answer:
    """Return the first picture as events (§3); the partial ones are as it ends up."""
    kind = "image_edit" if edits else "image_generation"
    facts = {name: body[name] for name in ("size", "quality", "output_format")}
    event = {
        "b64_json": body["data"][0]["b64_json"],
        "created_at": body["created"],
        "background": "opaque",
        **facts,
    }
    partial = [
        {"type": f"{kind}.partial_image", "partial_image_index": number, **event}
        for number in range(asked.partial_images)
    ]
    done = {"type": f"{kind}.completed", "usage": body["usage"], **event}
    lines = "".join(
        f"event: {each['type']}\ndata: {json.dumps(each)}\n\n" for each in [*partial, done]
    )
    return Answer(headers={"Content-Type": "text/event-stream"}, body=lines.encode())


def _stumble(engine: Engine, *, gateway: bool) -> None:
    """Have the faults that strike before anything is done. Raises Error."""
    strike = engine.dice.strike
    if slow := strike("slow_answer", "image"):
        time.sleep(slow.seconds)
    if strike("error_before_accept", "image"):
        raise Error(503, "The engine is currently overloaded.", "overloaded")
    if strike("too_many_requests", "image"):
        raise Error(429, "Rate limit reached for images per minute.", "rate_limit_exceeded")
    if limit := strike("too_many_requests_retry_after", "image"):
        after = {"Retry-After": f"{limit.seconds:g}"}
        words = "Rate limit reached for images per minute."
        raise Error(429, words, "rate_limit_exceeded", headers=after)
    if strike("out_of_credits", "image"):
        status = 403 if gateway else 429
        raise Error(status, "You exceeded your current quota.", "insufficient_quota")


def _spoil(engine: Engine, answered: Answer) -> None:
    if engine.dice.strike("error_after_accept", "image"):
        raise Error(500, "The server had an error while processing your request.", "server_error")
    if engine.dice.strike("malformed_json", "image"):
        answered.body = answered.body[: len(answered.body) // 2]
    if engine.dice.strike("lost_answer", "image"):
        answered.lost = True
