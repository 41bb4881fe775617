"""A person who settles lost answers where a provider keeps no list: by what its own page shows."""

from datetime import datetime
from typing import Any

from tests.bench.stack import Stack

# A provider's page and our clock may tell a moment differently.
_ABOUT_S = 1.0


class Person:
    """Decides each take by the simulator's books: it was made, under this id, or it wasn't."""

    def __init__(self, dailies: Stack, accounts: dict[str, str]) -> None:
        """`accounts` are the names of our keys in the simulator's books, by provider."""
        self.found_made = self.sent_again = 0
        self._dailies, self._accounts = dailies, accounts

    def decide(self) -> None:
        """Decide what can be decided now."""
        from generations import deciding
        from generations.models import Generation
        from generations.models.states import Reason, State
        from generations.refusal import Refused

        asked = Generation.objects.filter(state=State.UNCONFIRMED, reason=Reason.UNDECIDED)
        takes = list(asked.select_related("prompt", "account").order_by("pk"))
        books = self._dailies.simulator("books")["accounts"] if takes else []
        for take in takes:
            attempt = take.attempt()
            if _another_is_under_way(attempt):
                continue  # whose job it is that the page shows can't be told yet
            job = self._job_of(attempt, books)
            try:
                if job:
                    deciding.it_was_made(take, None, job)
                    self.found_made += 1
                else:
                    deciding.send_again(take, None)
                    self.sent_again += 1
            except Refused:
                continue  # its answer was torn, or something happened meanwhile: once more later

    def _job_of(self, attempt: Any, books: list[dict[str, Any]]) -> str:
        """Return the id of the job that an attempt made, or nothing."""
        from generations.models import Attempt

        name = self._accounts[attempt.account.provider]
        jobs = next((each["generations"] for each in books if each["account"] == name), [])
        ids = [each["id"] for each in jobs]
        known = set(
            Attempt.objects.filter(provider_id__in=ids).values_list("provider_id", flat=True)
        )
        since, until = _seconds(attempt.sent_at), _seconds(attempt.lease_until)
        for each in jobs:
            is_then = since - _ABOUT_S <= each["created_at"] <= until + _ABOUT_S
            alike = each["prompt"] == attempt.generation.prompt.words
            if is_then and alike and each["id"] not in known:
                return str(each["id"])
        return ""


def _another_is_under_way(attempt: Any) -> bool:
    from generations.models import Attempt

    others = Attempt.objects.filter(account=attempt.account, outcome=Attempt.Outcome.SENDING)
    return others.filter(sent_at__lte=attempt.lease_until).exists()


def _seconds(at: datetime) -> float:
    return at.timestamp()
