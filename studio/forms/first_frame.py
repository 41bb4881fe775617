"""From a video's words to pictures that it may begin on, and back with the one that was picked."""

from collections.abc import Mapping
from typing import Any

from generations.kinds import Kind
from generations.models import Generation
from studio.forms.aside import AsideField
from studio.forms.offering import MOST_TAKES
from studio.prompting.wildcards import literal

FIRST_FRAME = "Make some pictures of it, then choose Animate at the best: your video is kept."


def for_first_frame(typed: Mapping[str, Any]) -> dict[str, Any]:
    """Return the changes that make a composer ask for several pictures at the video's ratio."""
    ratio = {"ratio": typed["ratio"]} if typed.get("ratio") else {}
    return {"kind": Kind.IMAGE.value, "count": MOST_TAKES, **ratio}


def back_to_video(typed: Mapping[str, Any], picture: Generation) -> dict[str, Any]:
    """Return the changes that go from pictures to the one video that is made of one of them.

    Its words are there unless others are being typed.
    """
    changes: dict[str, Any] = {}
    if typed.get("kind") == Kind.IMAGE and Kind.VIDEO not in AsideField().clean(typed.get("aside")):
        changes["count"] = 1  # as many pictures as were made are no number of videos
    if "words" in typed and not str(typed["words"]).strip():
        changes["words"] = literal(picture.prompt.words)
    return changes
