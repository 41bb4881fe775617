"""The engine's Django application."""

from django.apps import AppConfig
from django.core.exceptions import ImproperlyConfigured


class GenerationsConfig(AppConfig):
    """The engine: paid jobs at providers, their files and their money."""

    name = "generations"

    def ready(self) -> None:
        """Read the catalogue: a mistake in it stops every process before it does anything."""
        from generations.catalogue import CatalogueError, catalogue

        try:
            catalogue()
        except CatalogueError as error:
            raise ImproperlyConfigured(f"{error}. Correct it and start again.") from error
