"""The environment: what can't be read is said in words, before anything starts."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"PORT": "abc"}, "PORT is 'abc'"),
        ({"SUBMIT_LEASE_S": "soon"}, "SUBMIT_LEASE_S is 'soon'"),
        ({"DATABASE_URL": "nowhere"}, "DATABASE_URL can't be read"),
        ({"OUTBOUND_LOOPBACK": "1", "LUMA_API_KEY": "luma-x"}, "Unset one of them"),
    ],
)
def test_a_wrong_setting_is_one_line_that_names_it(wrong, says, tmp_path):
    done = subprocess.run(
        [sys.executable, "manage.py", "check"],
        cwd=ROOT,
        env=os.environ | {"DATA_DIR": str(tmp_path)} | wrong,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert says in done.stderr
    assert "Traceback" not in done.stderr
    assert "luma-x" not in done.stderr
