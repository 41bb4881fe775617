"""Waking a worker after a commit. The sweep finds the work anyway: a wake only saves seconds."""

import logging
from functools import partial
from time import monotonic

from celery import current_app
from django.conf import settings
from django.db import transaction
from kombu.exceptions import OperationalError

# Dropped when it couldn't be heard for so long: the sweep has done its work by then, and a
# thousand old ones must not stand before it in the queue. Less than a sweep's own (settings).
_EXPIRES_S = 2.0

# Who follows the events is woken no oftener than this, however much happens: each reads all that is
# new, and the beat has the rest.
_FOLLOWED_EVERY_S = 1.0
_quiet_until = [0.0]

log = logging.getLogger(__name__)


def wake(task_name: str, *args: int) -> None:
    """Start `generations.tasks.<task_name>` once the current transaction is committed.

    A task of elsewhere is named in full.
    """
    full = task_name if "." in task_name else f"generations.tasks.{task_name}"
    transaction.on_commit(partial(_send, full, *args))


def wake_followers() -> None:
    """Start what follows the events (settings.EVENT_FOLLOWERS) once the transaction is committed.

    The first of a process's burst wakes them; what comes within a second of it waits for the beat.
    """
    transaction.on_commit(_send_followers)


def _send_followers() -> None:
    now = monotonic()
    if now >= _quiet_until[0]:
        _quiet_until[0] = now + _FOLLOWED_EVERY_S
        all(_send(task_name) for task_name in settings.EVENT_FOLLOWERS)


def _send(task_name: str, *args: int) -> bool:
    """Hand a task to the broker; False when that is away."""
    try:
        current_app.send_task(task_name, args=args, retry=False, expires=_EXPIRES_S)
    except OperationalError as error:
        log.warning("broker away, the sweep will do %s%s: %s", task_name, args, error)
        return False
    return True
