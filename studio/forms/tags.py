"""The words that a take is to be tagged with."""

from django import forms

from generations.models import Generation
from generations.refusal import Refused
from studio.models import Tag, User


class TagForm(forms.Form):
    """A tag, or a few with commas between them."""

    words = forms.CharField()

    def put(self, take: Generation, user: User) -> bool:
        """Tag a take; False where what was typed is refused, and the form then says why."""
        if not self.is_valid():
            return False
        try:
            Tag.objects.put(self.cleaned_data["words"], [take], user)
        except Refused as refused:
            self.add_error("words", str(refused))
            return False
        return True
