"""The suite itself: what it leaves out, it says."""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def collect_without_chromium(*words: str, **env: str) -> subprocess.CompletedProcess[str]:
    """Run one browser test where no Chromium is found."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}
    kept |= {"PATH": "/nowhere", "CHROMIUM_BIN": "", "REQUIRE_BROWSER": "", **env}
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", *words]
    test = "tests/flows/test_live.py"
    return subprocess.run(
        [*command, test], cwd=ROOT, env=kept, capture_output=True, text=True, check=False
    )


def test_a_run_without_chromium_says_what_it_skipped_and_how_to_have_it():
    done = collect_without_chromium("-n", "1")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "browser tests were skipped: there is no Chromium on PATH." in done.stdout
    assert "apt install chromium-headless-shell" in done.stdout
    refused = collect_without_chromium(REQUIRE_BROWSER="1")
    assert refused.returncode != 0
    assert "there is no Chromium on PATH" in refused.stderr
