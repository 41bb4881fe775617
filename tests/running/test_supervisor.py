"""The supervisor, with children that are quick to start."""

import io
import json
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from studio.running import guard
from studio.running.leftovers import Roll
from studio.running.processes import Identity
from studio.running.supervisor import Child, Ended, Supervisor
from tests.running.stage import wait_for

SLEEP = [sys.executable, "-S", "-c", "import time; time.sleep(60)"]
STUBBORN = [
    *(sys.executable, "-S", "-c"),
    "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('deaf', flush=True);"
    "time.sleep(60)",
]


@pytest.fixture
def said() -> io.StringIO:
    return io.StringIO()


@pytest.fixture(autouse=True)
def _own_signals():
    before = {
        number: signal.getsignal(number)
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    }
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


def run(supervisor: Supervisor) -> int:
    return supervisor.run(ready=lambda: True, announce=lambda: None)


def test_what_children_say_is_shown_under_their_names(said: io.StringIO) -> None:
    with Supervisor(output=said) as supervisor:
        supervisor.start(Child("teller", [sys.executable, "-S", "-c", "print('Grüße')"]))
        assert run(supervisor) == 1
    assert "teller    | Grüße" in said.getvalue()
    assert "teller ended with status 0; stopping the rest." in said.getvalue()


def test_a_child_that_may_end_takes_nothing_down(said: io.StringIO) -> None:
    with Supervisor(output=said) as supervisor:
        supervisor.start(
            Child("job", [sys.executable, "-S", "-c", "raise SystemExit(3)"], once=True)
        )
        supervisor.start(Child("service", SLEEP))
        threading.Timer(1.0, os.kill, (os.getpid(), signal.SIGTERM)).start()
        assert run(supervisor) == 0
    assert "job ended with status 3; everything else goes on." in said.getvalue()


def test_work_is_done_beside_the_children(said: io.StringIO) -> None:
    with Supervisor(output=said) as supervisor:
        supervisor.start(Child("service", SLEEP))
        assert supervisor.work_off(lambda: "tables") == "tables"
        with pytest.raises(ZeroDivisionError):
            supervisor.work_off(lambda: 1 / 0)


def test_a_signal_ends_work_that_takes_no_notice_of_it(said: io.StringIO) -> None:
    begun, never = threading.Event(), threading.Event()

    def work() -> None:
        begun.set()
        never.wait()

    def stop() -> None:
        begun.wait(10)
        os.kill(os.getpid(), signal.SIGTERM)

    with Supervisor(output=said) as supervisor:
        threading.Thread(target=stop).start()
        with pytest.raises(Ended) as ended:
            supervisor.work_off(work)
    assert ended.value.status == 0
    assert "Stopping" in said.getvalue()
    never.set()


def test_a_child_that_ends_takes_down_the_work_beside_it(said: io.StringIO) -> None:
    never = threading.Event()
    with Supervisor(output=said) as supervisor:
        supervisor.start(Child("service", [sys.executable, "-S", "-c", "raise SystemExit(3)"]))
        with pytest.raises(Ended) as ended:
            supervisor.work_off(never.wait)
    assert ended.value.status == 1
    assert "service ended with status 3; stopping the rest." in said.getvalue()
    never.set()


def test_a_child_deaf_to_sigterm_is_killed_in_time(said: io.StringIO) -> None:
    with Supervisor(output=said) as supervisor:
        supervisor.start(Child("deaf", STUBBORN))
        wait_for(lambda: "| deaf" in said.getvalue(), 10)
        began = time.monotonic()
    assert time.monotonic() - began < 5
    assert not supervisor.is_running("deaf")


def test_what_a_child_started_goes_with_it(said: io.StringIO) -> None:
    grandchild = (
        f"import subprocess, time; print(subprocess.Popen({STUBBORN!r}).pid, flush=True);"
        "time.sleep(60)"
    )
    with Supervisor(output=said) as supervisor:
        supervisor.start(Child("parent", [sys.executable, "-S", "-c", grandchild]))
        wait_for(lambda: "| deaf" in said.getvalue(), 10)
        pid = int(
            next(line for line in said.getvalue().splitlines() if line[-1].isdigit()).split()[-1]
        )
        assert Identity.of(pid)
    wait_for(lambda: Identity.of(pid) is None, 2)


def test_the_guard_ends_the_groups_of_a_supervisor_that_vanished() -> None:
    left = subprocess.Popen(SLEEP, start_new_session=True)
    done = subprocess.Popen(SLEEP, start_new_session=True)
    watching = subprocess.Popen(
        [sys.executable, "-S", guard.__file__], stdin=subprocess.PIPE, text=True
    )
    assert watching.stdin
    watching.stdin.write(f"+{left.pid}\n+{done.pid}\n-{done.pid}\n")
    watching.stdin.close()
    assert left.wait(5) == -signal.SIGTERM
    assert watching.wait(5) == 0
    assert done.poll() is None
    done.kill()
    done.wait()


def test_a_leftover_is_known_by_its_start_and_not_by_its_id_alone(tmp_path: Path) -> None:
    roll = Roll(tmp_path / "up.json")
    child = subprocess.Popen(SLEEP, start_new_session=True)
    roll.add("sleeper", child.pid)
    written = (tmp_path / "up.json").read_text()
    (tmp_path / "up.json").write_text(written.replace('"started": "', '"started": "another '))
    assert Roll(tmp_path / "up.json").end_leftovers() == []
    assert child.poll() is None

    (tmp_path / "up.json").write_text(written)
    threading.Thread(target=child.wait).start()  # reaps it, as the system does for an orphan
    assert Roll(tmp_path / "up.json").end_leftovers() == ["sleeper"]
    assert not (tmp_path / "up.json").exists()


def test_a_child_on_the_roll_is_ended_by_the_guard_however_soon_its_supervisor_dies(
    tmp_path: Path,
) -> None:
    supervisor = f"""
import os, signal
from pathlib import Path
from studio.running.leftovers import Roll
from studio.running.supervisor import Child, Ended, Supervisor

class LastWords(Roll):
    def add(self, name, pid):
        super().add(name, pid)
        if name == "service":
            os.kill(os.getpid(), signal.SIGKILL)

with Supervisor(LastWords(Path({str(tmp_path / "up.json")!r}))) as supervisor:
    supervisor.start(Child("service", {SLEEP!r}))
"""
    died = subprocess.run([sys.executable, "-c", supervisor], check=False, timeout=30)
    assert died.returncode == -signal.SIGKILL
    rows = json.loads((tmp_path / "up.json").read_text())
    service = next(Identity(row["pid"], row["started"]) for row in rows if row["name"] == "service")
    wait_for(lambda: not service.is_alive(), 10)
