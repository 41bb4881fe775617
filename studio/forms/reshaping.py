"""What is made of a whole take or still anew: modified, or reframed on another canvas."""

from collections.abc import Iterable
from typing import Any

from django import forms

from generations import stills
from generations.canvas import RATIOS
from generations.checking_options import POSES
from generations.checking_sources import size_of
from generations.kinds import Kind
from generations.mistaken import EMPTY
from generations.models import Still
from generations.orders import Frame
from generations.placement import Placement
from studio.forms.controls import ControlsForm, controls_in, options_of
from studio.forms.making import MakingForm
from studio.forms.pinning import (
    KEYFRAMES,
    MOST_PINS,
    PIN_FILE,
    Pin,
    PinsField,
    ShownPin,
    pinned,
    pinned_too,
    shown_pins,
    typed_pins,
)
from studio.forms.slots import Finder

GRID = ("left", "centre", "right"), ("top", "middle", "bottom")


class _WithFirstFrame(MakingForm):
    """What may be given a first frame, and a resolution, of its own."""

    first = forms.FileField(required=False, error_messages={"empty": EMPTY})
    first_still = forms.Field(required=False)
    first_take = forms.Field(required=False)
    resolution = forms.CharField(required=False)

    @property
    def priced(self) -> dict[str, Any]:
        """Return the resolution, where one is chosen."""
        chosen = str(self["resolution"].value() or "")
        return {"resolution": chosen} if chosen in self.resolutions else {}

    @property
    def resolutions(self) -> list[str]:
        """What some model that can be ordered makes; nothing where there is no choice."""
        kinds = (each.kinds[self.kind] for each in self.makers.values())
        found = list(dict.fromkeys(each for facts in kinds for each in facts.resolutions))
        return found if len(found) > 1 else []

    def chosen(self, typed: dict[str, Any]) -> dict[str, Any]:
        """Return the settings with the first frame, its upload kept as a still."""
        settings = super().chosen(typed)
        if typed["resolution"]:  # else as usual: the source's own where the model makes it
            settings["resolution"] = typed["resolution"]
        finder = Finder(self.source.project, self.user)
        frame: Frame | None = finder.placed("first", typed)
        if frame and frame.still:  # so that it needn't be uploaded again
            sent = {name: self.data[name] for name in self.data}  # of each the last, no list
            self.data = sent | {"first_still": str(frame.still.uuid)}
        return settings | ({"start": frame} if frame else {})


class ModifyForm(ControlsForm, _WithFirstFrame):
    """Another video after the take: near to it, freely, or only its movement."""

    kind = Kind.MODIFY_VIDEO
    verb = "Modify"
    mode = forms.CharField(error_messages={"required": "Choose how far it may go."})
    keyframes = PinsField(required=False)
    pin_at = forms.CharField(required=False)

    def chosen(self, typed: dict[str, Any]) -> dict[str, Any]:
        """Return the settings with the mode, the controls and the pinned pictures."""
        pins = self._kept_pins(typed)
        frames = Finder(self.source.project, self.user).pinned(pins)
        return super().chosen(typed) | {
            "mode": typed["mode"],
            "options": options_of(controls_in(typed)),
            KEYFRAMES: pinned(pins, frames),
        }

    def _kept_pins(self, typed: dict[str, Any]) -> list[Pin]:
        """Return what is pinned, with an uploaded picture, kept as a still. Raises Refused."""
        pins: list[Pin] = typed[KEYFRAMES]
        if upload := self.files.get(PIN_FILE):
            kept = stills.keep_upload(self.source.project, self.user, upload, field=KEYFRAMES)
            pins = pinned_too(pins, kept, typed["pin_at"] or "0", MOST_PINS)
            self.data = {name: self.data[name] for name in self.data} | typed_pins(pins)
        return pins

    @property
    def pins(self) -> list[ShownPin]:
        """The pinned pictures, as its page shows them."""
        finder = Finder(self.source.project, self.user)
        held = self[KEYFRAMES].value() or []
        frames = finder.pinned(held)
        wrong = held if KEYFRAMES in self.errors else []
        return shown_pins(held, frames, finder.veiled(frames), wrong)

    @property
    def knows(self) -> dict[str, bool]:
        """What some model that can be ordered knows, or wants: controls, pinned pictures, words."""
        facts = [each.kinds[self.kind] for each in self.makers.values()]
        return {
            "controls": any(each.controls for each in facts),
            "words": any(each.words == "always" for each in facts),
            KEYFRAMES: any(each.keyframes for each in facts),
        }

    @property
    def poses(self) -> tuple[str, ...]:
        """How strictly bodies may be kept as they move."""
        return POSES

    @property
    def families(self) -> list[tuple[str, list[str]]]:
        """The modes by family, from those that keep most to those that change most."""
        return self.families_of(self.facts.modes)

    @staticmethod
    def families_of(modes: Iterable[str]) -> list[tuple[str, list[str]]]:
        """Return modes by family."""
        found: dict[str, list[str]] = {}
        for mode in modes:
            found.setdefault(mode.rpartition("_")[0], []).append(mode)
        return list(found.items())


class ReframeForm(_WithFirstFrame):
    """The same on a canvas of another ratio, what is missing made up around it."""

    verb = "Reframe"
    ratio = forms.CharField(initial="9:16")
    column = forms.IntegerField(min_value=0, max_value=2, initial=1)
    row = forms.IntegerField(min_value=0, max_value=2, initial=1)
    percent = forms.IntegerField(
        min_value=10,
        max_value=100,
        initial=100,
        error_messages={
            "invalid": "A size is a number of percent from 10 to 100.",
            "min_value": "At least 10 percent. Make it larger.",
            "max_value": "At most 100 percent: it has to fit.",
        },
    )

    @property
    def kind(self) -> Kind:  # type: ignore[override]
        """A picture is reframed as a picture."""
        is_picture = isinstance(self.source, Still) or self.source.prompt.is_picture
        return Kind.REFRAME_IMAGE if is_picture else Kind.REFRAME_VIDEO

    def chosen(self, typed: dict[str, Any]) -> dict[str, Any]:
        """Return the settings with the ratio, and the source's edges on the new canvas."""
        settings = super().chosen(typed) | {"ratio": typed["ratio"]}
        place = self._place(typed["ratio"], typed["column"], typed["row"], typed["percent"])
        return settings | ({"placement": place} if place else {})

    @property
    def grid(self) -> tuple[Any, Any]:
        """The names of the columns and rows, with their numbers."""
        return self.grid_names()

    @staticmethod
    def grid_names() -> tuple[Any, Any]:
        """Return the names of the columns and rows, with their numbers."""
        columns, rows = GRID
        return list(enumerate(columns)), list(enumerate(rows))

    @property
    def preview(self) -> dict[str, Any]:
        """The new canvas and the source on it, in pixels, as it is filled in."""
        shown = {name: self._whole(name) for name in ("column", "row", "percent")}
        ratio = str(self["ratio"].value())
        ratio = ratio if ratio in RATIOS else "9:16"
        width, height = self.facts.canvas(ratio)
        place = self._place(ratio, **shown)
        return {"width": width, "height": height, "place": place, "ratio": ratio} | (
            {"across": place.x_end - place.x_start, "down": place.y_end - place.y_start}
            if place
            else {}
        )

    def _whole(self, name: str) -> int:
        """Return what is filled in, or the usual where that is no number in range."""
        field = self.fields[name]
        try:
            return int(field.clean(self[name].value()))
        except forms.ValidationError:
            return int(field.initial)

    def _place(self, ratio: str, column: int, row: int, percent: int) -> Placement | None:
        size = size_of(self.source, self.kind)
        if ratio not in self.facts.ratios or size is None:
            return None
        return Placement.on_grid(
            self.facts.canvas(ratio),
            size,
            column=column,
            row=row,
            percent=percent,
        )
