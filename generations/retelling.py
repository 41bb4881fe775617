"""The request of a take as a person may read it, keep it and send it again themselves."""

import json
import shlex
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.exceptions import ObjectDoesNotExist

from generations.catalogue import catalogue
from generations.models import Attempt, Generation
from generations.providers import post_of
from generations.providers.base import NotFound
from generations.requesting import request_to_show


@dataclass(frozen=True)
class Retold:
    """What is posted for a take: without its key, without the callback, its files by their names.

    `sent_at` is when it was sent last, None for what wasn't.
    """

    url: str
    body: dict[str, Any]
    provider: str
    key_name: str
    sent_at: datetime | None

    @property
    def json(self) -> str:
        """The body, to be read."""
        return json.dumps(self.body, indent=2, ensure_ascii=False)

    @property
    def curl(self) -> str:
        """A line for a shell that posts it, the key taken from the environment."""
        parts = (
            f"curl --fail-with-body {shlex.quote(self.url)}",
            f'--header "Authorization: Bearer ${self.key_name}"',
            "--header 'Content-Type: application/json'",
            f"--data-raw {shlex.quote(json.dumps(self.body, ensure_ascii=False))}",
        )
        return " \\\n  ".join(parts)

    @property
    def names_files(self) -> bool:
        """Whether a file is named in it, which the provider was given by another address."""
        return '"url": ' in json.dumps(self.body)


def retell(generation: Generation) -> Retold | None:
    """Return the request of a take's last attempt, or what would be sent for one.

    None where that can't be told: its model isn't known any more, or what it was made from.
    """
    if generation.prompt.model not in catalogue().models:
        return None
    newest = generation.attempts.select_related("account").last()
    attempt = newest or Attempt(generation=generation, account=generation.account)
    attempt.generation = generation
    account = attempt.account
    try:
        url, body = post_of(account, request_to_show(attempt))
    except (ObjectDoesNotExist, NotFound):
        return None
    title = catalogue().providers[account.provider].title
    key_name = f"{account.provider.upper().replace('-', '_')}_API_KEY"
    return Retold(url, body, title, key_name, attempt.sent_at)
