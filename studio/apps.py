"""The studio's Django application."""

from django.apps import AppConfig


class StudioConfig(AppConfig):
    """The site and everything people see."""

    name = "studio"
