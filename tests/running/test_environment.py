"""The environment: what can't be read is said in words, before anything starts."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from studio.running import children

ROOT = Path(__file__).resolve().parent.parent.parent


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"PORT": "abc"}, "PORT is 'abc'"),
        ({"SUBMIT_LEASE_S": "soon"}, "SUBMIT_LEASE_S is 'soon'"),
        ({"DATABASE_URL": "nowhere"}, "DATABASE_URL can't be read"),
        ({"OUTBOUND_LOOPBACK": "1", "LUMA_API_KEY": "luma-x"}, "Unset one of them"),
        ({"LUMA_API_KEY": "luma-api-x"}, "Put it into LUMA_AGENTS_API_KEY"),
        ({"LUMA_AGENTS_API_KEY": "luma-x"}, "goes into LUMA_API_KEY"),
        ({"IMAGES_API_KEY": "x"}, "there is no IMAGES_BASE_URL and no IMAGES_MODEL"),
        (
            {"IMAGES_BASE_URL": "ftp://a.b", "IMAGES_API_KEY": "x", "IMAGES_MODEL": "y"},
            "IMAGES_BASE_URL must be an address such as https://",
        ),
        (
            {"IMAGES_BASE_URL": "http://luma-x@a.b", "IMAGES_API_KEY": "x", "IMAGES_MODEL": "y"},
            "without a user or password",
        ),
        ({"OIDC_SERVER_URL": "http://id.example.com", "OIDC_CLIENT_ID": "x"}, "begin with https"),
        ({"OIDC_SERVER_URL": "id.example.com", "OIDC_CLIENT_ID": "x"}, "begin with https"),
        ({"OIDC_SERVER_URL": "https://id.example.com"}, "OIDC_CLIENT_ID isn't"),
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


_READ = """
import json
from studio import settings
print(json.dumps({name: getattr(settings, name) for name in %r}, default=str))
"""


def read(tmp_path, *names, **env):
    """Return settings as a process with this environment has them."""
    done = subprocess.run(
        [sys.executable, "-c", _READ % (names,)],
        cwd=ROOT,
        env=os.environ | {"DATA_DIR": str(tmp_path)} | env,
        capture_output=True,
        text=True,
        check=True,
    )
    return json.loads(done.stdout)


def test_no_proxy_is_believed_unless_it_is_counted(tmp_path):
    name = "ALLAUTH_TRUSTED_PROXY_COUNT"
    assert read(tmp_path, name)[name] == 0
    assert read(tmp_path, name, TRUSTED_PROXIES="2")[name] == 2


def test_an_images_server_may_be_on_this_machine_at_a_port_of_its_own(tmp_path):
    named = {"IMAGES_BASE_URL": "http://127.0.0.1:8080/v1", "IMAGES_MODEL": "sdxl"}
    found = read(tmp_path, "IMAGES_BASE_URL", IMAGES_API_KEY="any", **named)
    assert found["IMAGES_BASE_URL"] == "http://127.0.0.1:8080/v1"


def test_a_pool_keeps_what_the_address_of_the_database_asks_for(tmp_path):
    url = "postgres://dailies:x@db.example.com:5432/dailies?sslmode=verify-full"
    found = read(tmp_path, "DATABASES", DATABASE_URL=url, DATABASE_POOL="1")
    options = found["DATABASES"]["default"]["OPTIONS"]
    assert options == {"sslmode": "verify-full", "pool": {"min_size": 1, "max_size": 8}}


def test_probes_from_this_machine_are_answered_whatever_names_are_allowed(tmp_path):
    own = ["localhost", "127.0.0.1", "[::1]"]
    assert read(tmp_path, "ALLOWED_HOSTS", ALLOWED_HOSTS="")["ALLOWED_HOSTS"] == own
    found = read(tmp_path, "ALLOWED_HOSTS", ALLOWED_HOSTS="dailies.lan,localhost")
    assert found["ALLOWED_HOSTS"] == ["dailies.lan", "localhost", "127.0.0.1", "[::1]"]


@pytest.mark.parametrize(
    ("env", "admitted"),
    [
        ({}, True),
        ({"SIMULATOR": "0"}, False),
        ({"SIMULATOR": "0", "SIMULATOR_URL": "http://127.0.0.1:9"}, True),
        ({"LUMA_API_KEY": "luma-key"}, False),
        ({"LUMA_API_KEY": "luma-key", "SIMULATOR_URL": "http://127.0.0.1:9"}, False),
    ],
)
def test_this_machine_is_reached_only_while_a_simulator_is_in_use(
    env, admitted, settings, monkeypatch
):
    for name in ("SIMULATOR", "SIMULATOR_URL", "OUTBOUND_LOOPBACK"):
        monkeypatch.delenv(name, raising=False)
    settings.LUMA_API_KEY = env.get("LUMA_API_KEY", "")
    for name, value in env.items():
        monkeypatch.setenv(name, value)
    plan = children.Plan.from_settings()
    assert ("OUTBOUND_LOOPBACK" in children.environment(plan)) == admitted
    started = {child.name for child in children.children(plan)}
    assert ("simulator" in started) == (not env)
