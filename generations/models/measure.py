"""Counts of what no other row remembers, for `/metrics`."""

from django.db import models


class Measure(models.Model):
    """How often something was done and how long it took in all, counted over all processes.

    `labels` is JSON with sorted keys. Processes add up what they saw and write it now and then
    (generations.measuring).
    """

    name = models.CharField(max_length=40)
    labels = models.CharField(max_length=300)
    count = models.PositiveBigIntegerField(default=0)
    total_s = models.FloatField(default=0.0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["name", "labels"], name="measure_once"),
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.labels}: {self.count}"
