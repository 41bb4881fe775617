"""A cut with all that there is of it: its takes' files, its sounds, and what they are made of."""

from dataclasses import dataclass
from uuid import UUID

from studio.editing.cut import Cut, Lengths
from studio.editing.footage import Footage, footage_of, lengths_from
from studio.editing.looks import Source, look_at
from studio.editing.mixing import Track
from studio.editing.obstacles import Obstacle, obstacles, obstacles_of
from studio.editing.sounds import sounds_of
from studio.models import Export, Project, Sound


class StandsInTheWay(Exception):
    """The cut can't be exported as it is; the message says why and what helps."""


@dataclass(frozen=True)
class Material:
    """A cut with all that there is of it."""

    cut: Cut
    footage: dict[UUID, Footage]
    lengths: Lengths
    sources: dict[UUID, Source]
    sounds: dict[UUID, Sound]

    @property
    def tracks(self) -> dict[UUID, Track]:
        """The files that can be heard."""
        takes = {it: Track(each.file) for it, each in self.sources.items() if each.has_sound}
        return takes | {it: Track(each.file, each.demuxer) for it, each in self.sounds.items()}

    @property
    def sound_frames(self) -> dict[UUID, int]:
        """How long the sounds are, in frames."""
        return {it: each.frames for it, each in self.sounds.items()}


def material_of(export: Export) -> Material:
    """Return what an export is made from. Raises StandsInTheWay and NotMedia.

    Frames need their clip alone: what becomes of the others is no matter.
    """
    cut, project = export.edit.cut, export.sequence.project
    if export.kind == Export.Kind.FRAMES:
        return _material_of_clip(cut, export.clip_key, project)
    footage = footage_of(project, cut.takes)
    sounds = sounds_of(project, [each.sound for each in cut.sounds])
    _refuse(obstacles(cut, footage, sounds))
    return _material(cut, footage, sounds)


def _material_of_clip(cut: Cut, key: str, project: Project) -> Material:
    alone = Cut(clips=tuple(clip for clip in cut.clips if clip.key == key))
    footage = footage_of(project, alone.takes)
    _refuse(obstacles_of(cut, key, footage))
    return _material(alone, footage, {})


def _refuse(found: list[Obstacle]) -> None:
    if found:
        raise StandsInTheWay(" ".join(str(each) for each in found[:5]))


def _material(cut: Cut, footage: dict[UUID, Footage], sounds: dict[UUID, Sound]) -> Material:
    sources = {it: look_at(each.file.file) for it, each in footage.items() if each.file}
    return Material(cut, footage, lengths_from(footage), sources, sounds)
