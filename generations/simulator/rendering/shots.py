"""Shots: what the camera sees in every moment of a clip, and how one becomes another."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol

from generations.simulator.rendering.camera import Move, Pose
from generations.simulator.rendering.frame import Frame
from generations.simulator.rendering.lens import doors, photograph
from generations.simulator.rendering.note import Moment
from generations.simulator.rendering.picture import Picture
from generations.simulator.rendering.view import View, unit_of
from generations.simulator.rendering.world import World

Clock = Callable[[float], float]


class Shot(Protocol):
    """A picture for a progress 0..1 and a time in seconds since the clip began."""

    def paint(self, frame: Frame, progress: float, time: float) -> None:
        """Paint the whole frame."""

    def moment(self, progress: float, time: float) -> Moment | None:
        """Return where in which world this is; None when it is no world."""


@dataclass(frozen=True)
class Scene:
    """A world under a moving camera; `began` is the world's time when the clip begins.

    `stand` is where the camera stands when its own move is at `rest`, (progress, time).
    """

    world: World
    move: Move
    began: float = 0
    stand: Pose = field(default_factory=Pose)
    rest: tuple[float, float] | None = None
    concepts: frozenset[str] = frozenset()
    doors: bool = False

    def pose(self, progress: float, time: float) -> Pose:
        """Return the camera's pose."""
        now = self.move(progress, time)
        if self.rest is None:
            return self.stand.after(now)
        return _within(self.stand.after(now.since(self.move(*self.rest))))

    def paint(self, frame: Frame, progress: float, time: float) -> None:
        """Photograph the world: a large frame from a smaller picture, for a third of the work."""
        small = Frame(*_photographed(frame.width, frame.height))
        photograph(self.world, small, self.pose(progress, time), self.began + time, self.concepts)
        if self.doors:
            doors(small, progress)
        frame.enlarge(small)

    def moment(self, progress: float, time: float) -> Moment | None:
        """Return the world, pose and time; none through a lens that changes what is seen."""
        return Moment(self.world.brief, self.pose(progress, time), self.began + time)


def _photographed(width: int, height: int) -> tuple[int, int]:
    """Return the size to photograph a world at: two thirds of a frame larger than 540p."""
    scale = 1 if width * height <= _PHOTOGRAPHED_WHOLE else 2 / 3
    return round(width * scale / 4) * 4, round(height * scale / 4) * 4


_PHOTOGRAPHED_WHOLE = 960 * 544


def _within(pose: Pose) -> Pose:
    """Return the pose kept where the scene still has ground before the camera."""
    limits = {"z": (-0.6, 0.85), "y": (-0.2, 0.9), "pitch": (-0.5, 0.45), "zoom": (0.7, 2.2)}
    kept = {name: min(max(getattr(pose, name), low), high) for name, (low, high) in limits.items()}
    return Pose(x=pose.x, yaw=pose.yaw, roll=pose.roll, **kept)


@dataclass(frozen=True)
class Still:
    """A picture under a moving camera, with the weather of a world in front of it.

    The camera is at rest over the picture at `rest`.
    """

    picture: Picture
    move: Move
    rest: tuple[float, float]
    air: World | None = None

    def paint(self, frame: Frame, progress: float, time: float) -> None:
        """Paint the picture, and the air as far as the camera has left its rest."""
        pose = self.move(progress, time).since(self.move(*self.rest))
        self.picture.paint(frame, pose)
        away = min(1.0, 4 * abs(progress - self.rest[0]))
        if self.air is None or away == 0:
            return
        before = frame.copy()
        unit = unit_of(frame.width, frame.height)
        view = View(frame, pose, time, unit, frame.width / 2, frame.height * 0.6)
        for element in self.air.air:
            element.paint(view)
        if away < 1:
            frame.fade_to(before, 1 - away)

    def moment(self, progress: float, time: float) -> Moment | None:
        """Return nothing: a picture is no world."""


@dataclass
class Dissolve:
    """One shot becoming another between two progresses."""

    one: Shot
    other: Shot
    begins: float
    ends: float
    _spare: list[Frame] = field(default_factory=list)

    def paint(self, frame: Frame, progress: float, time: float) -> None:
        """Paint whichever is seen, or both."""
        share = smooth((progress - self.begins) / (self.ends - self.begins))
        if share < 1:
            self.one.paint(frame, progress, time)
        if share == 1:
            self.other.paint(frame, progress, time)
        elif share > 0:
            if not self._spare:
                self._spare.append(Frame(frame.width, frame.height))
            self.other.paint(self._spare[0], progress, time)
            frame.fade_to(self._spare[0], share)

    def moment(self, progress: float, time: float) -> Moment | None:
        """Return the moment of the shot that is seen."""
        if progress <= self.begins:
            return self.one.moment(progress, time)
        return self.other.moment(progress, time) if progress >= self.ends else None


def smooth(share: float) -> float:
    """Return a share 0..1 that starts and ends softly."""
    s = min(max(share, 0.0), 1.0)
    return s * s * (3 - 2 * s)
