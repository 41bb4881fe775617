"""Saying that a take was made after all."""

from django import forms

from generations import deciding
from generations.models import Generation
from generations.refusal import Refused
from studio.models import User

_NO_ID = "An id has letters, digits and hyphens only. Copy it from the provider's page."


class MadeForm(forms.Form):
    """The id that a person has seen at the provider."""

    provider_id = forms.RegexField(
        r"\A[A-Za-z0-9_-]{1,100}\Z",
        error_messages={"invalid": _NO_ID, "required": "Copy its id from the provider's page."},
    )

    anyway = forms.BooleanField(required=False)
    doubted = False  # it was made at another time, and taken only if the person says so

    def settle(self, generation: Generation, actor: User) -> bool:
        """Take that job as the take's; False with the errors by field."""
        if not self.is_valid():
            return False
        try:
            deciding.it_was_made(generation, actor, **self.cleaned_data)
        except Refused as refused:
            self.doubted = isinstance(refused, deciding.NotThen)
            for field, words in refused.errors.items():
                self.add_error(field or None, words)
            return False
        return True
