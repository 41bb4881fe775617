"""Waking a worker after a commit. The sweep finds the work anyway: a wake only saves seconds."""

import logging
from functools import partial

from celery import current_app
from django.db import transaction
from kombu.exceptions import OperationalError

# Dropped when it couldn't be heard for so long: the sweep has done its work by then, and a
# thousand old ones must not stand before it in the queue. Less than a sweep's own (settings).
_EXPIRES_S = 2.0

log = logging.getLogger(__name__)


def wake(task_name: str, *args: int) -> None:
    """Start `generations.tasks.<task_name>` once the current transaction is committed.

    A task of elsewhere is named in full.
    """
    full = task_name if "." in task_name else f"generations.tasks.{task_name}"
    transaction.on_commit(partial(_send, full, *args))


def _send(task_name: str, *args: int) -> None:
    try:
        current_app.send_task(task_name, args=args, retry=False, expires=_EXPIRES_S)
    except OperationalError as error:
        log.warning("broker away, the sweep will do %s%s: %s", task_name, args, error)
