"""What a webhook may be told of, and the message that tells it.

Message, headers and signature are those of the Standard Webhooks specification
(standardwebhooks.com): a JSON object of `type`, `timestamp` and `data`.
"""

import json
from datetime import datetime
from typing import Any, NamedTuple

from django.conf import settings
from django.urls import reverse

from generations.models import BudgetWarning, Event, State
from studio.models import Mention, User

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
    Told("review.guest", "A guest said a verdict by a link"),
    Told("note.left", "A note was left"),
    Told("note.mention", "Somebody was named in a note"),
    Told("budget.near", "Four fifths of a budget are gone"),
)
NAMES = tuple(each.name for each in EVENTS)
BUDGET = "budget.near"
_MENTION = "note.mention"
# By the kind of event in a take's history.
_NAMES_OF = {
    "stored": ("take.finished",),
    State.FAILED.value: ("take.failed",),
    State.REQUESTED.value: ("take.requested",),
    "sent_to_review": ("review.asked",),
    **dict.fromkeys(("approved", "changes_wanted", "rejected"), ("review.judged",)),
    "guest_judged": ("review.guest",),
    "noted": ("note.left", _MENTION),
}


def kinds_of(names: list[str]) -> list[str]:
    """Return the kinds of events that are told under some names."""
    return [kind for kind, told in _NAMES_OF.items() if set(told) & set(names)]


def messages_of(event: Event, names: list[str]) -> list[tuple[str, str]]:
    """Return what is told of an event of a take under some names: each name with its message.

    No prompt and no price is in it, but where to look.
    """
    told = [name for name in _NAMES_OF[event.kind] if name in names]
    said = [(name, _named_in(event) if name == _MENTION else []) for name in told]
    return [
        (name, _message(name, event.at, _take_in(event) | ({"named": named} if named else {})))
        for name, named in said
        if named or name != _MENTION
    ]


def budget_message(warning: BudgetWarning) -> tuple[str, str]:
    """Return what is told of a budget that is nearly gone: no amount, but where to look."""
    budget = warning.budget
    data = {
        "budget": {
            "team": budget.team.name,
            "project": budget.project and budget.project.name,
            "month": f"{warning.month:%Y-%m}",
            "url": f"{_address('spend')}?team={budget.team.uuid}",
        }
    }
    return BUDGET, _message(BUDGET, warning.at, data)


def _named_in(event: Event) -> list[str]:
    """Return who is named in the note that an event tells of."""
    mentions = Mention.objects.filter(note__uuid=event.detail.get("note"))
    return [str(each.user) for each in mentions.select_related("user").order_by("pk")]


def _take_in(event: Event) -> dict[str, Any]:
    take, project = event.generation, event.project
    return {
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
