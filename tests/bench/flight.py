"""Very many takes in flight, without the hours that ordering and sending each would take."""

import uuid
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from typing import Any

from django.utils import timezone


def put_in_flight(project: Any, account: Any, count: int) -> None:
    """Have the account's provider make jobs, and write our rows as if each had been sent.

    Each has words of its own, so that the simulator gives each a time of its own.
    """
    from generations.models import Attempt, Counter, Generation, LedgerEntry, Prompt, State
    from generations.providers import provider_for
    from generations.providers.base import VideoRequest

    provider = provider_for(account)
    words = [f"Take {number} of a very long day" for number in range(count)]
    attempts = [Attempt(number=1, account=account, price_usd=_PRICE_USD) for _ in words]

    def make(number: int) -> str:
        request = VideoRequest(
            model="ray-2",
            words=words[number],
            ratio="16:9",
            resolution="540p",
            duration_s=5,
            callback_url=f"http://127.0.0.1:9/callbacks/luma/{attempts[number].nonce}/",
        )
        return provider.create(request).provider_id

    with ThreadPoolExecutor(4) as pool:
        ids = list(pool.map(make, range(count)))
    now = timezone.now()
    settings = {"model": "ray-2", "ratio": "16:9", "resolution": "540p", "duration_s": 5}
    prompts = Prompt.objects.bulk_create(
        [Prompt(project=project, words=each, **settings) for each in words], batch_size=500
    )
    generations = Generation.objects.bulk_create(
        [
            Generation(
                uuid=uuid.uuid4(),
                project=project,
                prompt=prompt,
                account=account,
                take_number=number + 1,
                state=State.QUEUED,
                price_usd=_PRICE_USD,
                next_at=now,
                waiting_since=now,
                accepted_at=now,
            )
            for number, prompt in enumerate(prompts)
        ],
        batch_size=500,
    )
    for attempt, generation, provider_id in zip(attempts, generations, ids, strict=True):
        attempt.generation, attempt.provider_id = generation, provider_id
        attempt.outcome, attempt.sent_at = Attempt.Outcome.ACCEPTED, now
        attempt.lease_until, attempt.is_reserved = now, True
    Attempt.objects.bulk_create(attempts, batch_size=500)
    LedgerEntry.objects.bulk_create(
        [
            LedgerEntry(
                team=project.team,
                project=project,
                generation=attempt.generation,
                attempt=attempt,
                kind=LedgerEntry.Kind.RESERVED,
                amount_usd=_PRICE_USD,
            )
            for attempt in attempts
        ],
        batch_size=500,
    )
    Counter.objects.update_or_create(project=project, defaults={"takes": count})


_PRICE_USD = Decimal("0.3981")
