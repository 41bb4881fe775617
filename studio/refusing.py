"""Refusals, told where they were made and written to the log in the same words."""

import logging

from django.contrib import messages
from django.http import HttpRequest

from generations.refusal import Refused

log = logging.getLogger(__name__)


def tell(request: HttpRequest, refused: Refused) -> None:
    """Say on the next page why something was refused, and log it."""
    messages.info(request, str(refused))
    note(request, refused)


def note(request: HttpRequest, refused: Refused) -> None:
    """Log what was refused, to whom and where; its page says it by itself."""
    log.warning("refused to user=%s at %s: %s", request.user.pk or "-", request.path, refused)
