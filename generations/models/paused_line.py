"""A team's line that stands still."""

from django.conf import settings
from django.db import models
from django.utils import timezone


class PausedLine(models.Model):
    """A team whose line a producer stopped: what waits keeps its place and its reservation."""

    team = models.OneToOneField(
        "studio.Team", on_delete=models.CASCADE, primary_key=True, related_name="paused_line"
    )
    since = models.DateTimeField(default=timezone.now)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )

    def __str__(self) -> str:
        return f"line of team {self.team_id}, paused"
