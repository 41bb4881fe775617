"""Signs of life of the engine's own loops."""

from datetime import datetime, timedelta

from django.db import models
from django.utils import timezone


class Heartbeat(models.Model):
    """When a loop last ran; `/readyz` and the command line read it."""

    name = models.CharField(max_length=40, primary_key=True)
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.name} at {self.at:%H:%M:%S}"

    @classmethod
    def beat(cls, name: str, now: datetime | None = None) -> None:
        """Note that the loop ran."""
        cls.objects.update_or_create(name=name, defaults={"at": now or timezone.now()})

    @classmethod
    def silence(cls, name: str) -> None:
        """Note that the loop has ended, so that nobody counts on it."""
        cls.objects.filter(name=name).delete()

    @classmethod
    def alive(cls, name: str, within_s: float) -> bool:
        """Tell whether the loop ran in the last `within_s` seconds."""
        since = timezone.now() - timedelta(seconds=within_s)
        return cls.objects.filter(name=name, at__gte=since).exists()
