"""The OpenAPI file, and what schemathesis finds when it attacks the API by it."""

import os
from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.db import close_old_connections, transaction
from hypothesis import HealthCheck, Phase, given
from hypothesis import settings as examined
from hypothesis import strategies as st
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    negative_data_rejection,
    response_schema_conformance,
    status_code_conformance,
)

from generations.models import Account, State
from studio.dream_machine.contract import document
from studio.wsgi import application
from tests.factories import take

EXAMPLES = int(os.environ.get("CONTRACT_EXAMPLES", "6"))
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]
OPERATIONS = [
    (path, method)
    for path, methods in document()["paths"].items()
    for method in methods
    if method != "parameters"
]


def test_the_file_names_the_address_that_it_is_served_at(client, settings):
    settings.PUBLIC_URL = "https://dailies.example.com"
    client.logout()
    told = client.get("/api/dream-machine/v1/openapi.json").json()
    assert told["servers"] == [{"url": "https://dailies.example.com/api/dream-machine/v1"}]
    assert told["paths"] == document()["paths"]


@pytest.fixture(autouse=True)
def _one_connection(db: None, settings: Any) -> Iterator[None]:
    """Keep the test's connection to the database open between requests, as Django's client does."""
    settings.ALLOWED_HOSTS = ["*"]
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


@pytest.mark.parametrize(("path", "method"), OPERATIONS, ids=str)
def test_the_api_is_as_its_file_says_whatever_it_is_sent(script, project, artist, path, method):
    made = str(take(project, State.COMPLETED, author=artist).uuid)
    Account.objects.update(concurrent_limit=1)
    schema = schemathesis.openapi.from_wsgi("/api/dream-machine/v1/openapi.json", application)
    operation = schema[path][method.upper()]
    headers = {"Authorization": f"Bearer {script.token}"}

    @examined(
        max_examples=EXAMPLES,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
        derandomize=True,
        database=None,
    )
    @given(data=st.data())
    def attack(data: Any) -> None:
        mode = data.draw(st.sampled_from([GenerationMode.POSITIVE, GenerationMode.NEGATIVE]))
        case = data.draw(operation.as_strategy(generation_mode=mode))
        if mode is GenerationMode.POSITIVE and "id" in (case.path_parameters or {}):
            case.path_parameters["id"] = made
        more = [negative_data_rejection] if mode is GenerationMode.NEGATIVE else []
        with transaction.atomic():
            case.call_and_validate(headers=headers, checks=CHECKS + more)
            transaction.set_rollback(True)

    attack()


@pytest.mark.parametrize(("path", "method"), OPERATIONS, ids=str)
def test_no_operation_answers_without_a_token(path, method):
    schema = schemathesis.openapi.from_wsgi("/api/dream-machine/v1/openapi.json", application)
    case = schema[path][method.upper()].Case(
        path_parameters={"id": "0" * 32}, body={}, media_type="application/json"
    )
    assert case.call().status_code == 401
