"""Logging: every line says which generation it is about, and none tells a secret."""

import copy
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import Any

from celery import current_task
from pythonjsonlogger.json import JsonFormatter

from generations.redacting import redact

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
    """Puts the generation's id into every record as `generation`, and the task's as `task`."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Add the attributes; every record passes."""
        if not hasattr(record, "generation"):
            record.generation = _about.get()
        if not hasattr(record, "task"):
            record.task = (current_task and current_task.request.id) or "-"
        return True


class RefusedInOneLine(logging.Filter):
    """Takes the traceback from a 403: someone's role is too low, and nothing went wrong."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Change the record; every one passes."""
        if getattr(record, "status_code", None) == 403:
            record.exc_info = None
        return True


class Redacted(logging.Formatter):
    """Plain lines without secrets, whatever was handed in: message, arguments or exception."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line."""
        clean = copy.copy(record)
        clean.msg, clean.args = redact(record.getMessage()), ()
        if record.exc_info:
            clean.exc_text = redact(record.exc_text or self.formatException(record.exc_info))
            clean.exc_info = None
        if record.stack_info:
            clean.stack_info = redact(record.stack_info)
        return super().format(clean)


class JsonLines(Redacted, JsonFormatter):
    """One JSON object a line: time, level, logger, message, generation, task; exception if any."""

    def add_fields(
        self, log_data: dict[str, Any], record: logging.LogRecord, message_dict: dict[str, Any]
    ) -> None:
        """Put in what a line has, and nothing that somebody hung on the record besides."""
        log_data["time"] = datetime.fromtimestamp(record.created, UTC).isoformat()
        log_data["level"] = record.levelname
        log_data["logger"] = record.name
        log_data["message"] = record.getMessage()
        log_data["generation"] = getattr(record, "generation", "-")
        log_data["task"] = getattr(record, "task", "-")
        for name, text in (("exception", record.exc_text), ("stack", record.stack_info)):
            if text:
                log_data[name] = text
