"""A cut that goes to another editor, and one that comes from there."""

from typing import Any

from django import forms

FORMATS = [
    ("otio", "OpenTimelineIO (DaVinci Resolve, Premiere Pro)"),
    ("fcpxml", "FCPXML (Final Cut Pro, DaVinci Resolve)"),
    ("edl", "CMX 3600 EDL (nearly everything; pictures only)"),
]
RATES = [(24, "24 or 23.976"), (25, "25"), (30, "30 or 29.97"), (48, "48"), (50, "50"), (60, "60")]


class LeavingForm(forms.Form):
    """In which format a cut goes out, and with what."""

    format = forms.ChoiceField(choices=FORMATS, widget=forms.RadioSelect, initial="otio")
    with_media = forms.BooleanField(
        required=False, initial=True, label="With the media beside it, as one ZIP"
    )
    gaps = forms.BooleanField(required=False, label="Leave out what isn't here, as gaps")


class BringingForm(forms.Form):
    """A file from another editor."""

    file = forms.FileField(
        label="OTIO, FCPXML or EDL file",
        help_text="At most 2 MB. The takes are looked for among those of this project.",
        allow_empty_file=True,
        error_messages={"required": "Choose an .otio, .fcpxml or .edl file."},
        widget=forms.FileInput(attrs={"accept": ".otio,.fcpxml,.edl"}),
    )
    rate = forms.TypedChoiceField(
        choices=RATES,
        coerce=int,
        initial=24,
        label="Frames a second of an EDL",
        help_text="An EDL doesn't say. OTIO and FCPXML files do.",
    )
    name = forms.CharField(
        required=False,
        max_length=80,
        label="Name of the sequence",
        help_text="As the file says, if you leave it empty.",
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )

    def sent(self) -> tuple[str, bytes]:
        """Return the file's name and what is in it, a byte more than is taken at most."""
        from studio.editing.interchange.reading import MOST_BYTES  # loads OpenTimelineIO: a second

        upload: Any = self.cleaned_data["file"]
        return upload.name, upload.read(MOST_BYTES + 1)
