"""Signs of life of the engine's own loops."""

from datetime import datetime, timedelta

from django.db import models, transaction
from django.utils import timezone


class Heartbeat(models.Model):
    """When a loop last ran; `/readyz` and the command line read it."""

    name = models.CharField(max_length=40, primary_key=True)
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.name} at {self.at:%H:%M:%S}"

    @classmethod
    def beat(cls, name: str, now: datetime | None = None) -> datetime | None:
        """Note that the loop ran, and return when it did before; None for the first time."""
        with transaction.atomic():
            mine = cls.objects.select_for_update().filter(name=name)
            before = mine.values_list("at", flat=True).first()
            if before is None:
                cls.objects.update_or_create(name=name, defaults={"at": now or timezone.now()})
            else:
                mine.update(at=now or timezone.now())
        return before

    @classmethod
    def silence(cls, name: str) -> None:
        """Note that the loop has ended, so that nobody counts on it."""
        cls.objects.filter(name=name).delete()

    @classmethod
    def alive(cls, name: str, within_s: float) -> bool:
        """Tell whether the loop ran in the last `within_s` seconds.

        What beat in the future says nothing: a clock was set back since. Machines that share a
        database may differ by as much as counts as alive.
        """
        now, span = timezone.now(), timedelta(seconds=within_s)
        return cls.objects.filter(name=name, at__gte=now - span, at__lte=now + span).exists()
