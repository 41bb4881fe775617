"""Makes a film of an export's cut: planned, encoded where it must be, joined and looked into."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from uuid import UUID

from generations import disk
from studio.editing import loudness, picturing, rendering, stepping
from studio.editing.avc import spare_id
from studio.editing.cut import FPS, length_of, placed
from studio.editing.hearing import heard_in
from studio.editing.joining import Part, join
from studio.editing.looks import Source, look_at
from studio.editing.material import Material, StandsInTheWay, material_of
from studio.editing.mixing import PER_FRAME, mix
from studio.editing.planning import Plan, plan
from studio.editing.rendering import Encoding, render
from studio.editing.verifying import verify
from studio.models import Export

Say = Callable[[float], None]

TOO_LONG_FOR_GIF = (
    f"A GIF is at most {stepping.LONGEST_GIF_S} s long. Export an MP4, or a shorter sequence."
)
NO_CLIP = "Choose the clip whose frames you want: one with a take."

# What each part of the work costs, beside a frame that is taken over.
_ENCODED, _HEARD = 30.0, 1.0
_MIX_BYTES = PER_FRAME * 8


@dataclass(frozen=True)
class Film:
    """A file that was made, and what it is; of pictures, `frames_rendered` counts them."""

    file: Path
    content_type: str
    duration_s: float | None = None
    width: int | None = None
    height: int | None = None
    frames_copied: int = 0
    frames_rendered: int = 0


@dataclass(frozen=True)
class Container:
    """A kind of film: its file, how its pictures and its sound are encoded."""

    name: str
    suffix: str
    content_type: str
    sound: tuple[str, ...]
    encoding: Encoding | None = None  # none: H.264, which fits beside what is taken over


CONTAINERS = {
    Export.Kind.MP4: Container("mp4", ".mp4", "video/mp4", loudness.AAC),
    Export.Kind.PRORES: Container("mov", ".mov", "video/quicktime", loudness.PCM, rendering.PRORES),
    Export.Kind.WEBM: Container("webm", ".webm", "video/webm", loudness.OPUS, rendering.VP9),
}
_DEMUXERS = {"mp4": "mov", "mov": "mov", "webm": "matroska"}


def make(export: Export, work: Path, say: Say) -> Film:
    """Make what an export asks for in a folder; `say` is told which part is done.

    Raises StandsInTheWay and whatever its parts raise.
    """
    material = material_of(export)
    kind = Export.Kind(export.kind)
    if other := _OTHERS.get(kind):
        return other(export, material, work, say)
    return _film(export, material, CONTAINERS[kind], work, say)


def _film(export: Export, material: Material, container: Container, work: Path, say: Say) -> Film:
    planned = plan(
        material.cut,
        material.lengths,
        material.sources,
        height=export.height,
        may_copy=container.encoding is None,
    )
    encoding = container.encoding or _fitting(planned)
    so_far = _Steps(planned, say)
    _check_room(planned, material, work)
    parts = _parts(planned, material.sources, encoding, work, so_far)
    sound = _sound(export, material, planned.frames, container, work, so_far)
    file = work / f"film{container.suffix}"
    so_far.begin(planned.frames)
    join(parts, sound, file, container=container.name, at=so_far.at)
    so_far.begin(planned.frames)
    duration_s = verify(
        file,
        container=_DEMUXERS[container.name],
        frames=planned.frames,
        size=(planned.width, planned.height),
        has_sound=sound is not None,
        every_frame=planned.copied < planned.frames,
        at=so_far.at,
    )
    return Film(
        file=file,
        content_type=container.content_type,
        duration_s=duration_s,
        width=planned.width,
        height=planned.height,
        frames_copied=planned.copied,
        frames_rendered=planned.frames - planned.copied,
    )


def _gif(export: Export, material: Material, work: Path, say: Say) -> Film:
    if length_of(material.cut, material.lengths) > stepping.LONGEST_GIF_S * FPS:
        raise StandsInTheWay(TOO_LONG_FOR_GIF)
    export.height = export.height or stepping.GIF_HEIGHT
    silent = replace(CONTAINERS[Export.Kind.MP4], sound=())
    film = _film(export, material, silent, work, lambda part: say(part * 0.7))
    frames = film.frames_copied + film.frames_rendered
    to = work / "film.gif"
    stepping.gif_of(film.file, frames, to, lambda done: say(0.7 + 0.3 * done / frames))
    return replace(film, file=to, content_type="image/gif")


def _frames(export: Export, material: Material, work: Path, say: Say) -> Film:
    spots = placed(material.cut, material.lengths)
    spot = next((each for each in spots if each.clip.key == export.clip_key), None)
    if spot is None or spot.clip.take is None:
        raise StandsInTheWay(NO_CLIP)
    source = material.sources[spot.clip.take]
    disk.check_room(work, spot.frames * source.look.width * source.look.height * 3)
    to = work / "frames.zip"
    stepping.frames_of(spot, source, to, lambda done: say(done / spot.frames))
    look = source.look
    return Film(
        file=to,
        content_type="application/zip",
        width=look.width,
        height=look.height,
        frames_rendered=spot.frames,
    )


def _sheet(export: Export, material: Material, work: Path, say: Say) -> Film:
    to = work / "sheet.jpg"
    width, height = picturing.contact_sheet(material, _title(export), to, say)
    clips = len(material.cut.clips)
    return Film(to, "image/jpeg", width=width, height=height, frames_rendered=clips)


def _pdf(export: Export, material: Material, work: Path, say: Say) -> Film:
    to = work / "storyboard.pdf"
    picturing.storyboard(material, _title(export), to, say)
    return Film(to, "application/pdf", frames_rendered=len(material.cut.clips))


def _title(export: Export) -> str:
    return f"{export.sequence.project.name}: {export.sequence.name}"


_OTHERS: dict[Export.Kind, Callable[[Export, Material, Path, Say], Film]] = {
    Export.Kind.GIF: _gif,
    Export.Kind.FRAMES: _frames,
    Export.Kind.SHEET: _sheet,
    Export.Kind.PDF: _pdf,
}


def _fitting(planned: Plan) -> Encoding:
    """Return the H.264 that may stand beside what is taken over."""
    spare = spare_id(planned.look.parameters) if planned.look else 0
    return rendering.h264(planned.look, spare)


def _check_room(planned: Plan, material: Material, work: Path) -> None:
    """Raise OSError before the work begins when the disk can't hold it."""
    stored = sum(each.file.stat().st_size for each in material.sources.values())
    disk.check_room(work, stored + planned.frames * _MIX_BYTES)


def _parts(
    planned: Plan,
    sources: Mapping[UUID, Source],
    encoding: Encoding,
    work: Path,
    so_far: "_Steps",
) -> list[Part]:
    """Return the parts that stand behind each other, encoding those that must be."""
    parts: list[Part] = []
    for number, piece in enumerate(planned.pieces):
        take = piece.shown[0].take
        if piece.is_copied and take:
            parts.append(Part(sources[take], piece.shown[0].in_frame, piece.frames))
            continue
        file = work / f"piece-{number}{encoding.suffix}"
        so_far.begin(piece.frames * _ENCODED)
        render(
            piece, planned, sources, encoding, file, at=lambda frames: so_far.at(frames * _ENCODED)
        )
        parts.append(Part(look_at(file), 0, piece.frames))
    return parts


def _sound(
    export: Export,
    material: Material,
    frames: int,
    container: Container,
    work: Path,
    so_far: "_Steps",
) -> Path | None:
    """Mix and encode what is heard; none where nothing has a sound, or the kind has none."""
    if not container.sound:
        return None
    heard = heard_in(material.cut, material.lengths, material.sound_frames)
    tracks = material.tracks
    if not any(each.source in tracks for each in heard):
        return None
    raw, encoded = work / "mix.f32", work / f"sound{container.suffix}"
    if container.name == "webm":
        encoded = encoded.with_suffix(".mp4")
    so_far.begin(frames * _HEARD)
    mix(
        heard,
        tracks,
        frames,
        raw,
        duck_db=material.cut.duck_db,
        at=lambda part: so_far.at(frames * _HEARD * part),
    )
    so_far.begin(frames * _HEARD)
    loudness.encode(raw, encoded, container.sound, lufs=export.loudness_lufs, at=so_far.still)
    return encoded


class _Steps:
    """Adds up how much of the work is done, in frames that are taken over."""

    def __init__(self, planned: Plan, say: Say) -> None:
        encoded = planned.frames - planned.copied
        self._all = encoded * _ENCODED + planned.frames * (2 * _HEARD + 2)
        self._before = self._now = 0.0
        self._say = say

    def begin(self, work: float) -> None:
        """Begin a step; what the one before was to cost is done."""
        self._before += self._now
        self._now = work
        self.at(0)

    def at(self, done: float) -> None:
        """Say how much of the step is done."""
        self._say((self._before + min(done, self._now)) / max(self._all, 1))

    def still(self, _: int) -> None:
        """Say that a step goes on."""
        self.at(0)
