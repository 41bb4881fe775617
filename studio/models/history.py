"""What was made and paid for stays."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db.models import Model, ProtectedError

from generations.refusal import Refused

_KEPT = (
    "{thing} has takes, and the ledger keeps what they cost: it can't be deleted. Give it another "
    "name, or leave it as it is."
)


@contextmanager
def keeping_history(thing: Model) -> Iterator[None]:
    """Refuse, in words, to delete what the ledger and the history name. Raises Refused."""
    try:
        yield
    except ProtectedError as error:
        raise Refused({"": _KEPT.format(thing=thing)}) from error
