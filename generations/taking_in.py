"""What the answer to a create says is learnt as one: that it was taken, and what came of it."""

import logging
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from generations import answers
from generations.buckets import bucket_of
from generations.models import Asset, Attempt, Generation
from generations.providers import abilities_of
from generations.providers.base import Progress, Snapshot
from generations.waking import wake

log = logging.getLogger(__name__)


def is_the_work(attempt: Attempt, snapshot: Snapshot) -> bool:
    """Tell whether the answer to a create is the finished work itself.

    Only of a provider that can't be asked again: any other one's job is over when it says so of
    that job, with a file of its own. Its first answer may tell of another, such as the take that is
    made larger under one id with it (luma-dream-machine-v1 sheet §2).
    """
    return snapshot.progress is Progress.COMPLETED and not abilities_of(attempt.account).can_get


def take_in(
    attempt: Attempt, snapshot: Snapshot, *, next_at: datetime, owns_id: bool = True
) -> bool:
    """Accept an attempt, and complete it where the answer is the work. False for a late one.

    Raises IntegrityError, and changes nothing, when another attempt has that id.
    """
    generation = attempt.generation
    done = is_the_work(attempt, snapshot)
    with transaction.atomic():
        accepted = generation.accept(
            attempt,
            snapshot.provider_id,
            next_at=next_at,
            owns_id=owns_id,
            # Such a provider had worked on it all the while.
            accepted_at=attempt.sent_at if done else None,
        )
        if accepted and done:
            generation.complete(attempt, *file_of(generation, snapshot), snapshot.beside)
    if accepted and done:
        # After the transaction, in which it holds the project's counter: the line locks an
        # account first.
        bucket = bucket_of(generation.prompt.model)
        generation.account.note_pace(seconds_at_provider(generation), bucket)
        wake("collect_due")
    return accepted


def recall(attempt: Attempt) -> bool:
    """Take in an answer that was kept before its worker died. True when there was one."""
    kept = answers.recalled(attempt)
    if kept is None:
        return False
    log.warning("its answer is here: it was made")
    return take_in(attempt, kept, next_at=timezone.now())


def seconds_at_provider(generation: Generation) -> float:
    """Return how long a finished job was at its provider."""
    ended = generation.finished_at or timezone.now()
    return (ended - (generation.accepted_at or generation.created_at)).total_seconds()


def file_of(generation: Generation, snapshot: Snapshot) -> tuple[Asset.Kind, str]:
    """Return what file a finished job left, and where; nowhere, if it isn't there yet."""
    if generation.prompt.is_picture:
        return Asset.Kind.IMAGE, snapshot.image_url
    return Asset.Kind.VIDEO, snapshot.video_url  # a video may have a picture as well
