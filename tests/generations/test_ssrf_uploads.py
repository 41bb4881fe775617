"""Hundreds of addresses that lead inside, as where a large file is to be put."""

from pathlib import Path

import pytest

from generations.providers.base import LocalFile, ProviderError
from generations.providers.luma_agents import LumaAgents
from generations.providers.luma_agents.files import MOST_INLINE_BYTES
from tests.generations.test_ssrf import HOSTILE, connections, resolver  # noqa: F401  (fixtures)

FILE_ID = "5f0b4ac0-7a1c-4a53-9a53-0d5b1a8d0f11"


@pytest.fixture
def large(tmp_path: Path) -> LocalFile:
    """A file that is too large to go up in one piece."""
    path = tmp_path / "film.mp4"
    with path.open("wb") as file:
        file.truncate(MOST_INLINE_BYTES + 1)
    return LocalFile(path, "video/mp4", "0" * 64)


def test_no_file_is_put_on_the_inside(large, connections, monkeypatch):  # noqa: F811
    agents = LumaAgents("luma-api-x", "https://93.184.215.14/v1")
    for url in HOSTILE:
        made = {"id": FILE_ID, "state": "pending", "upload": {"url": url, "method": "PUT"}}
        monkeypatch.setattr(agents._files._caller, "ask", lambda *_, said=made, **__: said)
        with pytest.raises(ProviderError):
            agents.put_up(large)
        assert connections.inside == [], url
