"""What the page of new finals sends."""

from functools import cached_property
from uuid import UUID, uuid4, uuid5

from generations.kinds import Kind
from studio.finals.choosing import USUAL, Choice, resolutions_for
from studio.forms.fields import HiddenUUID
from studio.forms.offering import models_of
from studio.forms.shown import PricedForm

_DRAFT = HiddenUUID(required=False)


class FinalsForm(PricedForm):
    """Which drafts, with what, into which sequences; what can't be chosen counts as the usual."""

    finals_key = HiddenUUID(required=False)
    sequence = HiddenUUID(required=False)

    @property
    def is_sent(self) -> bool:
        """Whether it comes from its own page, not from where it was opened."""
        return "finals_key" in self._sent

    @property
    def drafts(self) -> list[str]:
        """The takes that it is about; what names none is left out."""
        named = (_DRAFT.clean(name) for name in self._sent.getlist("draft"))
        return [str(take) for take in named if take]

    @property
    def begun_at(self) -> UUID | None:
        """The sequence at which it began, if it did at one."""
        found: UUID | None = self.cleaned_data["sequence"]
        return found

    @property
    def choice(self) -> Choice:
        """The model and the size."""
        models = models_of(Kind.VIDEO)
        model = self._sent.get("model", "")
        sizes = resolutions_for(list(models.values()))
        resolution = self._sent.get("resolution", "")
        return Choice(
            model if model in models else "", resolution if resolution in sizes else USUAL
        )

    @property
    def takes_unapproved(self) -> bool:
        """Whether drafts are taken that nobody approved."""
        return "unapproved" in self._sent

    @property
    def left_out(self) -> set[str]:
        """Those that were offered, and were unticked."""
        return set(self._sent.getlist("offered")) - set(self._sent.getlist("pick"))

    @property
    def into(self) -> list[str]:
        """The sequences in which they take their drafts' places."""
        return self._sent.getlist("into")

    @cached_property
    def key(self) -> UUID:
        """What tells this press from another that asks for the same."""
        kept: UUID | None = self.cleaned_data["finals_key"]
        return kept or uuid4()

    @property
    def press(self) -> UUID:
        """The key of this very press: what asks for something else under its key is another one."""
        said = [sorted(self._sent.getlist(name)) for name in ("draft", "pick", "sequence", "into")]
        return uuid5(self.key, repr((said, self.choice, self.takes_unapproved)))
