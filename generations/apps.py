"""The engine's Django application."""

from django.apps import AppConfig


class GenerationsConfig(AppConfig):
    """The engine: paid jobs at providers, their files and their money."""

    name = "generations"
