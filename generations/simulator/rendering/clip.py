"""A video job made into frames: which shots, in which order, and exact at both ends."""

import hashlib
import os
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np

from generations.canvas import FPS
from generations.simulator.rendering import note, words
from generations.simulator.rendering.camera import Move, Pose, concepts_in, path
from generations.simulator.rendering.encode import decode, encode
from generations.simulator.rendering.frame import Frame, Pixels
from generations.simulator.rendering.jobs import VideoJob
from generations.simulator.rendering.note import Moment
from generations.simulator.rendering.picture import (
    Picture,
    covering,
    first_frame,
    last_frame,
    opened,
    painted,
)
from generations.simulator.rendering.pins import Pins
from generations.simulator.rendering.shots import Dissolve, Scene, Shot, Still, smooth
from generations.simulator.rendering.words import Brief
from generations.simulator.rendering.world import World

_PAINTED_AT_MOST = 1920 * 1088
_CLOSE = 7.0
"""A mean difference (of 255) up to which a world counts as the one in a decoded frame."""


def render(job: VideoJob, out: Path) -> None:
    """Write the clip of a job. Raises FFmpegFailed, ValueError and OSError for bad inputs."""
    clip = Clip(job)
    frames = clip.frames()
    if job.joined and job.continues:
        frames = _after(decode(job.continues, clip.size), clip.frames(first=1, extra=1))
    elif job.joined and job.precedes:
        frames = _after(clip.frames(), decode(job.precedes, clip.size))
    encode(
        frames,
        out,
        painted=clip.size,
        wanted=(job.width, job.height),
        note=note.write(clip.note()),
        exact=() if job.joined else clip.exact(),
    )


def _after(first: Iterator[Pixels], second: Iterator[Pixels]) -> Iterator[Pixels]:
    yield from first
    yield from second


def painting_size(width: int, height: int) -> tuple[int, int]:
    """Return the even size to paint at: the wanted one, or a smaller one above 1080p.

    Or above as many pixels as SIMULATOR_PAINTED_PIXELS says.
    """
    most = int(os.environ.get("SIMULATOR_PAINTED_PIXELS") or _PAINTED_AT_MOST)
    scale = min(1.0, (most / (width * height)) ** 0.5)
    return round(width * scale / 2) * 2, round(height * scale / 2) * 2


class Clip:
    """The shots of one job, and the frames they make."""

    def __init__(self, job: VideoJob) -> None:
        self.job = job
        self.size = painting_size(job.width, job.height)
        self.count = job.frames or max(1, round(job.duration_s * FPS))
        self.pins = Pins(dict(zip(job.pinned_at, job.pinned, strict=True)), self.size)
        self.move = path(job.concepts, job.prompt, loop=job.loop)
        self.concepts = frozenset(job.concepts) or frozenset(concepts_in(job.prompt))
        self.anchors = (self._first(), self._last())
        self.frame = Frame(*self.size)
        self.shot = self._shot()

    def frames(self, *, first: int = 0, extra: int = 0) -> Iterator[Pixels]:
        """Yield the frames from `first` on as flat yuv420p, corrected to meet the anchors."""
        corrections = (self._correction(0), self._correction(1))
        fade = min(FPS, max(2, self.count // 3))
        for number in range(first, self.count + extra):
            frame = self._painted(min(number, self.count - 1 + extra))
            for end, correction in enumerate(corrections):
                away = number if end == 0 else self.count - 1 - number
                if correction is not None and 0 <= away < fade:
                    weight = np.float32(1 - smooth(away / fade))
                    for level, change in zip(frame.levels, correction, strict=True):
                        level.planes[:] += change * weight
            self.pins.apply(frame, number)
            yield frame.packed()

    def exact(self) -> tuple[tuple[int, int], ...]:
        """Return the first and last numbers of the frames at the ends that must meet an anchor."""
        ends = ((0, 1), (max(2, self.count - 4), self.count - 1))
        anchored = zip(ends, self.anchors, strict=True)
        return (*(end for end, anchor in anchored if anchor is not None), *self.pins.exact())

    def note(self) -> note.Note:
        """Return what the clip remembers for its extensions."""
        first, last = self._moment(0), self._moment(self.count - 1)
        if self.job.joined and self.job.continues:
            first = note.read(self.job.continues).first
            last = self._moment(self.count)
        elif self.job.joined and self.job.precedes:
            last = note.read(self.job.precedes).last
        return note.Note(first, last)

    def _moment(self, number: int) -> Moment | None:
        if self.job.loop or "tiny_planet" in self.concepts:
            return None
        return self.shot.moment(self._progress(number), number / FPS)

    def _progress(self, number: int) -> float:
        return number / self.count if self.job.loop else number / max(1, self.count - 1)

    def _painted(self, number: int) -> Frame:
        progress, time = self._progress(number), number / FPS
        self.shot.paint(self.frame, progress, time)
        if self.job.loop:
            begins = self.count - min(32, self.count // 3)
            share = smooth((number - begins) / (self.count - begins))
            if share > 0:
                again = Frame(*self.size)
                self.shot.paint(again, progress, time - self.count / FPS)
                self.frame.fade_to(again, share)
        return self.frame

    def _correction(self, end: int) -> list[Pixels] | None:
        """Return what the painted end lacks to be the anchor, per level."""
        anchor = self.anchors[end]
        if anchor is None:
            return None
        wanted = Frame(*self.size)
        wanted.load(anchor)
        made = self._painted(0 if end == 0 else self.count - 1)
        return [w.planes - m.planes for w, m in zip(wanted.levels, made.levels, strict=True)]

    def _first(self) -> Pixels | None:
        if self.job.continues:
            return last_frame(self.job.continues, *self.size)
        return self._file(self.job.start_image)

    def _last(self) -> Pixels | None:
        if self.job.precedes:
            return first_frame(self.job.precedes, *self.size)
        return self._file(self.job.end_image)

    def _file(self, name: str | None) -> Pixels | None:
        return None if name is None else painted(covering(opened(name), *self.size)).packed()

    def _shot(self) -> Shot:
        begin, finish = self._beginning(), self._ending()
        if begin is not None and finish is not None:
            return Dissolve(begin, finish, 0.32, 0.68)
        if begin is not None:
            return self._onward(begin)
        if finish is not None:
            return self._toward(finish)
        doors = "elevator_doors" in self.concepts
        return self._scene(words.read(self.job.prompt), doors=doors)

    def _onward(self, begin: Shot) -> Shot:
        """Return how a clip with only a beginning goes on; a parent without a world gets one."""
        if isinstance(begin, Scene):
            return self._changing(begin, backwards=False)
        if self.job.continues:
            return Dissolve(begin, self._scene(self._brief_of(self.anchors[0])), 0.12, 0.5)
        return begin

    def _toward(self, finish: Shot) -> Shot:
        """Return how a clip that has only an ending comes to it."""
        if isinstance(finish, Scene):
            return self._changing(finish, backwards=True)
        return Dissolve(self._scene(self._brief_of(self.anchors[1])), finish, 0.25, 0.7)

    def _beginning(self) -> Shot | None:
        """Return the shot that begins on the first anchor, going on in its world if it can."""
        if self.job.continues:
            moment = note.read(self.job.continues).last
            if moment is not None:
                scene = Scene(
                    World(moment.brief), self.move, moment.time, moment.pose, (0, 0), self._lenses()
                )
                if self._matches(scene, 0):
                    return scene
        return self._still(0)

    def _ending(self) -> Shot | None:
        """Return the shot that ends on the last anchor."""
        end = (self.count - 1) / FPS
        if self.job.precedes:
            moment = note.read(self.job.precedes).first
            if moment is not None:
                began = moment.time - end
                scene = Scene(
                    World(moment.brief), self.move, began, moment.pose, (1, end), self._lenses()
                )
                if self._matches(scene, 1):
                    return scene
        return self._still(1)

    def _still(self, end: int) -> Still | None:
        anchor = self.anchors[end]
        if anchor is None:
            return None
        frame = Frame(*self.size)
        frame.load(anchor)
        brief = words.read(self.job.prompt)
        rest = (float(end), end * (self.count - 1) / FPS)
        return Still(Picture(frame), _onto(self.move, end), rest, World(brief))

    def _matches(self, scene: Scene, end: int) -> bool:
        """Tell whether a world, seen at that end, is what the anchor shows."""
        anchor = self.anchors[end]
        if anchor is None:
            return False
        frame = Frame(*self.size)
        scene.paint(frame, float(end), end * (self.count - 1) / FPS)
        return bool(np.abs(frame.packed().astype(np.int16) - anchor).mean() < _CLOSE)

    def _changing(self, scene: Scene, *, backwards: bool) -> Shot:
        """Return the scene, becoming what the prompt says where it says something else."""
        asked = words.continued(self.job.prompt, scene.world.brief)
        if asked == scene.world.brief:
            return scene
        other = replace(scene, world=World(asked))
        length = min(0.75, max(0.25, 1.6 / self.job.duration_s))
        return (
            Dissolve(other, scene, 0.85 - length, 0.85)
            if backwards
            else Dissolve(scene, other, 0.15, 0.15 + length)
        )

    def _scene(self, brief: Brief, *, doors: bool = False) -> Scene:
        return Scene(World(brief), self.move, concepts=self._lenses(), doors=doors)

    def _lenses(self) -> frozenset[str]:
        return self.concepts - {"elevator_doors"}

    def _brief_of(self, anchor: Pixels | None) -> Brief:
        """Return the prompt's brief with a seed that belongs to the picture."""
        seed = int.from_bytes(
            hashlib.sha256(b"" if anchor is None else anchor.data).digest()[:6], "big"
        )
        return words.read(self.job.prompt, seed)


def _onto(move: Move, end: int) -> Move:
    """Return a move fit for a picture: at its end it comes closer to rest on it.

    A move that shows more of a world (pull out) would leave the picture, so it is played toward it.
    """

    def pose(progress: float, time: float) -> Pose:
        toward = progress if end == 0 else 1 - progress
        live = Pose(z=0.32 * toward) if end else Pose()
        return move(progress, time).after(live)

    return pose
