"""Logging: every line says which generation it is about."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

_about: ContextVar[str] = ContextVar("about", default="-")


@contextmanager
def about(generation: Any) -> Iterator[None]:
    """Name the generation that the log lines inside are about."""
    token = _about.set(str(generation.uuid))
    try:
        yield
    finally:
        _about.reset(token)


class AboutGeneration(logging.Filter):
    """Puts the generation's id into every record as `generation`."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Add the attribute; every record passes."""
        if not hasattr(record, "generation"):
            record.generation = _about.get()
        return True
