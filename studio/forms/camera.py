"""A take's camera moves: any number of the catalogue's."""

from typing import Any

from django import forms


class MovesField(forms.MultipleChoiceField):
    """Keys of camera moves; which of them there are is judged by the engine."""

    def to_python(self, value: Any) -> list[str]:
        """Return the keys, without the empty one of a form that chose none."""
        found: list[str] = super().to_python(value)
        return [key for key in found if key]

    def validate(self, value: list[str]) -> None:
        """Refuse invisible nulls, which no database keeps; any other key is believed."""
        if any("\0" in key for key in value):
            raise forms.ValidationError(self.error_messages["null_characters_not_allowed"])
