"""The helper with words, over real HTTP: what it is asked, what it may answer, what is kept."""

import json
import logging
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from typing import Any

import pytest
from django.urls import reverse

from generations import outbound
from studio.prompting import improving
from tests.loopback import Loopback, Quiet

TYPED = {"kind": "video", "model": "ray-2", "ratio": "1:1", "words": "A fox at dawn"}
KEY = "a-secret-of-the-operators"


@dataclass
class Helper:
    """What the helper answers, and what it was asked."""

    status: int = 200
    body: Any = ""
    asked: list[dict[str, Any]] = field(default_factory=list)
    keys: list[str] = field(default_factory=list)
    hold: threading.Event | None = None

    def says(self, words: Any) -> None:
        self.body = {"choices": [{"message": {"content": words}}]}


@pytest.fixture
def helper(settings) -> Iterator[Helper]:
    kept = Helper()

    class Answers(Quiet, BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            length = int(self.headers["Content-Length"])
            kept.asked.append(json.loads(self.rfile.read(length)) | {"path": self.path})
            kept.keys.append(self.headers.get("Authorization", ""))
            if kept.hold:
                kept.hold.wait(10)
            body = kept.body if isinstance(kept.body, bytes) else json.dumps(kept.body).encode()
            self.send_response(kept.status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

    with Loopback(Answers) as served:
        settings.PROMPT_HELPER_URL = f"{served.address}/v1"
        settings.PROMPT_HELPER_KEY, settings.PROMPT_HELPER_MODEL = KEY, "small"
        yield kept


def improve(client, project, **fields):
    url = reverse("improve", args=[project.slug])
    return client.post(url, TYPED | fields).content.decode()


def test_the_rewrite_is_shown_word_by_word_and_changes_nothing_by_itself(client, project, helper):
    helper.says("A red fox at dawn, slow push in")
    page = improve(client, project)
    assert "<ins>red </ins>" in page
    assert '<input type="hidden" name="words" value="A fox at dawn">' in page
    (asked,) = helper.asked
    assert (asked["path"], asked["model"]) == ("/v1/chat/completions", "small")
    assert asked["messages"][-1] == {"role": "user", "content": "A fox at dawn"}
    assert helper.keys == [f"Bearer {KEY}"]


def test_accepted_it_takes_the_words_place_and_kept_they_stay(client, project):
    compose = reverse("compose", args=[project.slug])
    page = client.post(compose, TYPED | {"accept": "A red fox"}).content.decode()
    assert ">A red fox</textarea>" in page
    assert "<option selected>1:1</option>" in page
    assert ">A fox at dawn</textarea>" in client.post(compose, TYPED).content.decode()


@pytest.mark.parametrize(
    ("status", "body", "says"),
    [
        (401, {}, "The helper refuses (401)."),
        (302, {}, "The helper refuses (302)."),
        (429, {}, "takes no more requests now"),
        (200, b"<html>", "holds no prompt"),
        (200, {"choices": []}, "holds no prompt"),
        (200, {"choices": [{"message": {"content": ["a"]}}]}, "holds no prompt"),
        (200, {"choices": [{"message": {"content": " \0 "}}]}, "holds no prompt"),
        (200, {"choices": [{"message": {"content": "x" * 5001}}]}, "longer than 5,000"),
        (200, b" " * (improving.MOST_BYTES + 1), "gave no whole answer"),
    ],
)
def test_what_goes_wrong_is_said_and_the_words_stay(client, project, helper, status, body, says):
    helper.status, helper.body = status, body
    page = improve(client, project)
    assert says in page
    assert '<input type="hidden" name="words" value="A fox at dawn">' in page
    assert "Accept" not in page


def test_quotes_around_a_rewrite_are_taken_off(helper):
    helper.says('"A red fox"')
    assert improving.improve("A fox") == "A red fox"


def test_a_helper_that_never_answers_is_given_up(client, project, helper, monkeypatch):
    helper.hold = threading.Event()
    monkeypatch.setattr(improving, "TIMEOUT_S", 0.3)
    try:
        assert "gave no whole answer" in improve(client, project)
    finally:
        helper.hold.set()


def test_a_helper_that_is_away_or_busy_is_said(client, project, helper, settings, monkeypatch):
    monkeypatch.setattr(improving, "_PLACES", threading.BoundedSemaphore(1))
    with improving._PLACES:
        assert "is busy with others" in improve(client, project)
    settings.PROMPT_HELPER_URL = "http://127.0.0.1:1/v1"
    assert "The helper can&#x27;t be reached." in improve(client, project)


def test_neither_words_nor_key_are_written_to_the_log(client, project, helper, caplog):
    caplog.set_level(logging.DEBUG)
    helper.says("A red fox")
    improve(client, project)
    helper.status = 500
    improve(client, project)
    said = "\n".join(record.getMessage() for record in caplog.records if record.levelno >= 20)
    assert "A fox" not in said
    assert "A red fox" not in said
    assert KEY not in caplog.text


def test_without_a_helper_nothing_offers_it(client, project, settings):
    settings.PROMPT_HELPER_URL = ""
    board = client.get(reverse("board", args=[project.slug])).content.decode()
    assert reverse("improve", args=[project.slug]) not in board
    assert "There is no helper here." in improve(client, project)
    settings.PROMPT_HELPER_URL = "http://127.0.0.1:1"
    board = client.get(reverse("board", args=[project.slug])).content.decode()
    assert reverse("improve", args=[project.slug]) in board


def test_only_the_operators_address_may_be_inside(helper):
    """Also after it was connected to: what it keeps open serves nobody else."""
    helper.says("A red fox")
    address = f"{improving.settings.PROMPT_HELPER_URL}/chat/completions"
    assert improving.improve("A fox") == "A red fox"
    with pytest.raises(outbound.NeverSent):
        outbound.call("POST", address, headers={}, timeout_s=1, body={})
    with pytest.raises(outbound.NeverSent):
        outbound.call("POST", "ftp://127.0.0.1/", headers={}, timeout_s=1, inside=True)
    assert len(helper.asked) == 1
