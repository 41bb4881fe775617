"""A project with very many takes, without the weeks that making each would take."""

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from decimal import Decimal
from typing import Any

from django.utils import timezone

_PRICE_USD = Decimal("0.7100")
_OWN_PRICE_USD = Decimal("0.5000")
_AT_ONCE = 5000
_FILMED = ("dunes at dawn", "a harbour in the rain", "fog in a pine valley", "neon in a puddle")
# The newest are still on their way; of all others one in ten failed, every second of these by
# being lost, so that a person has to release its price.
_IN_THE_WORKS = 6
_FAILED, _LOST = 10, 20


def crowd(project: Any, account: Any, author: Any, count: int) -> None:
    """Write a project's takes as if each had been made: files, attempts, money and history.

    An hour lies between two of them. The files are rows only. The account has its own price of
    what failed, as a card shows it that offers to try again.
    """
    from generations import pricing
    from generations.kinds import Kind
    from generations.models import Counter

    pricing.set_own(account, "ray-2", Kind.VIDEO, price_usd=_OWN_PRICE_USD)
    for first in range(1, count + 1, _AT_ONCE):
        numbers = range(first, min(first + _AT_ONCE, count + 1))
        takes = _takes(project, account, author, numbers, count)
        _files(takes)
        _history(takes, _attempts(takes))
    Counter.objects.update_or_create(project=project, defaults={"events": count, "takes": count})


def _takes(project: Any, account: Any, author: Any, numbers: range, count: int) -> list[Any]:
    from generations.models import Generation, Prompt

    settings = {"model": "ray-2", "ratio": "16:9", "resolution": "720p", "duration_s": 5}
    prompts = Prompt.objects.bulk_create(
        Prompt(
            project=project,
            author=author,
            words=f"Take {number} of a very long day, {_FILMED[number % len(_FILMED)]}",
            **settings,
        )
        for number in numbers
    )
    takes = [
        Generation(
            uuid=uuid.uuid4(),
            project=project,
            prompt=prompt,
            account=account,
            author=author,
            take_number=number,
            last_event=number,
            price_usd=_PRICE_USD,
            created_at=timezone.now() - timedelta(hours=count - number),
            **_life(number, count),
        )
        for number, prompt in zip(numbers, prompts, strict=True)
    ]
    with _times_as_given(Generation, "created_at"):
        return Generation.objects.bulk_create(takes)


def _life(number: int, count: int) -> dict[str, Any]:
    from generations.models import State
    from generations.models.states import Reason

    now = timezone.now()
    if number <= count - _IN_THE_WORKS:
        ended: dict[str, Any] = {"finished_at": now - timedelta(hours=count - number)}
        if number % _FAILED:
            return ended | {"state": State.COMPLETED}
        reason = Reason.NONE if number % _LOST else Reason.LOST
        return ended | {"state": State.FAILED, "reason": reason}
    state = State.WAITING if number % 2 else State.DREAMING
    return {"state": state, "next_at": now, "waiting_since": now, "accepted_at": now}


def _files(takes: list[Any]) -> None:
    from generations.models import Asset, State

    kinds = {"video": "video/mp4", "preview": "video/mp4", "poster": "image/jpeg"}
    Asset.objects.bulk_create(
        Asset(
            generation=take,
            kind=kind,
            state=Asset.State.STORED,
            path=f"takes/{take.uuid}/{kind}",
            content_type=content_type,
            duration_s=5.0,
            size_bytes=1,
            sha256="0" * 64,
        )
        for take in takes
        if take.state == State.COMPLETED
        for kind, content_type in kinds.items()
    )


def _attempts(takes: list[Any]) -> list[Any]:
    from generations.models import Attempt, State

    outcomes = {
        State.COMPLETED: Attempt.Outcome.COMPLETED,
        State.FAILED: Attempt.Outcome.FAILED,
        State.DREAMING: Attempt.Outcome.ACCEPTED,
        State.WAITING: Attempt.Outcome.PREPARED,
    }
    return Attempt.objects.bulk_create(
        Attempt(
            generation=take,
            account=take.account,
            number=1,
            price_usd=take.price_usd,
            outcome=Attempt.Outcome.LOST if take.is_unreleased else outcomes[take.state],
            sent_at=None if take.state == State.WAITING else take.created_at,
            provider_id="" if take.state == State.WAITING else str(take.uuid),
            is_reserved=take.is_unreleased or take.state in (State.WAITING, State.DREAMING),
        )
        for take in takes
    )


def _history(takes: list[Any], attempts: list[Any]) -> None:
    from generations.models import Event, LedgerEntry, State

    ends = {State.COMPLETED: "charged", State.FAILED: "released"}
    lines = [
        LedgerEntry(
            team_id=attempt.generation.project.team_id,
            project=attempt.generation.project,
            generation=attempt.generation,
            attempt=attempt,
            kind=kind,
            amount_usd=attempt.price_usd,
            at=attempt.generation.created_at,
        )
        for attempt in attempts
        for kind in ("reserved", ends.get(attempt.generation.state))
        if kind and not (kind == "released" and attempt.generation.is_unreleased)
    ]
    events = [
        Event(
            project=take.project,
            number=take.take_number,
            generation=take,
            kind=State.DREAMING if take.is_unreleased else take.state,
            at=take.created_at,
        )
        for take in takes
    ]
    with _times_as_given(LedgerEntry, "at"), _times_as_given(Event, "at"):
        LedgerEntry.objects.bulk_create(lines)
        Event.objects.bulk_create(events)


@contextmanager
def _times_as_given(model: Any, name: str) -> Iterator[None]:
    """Have rows keep the time that they are given, which else is the moment of writing."""
    field = model._meta.get_field(name)
    field.auto_now_add = False
    try:
        yield
    finally:
        field.auto_now_add = True
