"""What a take's file is made of: what decides whether its frames can be taken over as they are."""

from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from typing import Any

import av

from generations.media import NotMedia
from studio.editing.cut import FPS

_PINNED: dict[str, Any] = {"format": "mov", "options": {"protocol_whitelist": "file"}}


@dataclass(frozen=True)
class Look:
    """What frames of several files must have in common to stand behind each other in one.

    `parameters` are what a decoder is told before the first frame (of H.264 the avcC box).
    """

    codec: str
    profile: str
    width: int
    height: int
    pixels: str
    colours: tuple[int, ...] = ()
    aspect: Fraction = Fraction(1)
    parameters: bytes = b""


@dataclass(frozen=True)
class Source:
    """A take's file. `order` are its frames, by their place in time, as they stand in the file.

    It is empty unless there are 24 of them a second, evenly spaced from the beginning on: only
    then is a frame of the file one of the sequence. `keys` are those that need no other.
    """

    file: Path
    look: Look
    frames: int
    order: tuple[int, ...] = ()
    keys: frozenset[int] = field(default_factory=frozenset)
    has_sound: bool = False

    def whole_frames(self, begin: int, end: int) -> tuple[int, int] | None:
        """Return the most frames from `begin` on and before `end` that can stand without others.

        They begin at a key frame, and those that stand first in the file need none behind them.
        """
        for at, frame in enumerate(self.order):
            if frame in self.keys and begin <= frame < end:
                last = self._whole_from(at, end)
                if last is not None:
                    return frame, last
        return None

    def _whole_from(self, at: int, end: int) -> int | None:
        first = highest = self.order[at]
        last = None
        for count, frame in enumerate(self.order[at:], start=1):
            if frame < first:
                break  # it is shown before the key frame, and needs one from before it
            highest = max(highest, frame)
            if highest + 1 > end:
                break
            if highest + 1 - first == count:
                last = highest + 1
        return last


def look_at(file: Path) -> Source:
    """Look at a stored take's file, without decoding a frame. Raises NotMedia."""
    try:
        with av.open(str(file), **_PINNED) as container:
            if not container.streams.video:
                raise NotMedia("the file has no picture")
            stream = container.streams.video[0]
            packets = [each for each in container.demux(stream) if each.size]
            codec = stream.codec_context
            look = Look(
                codec=codec.name,
                profile=str(codec.profile or ""),
                width=codec.width,
                height=codec.height,
                pixels=str(codec.pix_fmt or ""),
                colours=tuple(
                    int(each or 0)
                    for each in (
                        codec.color_range,
                        codec.colorspace,
                        codec.color_primaries,
                        codec.color_trc,
                    )
                ),
                aspect=Fraction(codec.sample_aspect_ratio or 1),
                parameters=bytes(codec.extradata or b""),
            )
            order = _order(packets, stream)
            seconds = float((stream.duration or 0) * (stream.time_base or 0))
            return Source(
                file=file,
                look=look,
                frames=len(order) or max(round(seconds * FPS), 1),
                order=order,
                keys=frozenset(
                    frame for frame, each in zip(order, packets, strict=False) if each.is_keyframe
                ),
                has_sound=bool(container.streams.audio),
            )
    except (av.FFmpegError, ValueError, IndexError) as error:
        raise NotMedia("the file can't be read as a video") from error


def _order(packets: list[Any], stream: Any) -> tuple[int, ...]:
    """Return the frames as they stand in the file; none unless they are 24 a second."""
    step = 1 / (Fraction(stream.time_base or 1) * FPS)
    if step.denominator != 1 or any(each.pts is None for each in packets):
        return ()
    first = min((each.pts for each in packets), default=0)
    found = [Fraction(each.pts - first, int(step)) for each in packets]
    if any(each.is_discard or each.is_corrupt for each in packets):
        return ()
    if sorted(found) != list(range(len(found))):
        return ()
    return tuple(int(each) for each in found)
