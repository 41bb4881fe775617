"""The words and settings that were asked for."""

import uuid

from django.conf import settings
from django.db import models


class Prompt(models.Model):
    """The words and settings that were asked for. Never edited: a change is a new prompt.

    `words` holds 3 to 5,000 characters, or none where a start or end image speaks for itself
    (luma-dream-machine-v1 sheet §3); `concepts` is a list of camera concept keys (§6).
    """

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    project = models.ForeignKey("studio.Project", on_delete=models.CASCADE, related_name="prompts")
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    parent = models.ForeignKey(
        "self", on_delete=models.SET_NULL, null=True, blank=True, related_name="children"
    )
    words = models.TextField(max_length=5000, blank=True)
    model = models.CharField(max_length=40)
    ratio = models.CharField(max_length=8)
    resolution = models.CharField(max_length=8)
    duration_s = models.PositiveSmallIntegerField()
    loop = models.BooleanField(default=False)
    concepts = models.JSONField(default=list, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(duration_s__gt=0), name="prompt_duration_positive"
            ),
        ]

    def __str__(self) -> str:
        return self.words[:60] or "(picture only)"
