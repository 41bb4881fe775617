"""A picture taken apart into layers: what is behind and what is in front, each seen through."""

from django import forms
from django.utils import timezone

from generations.catalogue import catalogue
from generations.kinds import Kind
from studio.forms.making import MakingForm, Offer


class LayersForm(MakingForm):
    """By words, with a button for each size of the layers."""

    kind = Kind.LAYERS
    verb = "Layers"
    offers_by = "resolution"
    words_label = "What is to be apart, such as the tower from the sky"
    resolution = forms.CharField(error_messages={"required": "Choose a size."})

    def chosen(self, typed: dict[str, object]) -> dict[str, object]:
        """Return the words and the size; the model is the one that takes pictures apart."""
        return super().chosen(typed) | {"resolution": typed["resolution"]}

    @property
    def offers(self) -> list[Offer]:
        """One button for each size, where the team has an account that can do it."""
        makers = catalogue().making(self.kind, timezone.now().date()).values()
        can = any(self.source.project.can_order(model, self.kind) for model in makers)
        sizes = self.facts.resolutions if can else ()
        return [self.offer(size, f"Take apart at {size}", resolution=size) for size in sizes]
