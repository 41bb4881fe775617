"""A cut laid out as an OpenTimelineIO timeline, which every format is written from.

Where our cut has two clips that overlap, OTIO has a cut in the middle of a transition that reaches
into both. A dip to black is two dissolves with black between them, which every editor knows.
"""

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field, replace
from itertools import pairwise
from typing import Any
from uuid import UUID

import opentimelineio as otio

from studio.editing.cut import FPS, Cut, Join, Lengths, Placed, SoundClip, placed
from studio.editing.interchange.telling import KEY, Media, SoundMedia, headline, told

_DISSOLVE = otio.schema.TransitionTypes.SMPTE_Dissolve


@dataclass(frozen=True)
class Material:
    """What a cut is laid out from: the files of its takes and sounds that are here.

    A clip whose take isn't among them becomes a gap of its length.
    """

    takes: Mapping[UUID, Media]
    lengths: Lengths
    sounds: Mapping[UUID, SoundMedia] = field(default_factory=dict)


@dataclass
class _Laid:
    """A clip between its transitions, the frames that those take from it left out."""

    spot: Placed
    in_frame: int
    out_frame: int


def to_otio(
    cut: Cut, material: Material, name: str, about: Mapping[str, str] | None = None
) -> otio.schema.Timeline:
    """Return a cut as a timeline: pictures, the takes' own sound, and what else is heard.

    `about` is kept with it, as the sequence that it is of.
    """
    timeline = otio.schema.Timeline(
        name=name, metadata={KEY: {"fps": FPS, "duck_db": cut.duck_db, **(about or {})}}
    )
    spots = placed(cut, material.lengths)
    timeline.tracks.append(_track(spots, material, "V1", otio.schema.TrackKind.Video))
    if any(_sounds(spot, material) for spot in spots):
        timeline.tracks.append(_track(spots, material, "A1", otio.schema.TrackKind.Audio))
    for number, clips in enumerate(_rows(cut, material), start=2):
        timeline.tracks.append(_sound_track(clips, material, f"A{number}"))
    timeline.tracks.markers.extend(_title_markers(cut))
    return timeline


def time(frames: int) -> otio.opentime.RationalTime:
    """Return a number of frames as OTIO's time."""
    return otio.opentime.RationalTime(frames, FPS)


def span(start: int, end: int) -> otio.opentime.TimeRange:
    """Return the frames from one on to before another as OTIO's range."""
    return otio.opentime.TimeRange(time(start), time(end - start))


def _track(spots: list[Placed], material: Material, name: str, kind: str) -> otio.schema.Track:
    track = otio.schema.Track(name=name, kind=kind)
    if kind == otio.schema.TrackKind.Audio:
        track.metadata[KEY] = {"own_sound": True}
    laid = [_Laid(spot, spot.in_frame, spot.out_frame) for spot in spots]
    between = [_between(one, other) for one, other in pairwise(laid)]
    for number, each in enumerate(laid):
        is_heard = kind == otio.schema.TrackKind.Video or _sounds(each.spot, material)
        item = _item(each, material) if is_heard else _silence(each)
        if kind == otio.schema.TrackKind.Video and isinstance(item, otio.schema.Clip):
            item.markers.append(_prompt_marker(each, material))
        track.append(item)
        if number < len(between):
            track.extend(between[number])
    return track


def _between(one: _Laid, other: _Laid) -> list[otio.core.Composable]:
    """Return what stands between two clips, having shortened them by it."""
    into = one.spot.clip.into
    if one.spot.overlap:
        before = one.spot.overlap // 2
        after = one.spot.overlap - before
        one.out_frame -= after
        other.in_frame += before
        return [_transition("Crossfade", before, after, Join.CROSSFADE)]
    if into.join is not Join.BLACK:
        return []
    out = min((into.frames + 1) // 2, one.out_frame - one.in_frame - 1)
    back = min(into.frames // 2, other.out_frame - other.in_frame - 1)
    if out < 1 or back < 1:  # a take has turned out too short for it
        return []
    one.out_frame -= out
    black = otio.schema.Gap(source_range=span(0, out), metadata={KEY: {"join": Join.BLACK.value}})
    return [
        _transition("Dip to black", 0, out, Join.BLACK),
        black,
        _transition("Back from black", 0, back, Join.BLACK),
    ]


def _transition(name: str, before: int, after: int, join: Join) -> otio.schema.Transition:
    return otio.schema.Transition(
        name=name,
        transition_type=_DISSOLVE,
        in_offset=time(before),
        out_offset=time(after),
        metadata={KEY: {"join": join.value}},
    )


def _item(laid: _Laid, material: Material) -> otio.core.Item:
    clip, shown = laid.spot.clip, span(laid.in_frame, laid.out_frame)
    own: dict[str, Any] = {"key": clip.key}
    if clip.is_card:
        own |= {"card": {"words": clip.words, "more_words": clip.more_words}}
        return otio.schema.Gap(name=clip.words, source_range=shown, metadata={KEY: own})
    own |= {"take": str(clip.take), "gain_db": clip.gain_db, "muted": clip.muted}
    media = material.takes.get(clip.take) if clip.take else None
    if media is None:
        own |= {"left_out": True, "only_new": clip.only_new}
        return otio.schema.Gap(name="Left out", source_range=shown, metadata={KEY: own})
    return otio.schema.Clip(
        name=media.name,
        media_reference=_reference(media.path, media.frames, told(media.take)),
        source_range=shown,
        metadata={KEY: own, "cmx_3600": {"reel": media.reel}},
    )


def _prompt_marker(laid: _Laid, material: Material) -> otio.schema.Marker:
    assert laid.spot.clip.take  # noqa: S101  (only a take becomes a clip)
    take = material.takes[laid.spot.clip.take].take
    return otio.schema.Marker(
        name=headline(take),
        marked_range=span(laid.in_frame, laid.in_frame + 1),
        color=otio.schema.MarkerColor.PURPLE,
        comment=take.prompt.words,
    )


def _silence(laid: _Laid) -> otio.schema.Gap:
    return otio.schema.Gap(source_range=span(laid.in_frame, laid.out_frame))


def _reference(path: str, frames: int, facts: dict[str, Any]) -> otio.schema.ExternalReference:
    reference = otio.schema.ExternalReference(
        target_url=path, available_range=span(0, frames), metadata={KEY: facts}
    )
    reference.name = path.rpartition("/")[2]
    return reference


def _sounds(spot: Placed, material: Material) -> bool:
    media = material.takes.get(spot.clip.take) if spot.clip.take else None
    return media is not None and media.file.has_sound and not spot.clip.muted


def _rows(cut: Cut, material: Material) -> Iterator[list[SoundClip]]:
    """Yield the sounds that are here, in as few rows as they fit in without overlapping."""
    rows: list[list[SoundClip]] = []
    for sound in sorted(cut.sounds, key=lambda it: (it.role.value, it.at)):
        if sound.sound not in material.sounds:
            continue
        end = sound.out_frame or material.sounds[sound.sound].frames
        whole = replace(sound, out_frame=max(end, sound.in_frame + 1))
        for row in rows:
            if row[-1].role is sound.role and _end(row[-1]) <= sound.at:
                row.append(whole)
                break
        else:
            rows.append([whole])
    yield from rows


def _end(sound: SoundClip) -> int:
    return sound.at + (sound.out_frame or 0) - sound.in_frame


def _sound_track(clips: list[SoundClip], material: Material, name: str) -> otio.schema.Track:
    track = otio.schema.Track(
        name=name,
        kind=otio.schema.TrackKind.Audio,
        metadata={KEY: {"role": clips[0].role.value}},
    )
    at = 0
    for sound in clips:
        if sound.at > at:
            track.append(otio.schema.Gap(source_range=span(0, sound.at - at)))
        track.append(_sound_clip(sound, material.sounds[sound.sound]))
        at = _end(sound)
    return track


def _sound_clip(sound: SoundClip, media: SoundMedia) -> otio.schema.Clip:
    own = {
        "key": sound.key,
        "sound": str(sound.sound),
        "role": sound.role.value,
        "gain_db": sound.gain_db,
        "fade_in": sound.fade_in,
        "fade_out": sound.fade_out,
    }
    return otio.schema.Clip(
        name=media.name,
        media_reference=_reference(media.path, media.frames, {"sound": str(media.uuid)}),
        source_range=span(sound.in_frame, sound.out_frame or media.frames),
        metadata={KEY: own},
    )


def _title_markers(cut: Cut) -> Iterator[otio.schema.Marker]:
    for title in cut.titles:
        said = asdict(title) | {"place": title.place.value}
        yield otio.schema.Marker(
            name=f"Title: {title.words}",
            marked_range=span(title.at, title.at + title.frames),
            color=otio.schema.MarkerColor.YELLOW,
            comment=title.more_words,
            metadata={KEY: {"title": said}},
        )
