"""Taking a listed job as an attempt's: each job is one attempt's, whoever holds its key."""

from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import QuerySet

from generations.lining import locked
from generations.models import Attempt
from generations.requesting import source_id_of


class Claimed(Exception):
    """Another attempt has that job."""


def with_the_same_list(attempt: Attempt) -> QuerySet[Attempt]:
    """Attempts whose jobs may stand in the same list: several teams may hold the same key."""
    return Attempt.objects.filter(account__provider=attempt.account.provider)


def claim_job(attempt: Attempt, provider_id: str, *, next_at: datetime, actor: Any = None) -> bool:
    """Learn that a job is an attempt's; False where the attempt isn't open any more.

    Raises Claimed. The accounts with its key are locked meanwhile, so that two that claim the
    same job at once do so one after the other; within an account the database sees to it.
    """
    owns_id = provider_id != source_id_of(attempt)
    with transaction.atomic():
        locked(attempt.account_id)
        others = with_the_same_list(attempt).exclude(pk=attempt.pk)
        if owns_id and others.filter(provider_id=provider_id).exists():
            raise Claimed
        try:
            return attempt.generation.accept(
                attempt, provider_id, next_at=next_at, owns_id=owns_id, actor=actor
            )
        except IntegrityError:
            raise Claimed from None
