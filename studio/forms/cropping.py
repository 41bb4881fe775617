"""Cutting a still to a ratio."""

from decimal import Decimal
from typing import Any

from django import forms

from generations import stills
from generations.models import Still
from generations.preflight import RATIOS, Fit, Place
from generations.refusal import Refused
from studio.models import User

_NO_RATIO = "Choose a ratio."
_NO_PLACE = "Choose which part is kept."
_PLACES = (
    (Place.START.value, "Top or left"),
    (Place.MIDDLE.value, "Middle"),
    (Place.END.value, "Bottom or right"),
)


class CropForm(forms.Form):
    """Which part of a still becomes another one; `share` says it finer than `place` does."""

    ratio = forms.ChoiceField(
        choices=[(ratio, ratio) for ratio in RATIOS],
        error_messages={"required": _NO_RATIO, "invalid_choice": _NO_RATIO},
    )
    place = forms.ChoiceField(
        required=False, choices=_PLACES, error_messages={"invalid_choice": _NO_PLACE}
    )
    share = forms.DecimalField(
        required=False,
        min_value=0,
        max_value=1,
        error_messages=dict.fromkeys(("invalid", "min_value", "max_value"), _NO_PLACE),
    )

    def __init__(self, still: Still, data: Any = None) -> None:
        super().__init__(data, initial={"place": Place.MIDDLE.value})
        self.still = still

    @property
    def ratios(self) -> list[str]:
        """Those that it isn't of already."""
        return [ratio for ratio in RATIOS if not Fit(self.still, ratio).is_right]

    def clean_ratio(self) -> str:
        """Return the ratio, unless there is nothing to cut."""
        ratio: str = self.cleaned_data["ratio"]
        if Fit(self.still, ratio).is_right:
            raise forms.ValidationError(f"It is {ratio} already. Choose another ratio.")
        return ratio

    def cut(self, user: User) -> Still | None:
        """Keep the part as a still: that, or None with the errors by field."""
        if not self.is_valid():
            return None
        share: Decimal | None = self.cleaned_data["share"]
        place = Place(self.cleaned_data["place"] or Place.MIDDLE)
        where = place if share is None else float(share)
        try:
            return stills.cut(self.still, self.cleaned_data["ratio"], where, user)
        except Refused as refused:
            self.add_error(None, str(refused))
            return None
