"""What a webhook may be told of, and the message that tells it.

Message, headers and signature are those of the Standard Webhooks specification
(standardwebhooks.com): a JSON object of `type`, `timestamp` and `data`.
"""

import json
from datetime import datetime
from typing import Any, NamedTuple

from django.conf import settings
from django.urls import reverse

from generations.models import Event, State
from studio.models import User

TEST = "webhook.test"


class Told(NamedTuple):
    """Something that a webhook may be told: its name, and in words."""

    name: str
    words: str


EVENTS = (
    Told("take.finished", "A take is finished and its file is kept"),
    Told("take.failed", "A take failed"),
    Told("take.requested", "A take needs approval"),
    Told("review.asked", "A take was sent to review"),
    Told("review.judged", "A take was judged"),
    Told("note.left", "A note was left"),
)
NAMES = tuple(each.name for each in EVENTS)
# By the kind of event in a take's history.
_NAME_OF = {
    "stored": "take.finished",
    State.FAILED.value: "take.failed",
    State.REQUESTED.value: "take.requested",
    "sent_to_review": "review.asked",
    **dict.fromkeys(("approved", "changes_wanted", "rejected"), "review.judged"),
    "noted": "note.left",
}


def kinds_of(names: list[str]) -> list[str]:
    """Return the kinds of events that are told under some names."""
    return [kind for kind, name in _NAME_OF.items() if name in names]


def name_of(event: Event) -> str:
    """Return the name under which an event is told."""
    return _NAME_OF[event.kind]


def message_of(event: Event) -> str:
    """Return what is told of an event of a take: no prompt and no price, but where to look."""
    take, project = event.generation, event.project
    data = {
        "take": {
            "id": str(take.uuid),
            "name": take.name,
            "number": take.take_number,
            "state": take.state,
            "model": take.prompt.model,
            "url": _address("generation", take.uuid),
        },
        "project": {"name": project.name, "url": _address("board", project.slug)},
        "by": _who(event.actor),
        "event": {"number": event.number, "kind": event.kind, "reason": event.reason},
    }
    return _message(name_of(event), event.at, data)


def test_message(at: datetime) -> str:
    """Return the message that only shows that messages arrive."""
    return _message(TEST, at, {"words": "Dailies can reach this address."})


def _message(name: str, at: datetime, data: dict[str, Any]) -> str:
    said = {"type": name, "timestamp": at.isoformat(), "data": data}
    return json.dumps(said, ensure_ascii=False, separators=(",", ":"))


def _address(name: str, *args: object) -> str:
    base = settings.PUBLIC_URL or settings.LOCAL_URL
    return base + reverse(name, args=args)


def _who(person: User | None) -> str | None:
    return str(person) if person else None
