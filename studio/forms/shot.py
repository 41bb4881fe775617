"""What a person writes of a shot, and what all shots of a storyboard share."""

from typing import Any

from django import forms

from generations.catalogue import WORDS_MAX, WORDS_MIN, catalogue
from generations.kinds import Kind
from studio.forms.camera import MovesField
from studio.forms.fields import setting
from studio.forms.offering import choices_of, models_of
from studio.models import Storyboard
from studio.models.storyboard import LONGEST_S, MOST_TAKES

_NULL = "An invisible null character is among the words. Paste them as plain text."
_SHORT = f"Write at least {WORDS_MIN} characters: what is seen, and how it moves."
_MOVES = "Choose a camera move from the list, or none."
_COUNT = f"Make one to {MOST_TAKES} takes of a shot."


class SeenField(forms.IntegerField):
    """The version that somebody saw, which nobody types: what can't be one counts as none."""

    def __init__(self) -> None:
        super().__init__(required=False, min_value=0, max_value=2**31)

    def clean(self, value: Any) -> int:
        """Return the version."""
        try:
            return super().clean(value) or 0
        except forms.ValidationError:
            return 0


class ShotForm(forms.Form):
    """A shot's words, length, camera moves and number of takes; `version` is the one seen."""

    words = forms.CharField(required=False, error_messages={"null_characters_not_allowed": _NULL})
    duration_s = setting("Choose how long the shot should be.", forms.IntegerField)
    concepts = setting(_MOVES, MovesField, required=False)
    count = setting(_COUNT, forms.IntegerField, min_value=1, max_value=MOST_TAKES)
    version = SeenField()

    def __init__(self, storyboard: Storyboard, data: Any) -> None:
        super().__init__(data)
        self.choices = choices_of(Kind.VIDEO, storyboard.model)

    def clean_words(self) -> str:
        """Take no words, for later, or such as a provider takes."""
        words = str(self.cleaned_data["words"]).replace("\r\n", "\n").strip()
        if words and len(words) < WORDS_MIN:
            raise forms.ValidationError(_SHORT)
        if len(words) > WORDS_MAX:
            over = len(words) - WORDS_MAX
            raise forms.ValidationError(
                f"These are {len(words):,} characters, and {WORDS_MAX:,} is the limit. "
                f"Shorten by {over:,}."
            )
        return words

    def clean_duration_s(self) -> int:
        """Take a length that the model makes, or that it kept from another model."""
        seconds: int = self.cleaned_data["duration_s"]
        if not 1 <= seconds <= LONGEST_S:
            lengths = ", ".join(f"{each} s" for each in self.choices["durations_s"])
            raise forms.ValidationError(f"Choose one of: {lengths}.")
        return seconds

    def clean_concepts(self) -> list[str]:
        """Take moves that there are."""
        moves: list[str] = self.cleaned_data["concepts"]
        if not set(moves) <= set(catalogue().concepts):
            raise forms.ValidationError(_MOVES)
        return moves

    @property
    def changes(self) -> dict[str, Any]:
        """What is to be changed of the shot. Call when it is valid."""
        return {
            name: self.cleaned_data[name] for name in ("words", "duration_s", "concepts", "count")
        }

    @property
    def problems(self) -> dict[str, str]:
        """The first problem of each field, in words."""
        return {name: str(found[0]) for name, found in self.errors.items()}


class StoryboardForm(forms.Form):
    """The model, ratio and resolution of all shots; what the model doesn't make is adapted."""

    model = setting("Choose a model.")
    ratio = setting("Choose a ratio.")
    resolution = setting("Choose a resolution.")
    version = SeenField()

    def clean(self) -> dict[str, Any]:
        """Choose among what the model makes."""
        cleaned = super().clean() or {}
        if cleaned.get("model") not in models_of(Kind.VIDEO):
            self.add_error("model", "Choose a model from the list.")
            return cleaned
        choices = choices_of(Kind.VIDEO, cleaned["model"])
        for name, offered in (("ratio", choices["ratios"]), ("resolution", choices["resolutions"])):
            if cleaned.get(name) not in offered:
                usual = "720p" if "720p" in offered else offered[0]
                cleaned[name] = usual if name == "resolution" else offered[0]
        return cleaned

    @property
    def chosen(self) -> dict[str, str]:
        """What was chosen. Call when it is valid."""
        return {name: self.cleaned_data[name] for name in ("model", "ratio", "resolution")}
