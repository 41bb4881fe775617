"""What somebody typed at a sequence that was refused, or came too late: it stays in its fields."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from django.http import QueryDict

# By the verb that a form of the timeline's page sends, the fields that a reason can stand at.
FIELDS = {
    "trim_clip": {"in", "out"},
    "join_clip": {"frames"},
    "sound_clip": {"gain_db"},
    "split_clip": {"at"},
    "add_title": {"words", "more_words"},
    "add_card": {"words", "more_words"},
    "change_card": {"words", "more_words"},
    "change_title": {"words", "more_words", "at", "length", "fade_in", "fade_out"},
    "add_sound": {"sound"},
    "change_sound": {"at", "in", "out", "fade_in", "fade_out", "gain_db"},
    "duck": {"duck_db"},
}


@dataclass(frozen=True)
class Typed:
    """What was sent by a verb and not saved; `errors` are the reasons by field, "" for the whole.

    What a hand or a key did was typed nowhere: only a form of the page says that it `is_typed`.
    """

    verb: str
    sent: QueryDict
    errors: Mapping[str, str] = field(default_factory=dict)

    @property
    def chosen(self) -> list[str]:
        """The clips, the title or the sound that it is about."""
        return [*self.sent.getlist("clip"), *self.sent.getlist("piece")]

    @property
    def is_typed(self) -> bool:
        """Whether a form of the page sent it, which keeps it."""
        return "is_typed" in self.sent and self.verb in FIELDS

    @property
    def elsewhere(self) -> list[str]:
        """The reasons that stand at no field."""
        here = FIELDS[self.verb] if self.is_typed else set()
        return [words for name, words in self.errors.items() if name not in here]
