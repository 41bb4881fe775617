"""What the page of a new bake-off sends."""

from functools import cached_property
from uuid import UUID, uuid4

from studio.forms.fields import HiddenUUID
from studio.forms.shown import PricedForm


class BakeOffForm(PricedForm):
    """Which models and settings are chosen, the key of the press, and the price that was shown."""

    bakeoff_key = HiddenUUID(required=False)

    @property
    def chosen(self) -> list[str] | None:
        """The boxes that are ticked; None for a page that was just opened, or had none yet."""
        is_first = "bakeoff_key" not in self._sent or "usual" in self._sent
        return None if is_first else self._sent.getlist("entrant")

    @cached_property
    def key(self) -> UUID:
        """What tells this press from another that asks for the same."""
        kept: UUID | None = self.cleaned_data.get("bakeoff_key")
        return kept or uuid4()
