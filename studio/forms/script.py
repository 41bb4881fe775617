"""A script as it is pasted."""

from typing import Any

from django import forms

from studio.forms.shot import SeenField
from studio.storyboarding.script import LONGEST, Script

_LONG = f"A script has at most {LONGEST:,} characters. Paste a part of it first."
_NULL = "An invisible null character is in the script. Paste it as plain text."


class ScriptForm(forms.Form):
    """The script, whether its shots continue one another, and the version that was seen."""

    script = forms.CharField(
        required=False,
        strip=False,
        max_length=LONGEST,
        error_messages={"max_length": _LONG, "null_characters_not_allowed": _NULL},
    )
    continues = forms.BooleanField(required=False)
    version = SeenField()

    def __init__(self, data: Any, duration_s: int) -> None:
        super().__init__(data)
        self.full_clean()
        self.duration_s = duration_s

    def script_beside(self, there: int) -> Script:
        """Return what was pasted, beside so many shots that stay."""
        text = str(self.cleaned_data.get("script", ""))
        return Script(text, self.cleaned_data.get("continues", False), self.duration_s, there)

    @property
    def problem(self) -> str:
        """Why it can't be read, or nothing."""
        return next((str(found[0]) for found in self.errors.values()), "")
