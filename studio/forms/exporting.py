"""What is to be exported: of which kind, how large and how loud."""

from typing import Any

from django import forms

from studio.editing.loudness import DEFAULT_LUFS
from studio.models import Export, Sequence, User

SIZES = {"": "As the takes are", "540": "540p", "720": "720p", "1080": "1080p", "2160": "4K"}
LOUDNESSES = {"-14": "−14 LUFS, for the web", "-23": "−23 LUFS, for television", "": "As it is"}


class ExportForm(forms.Form):
    """The settings of an export."""

    kind = forms.ChoiceField(
        label="What",
        choices=[(it.value, it.label) for it in (Export.Kind.MP4,)],
        error_messages={"invalid_choice": "Choose one of the kinds of files."},
    )
    height = forms.ChoiceField(
        label="Size",
        required=False,
        choices=list(SIZES.items()),
        help_text="Another size than the takes' has every frame encoded anew.",
        error_messages={"invalid_choice": "Choose one of the sizes."},
    )
    loudness = forms.ChoiceField(
        label="Loudness",
        required=False,
        choices=list(LOUDNESSES.items()),
        initial=f"{DEFAULT_LUFS:g}",
        error_messages={"invalid_choice": "Choose one of the loudnesses."},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.widget.attrs.setdefault("autocomplete", "off")

    def begin(self, sequence: Sequence, author: User, estimate_s: float) -> Export:
        """Let an export of the state in which the sequence is wait for a worker."""
        assert sequence.head is not None  # noqa: S101  (begun with one)
        said = self.cleaned_data
        return Export.objects.create(
            sequence=sequence,
            edit=sequence.head,
            author=author,
            kind=said["kind"],
            height=int(said["height"]) if said["height"] else None,
            loudness_lufs=float(said["loudness"]) if said["loudness"] else None,
            estimate_s=estimate_s,
        )
