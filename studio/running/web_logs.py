"""gunicorn's own lines, laid out as ours (its `--logger-class`)."""

import logging
import os
from typing import Any

from gunicorn.glogging import Logger

from generations.logs import AboutGeneration, JsonLines, Redacted


class WebLogger(Logger):
    """Writes JSON with LOG_FORMAT=json, and never a secret."""

    def setup(self, cfg: Any) -> None:
        """Give gunicorn's handlers our layout."""
        super().setup(cfg)
        for handler in self.error_log.handlers:
            handler.addFilter(AboutGeneration())
            handler.setFormatter(_layout())


def _layout() -> logging.Formatter:
    if os.environ.get("LOG_FORMAT") == "json":
        return JsonLines()
    return Redacted("%(asctime)s %(levelname)s %(name)s %(message)s")
