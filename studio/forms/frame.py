"""Which frame of a take is meant: by its number, or by its second."""

from math import floor
from typing import Any

from django import forms

from generations import grabbing
from generations.canvas import FPS
from generations.models import Asset, Generation, Still
from generations.refusal import upper_first
from studio.models import User
from studio.timecode import frames_in

_NO_TIME = "Say where in the take: a number of seconds, such as 1.5."
_NO_TAKE_S = 86_400.0  # longer than any take


class FrameForm(forms.Form):
    """`frame`, from 0, is the player's; without scripts `at_s`, in seconds, stands in for it."""

    frame = forms.IntegerField(required=False, error_messages={"invalid": _NO_TIME})
    at_s = forms.FloatField(required=False, error_messages={"invalid": _NO_TIME})

    def __init__(self, take: Generation, data: Any) -> None:
        super().__init__(data)
        self.take = take

    def clean(self) -> dict[str, Any]:
        """Find the frame's number. It has to lie within the take."""
        cleaned = super().clean() or {}
        frame, at_s = cleaned.get("frame"), cleaned.get("at_s")
        if self.errors:
            return cleaned
        if frame is None and at_s is None:
            raise forms.ValidationError(_NO_TIME)
        stored = self.take.assets.filter(kind=Asset.Kind.VIDEO, state=Asset.State.STORED)
        video = stored.first()
        fps: float = (video.fps if video else None) or FPS
        last = frames_in(video.duration_s if video else None, fps) - 1
        if frame is None:
            frame = floor(min(at_s or 0.0, _NO_TAKE_S) * fps)
        if not 0 <= frame <= last:
            name, length_s = upper_first(self.take.name), (last + 1) / fps
            raise forms.ValidationError(
                f"{name} is {length_s:.2f} s long. Choose a moment within it."
            )
        return {"number": frame}

    def grab(self, user: User) -> Still:
        """Return the frame as a still, the same one each time. Raises grabbing.NoFrame."""
        if not self.is_valid():
            raise grabbing.NoFrame(next(iter(self.errors.values()))[0])
        return grabbing.grab_at(self.take, self.cleaned_data["number"], user)
