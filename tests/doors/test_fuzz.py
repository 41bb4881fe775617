"""Forms, uploads, questions and callbacks filled with what nobody sane would send: never a 5xx.

FUZZED says how many (10,000 for the whole proof), FUZZ_SEED which.
"""

import json
import random
from typing import Any

import pytest

from studio.models import Role
from tests.doors.crawl import crawl
from tests.doors.fuzzer import HOW_MANY, SEED, TYPES, Fuzzer
from tests.doors.routes import address
from tests.doors.table import named
from tests.doors.visitors import Visitor, outcome, undone
from tests.doors.worlds import world


@pytest.fixture
def fuzzer() -> Fuzzer:
    """Return one whose choices are the seed's."""
    return Fuzzer(random.Random(SEED))


def test_no_form_upload_or_question_makes_the_server_fail(db, fuzzer):
    mine = world("Aardvark")
    askings = crawl(mine)
    owner = Visitor(mine.people[Role.OWNER])
    assert sum(bool(each.files) for each in askings) >= 3
    # Forms are most of what can go wrong.
    weights = [3 if each.method == "POST" else 1 for each in askings]
    for asking in fuzzer.chance.choices(askings, weights, k=HOW_MANY):
        with undone():
            answer = fuzzer.ask(owner, asking)
            if asking.path != "/readyz":
                outcome(answer)


def test_no_callback_makes_the_server_fail(db, fuzzer):
    mine = world("Aardvark")
    path = address("callbacks/<provider>/<nonce>/", named("callbacks/<provider>/<nonce>/", mine))
    outside = Visitor()
    bodies: list[Any] = [
        *(None, [], {}, "x", 1, {"id": None}, {"state": 1}, {"id": "\0", "state": "dreaming"}),
        {"id": "x" * 10_000, "state": "completed", "assets": []},
        {"state": "completed", "assets": {"video": "file:///etc/passwd"}, "failure_reason": {}},
    ]
    for _ in range(HOW_MANY // 5):
        body = json.dumps(fuzzer.chance.choice(bodies)).encode()
        if fuzzer.chance.random() < 0.3:
            body = body[: fuzzer.chance.randrange(len(body) + 1)] + b"\xff"
        kind = fuzzer.chance.choice(TYPES)
        with undone():
            answer = outside.ask("POST", path, data=body, content_type=kind)
            assert answer.status_code < 500, (body, kind)
