"""What the tests of guest links share: making one through the front door, and looking at it."""

import re

from django.test import Client
from django.urls import reverse

from studio import reviewing
from studio.models import Share, Verdict

GONE = "This link isn't good any more, or never was"
WAYS = {
    "Generation": "take",
    "Collection": "collection",
    "Sequence": "sequence",
    "Export": "export",
}


def approve(take, by):
    """Approve a take."""
    reviewing.judge(take, Verdict.APPROVED, by, seen="")


def way(thing) -> str:
    """Return the address of a thing's links."""
    return reverse(f"share_{WAYS[type(thing).__name__]}", args=[thing.uuid])


def ask(client: Client, thing, **said):
    """Ask for a link, as the form does."""
    return client.post(way(thing), {"days": "7", **said})


def link(client: Client, thing, **said) -> str:
    """Make a link, and return its address without the host."""
    page = ask(client, thing, **said).content.decode()
    found = re.search(r"http://testserver(/share/[\w-]{43}/)<", page)
    assert found, page
    return found[1]


def files(page: str) -> list[str]:
    """Return the addresses of the files that a page names."""
    return list(
        dict.fromkeys(re.findall(r'(?:src|href|poster)="(/share/[^"#?]+/media/[^"#?]+)', page))
    )


def look(guest, address) -> str:
    """Return the page that an address answers."""
    answer = guest.get(address)
    assert answer.status_code == 200
    return answer.content.decode()


def views() -> int:
    """Return how often the one link was opened."""
    return Share.objects.get().views
