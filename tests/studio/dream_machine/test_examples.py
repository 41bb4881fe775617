"""The examples of docs/api.md are run as they are written, against Dailies itself."""

import json
import re
import shutil
import subprocess
import sys
import time
from pathlib import Path
from textwrap import dedent

import pytest

from generations.models import Generation, State
from tests.factories import bring
from tests.simulator.peers import ask

GUIDE = Path(__file__).parents[3] / "docs/api.md"
WORDS = "A lighthouse in a storm at night"
# Three seconds between two questions are polite, and nothing here needs them.
HURRIED = "import time\ntime.sleep = lambda s, sleep=time.sleep: sleep(s / 30)\n"


def example(name: str) -> str:
    """Return the indented block that follows a line which begins with a name."""
    found = re.search(rf"^{name}\b.*:\n\n((?: {{4}}.*\n|\n)+)", GUIDE.read_text(), re.MULTILINE)
    assert found, name
    return dedent(found[1]).strip()


def here(name: str, live_server) -> str:
    there = "https://dailies.example.com"
    written = example(name)
    assert there in written
    return written.replace(there, live_server.url)


@pytest.mark.skipif(not shutil.which("curl"), reason="there is no curl on PATH")
def test_the_one_for_curl_orders_a_take(live_server, script):
    done = subprocess.run(
        ["bash", "-c", here("curl", live_server)],
        env={"DAILIES_TOKEN": script.token, "PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    told = json.loads(done.stdout)
    made = Generation.objects.get()
    assert (told["id"], told["state"]) == (str(made.uuid), "queued")
    asked = made.prompt
    assert (asked.words, asked.model, asked.duration_s) == (WORDS, "ray-2", 5)


def test_the_one_for_python_waits_for_the_file_and_prints_its_address(live_server, script):
    code = f"{HURRIED}DAILIES_TOKEN = {script.token!r}\n{here('Python', live_server)}"
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True) as run:
        ends = time.monotonic() + 60
        while not Generation.objects.exists():
            assert run.poll() is None, "it ended before it ordered anything"
            assert time.monotonic() < ends
            time.sleep(0.02)
        made = Generation.objects.get()
        bring(made, State.COMPLETED)
        printed, _ = run.communicate(timeout=60)
    assert run.returncode == 0
    assert made.prompt.words == WORDS
    address = printed.strip()
    assert address.startswith(live_server.url)
    kept = made.assets.get(kind="video")
    assert ask("GET", address, key=None).body == kept.file.read_bytes()


@pytest.mark.skipif(not shutil.which("node"), reason="there is no node on PATH")
def test_the_one_for_javascript_can_be_read(tmp_path):
    """Its SDK comes from npm, and isn't fetched for this."""
    file = tmp_path / "example.mjs"
    file.write_text(example("JavaScript"))
    done = subprocess.run(["node", "--check", str(file)], capture_output=True, check=False)
    assert done.returncode == 0, done.stderr.decode()
