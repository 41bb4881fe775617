"""How the log is written, in every process."""

from typing import Any


def layout(form: str, level: str) -> dict[str, Any]:
    """Return the settings of `logging`: `form` is plain, for people, or json, for machines."""
    return {
        "version": 1,
        "disable_existing_loggers": False,
        # Both leave out whatever looks like a secret.
        "formatters": {
            "plain": {
                "()": "generations.logs.Redacted",
                "format": "%(asctime)s %(levelname)s %(name)s [%(generation)s] %(message)s",
            },
            "json": {"()": "generations.logs.JsonLines"},
        },
        "filters": {
            "about": {"()": "generations.logs.AboutGeneration"},
            # A server that is still starting says so by 503: no error, and `up` asks until then.
            "starting": {
                "()": "django.utils.log.CallbackFilter",
                "callback": lambda record: getattr(record, "status_code", None) != 503,
            },
            "expected": {"()": "generations.logs.RefusedInOneLine"},
        },
        "handlers": {
            "stderr": {"class": "logging.StreamHandler", "formatter": form, "filters": ["about"]}
        },
        "root": {"handlers": ["stderr"], "level": level},
        "loggers": {
            # Full request URLs at INFO: a published keyframe's carries its signature.
            "httpx": {"level": "WARNING"},
            "django.request": {"filters": ["starting", "expected"]},
            "celery.worker.strategy": {"level": "WARNING"},  # one line per received sweep
            "celery.app.trace": {"level": "WARNING"},
            "celery.beat": {"level": "WARNING"},
        },
    }
