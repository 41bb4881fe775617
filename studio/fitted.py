"""Pictures of another ratio than an order's: kept as they are, or their middle cut to it."""

from collections.abc import Callable
from dataclasses import replace
from functools import cache
from typing import Any

from django.db.models import TextChoices

from generations import grabbing, stills
from generations.judging import judged_usd
from generations.models import Generation, Still
from generations.orders import Frame, Order
from generations.preflight import Fit, Place
from generations.refusal import Refused


class Fitting(TextChoices):
    """What becomes of a picture whose ratio isn't the take's."""

    AS_IS = "as-is", "Keep them as they are"
    CUT = "cut", "Crop their middle to each row’s ratio"


def cutter(project: Any, author: Any) -> Callable[[Order], Order]:
    """Return what gives an order with its pictures cut, for many orders: each is cut once.

    A take that is gone on from stays; what would only send its picture has that cut. It raises
    Refused where a picture can't be read.
    """

    @cache
    def cut(still: Still, ratio: str) -> Still:
        return stills.cut(still, ratio, Place.MIDDLE, author)

    @cache
    def seam(take: Generation, which: grabbing.Which) -> Still:
        return grabbing.grab_for("", take, which, author)

    def fitted(order: Order) -> Order:
        goes_on = _is_taken(project, order.reframed(_kept_still))

        def fit(frame: Frame) -> Frame:
            still = frame.still
            if frame.source and not goes_on:
                at_start = frame is order.start
                which = grabbing.Which.LAST if at_start else grabbing.Which.FIRST
                still = seam(frame.source, which)
            if still and Fit(still, order.ratio).words:
                return Frame(still=cut(still, order.ratio))
            return replace(frame, as_is=True)

        return order.reframed(fit)

    return fitted


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
