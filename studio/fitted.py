"""Pictures of another ratio than an order's: kept as they are, or their middle cut to it."""

from dataclasses import replace
from typing import Any

from django.db.models import TextChoices

from generations import grabbing, stills
from generations.judging import judged_usd
from generations.models import Still
from generations.orders import Frame, Order
from generations.preflight import Fit, Place
from generations.refusal import Refused


class Fitting(TextChoices):
    """What becomes of a picture whose ratio isn't the take's."""

    AS_IS = "as-is", "Keep them as they are"
    CUT = "cut", "Crop their middle to each row’s ratio"


class Cutter:
    """Cuts the pictures of orders, each once for a ratio; `undo` discards what that made."""

    def __init__(self, project: Any, author: Any) -> None:
        self._project = project
        self._author = author
        self._made: list[Still] = []

    def cut(self, order: Order) -> Order:
        """Return an order with its pictures cut to its ratio. Raises Refused for one unreadable.

        A take that is gone on from stays; what would only send its picture has that cut.
        """
        goes_on = _is_taken(self._project, order.reframed(_kept_still))

        def fit(frame: Frame) -> Frame:
            still = frame.still
            if frame.source and not goes_on:
                which = grabbing.Which.LAST if frame is order.start else grabbing.Which.FIRST
                still = self._note(grabbing.grab_for("", frame.source, which, self._author))
            if still and Fit(still, order.ratio).words:
                cut = stills.cut(still, order.ratio, Place.MIDDLE, self._author)
                return Frame(still=self._note(cut))
            return replace(frame, as_is=True)

        return order.reframed(fit)

    def undo(self) -> None:
        """Discard the stills that were made for orders which came to nothing."""
        left = [still for still in reversed(self._made) if still.pk]  # accepting may have done it
        grabbing.leave_none(left)

    def _note(self, still: Still) -> Still:
        self._made.append(still)
        return still


def needs_fitting(project: Any, order: Order) -> bool:
    """Return whether it is only for its pictures' ratios that an order is refused."""
    return order != order.as_framed and _is_taken(project, order.as_framed)


def _kept_still(frame: Frame) -> Frame:
    return replace(frame, as_is=True) if frame.still else frame


def _is_taken(project: Any, order: Order) -> bool:
    try:
        judged_usd(project, order)
    except Refused:
        return False
    return True
