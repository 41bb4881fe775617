"""What the composer's forms have in common that pin pictures to frames."""

from functools import cached_property
from typing import Any

from django import forms

from generations import stills
from generations.catalogue import ModelFacts
from generations.orders import Frame, Order
from studio.forms.fitting import Fitting
from studio.forms.pinning import (
    KEYFRAMES,
    MOST_PINS,
    PIN_FILE,
    Pin,
    PinsField,
    Strip,
    pinned,
    pinned_too,
    plain_pins,
)
from studio.forms.slots import Finder
from studio.models import Project, User


class PinningForm(forms.Form):
    """A composer that may hold pinned pictures; `pin_at` is the frame where the next goes."""

    keyframes = PinsField(required=False)
    pin_at = forms.CharField(required=False)

    project: Project
    user: User
    frames: dict[str, Frame | None]
    pins: list[Pin]
    pin_problem = ""  # of what was to be pinned last
    _finder: Finder

    def show_pins(self) -> None:
        """Find the pinned pictures of a form that is shown."""
        self.pins = plain_pins(self.initial.get(KEYFRAMES))
        self.frames |= self._finder.pinned(self.pins)

    def place_pins(self, cleaned: dict[str, Any]) -> None:
        """Find the pinned pictures that were sent, and keep an uploaded one. Raises Refused."""
        self.pins = list(cleaned[KEYFRAMES])
        self.frames |= self._finder.pinned(self.pins)
        if upload := self.files.get(PIN_FILE):
            still = stills.keep_upload(self.project, self.user, upload, field=KEYFRAMES)
            self.pins = pinned_too(self.pins, still, cleaned.get("pin_at", ""), MOST_PINS)
            self.frames |= self._finder.pinned(self.pins)
        pinned(self.pins, self.frames)

    def strip_of(
        self, model: ModelFacts, order: Order, last: int, film_url: str = ""
    ) -> Strip | None:
        """Return the strip for an order without its pins; None where there is nothing to pin."""
        if not (model.kinds[order.kind].keyframes or self.pins):
            return None
        return Strip(
            model,
            order,
            last,
            self.pins,
            self.frames,
            at=str(self["pin_at"].value() or ""),
            told=self.pin_problem or str(next(iter(self.errors.get(KEYFRAMES, ())), "")),
            veiled=self.veiled,
            film_url=film_url,
            taken_out=str(self.initial.get("taken_out", "")),
        )

    @property
    def fits(self) -> list[Fitting]:
        """What is to be said and chosen about pictures that are of another ratio."""
        return []

    @property
    def open_pins(self) -> list[str]:
        """The places of pinned pictures that don't fit, and of which nobody chose what to do."""
        return [each.position for each in self.fits if each.is_open and each.is_pinned]

    @cached_property
    def veiled(self) -> set[str]:
        """The places whose pictures the person is still to judge blind."""
        return self._finder.veiled(self.frames)
