"""Finished files over HTTP, with ranges (sheet §13)."""

from typing import Any

import pytest

from generations.simulator.testing import TestSimulator
from tests.simulator.peers import Reply, ask


@pytest.fixture
def asset(sim: TestSimulator, lighthouse: dict[str, Any]) -> str:
    made = ask("POST", f"{sim.url}/generations", lighthouse).json["id"]
    assert sim.wait_for_end(made) == "completed"
    return str(ask("GET", f"{sim.url}/generations/{made}").json["assets"]["video"])


def ranged(asset: str, span: str) -> Reply:
    return ask("GET", asset, key=None, headers={"Range": span})


def test_it_is_the_whole_file_without_any_key(asset: str) -> None:
    answer = ask("GET", asset, key=None)
    assert answer.status == 200
    assert answer.headers["Content-Type"] == "video/mp4"
    assert answer.headers["Accept-Ranges"] == "bytes"
    assert int(answer.headers["Content-Length"]) == len(answer.body)
    assert answer.body[4:8] == b"ftyp"


def test_head_tells_the_length(asset: str) -> None:
    whole = ask("GET", asset, key=None)
    head = ask("HEAD", asset, key=None)
    assert (head.status, head.body) == (200, b"")
    assert head.headers["Content-Length"] == str(len(whole.body))


@pytest.mark.parametrize(
    ("span", "part"),
    [
        ("bytes=0-99", slice(0, 100)),
        ("bytes=1000-1999", slice(1000, 2000)),
        ("bytes=500-", slice(500, None)),
        ("bytes=-300", slice(-300, None)),
        ("bytes=100-999999999", slice(100, None)),
    ],
)
def test_a_range_is_206(asset: str, span: str, part: slice) -> None:
    whole = ask("GET", asset, key=None).body
    answer = ranged(asset, span)
    assert answer.status == 206
    assert answer.body == whole[part]
    start, stop, _ = part.indices(len(whole))
    assert answer.headers["Content-Range"] == f"bytes {start}-{stop - 1}/{len(whole)}"


def test_a_range_beyond_the_end_is_416(asset: str) -> None:
    size = len(ask("GET", asset, key=None).body)
    answer = ranged(asset, f"bytes={size}-")
    assert (answer.status, answer.body) == (416, b"")
    assert answer.headers["Content-Range"] == f"bytes */{size}"


def test_it_need_not_be_sent_again(asset: str) -> None:
    tag = ask("GET", asset, key=None).headers["ETag"]
    answer = ask("GET", asset, key=None, headers={"If-None-Match": tag})
    assert (answer.status, answer.body) == (304, b"")


@pytest.mark.parametrize(
    "path", ["/assets/", "/assets/../journal.jsonl", "/assets/%2e%2e/journal.jsonl"]
)
def test_nothing_else_is_served(sim: TestSimulator, asset: str, path: str) -> None:
    assert ask("GET", sim.address + path, key=None).status == 404


def test_a_deleted_clip_is_not_served(sim: TestSimulator, asset: str) -> None:
    [entry] = sim.books()["generations"]
    ask("DELETE", f"{sim.url}/generations/{entry['id']}")
    assert ask("GET", asset, key=None).status == 404


def test_nothing_can_be_posted_to_it(asset: str) -> None:
    answer = ask("POST", asset, b"{}", key=None)
    assert (answer.status, answer.body) == (405, b"")
