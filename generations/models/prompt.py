"""The words and settings that were asked for."""

import uuid
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Length
from django.db.models.lookups import LessThanOrEqual

from generations.catalogue import WORDS_MAX
from generations.kinds import PICTURES, Kind
from generations.placement import Placement


class Prompt(models.Model):
    """The words and settings that were asked for. Never edited: a change is a new prompt.

    `words` holds 3 to 5,000 characters, or none where a start or end image speaks for itself
    (luma-dream-machine-v1 sheet §3); `concepts` is a list of camera concept keys (§6).

    What is made from a source has the source's `ratio` where it can't be chosen, and its length in
    whole seconds; a picture has none. `resolution` is the one that is priced. `mode` is how far a
    modified video may go (§8), `placement` where a reframed source lies on its new canvas.
    `options` is what only some models know, by name: `hdr`, `exr`, `controls`
    (luma-agents-v1 sheet §3), `quality` (openai-images sheet §2).
    """

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    project = models.ForeignKey("studio.Project", on_delete=models.CASCADE, related_name="prompts")
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    parent = models.ForeignKey(
        "self", on_delete=models.SET_NULL, null=True, blank=True, related_name="children"
    )
    kind = models.CharField(max_length=16, choices=Kind.choices, default=Kind.VIDEO)
    words = models.TextField(max_length=WORDS_MAX, blank=True)
    negative_words = models.TextField(max_length=WORDS_MAX, blank=True)
    model = models.CharField(max_length=40)
    ratio = models.CharField(max_length=8)
    resolution = models.CharField(max_length=8)
    duration_s = models.PositiveSmallIntegerField(default=0)
    loop = models.BooleanField(default=False)
    concepts = models.JSONField(default=list, blank=True)
    mode = models.CharField(max_length=20, blank=True)
    image_format = models.CharField(max_length=4, blank=True)
    placed_at = models.JSONField(null=True, blank=True)
    options = models.JSONField(default=dict, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=PICTURES, duration_s=0)
                | (~Q(kind__in=PICTURES) & Q(duration_s__gt=0)),
                name="prompt_duration_fits_kind",
            ),
            models.CheckConstraint(condition=Q(kind__in=Kind.values), name="prompt_known_kind"),
            models.CheckConstraint(
                condition=LessThanOrEqual(Length("words"), WORDS_MAX), name="prompt_words_fit"
            ),
            models.CheckConstraint(
                condition=LessThanOrEqual(Length("negative_words"), WORDS_MAX),
                name="prompt_negative_words_fit",
            ),
        ]

    def __str__(self) -> str:
        return self.words[:60] or "(picture only)"

    @property
    def placement(self) -> Placement | None:
        """Where the source lies on the new canvas, where that was said."""
        return Placement(**self.placed_at) if self.placed_at else None

    @property
    def is_picture(self) -> bool:
        """Whether it makes a picture, not a video."""
        return self.kind in PICTURES

    def changed(self, **changes: Any) -> "Prompt":
        """Return a new prompt, not saved yet, that asks for the same but for some changes."""
        own = {"id", "uuid", "parent", "created_at"}
        names = [field.name for field in self._meta.concrete_fields if field.name not in own]
        return Prompt(**{name: getattr(self, name) for name in names} | changes, parent=self)
