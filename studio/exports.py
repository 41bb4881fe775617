"""What the page of a sequence's exports shows."""

from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from typing import Any
from uuid import UUID

from django.utils import timezone

from generations.models import Generation
from studio.access import makes
from studio.editing.cut import FPS, Clip, Title
from studio.editing.footage import Footage, footage_of
from studio.editing.foreseeing import Foreseen, foresee
from studio.editing.obstacles import Obstacle, obstacles
from studio.editing.sounds import sounds_of
from studio.editing.typeface import missing_in
from studio.estimates import IN_A_MOMENT, about
from studio.models import Export, Role, Sequence

_MOST = 50
_COUNTED: dict[str, str] = {
    Export.Kind.FRAMES: "picture",
    Export.Kind.SHEET: "clip",
    Export.Kind.PDF: "clip",
}


@dataclass(frozen=True)
class Row:
    """An export as its row shows it; `clip_words` say which clip its frames are of."""

    export: Export
    head_id: int | None
    clip_words: str = ""

    @property
    def state_words(self) -> str:
        """How far it is."""
        it = self.export
        if it.state == Export.State.WAITING:
            return "Waiting for a worker"
        if it.state == Export.State.RENDERING:
            return f"Rendering, {self.percent} %"
        if it.state == Export.State.DONE:
            return "Ready"
        return str(Export.State(it.state).label)

    @property
    def percent(self) -> int:
        """Which part is done."""
        return int(self.export.progress * 100)

    @property
    def left_words(self) -> str:
        """How long it still takes, in words."""
        it = self.export
        if it.started_at is None or it.progress < 0.03:
            return about(it.estimate_s) if it.estimate_s else ""
        so_far_s = (timezone.now() - it.started_at).total_seconds()
        words = about(so_far_s / it.progress * (1 - it.progress))
        return words if words == IN_A_MOMENT else f"{words} left"

    @property
    def cut_name(self) -> str:
        """What its cut is called, if somebody named it."""
        names = list(self.export.edit.names.all())
        return names[0].name if names else ""

    @property
    def is_as_now(self) -> bool:
        """Whether the sequence is still in the state that it was made from."""
        return self.export.edit_id == self.head_id

    @property
    def made_words(self) -> str:
        """How it was made."""
        it = self.export
        if it.kind not in (Export.Kind.MP4, Export.Kind.PRORES, Export.Kind.WEBM):
            return ""
        if not it.frames_rendered:
            return "every frame taken over as it was"
        if not it.frames_copied:
            return "every frame encoded anew"
        return f"{it.frames_rendered / FPS:.1f} s encoded anew, the rest taken over as it was"


@dataclass(frozen=True)
class Estimate:
    """What an export would have in it, and when it would be ready."""

    kind: str
    foreseen: Foreseen

    @property
    def seconds(self) -> float:
        """How long it would take."""
        return self.foreseen.seconds(self.kind)

    @property
    def words(self) -> str:
        """When it would be ready."""
        words = about(self.seconds)
        return words if words == IN_A_MOMENT else f"in {words}"

    @property
    def length_s(self) -> float | None:
        """How long the film would be, in seconds; None for pictures."""
        return None if self.counted else self.foreseen.frames / FPS

    @property
    def counted(self) -> str:
        """What pictures there would be, of one; nothing for a film."""
        return _COUNTED.get(self.kind, "")


@dataclass
class Exports:
    """The exports of a sequence, the newest first, and what another would need."""

    sequence: Sequence
    role: Role

    @property
    def may_export(self) -> bool:
        """Whether the person may begin, cancel and delete exports."""
        return makes(self.role)

    @cached_property
    def rows(self) -> list[Row]:
        """The newest ones."""
        found = Export.objects.for_list(self.sequence)[:_MOST]
        clips = _clips_of([each for each in found if each.kind == Export.Kind.FRAMES])
        return [Row(each, self.sequence.head_id, clips.get(each.pk, "")) for each in found]

    @cached_property
    def footage(self) -> dict[UUID, Footage]:
        """What there is of the takes."""
        return footage_of(self.sequence.project, self.sequence.cut.takes)

    @cached_property
    def obstacles(self) -> list[Obstacle]:
        """What stands in the way."""
        cut = self.sequence.cut
        sounds = sounds_of(self.sequence.project, [each.sound for each in cut.sounds])
        return obstacles(cut, self.footage, sounds)

    @property
    def what_obstructs(self) -> str:
        """How many clips and sounds stand in the way, in words."""
        clips = sum(each.clip > 0 for each in self.obstacles)
        of_kind = {"clip": clips, "sound": len(self.obstacles) - clips}
        told = (f"{count} {kind}{'s' * (count > 1)}" for kind, count in of_kind.items() if count)
        return " and ".join(told)

    @cached_property
    def has_frames(self) -> bool:
        """Whether any clip has frames that can be exported, whatever the others have."""
        return any(each.is_here for each in self.footage.values())

    @property
    def missing_letters(self) -> str:
        """What the titles and cards say in letters that the typeface doesn't have."""
        cut = self.sequence.cut
        written: list[Clip | Title] = [*cut.clips, *cut.titles]
        return missing_in("".join(f"{each.words}{each.more_words}" for each in written))

    def estimate(
        self, kind: str = Export.Kind.MP4, height: int | None = None, clip_key: str = ""
    ) -> "Estimate":
        """What an export of the cut as it is would need."""
        return Estimate(kind, foresee(self.sequence.cut, self.footage, kind, height, clip_key))

    @property
    def is_coming(self) -> bool:
        """Whether what stands in the way of an export may go by itself."""
        return any(each.is_coming for each in self.footage.values())

    @property
    def version(self) -> str:
        """A name for what the page shows: another as soon as anything of it changes.

        Its end names what stands in the way of another export.
        """
        told = [(it.export.pk, it.export.state, it.percent, it.left_words) for it in self.rows]
        return f"{_name_of(told)}-{_name_of([str(each) for each in self.obstacles])}"

    def is_as_before(self, version: str) -> bool:
        """Whether the same stands in the way as when the page had that version."""
        return version.rpartition("-")[2] == self.version.rpartition("-")[2]


def _name_of(told: list[Any]) -> str:
    return sha256(repr(told).encode()).hexdigest()[:16]


def _clips_of(exports: list[Export]) -> dict[int, str]:
    """Return which clip each export of frames is of, by its key, in one query."""
    placed: dict[int, tuple[int, UUID]] = {}
    for export in exports:
        for number, clip in enumerate(export.edit.cut.clips, start=1):
            if clip.key == export.clip_key and clip.take:
                placed[export.pk] = (number, clip.take)
    takes = Generation.objects.filter(uuid__in={take for _, take in placed.values()})
    names = {take.uuid: take.name for take in takes} if placed else {}
    return {
        pk: f"clip {number}" + (f", {names[take]}" if take in names else "")
        for pk, (number, take) in placed.items()
    }
