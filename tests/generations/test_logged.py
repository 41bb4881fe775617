"""What a take's life leaves in the log: each move and each call outside, under its id."""

import io
import json
import logging

import pytest

from generations import deciding, submitting
from generations.logs import AboutGeneration, JsonLines
from generations.models import State
from generations.ordering import retry
from tests.generations.conftest import fresh

KEY = "luma-4f2a9c1e-77aa-4b1b-9d11-SECRET"


class Written(list):
    """The lines of JSON that were written, each read back."""

    def about(self, generation) -> list[str]:
        return [line["message"] for line in self if line["generation"] == str(generation.uuid)]


@pytest.fixture
def log():
    """All that is written to the log from now on, as it is with LOG_FORMAT=json."""
    written, out = Written(), io.StringIO()
    handler = logging.StreamHandler(out)
    handler.addFilter(AboutGeneration())
    handler.setFormatter(JsonLines())
    handler.emit = lambda record: written.append(json.loads(handler.format(record)))
    root, quiet = logging.getLogger(), logging.getLogger("httpx")
    level = root.level
    quiet.setLevel(logging.WARNING)
    root.setLevel(logging.INFO)  # which each logger that was asked before has to hear of
    root.addHandler(handler)
    yield written
    root.removeHandler(handler)
    root.setLevel(level)


@pytest.fixture
def keyed(studio):
    """The studio, whose key is one that looks like Luma's own."""
    studio.account.set_key(KEY)
    studio.account.save()
    return studio


def test_each_move_and_each_call_is_logged_under_the_takes_id(keyed, log):
    take = keyed.order()
    other = keyed.order("Fog over a harbour")
    keyed.work(take, other, until="stored")
    for each in (take, other):
        lines = log.about(each)
        said = [line.split()[0].partition("=") for line in lines]
        moves = [kind for name, _, kind in said if name in ("state", "event")]
        happened = [event.kind for event in each.events.order_by("number")]
        assert moves == ["waiting", *happened]  # that it was made, and that it was priced
        calls = [line for line in lines if line.startswith("luma ")]
        assert any("POST /generations/video -> 201" in line for line in calls), lines
        assert any(each.attempt().provider_id in line for line in calls), lines
        fetched = each.assets.get(kind="video").size_bytes
        assert any(line.startswith(f"fetched {fetched} bytes from 127.0.0.1") for line in lines)
    text = json.dumps(log)
    assert "SECRET" not in text
    assert keyed.account.sealed_key not in text


def test_what_goes_wrong_is_logged_under_the_takes_id(keyed, log):
    keyed.simulator.faults(lost_answer={"times": 1}, download_cut={"times": 1})
    take = keyed.order()
    keyed.work(take, until="unconfirmed")
    assert any(line.startswith("lost answer:") for line in log.about(take))
    assert any("state=unconfirmed" in line for line in log.about(take))
    keyed.work(take, until="stored")
    assert any(line.startswith("adopted ") for line in log.about(take))
    assert any("broke off" in line for line in log.about(take))
    assert "SECRET" not in json.dumps(log)


def test_what_a_person_does_is_logged_under_the_takes_id(keyed, log):
    take = keyed.order()
    take.cancel(keyed.person)
    retry(fresh(take), keyed.person)
    assert any("state=cancelled" in line for line in log.about(take))
    assert any("state=waiting previous=cancelled" in line for line in log.about(take))


def test_what_a_person_asks_of_a_lost_take_is_logged_under_its_id(keyed, log):
    keyed.simulator.faults(lost_answer={"times": 1})
    take = keyed.order()
    submitting.submit_due(keyed.account.pk)
    assert fresh(take).state == State.UNCONFIRMED
    take.note("undecided", "Nobody knows.", next_at=take.next_at)
    made = keyed.simulator.books(KEY)["generations"][0]["id"]
    before = len(log)
    deciding.it_was_made(take, keyed.person, made, anyway=True)
    asked = [line for line in log[before:] if line["message"].startswith("luma GET")]
    assert [line["generation"] for line in asked] == [str(take.uuid)]
    assert "SECRET" not in json.dumps(log)
