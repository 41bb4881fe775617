"""A producer's word about a request."""

from django import forms

from generations import approving
from generations.catalogue import dollars
from generations.models import Generation
from generations.refusal import Refused
from studio import auditing
from studio.models import AuditEntry, User

_APPROVAL = AuditEntry.Kind.APPROVAL


class ApproveForm(forms.Form):
    """The price that the producer was shown."""

    price_usd = forms.DecimalField(min_value=0, max_digits=12, decimal_places=4)

    def approve(self, generation: Generation, actor: User) -> dict[str, str]:
        """Have the take generated; return what stands against it."""
        if not self.is_valid():
            return {"": "The price that you saw is missing. Look at it again, then approve it."}
        try:
            approving.approve(generation, actor, self.cleaned_data["price_usd"])
        except Refused as refused:
            return refused.errors
        at_most = dollars(self.cleaned_data["price_usd"])
        words = f"Approved spending at most {at_most} on {generation.name}"
        auditing.note_in(generation.project, _APPROVAL, words, by=actor)
        return {}


class DeclineForm(forms.Form):
    """The reason, in words."""

    why = forms.CharField(required=False)

    def decline(self, generation: Generation, actor: User) -> dict[str, str]:
        """Decline the take; return what stands against it."""
        self.is_valid()
        try:
            approving.decline(generation, actor, self.cleaned_data.get("why", ""))
        except Refused as refused:
            return refused.errors
        words = f"Declined the spending on {generation.name}"
        auditing.note_in(generation.project, _APPROVAL, words, by=actor)
        return {}
