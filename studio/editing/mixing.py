"""Mixes what is heard in a film into one track: 48 kHz, stereo, two thousand samples a frame."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import Any
from uuid import UUID

import av
import numpy as np

from studio.editing.cut import FPS, Role
from studio.editing.hearing import Heard, ducked

RATE = 48_000
PER_FRAME = RATE // FPS
_PINNED: dict[str, Any] = {"options": {"protocol_whitelist": "file"}}
_SILENT_DB = -120.0


class CannotMix(Exception):
    """A sound can't be read; the message says why."""


@dataclass(frozen=True)
class Track:
    """A file with a sound, and the demuxer that its kind was checked for."""

    file: Path
    demuxer: str = "mov"


def mix(
    heard: list[Heard],
    tracks: Mapping[UUID, Track],
    frames: int,
    to: Path,
    *,
    duck_db: float,
    at: Callable[[float], object],
) -> None:
    """Write the mix as raw 32-bit floats; `at` is told which part of it is done.

    Raises CannotMix. What isn't in `tracks` is silent. Music comes last in `heard`, as it gives
    way to the voices before it.
    """
    kept = np.memmap(to, np.float32, "w+", shape=(frames * PER_FRAME, 2))
    film = np.asarray(kept)
    energy = np.zeros(frames)
    gains: np.ndarray | None = None
    for number, each in enumerate(heard):
        if each.role is Role.MUSIC and gains is None:
            gains = _gains(energy, duck_db)
        if track := tracks.get(each.source):
            curve = gains if each.role is Role.MUSIC else None
            for begin, block in _shaped(each, track, frames, curve):
                film[begin : begin + len(block)] += block
                if each.role is Role.VOICE:
                    _add_energy(energy, begin, block)
                at((number + 0.5) / len(heard))
        at((number + 1) / len(heard))
    kept.flush()


def _gains(energy: np.ndarray, duck_db: float) -> np.ndarray:
    """Return music's gain at every frame and at the end."""
    loud = 10 * np.log10(np.maximum(energy / (PER_FRAME * 2), 10 ** (_SILENT_DB / 10)))
    lowered = np.array(ducked(loud.tolist(), duck_db))
    return 10 ** (np.append(lowered, lowered[-1:]) / 20)


def _add_energy(energy: np.ndarray, begin: int, block: np.ndarray) -> None:
    frames = (begin + np.arange(len(block))) // PER_FRAME
    squares = (block.astype(np.float64) ** 2).sum(axis=1)
    energy += np.bincount(frames, squares, len(energy))[: len(energy)]


def _shaped(
    each: Heard, track: Track, frames: int, gains: np.ndarray | None
) -> Iterator[tuple[int, np.ndarray]]:
    """Yield the samples of what is heard with their place in the film, gain and fades done."""
    length = min(each.frames, frames - each.at) * PER_FRAME
    done = 0
    for block in _gathered(_samples(track, each.in_frame * PER_FRAME, length)):
        places = done + np.arange(len(block))
        shape = np.full(len(block), 10 ** (each.gain_db / 20), np.float32)
        if each.fade_in:
            shape *= _curve((places + 0.5) / (each.fade_in * PER_FRAME))
        if each.fade_out:
            shape *= _curve((length - places - 0.5) / (each.fade_out * PER_FRAME))
        begin = each.at * PER_FRAME + done
        if gains is not None:
            first = begin // PER_FRAME
            near = gains[first : first + len(block) // PER_FRAME + 3]
            along = (begin - first * PER_FRAME + np.arange(len(block))) / PER_FRAME
            shape *= np.interp(along, np.arange(len(near)), near)
        yield begin, block * shape[:, None]
        done += len(block)


def _gathered(blocks: Iterator[np.ndarray]) -> Iterator[np.ndarray]:
    """Yield the same samples a second or more at a time: a decoder's blocks are tiny."""
    gathered: list[np.ndarray] = []
    count = 0
    for block in blocks:
        gathered.append(block)
        count += len(block)
        if count >= RATE:
            yield np.concatenate(gathered)
            gathered, count = [], 0
    if gathered:
        yield np.concatenate(gathered)


def loudest(mixed: Path) -> float:
    """Return how far the loudest sample of a mix swings: 1 is full."""
    film = np.memmap(mixed, np.float32, "r")
    blocks = (film[at : at + RATE * 20] for at in range(0, len(film), RATE * 20))
    return max((float(np.abs(block).max()) for block in blocks), default=0.0)


def _curve(along: np.ndarray) -> np.ndarray:
    """Return a fade's gain: two that cross are together as loud as either (equal power)."""
    return np.sin(np.clip(along, 0, 1) * np.pi / 2)


def _samples(track: Track, begin: int, length: int) -> Iterator[np.ndarray]:
    """Yield `length` samples of a file from one on, as far as it has them, silence between them."""
    try:
        with av.open(str(track.file), format=track.demuxer, **_PINNED) as container:
            stream = container.streams.audio[0]
            if begin > 10 * RATE:
                ahead = (begin / RATE - 1) / float(stream.time_base or 1)
                container.seek(int(ahead), stream=stream, backward=True)
            resampler = av.AudioResampler("flt", "stereo", RATE)
            at: int | None = None
            end = begin + length
            for frame in chain(container.decode(stream), [None]):
                if at is None:
                    at = round(float(frame.time or 0) * RATE) if frame else 0
                for made in resampler.resample(frame):
                    block = made.to_ndarray().reshape(-1, 2)
                    first, last = max(begin - at, 0), min(end - at, len(block))
                    if at > begin and at < end:
                        yield np.zeros((at - begin, 2), np.float32)
                        begin = at
                        first = 0
                    if first < last:
                        yield block[first:last]
                        begin = at + last
                    at += len(block)
                if at >= end:
                    return
    except (av.FFmpegError, IndexError, ValueError) as error:
        raise CannotMix(f"{track.file.name}: {type(error).__name__}") from error
