"""A pasted list of prompts."""

from codecs import BOM_UTF16_BE, BOM_UTF16_LE
from decimal import Decimal
from functools import cached_property
from typing import Any
from uuid import UUID, uuid4

from django import forms
from django.core.files.uploadedfile import UploadedFile

from studio.fitted import Fitting
from studio.forms.fields import HiddenUUID
from studio.forms.shown import ShownPrice

_LONGEST = 200_000
_ENDINGS = (".csv", ".tsv", ".txt")
_TOO_LONG = f"A list has at most {_LONGEST:,} characters. Make some of it first."
_NULL = "An invisible null character is in the list. Paste it as plain text."


def text_of(file: UploadedFile) -> str:
    """Return the text of a list's file, in Unicode or as old spreadsheets write it.

    Raises ValidationError in words.
    """
    name = file.name or "The file"
    if not name.lower().endswith(_ENDINGS):
        raise forms.ValidationError(f"{name} is no list. Choose a .csv or .txt file.")
    if not file.size:
        raise forms.ValidationError(f"{name} is empty. Choose another file.")
    if file.size > _LONGEST * 4:
        raise forms.ValidationError(f"{name} is too long. {_TOO_LONG}")
    raw = file.read()
    unicode = "utf-16" if raw.startswith((BOM_UTF16_LE, BOM_UTF16_BE)) else "utf-8-sig"
    for encoding in (unicode, "cp1252"):
        text = _decoded(raw, encoding)
        if text and "\0" not in text:
            break
    else:
        raise forms.ValidationError(f"{name} holds no text. Save it as CSV or as plain text.")
    if len(text) > _LONGEST:
        raise forms.ValidationError(f"{name} is too long. {_TOO_LONG}")
    return text


def _decoded(raw: bytes, encoding: str) -> str:
    try:
        return raw.decode(encoding)
    except UnicodeDecodeError:
        return ""


class SeveralForm(forms.Form):
    """The list as it was typed or pasted, its key, and the price of all of it that was shown."""

    list = forms.CharField(
        required=False,
        strip=False,
        max_length=_LONGEST,
        error_messages={"max_length": _TOO_LONG, "null_characters_not_allowed": _NULL},
    )
    file = forms.FileField(required=False, allow_empty_file=True)
    list_key = HiddenUUID(required=False)
    pictures = forms.ChoiceField(required=False, choices=Fitting.choices)
    shown_usd = ShownPrice()

    def __init__(self, data: Any, files: Any = None) -> None:
        super().__init__(data, files, auto_id="several-%s")
        self.full_clean()

    def clean_file(self) -> str:
        """Read the file that the list is taken from, if one was chosen."""
        file: UploadedFile | None = self.cleaned_data["file"]
        return text_of(file) if file else ""

    @property
    def shown(self) -> str:
        """What stands in the field: the file's text, else what was typed."""
        return self.cleaned_data.get("file") or str(self["list"].value() or "")

    @property
    def text(self) -> str:
        """The list; nothing where it can't be taken."""
        return self.cleaned_data.get("file") or str(self.cleaned_data.get("list", ""))

    @property
    def fitting(self) -> str:
        """What was chosen for pictures that aren't of a row's ratio: a Fitting, or nothing."""
        return str(self.cleaned_data.get("pictures", ""))

    @cached_property
    def key(self) -> UUID:
        """What tells this list from another that says the same."""
        kept: UUID | None = self.cleaned_data.get("list_key")
        return kept or uuid4()

    @property
    def seen_usd(self) -> Decimal:
        """The price of all of it that was shown, in dollars; 0 where none was."""
        return self.cleaned_data["shown_usd"]
