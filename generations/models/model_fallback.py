"""Another model, where a team allows it."""

from django.db import models
from django.db.models import F, Q


class ModelFallback(models.Model):
    """A model that a team lets take another one's place when no account can make that one.

    Both are keys of the catalogue. What is made instead is never dearer than what was shown.
    """

    team = models.ForeignKey(
        "studio.Team", on_delete=models.CASCADE, related_name="model_fallbacks"
    )
    from_model = models.CharField(max_length=40)
    to_model = models.CharField(max_length=40)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["team", "from_model"], name="model_fallback_once"),
            models.CheckConstraint(
                condition=~Q(from_model=F("to_model")), name="model_fallback_is_another"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.to_model} instead of {self.from_model}"
