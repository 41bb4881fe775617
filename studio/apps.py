"""The studio's Django application."""

from django.apps import AppConfig


class StudioConfig(AppConfig):
    """The site and everything people see."""

    name = "studio"

    def ready(self) -> None:
        """Have the database looked at by every migration."""
        from studio import migrating  # noqa: F401 - its check registers itself
