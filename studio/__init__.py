"""The site and everything people see."""

from studio.celery import app as celery_app

__all__ = ["celery_app"]
