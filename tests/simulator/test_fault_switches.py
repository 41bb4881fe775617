"""How faults are switched: by environment, by control endpoint, repeatably."""

import json
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from generations.simulator import control
from generations.simulator.faults import Dice, Fault, Faults
from generations.simulator.messages import Refused, Request
from generations.simulator.settings import Settings
from generations.simulator.testing import TestSimulator
from tests.simulator.peers import COVERED, ask


def strikes(switches: dict[str, Any], name: str, times: int = 40, operation: str = "") -> str:
    dice = Dice(Faults.parse(switches))
    return "".join("x" if dice.strike(name, operation) else "." for _ in range(times))


def test_true_is_always_false_is_never_a_number_is_a_chance() -> None:
    assert strikes({"lost_answer": True}, "lost_answer", 5) == "xxxxx"
    assert strikes({"lost_answer": False}, "lost_answer", 5) == "....."
    assert strikes({}, "lost_answer", 5) == "....."
    assert strikes({"lost_answer": 0}, "lost_answer", 5) == "....."
    drawn = strikes({"lost_answer": 0.3}, "lost_answer", 1000)
    assert 250 < drawn.count("x") < 350


def test_every_fault_has_a_test() -> None:
    for kind in ("creates", "reads", "fates"):
        import_module(f"tests.simulator.test_faults_of_{kind}")
    import_module("tests.simulator.test_agents_contract")
    import_module("tests.simulator.test_gateway")
    assert set(Faults.names()) == COVERED


def test_a_count_ends_it() -> None:
    assert strikes({"lost_answer": {"times": 2}}, "lost_answer", 5) == "xx..."
    drawn = strikes({"lost_answer": {"times": 2, "probability": 0.5}}, "lost_answer")
    assert drawn.count("x") == 2


def test_a_seed_repeats_the_run_and_another_gives_another() -> None:
    first = strikes({"lost_answer": 0.5, "seed": 1}, "lost_answer")
    assert strikes({"lost_answer": 0.5, "seed": 1}, "lost_answer") == first
    assert strikes({"lost_answer": 0.5, "seed": 2}, "lost_answer") != first


def test_it_strikes_only_the_operations_it_is_for() -> None:
    assert strikes({"slow_answer": {"on": ["list"]}}, "slow_answer", 2, "get") == ".."
    assert strikes({"slow_answer": {"on": ["list"]}}, "slow_answer", 2, "list") == "xx"
    assert strikes({"error_before_accept": True}, "error_before_accept", 2, "get") == ".."
    assert strikes({"error_before_accept": {"on": ["get"]}}, "error_before_accept", 1, "get") == "x"


@pytest.mark.parametrize(
    ("switches", "words"),
    [
        ({"lost_anwser": True}, "unknown fault lost_anwser; known: slow_answer, error_before_"),
        ({"lost_answer": 2}, "lost_answer: probability must be between 0 and 1"),
        ({"lost_answer": "often"}, "lost_answer: expected true, false"),
        ({"lost_answer": {"chance": 1}}, "lost_answer: unknown chance; known: probability"),
        ({"lost_answer": {"times": -1}}, "lost_answer: times must not be negative"),
        ({"lost_answer": {"times": "2"}}, "lost_answer: times must be a whole number"),
        ({"lost_answer": {"probability": "x"}}, "lost_answer: probability must be"),
        ({"slow_answer": {"seconds": -1}}, "slow_answer: seconds must not be negative"),
        ({"slow_answer": {"on": ["sleep"]}}, "slow_answer: unknown operation sleep; known:"),
        ({"lost_answer": {"times": True}}, "lost_answer: times must be a whole number"),
        ({"slow_answer": {"on": "list"}}, "slow_answer: on must be a list"),
        ({"slow_answer": {"on": [["list"]]}}, "slow_answer: on must be a list"),
        ({"seed": "x"}, "seed must be a whole number"),
    ],
)
def test_a_wrong_switch_is_refused_with_what_is_known(
    sim: TestSimulator, switches: dict[str, Any], words: str
) -> None:
    with pytest.raises(ValueError, match="^" + words.replace("(", r"\(")):
        Faults.parse(switches)
    refused = ask("POST", f"{sim.address}/_control/faults", switches)
    assert refused.status == 422
    assert words in refused.json["detail"]


def test_the_environment_switches_them() -> None:
    settings = Settings.from_environment(
        {"SIMULATOR_FAULTS": '{"lost_answer": {"times": 1}, "seed": 7}', "DATA_DIR": "/data"}
    )
    assert settings.faults.seed == 7
    assert settings.faults.lost_answer is not None
    assert settings.faults.lost_answer.times == 1
    assert settings.directory == Path("/data/simulator")
    with pytest.raises(ValueError, match="SIMULATOR_FAULTS: faults must be a JSON object"):
        Settings.from_environment({"SIMULATOR_FAULTS": "[]"})


def test_the_environment_switches_each_of_them() -> None:
    """What the control endpoint does with each is in the tests of creates, fates and reads."""
    for name in Faults.names():
        said = json.dumps({name: {"times": 2}})
        settings = Settings.from_environment({"SIMULATOR_FAULTS": said, "DATA_DIR": "/data"})
        assert getattr(settings.faults, name) == Fault(times=2)
        assert settings.faults == Faults(**{name: Fault(times=2)})


def test_the_environment_sets_everything_else_too() -> None:
    settings = Settings.from_environment(
        {
            "SIMULATOR_SPEED": "0.1",
            "SIMULATOR_CONCURRENT": "7",
            "SIMULATOR_PER_MINUTE": "9",
            "SIMULATOR_CREDITS": "12.5",
            "SIMULATOR_PORT": "1234",
            "SIMULATOR_RENDERS": "/renders",
        },
        port=None,
        host="127.0.0.2",
    )
    assert (settings.speed, settings.concurrent, settings.per_minute) == (0.1, 7, 9)
    assert (settings.port, settings.host, str(settings.renders)) == (1234, "127.0.0.2", "/renders")
    assert float(settings.credits_cents) == 12.5


def test_the_control_endpoint_tells_what_is_on_and_what_exists(sim: TestSimulator) -> None:
    url = f"{sim.address}/_control/faults"
    assert ask("POST", url, {"out_of_credits": {"times": 1}}).status == 200
    ask("POST", f"{sim.url}/generations", {})
    told = ask("GET", url).json
    assert told["faults"]["out_of_credits"]["times"] == 1
    assert told["struck"] == {"out_of_credits": 1}
    assert set(told["known"]) == set(Faults.names())
    assert ask("POST", url, {}).json["faults"] == {"seed": 0}
    assert ask("POST", url, [1]).status == 422


def test_a_reset_forgets_faults_and_generations(sim: TestSimulator) -> None:
    sim.faults(out_of_credits=True)
    assert ask("POST", f"{sim.address}/_control/reset").status == 204
    made = ask("POST", f"{sim.url}/generations", {"model": "ray-2", "prompt": "Doomed"})
    assert made.status == 201


def test_the_books_can_be_one_keys_and_name_none(sim: TestSimulator) -> None:
    for key in ("luma-one", "luma-two"):
        ask("POST", f"{sim.url}/generations", {"model": "ray-2", "prompt": "Doomed"}, key=key)
    every = ask("GET", f"{sim.address}/_control/books", key=None)
    assert len(every.json["accounts"]) == 2
    assert b"luma-one" not in every.body
    [one] = ask("GET", f"{sim.address}/_control/books", key="luma-one").json["accounts"]
    assert one["creates_accepted"] == 1


def test_only_this_machine_reaches_the_controls(sim: TestSimulator) -> None:
    request = Request(
        method="GET",
        path="/_control/books",
        query={},
        headers={},
        body=b"",
        client="192.0.2.7",
    )
    with pytest.raises(Refused) as refused:
        control.answer(sim.engine, request)
    assert refused.value.status == 404


def test_it_says_when_it_is_up(sim: TestSimulator) -> None:
    assert ask("GET", f"{sim.address}/_control/health", key=None).json == {"status": "ok"}
    assert ask("GET", f"{sim.address}/_control/nothing", key=None).status == 404


def test_the_readme_names_every_fault() -> None:
    readme = (Path(__file__).parents[2] / "README.md").read_text()
    assert [name for name in Faults.names() if f"`{name}`" not in readme] == []
