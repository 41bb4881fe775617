"""Logs: a line for people or an object for machines, about whom, and never a secret."""

import io
import json
import logging
import sys

import pytest

from generations import outbound
from generations.logs import AboutGeneration, JsonLines, Redacted, about
from generations.providers import provider_for
from generations.providers.base import ProviderError
from generations.redacting import redact
from tests.factories import take

KEY = "luma-4f2a9c1e-77aa-4b1b-9d11-SECRET"
SECRETS = [
    f"the key is {KEY}.",
    f"Authorization: Bearer {KEY}",
    "Authorization: Basic dXNlcjpTRUNSRVQ-SECRET",
    "headers={'authorization': 'Bearer opaqueSECRET', 'accept': 'x'}",
    '{"Authorization": "Bearer opaqueSECRET", "ok": 1}',
    "[(b'Authorization', b'Bearer opaqueSECRET')]",
    "x-api-key: SECRET",
    "api_key=SECRET&x=1",
    'ENCRYPTION_KEY="SECRET"',
    "LUMA_API_KEY=SECRET",
    "METRICS_TOKEN=SECRET",
    "password=SECRET",
    "{'password': 'SECRET'}",
    '"password1": "SECRET"',
    "Cookie: sessionid=SECRET; csrftoken=SECRET",
    "Set-Cookie: sessionid=SECRET; Path=/",
    "https://user:SECRET@example.com/x",
    "https://SECRET@example.com/x",
    "postgres://dailies:SECRET@db:5432/dailies",
    "redis://:SECRET@127.0.0.1:6379/0",
    "https://b.example/x.jpg?X-Amz-Credential=SECRET%2F2026&X-Amz-Signature=SECRET&X-Amz-Date=1",
    "https://b.example/x.jpg?Expires=1&Signature=SECRET&Key-Pair-Id=1",
    "GET /media/published/IjEyMzQ1Njc4OTAi:SECRET:SECRET-abcdef",
    "GET /media/published/file/IjEyMzQ1Njc4OTAi:SECRET:SECRET-abcdef",
    "/share/SECRETabcdefghijklmnop",
    "/shared/SECRETabcdefghijklmnop/media/",
    "gAAAAABnSECRETSECRETSECRETSECRETSECRET",
    "AWS_SECRET_ACCESS_KEY=SECRET",
    "aws_access_key_id: 'SECRET'",
]


@pytest.mark.parametrize("text", SECRETS)
def test_what_looks_like_a_secret_is_starred(text):
    assert "SECRET" not in redact(text).replace("AWS_SECRET_ACCESS_KEY", "")
    assert "***" in redact(text)


@pytest.mark.parametrize(
    "text",
    [
        "state=queued previous=submitting reason=-",
        "luma GET /dream-machine/v1/generations -> 200 in 12 ms",
        "account=3 polling broke off: KeyRefused: Invalid API key is provided",
        "the key was refused",
        "https://storage.cdn-luma.com/a.mp4",
        "3c9d3c4e-5a3a-4e4e-8f55-0a2b2d0c7c11 already belongs to another attempt",
    ],
)
def test_what_is_no_secret_stays(text):
    assert redact(text) == text


@pytest.fixture(params=["plain", "json"])
def log(request):
    out = io.StringIO()
    handler = logging.StreamHandler(out)
    handler.addFilter(AboutGeneration())
    plain = Redacted("%(levelname)s [%(generation)s] %(message)s")
    handler.setFormatter(plain if request.param == "plain" else JsonLines())
    logger = logging.getLogger(f"tests.logs.{request.param}")
    logger.handlers, logger.propagate = [handler], False
    logger.setLevel(logging.INFO)
    logger.out = out
    return logger


@pytest.mark.parametrize("text", SECRETS)
def test_no_secret_is_written_from_wherever_it_comes(log, text):
    log.info(text)
    log.info("%s and %r", text, {"x": text})
    log.info("an object", extra={"request": text})
    try:
        raise ValueError(text)
    except ValueError:
        log.exception("it failed with %s", text)
    log.warning("with the stack", stack_info=True)
    try:
        try:
            raise KeyError(text)
        except KeyError as error:
            raise RuntimeError("then") from error
    except RuntimeError:
        log.error("chained", exc_info=sys.exc_info())
    assert "SECRET" not in log.out.getvalue().replace("AWS_SECRET_ACCESS_KEY", "")


def test_a_record_is_left_as_it_was_for_other_handlers(log):
    seen = []
    other = logging.Handler()
    other.emit = seen.append
    log.addHandler(other)
    log.error("key %s", KEY)
    assert (seen[0].msg, seen[0].args) == ("key %s", (KEY,))


def test_a_json_line_is_one_object_that_names_its_generation(db, project):
    out = io.StringIO()
    handler = logging.StreamHandler(out)
    handler.addFilter(AboutGeneration())
    handler.setFormatter(JsonLines())
    logger = logging.getLogger("tests.logs.lines")
    logger.handlers, logger.propagate = [handler], False
    generation = take(project)
    with about(generation):
        logger.warning('two\nlines, "quoted"')
        try:
            raise ValueError("broken\nin two")
        except ValueError:
            logger.exception("and why")
    first, second = (json.loads(line) for line in out.getvalue().splitlines())
    assert set(first) == {"time", "level", "logger", "message", "generation", "task"}
    assert first["generation"] == str(generation.uuid)
    assert (first["level"], first["message"]) == ("WARNING", 'two\nlines, "quoted"')
    assert first["time"].endswith("+00:00")
    assert "ValueError: broken" in second["exception"]


def test_a_line_in_a_task_names_the_task():
    from celery import current_app

    seen = []

    @current_app.task(name="tests.logs.task")
    def task():
        record = logging.LogRecord("x", logging.INFO, "", 0, "in a task", (), None)
        AboutGeneration().filter(record)
        seen.append(record.task)

    task.apply(task_id="3f1c")
    assert seen == ["3f1c"]


def test_a_failing_provider_leaves_no_key_in_the_log(project, monkeypatch):
    account = project.team.accounts.get()
    account.set_key(KEY)

    def call(*args, **kwargs):
        raise outbound.NoAnswer(f"broke off with {kwargs['headers']}")

    monkeypatch.setattr(outbound, "call", call)
    with pytest.raises(ProviderError) as caught:
        provider_for(account).ping()
    record = logging.LogRecord("x", logging.ERROR, "", 0, "failed: %s", (caught.value,), None)
    record.exc_info = (caught.type, caught.value, caught.tb)
    AboutGeneration().filter(record)
    for layout in (Redacted(), JsonLines()):
        assert KEY not in layout.format(record)
        assert "SECRET" not in layout.format(record)
