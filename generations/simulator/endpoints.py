"""The thirteen endpoints of luma-dream-machine-v1 sheet §2 (and the old camera motion list)."""

import json
from collections.abc import Mapping
from decimal import Decimal
from http import HTTPStatus
from typing import Any

from generations.simulator import plans, validation
from generations.simulator.catalogue import CAMERA_MOTIONS, CONCEPTS, SHAPES
from generations.simulator.engine import Engine
from generations.simulator.generation import Generation
from generations.simulator.messages import Answer, Refused, Request
from generations.simulator.schema import read
from generations.simulator.store import Account, account_of

BAD_KEY = "bad"
"""Keys that begin so are refused."""
BROKE_KEY = "broke"
"""Keys that begin so own nothing."""
MOST_LISTED = 100  # the true maximum is unconfirmed (§5)


def authenticate(engine: Engine, request: Request) -> Account:
    """Return the account of the request's key; raises Refused (401; 403 is unconfirmed, §10)."""
    key = request.key
    if key is None or key.startswith(BAD_KEY):
        raise Refused(HTTPStatus.UNAUTHORIZED, "Invalid API key is provided")
    granted = Decimal(0) if key.startswith(BROKE_KEY) else None
    return engine.store.account(account_of(key), granted=granted)


def ping(engine: Engine, account: Account, request: Request) -> Answer:
    """GET /ping."""
    return Answer.json({"message": "pong"})


def credits_left(engine: Engine, account: Account, request: Request) -> Answer:
    """GET /credits, in US cents."""
    return Answer.json({"credit_balance": float(account.balance)})


def concepts(engine: Engine, account: Account, request: Request) -> Answer:
    """GET /generations/concepts/list."""
    return Answer.json(CONCEPTS)


def camera_motions(engine: Engine, account: Account, request: Request) -> Answer:
    """GET /generations/camera_motion/list, gone from the schema and maybe from Luma (§2)."""
    if engine.dice.strike("camera_motion_missing"):
        raise Refused(404, "Not Found")
    return Answer.json(CAMERA_MOTIONS)


def create_video(engine: Engine, account: Account, request: Request) -> Answer:
    """POST /generations/video, and /generations, which the guides use (§2)."""
    asked = _read(engine, account, request, "video")

    def path_of(generation_id: str) -> Any:
        return engine.path_of(_found(engine, account, generation_id))

    return _accepted(engine, account, plans.video(asked, path_of))


def create_image(engine: Engine, account: Account, request: Request) -> Answer:
    """POST /generations/image; with `sync` it answers when the image is there.

    What Luma answers when `sync_timeout` passes is unconfirmed (§7): here, the generation as it is.
    """
    asked = _read(engine, account, request, "image")
    generation, told = engine.accept(account, plans.image(asked))
    if asked["sync"]:
        engine.wait(generation, float(asked["sync_timeout"]))
        told = _body(engine, generation)
    return Answer.raw_json(told, HTTPStatus.CREATED)


def reframe_image(engine: Engine, account: Account, request: Request) -> Answer:
    """POST /generations/image/reframe."""
    asked = _read(engine, account, request, "reframe_image")
    return _accepted(engine, account, plans.reframe_image(asked))


def reframe_video(engine: Engine, account: Account, request: Request) -> Answer:
    """POST /generations/video/reframe."""
    asked = _read(engine, account, request, "reframe_video")
    engine.check_limits(account, "video")
    return _accepted(engine, account, plans.reframe_video(asked, engine.inputs_directory))


def modify_video(engine: Engine, account: Account, request: Request) -> Answer:
    """POST /generations/video/modify."""
    asked = _read(engine, account, request, "modify_video")
    engine.check_limits(account, "video")
    return _accepted(engine, account, plans.modify_video(asked, engine.inputs_directory))


def upscale(engine: Engine, account: Account, request: Request, generation_id: str) -> Answer:
    """POST /generations/{id}/upscale: 200, not 201 (§2)."""
    source = _found(engine, account, generation_id)
    asked = _read(engine, account, request, "upscale_video")
    validation.check_source(source)
    plan = plans.upscale(asked, source, engine.path_of(source))
    under = source.id if engine.dice.strike("upscale_parent_id") else None
    _, told = engine.accept(account, plan, under_id=under)
    return Answer.raw_json(told, HTTPStatus.OK)


def audio(engine: Engine, account: Account, request: Request, generation_id: str) -> Answer:
    """POST /generations/{id}/audio: 200, not 201 (§2)."""
    source = _found(engine, account, generation_id)
    asked = _read(engine, account, request, "add_audio")
    validation.check_source(source)
    plan = plans.audio(asked, source, engine.path_of(source))
    under = source.id if engine.dice.strike("audio_parent_id") else None
    _, told = engine.accept(account, plan, under_id=under)
    return Answer.raw_json(told, HTTPStatus.OK)


def get(engine: Engine, account: Account, request: Request, generation_id: str) -> Answer:
    """GET /generations/{id}."""
    generation = _found(engine, account, generation_id)
    body = _body(engine, generation)
    if engine.dice.strike("unknown_state", "get"):
        return Answer.json({**json.loads(body), "state": UNKNOWN_STATE})
    return Answer.raw_json(body)


def delete(engine: Engine, account: Account, request: Request, generation_id: str) -> Answer:
    """DELETE /generations/{id}: 204 and empty; a GET afterwards is 404 (unconfirmed, §5)."""
    engine.store.delete(_found(engine, account, generation_id))
    return Answer(status=HTTPStatus.NO_CONTENT)


UNKNOWN_STATE = "hallucinating"


def listing(engine: Engine, account: Account, request: Request) -> Answer:
    """GET /generations, newest first (the order and the maximum are unconfirmed, §5)."""
    dice = engine.dice
    limit = min(_number(request.query, "limit", MOST_LISTED, least=1), MOST_LISTED)
    offset = _number(request.query, "offset", 0, least=0)
    lag = dice.strike("list_lags", "list")
    before = engine.clock.now() - lag.seconds if lag else None
    order = dice.any_order if dice.strike("list_shuffled", "list") else None
    page, has_more = engine.store.page(account, limit, offset, before=before, order=order)
    bodies = [_body(engine, each) for each in page]
    echoless = dice.strike("list_without_echo", "list")
    unknown = dice.strike("unknown_state", "list")
    if echoless or unknown:
        bodies = [
            _distorted(body, echoless=bool(echoless), unknown=bool(unknown)) for body in bodies
        ]
    head = {"has_more": has_more, "count": len(page), "limit": limit, "offset": offset}
    start = json.dumps(head).encode().removesuffix(b"}")
    return Answer.raw_json(b'%s, "generations": [%s]}' % (start, b", ".join(bodies)))


def _distorted(body: bytes, *, echoless: bool, unknown: bool) -> bytes:
    told = json.loads(body)
    if echoless:
        told["request"] = None
    if unknown:
        told["state"] = UNKNOWN_STATE
    return json.dumps(told).encode()


def _number(query: Mapping[str, str], name: str, default: int, *, least: int) -> int:
    text = query.get(name, str(default))
    try:
        number = int(text)
    except ValueError:
        number = least - 1
    if number < least:
        message = f"Input should be an integer greater than or equal to {least}"
        raise Refused(
            422, [{"type": "int_parsing", "loc": ["query", name], "msg": message, "input": text}]
        )
    return number


def _found(engine: Engine, account: Account, generation_id: str) -> Generation:
    generation = engine.store.find(account.id, generation_id)
    if generation is None:
        raise Refused(404, "Generation not found")
    return generation


def _read(engine: Engine, account: Account, request: Request, kind: str) -> dict[str, Any]:
    asked = read(SHAPES[kind], request.json())
    validation.check(kind, asked, lambda wanted: engine.store.find(account.id, wanted))
    return asked


def _accepted(engine: Engine, account: Account, plan: plans.Plan) -> Answer:
    _, told = engine.accept(account, plan)
    return Answer.raw_json(told, HTTPStatus.CREATED)


def _body(engine: Engine, generation: Generation) -> bytes:
    if generation.state == "completed" and engine.dice.possible("asset_expires"):
        # Every answer gives out a fresh URL, so that a dead one can be renewed.
        return json.dumps(generation.body(engine.base_url, engine.clock.now())).encode()
    return engine.describe(generation)
