from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client

from studio.dream_machine import tokens
from studio.models import Project, User

BASE = "/api/dream-machine/v1"
LIGHTHOUSE = {"prompt": "A lighthouse in a storm at night", "model": "ray-2"}


@dataclass(frozen=True)
class Script:
    """A script with a token, and nothing of a browser."""

    token: str

    def ask(self, method: str, path: str, body: Any = None, **headers: str) -> HttpResponse:
        said = {} if body is None else {"data": body, "content_type": "application/json"}
        headers = {"Authorization": f"Bearer {self.token}"} | {
            name.replace("_", "-"): value for name, value in headers.items()
        }
        return getattr(Client(), method.lower())(BASE + path, headers=headers, **said)

    def post(self, path: str, body: Any, **headers: str) -> HttpResponse:
        return self.ask("POST", path, body, **headers)

    def get(self, path: str, **headers: str) -> HttpResponse:
        return self.ask("GET", path, **headers)


Entitle = Callable[..., Script]


@pytest.fixture
def entitle(project: Project) -> Entitle:
    """Gives a person a token, for the project unless another one is named."""

    def to(user: User, of: Project | None = None) -> Script:
        return Script(tokens.make(user, of or project, "Nightly renders")[1])

    return to


@pytest.fixture
def script(entitle: Entitle, artist: User) -> Script:
    """The artist's."""
    return entitle(artist)
