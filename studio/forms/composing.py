"""What the composer's modes have in common."""

from typing import Any

from django import forms

from generations import stills
from generations.mistaken import EMPTY, HEIC
from studio.forms.fields import setting
from studio.forms.offering import MOST_TAKES
from studio.forms.slots import VIDEO

MODES = [("video", "Video"), ("image", "Image"), ("modify", "Modify"), ("reframe", "Reframe")]


def count_field() -> forms.Field:
    """Return the field for the number of takes."""
    return setting(
        f"Choose from 1 to {MOST_TAKES} takes.",
        forms.IntegerField,
        required=False,
        min_value=1,
        max_value=MOST_TAKES,
        initial=1,
    )


def pictures() -> dict[str, Any]:
    """Return what a browser needs to refuse a picture before it is sent; sizes in bytes."""
    return {
        "max_bytes": stills.MAX_BYTES,
        "too_large": stills.TOO_LARGE,
        "unreadable": stills.UNREADABLE,
        "empty": EMPTY,
        "heic": HEIC,
        "video": VIDEO,
        "list": "A list of prompts is no picture. Drop it in Several prompts, under Prompt help.",
    }
