"""Who holds the rights in a picture."""

from django import forms

from generations.models import Still


class RightsForm(forms.Form):
    """A note that is kept with the still."""

    rights = forms.CharField(
        required=False,
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 3, "maxlength": 1000}),
        error_messages={"max_length": "At most 300 characters: shorten it, or name a file."},
    )

    def keep(self, still: Still) -> None:
        """Keep the note with the still."""
        Still.objects.filter(pk=still.pk).update(rights=self.cleaned_data["rights"])
