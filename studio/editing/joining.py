"""Puts encoded frames and sound behind each other into one file, without encoding any again."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from fractions import Fraction
from heapq import merge
from pathlib import Path
from typing import Any

import av

from studio.editing.avc import Differing, together
from studio.editing.cut import FPS
from studio.editing.looks import Source

TICKS = 512  # of a frame, in a time base of 1/12288
_BASE = Fraction(1, TICKS * FPS)
_PINNED: dict[str, Any] = {"format": "mov", "options": {"protocol_whitelist": "file"}}


class CannotJoin(Exception):
    """The parts can't stand in one file; the message says why."""


@dataclass(frozen=True)
class Part:
    """Frames of a file from one on, as `Source.whole_frames` gave them."""

    source: Source
    in_frame: int
    frames: int


def join(
    parts: list[Part],
    sound: Path | None,
    to: Path,
    *,
    container: str,
    at: Callable[[int], object],
) -> None:
    """Write parts behind each other, with a sound beside them; `at` is told how many frames are in.

    Raises CannotJoin. The same parts give the same file.
    """
    try:
        parameters = _parameters(parts)
        with ExitStack() as stack:
            options = {"movflags": "+faststart"} if container in ("mp4", "mov") else {}
            out = stack.enter_context(av.open(str(to), "w", format=container, options=options))
            first = stack.enter_context(av.open(str(parts[0].source.file), **_PINNED))
            picture = out.add_stream_from_template(first.streams.video[0])
            picture.time_base = _BASE
            if container == "mov":
                # Else ProRes of any kind is called HQ: only the tag tells them apart.
                template = first.streams.video[0].codec_context
                picture.codec_context.codec_tag = template.codec_tag
            if parameters:
                picture.codec_context.extradata = parameters
            flows = [_pictures(parts, picture, at)]
            if sound:
                heard = stack.enter_context(av.open(str(sound), **_PINNED))
                track = out.add_stream_from_template(heard.streams.audio[0])
                flows.append(_sounds(heard, track))
            for _, packet in merge(*flows, key=lambda each: each[0]):
                out.mux(packet)
    except (av.FFmpegError, Differing, ValueError, IndexError) as error:
        raise CannotJoin(f"{type(error).__name__}: {error}") from error


def _parameters(parts: list[Part]) -> bytes:
    """Return what a decoder must be told before the first frame, of all the parts together."""
    look = parts[0].source.look
    different = {part.source.look.parameters: None for part in parts}
    return together(list(different)) if look.codec == "h264" else look.parameters


def _pictures(
    parts: list[Part], stream: Any, at: Callable[[int], object]
) -> Iterator[tuple[float, Any]]:
    """Yield every packet with its second, its times counted in frames of the film."""
    latest = max(_delay(part) for part in parts)
    begins = 0
    for part in parts:
        for place, packet in enumerate(_packets(part)):
            frame = part.source.order[_place(part) + place] - part.in_frame
            packet.time_base = _BASE
            packet.pts = (begins + frame) * TICKS
            # Never after what is shown, in whatever order the frames of a part stand.
            packet.dts = (begins + place - latest) * TICKS
            packet.duration = TICKS
            packet.stream = stream
            yield packet.dts / (TICKS * FPS), packet
        begins += part.frames
        at(begins)


def _place(part: Part) -> int:
    return part.source.order.index(part.in_frame)


def _delay(part: Part) -> int:
    """Return by how many frames the first of the part must be decoded before it is shown."""
    begin = _place(part)
    order = part.source.order[begin : begin + part.frames]
    return max((place - (frame - part.in_frame) for place, frame in enumerate(order)), default=0)


def _packets(part: Part) -> Iterator[Any]:
    begin = _place(part)
    with av.open(str(part.source.file), **_PINNED) as container:
        stream = container.streams.video[0]
        read = (each for each in container.demux(stream) if each.size)
        for place, packet in enumerate(read):
            if place >= begin + part.frames:
                return
            if place >= begin:
                yield packet


def _sounds(container: Any, stream: Any) -> Iterator[tuple[float, Any]]:
    for packet in container.demux(container.streams.audio[0]):
        if packet.size:
            packet.stream = stream
            yield float(packet.pts * packet.time_base), packet
