"""What a generation costs here, in US cents, from the table of luma-agents-v1 sheet §8.

Kept apart from Dailies' own catalogue on purpose: two tables that must agree prove each other.
"""

from decimal import ROUND_HALF_UP, Decimal
from typing import Any

_VIDEO_5S = {"360p": 6, "540p": 15, "720p": 30, "1080p": 120}
_VIDEO_10S = {"360p": 18, "540p": 45, "720p": 90, "1080p": 360}
_VIDEO_HDR = {"720p": 60, "1080p": 240}
_VIDEO_EXR = {"720p": 90, "1080p": 360}
_EDIT_PER_5S = {"360p": 54, "540p": 72, "720p": 108, "1080p": 216}
_REFRAME_PER_S = {"360p": 3, "540p": 6, "720p": 12, "1080p": 36}
_IMAGE = {"uni-1": Decimal("4.04"), "uni-1-max": Decimal(10)}
_REFERENCE = Decimal("0.3")


def video(resolution: str, asked: dict[str, Any]) -> Decimal:
    """Return the price of a clip."""
    if asked.get("exr_export"):
        return Decimal(_VIDEO_EXR[resolution])
    if asked.get("hdr"):
        return Decimal(_VIDEO_HDR[resolution])
    long = asked.get("duration") == "10s"
    return Decimal((_VIDEO_10S if long else _VIDEO_5S)[resolution])


def edit(resolution: str, duration_s: Decimal) -> Decimal:
    """Return the price of a clip edited; what has begun of a second counts in proportion."""
    return _rounded(_EDIT_PER_5S[resolution] * duration_s / 5)


def reframe(resolution: str, duration_s: Decimal) -> Decimal:
    """Return the price of a clip reframed."""
    return _rounded(_REFRAME_PER_S[resolution] * duration_s)


def image(model: str, pictures: int) -> Decimal:
    """Return the price of a picture made after others."""
    return _IMAGE[model] + _REFERENCE * pictures


def layering() -> Decimal:
    """Return the price of a picture taken apart: none is published, an edit's stands here."""
    return _IMAGE["uni-1"] + _REFERENCE


def _rounded(cents: Decimal) -> Decimal:
    return cents.quantize(Decimal("0.01"), ROUND_HALF_UP)
