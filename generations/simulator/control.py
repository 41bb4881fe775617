"""The simulator's own switches, for tests and demonstrations; only this machine reaches them.

GET and POST /_control/faults, POST /_control/reset, GET /_control/books, GET /_control/health.
"""

import ipaddress

from generations.simulator.agents import routes as agents_routes
from generations.simulator.engine import Engine
from generations.simulator.faults import Faults
from generations.simulator.gateway import routes as gateway_routes
from generations.simulator.messages import Answer, Refused, Request
from generations.simulator.openai import routes as openai_routes
from generations.simulator.store import account_of

PREFIX = "/_control/"


def answer(engine: Engine, request: Request) -> Answer:
    """Answer a request below /_control/; raises Refused (404 for strangers and unknown paths)."""
    if not ipaddress.ip_address(request.client).is_loopback:
        raise Refused(404, "Not Found")
    match request.method, request.path.removeprefix(PREFIX):
        case "GET", "health":
            return Answer.json({"status": "ok"})
        case "GET", "books":
            return _books(engine, request)
        case "GET", "faults":
            return Answer.json(engine.dice.report())
        case "POST", "faults":
            return _switch(engine, request)
        case "POST", "reset":
            engine.reset()
            engine.dice.switch(Faults())
            return Answer(status=204)
    raise Refused(404, "Not Found")


def _books(engine: Engine, request: Request) -> Answer:
    """Tell every account's generations and money, or with a bearer key only that key's."""
    books = list(engine.store.books())
    if request.key:
        key = request.key
        own = [
            *(account_of(key), agents_routes.name_of(key)),
            *(openai_routes.name_of(key), gateway_routes.name_of(key)),
        ]
        books = [each for each in books if each["account"] in own]
    return Answer.json({"accounts": books})


def _switch(engine: Engine, request: Request) -> Answer:
    """Replace all faults by those of the body."""
    switches = request.json()
    if not isinstance(switches, dict):
        raise Refused(422, "faults must be a JSON object")
    try:
        engine.dice.switch(Faults.parse(switches))
    except ValueError as error:
        raise Refused(422, str(error)) from error
    return Answer.json(engine.dice.report())
