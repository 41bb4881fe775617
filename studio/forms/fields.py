"""Fields whose values are chosen or travel along, not typed."""

from typing import Any
from uuid import UUID

from django import forms


def setting(words: str, kind: type[forms.Field] = forms.CharField, **facts: Any) -> forms.Field:
    """Return a field that says `words` about every value that can't be one of the choices."""
    wrong = ("required", "invalid", "null_characters_not_allowed", "min_value", "max_value")
    return kind(error_messages=dict.fromkeys(wrong, words), **facts)


class HiddenUUID(forms.UUIDField):
    """A UUID that nobody types: what can't be one counts as none."""

    def clean(self, value: Any) -> UUID | None:
        """Return the UUID, or None."""
        try:
            found: UUID | None = super().clean(value)
        except forms.ValidationError:
            return None
        return found
