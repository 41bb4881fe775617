"""The six parts of a prompt, as a person writes them."""

from typing import Any

from django import forms

from studio.prompting.structure import PARTS, assemble


class StructureForm(forms.Form):
    """Subject, action, setting, camera, light and style: only words of the person's own."""

    def __init__(self, data: Any) -> None:
        super().__init__(data, auto_id="structure-%s")
        for name, (label, asks, example) in PARTS.items():
            hints = {"placeholder": example, "autocomplete": "off", "maxlength": 600}
            self.fields[f"part-{name}"] = forms.CharField(
                required=False,
                label=f"{label}: {asks[:1].lower()}{asks[1:]}",
                widget=forms.TextInput(attrs=hints),
            )

    @property
    def words(self) -> str:
        """The parts, put together."""
        return assemble({name: str(self[f"part-{name}"].value() or "") for name in PARTS})

    def use(self, words: str) -> str | None:
        """Return the parts behind words that are there already; None where nothing is written."""
        if not self.words:
            self.add_error(None, "Nothing is written yet. Fill in at least one part.")
            return None
        return ", ".join(filter(None, (words.strip().rstrip(" ,."), self.words)))
