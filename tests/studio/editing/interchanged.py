"""Takes and cuts for the tests of interchange, written and read by the libraries themselves."""

from uuid import UUID

import opentimelineio as otio

from generations.models import Asset, Generation, State
from studio.editing.cut import Clip, Cut, Into, Join, Place, Role, SoundClip, Title
from studio.editing.footage import footage_of, lengths_from
from studio.editing.interchange import edl, fcpxml, otio_json
from studio.editing.interchange.laying import Material, to_otio
from studio.editing.interchange.telling import SoundMedia, media_of
from tests.factories import take

SIZE = (1280, 720)
SOUND = UUID("5b6e2f0c-8d55-4b7f-9a53-0f6d3f7f6a11")
SONG = SoundMedia(SOUND, "song.mp3", 480, "media/song.mp3")
LENGTHS = (120, 48, 217, 96)  # frames of the takes, in order
WORDS = (
    "Fog lifts through a pine valley",
    "A rocket's “flame” & <smoke>\n001  BL V C\n\u2028 rises",
    "???",
    "砂丘の夜明け",
)


def made_takes(project) -> list[Generation]:
    """Four takes that are here, of different lengths; the third has a sound of its own."""
    takes = []
    for frames, words in zip(LENGTHS, WORDS, strict=True):
        made = take(project, State.COMPLETED, words=words)
        video = Asset.objects.filter(generation=made, kind=Asset.Kind.VIDEO)
        video.update(duration_s=frames / 24, has_sound=words == "???")
        takes.append(Generation.objects.get(pk=made.pk))
    return takes


def every_kind(takes: list[Generation]) -> Cut:
    """A cut with everything that a cut can have."""
    a, b, c, d = (each.uuid for each in takes)
    return Cut(
        clips=(
            Clip("a", a, 10, 100, Into(Join.CROSSFADE, 13)),
            Clip("b", b, 0, None, Into(Join.BLACK, 15)),
            Clip("card", None, 0, 36, words="Two days later", more_words="in the dunes"),
            Clip("c", c, 30, 200, Into(Join.BLACK, 24), gain_db=-6.5),
            Clip("d", d, 5, 90, Into(Join.CROSSFADE, 24), muted=True),
            Clip("a2", a, 24, None),
        ),
        titles=(Title("t", 40, 48, "Iceland", "dawn", Place.LOWER_THIRD, 6, 12),),
        sounds=(
            SoundClip("m", SOUND, 12, 24, 240, Role.MUSIC, -3.0, 12, 24),
            SoundClip("v", SOUND, 100, 0, 60, Role.VOICE),
            SoundClip("m2", SOUND, 228, 0, None, Role.MUSIC),
        ),
        duck_db=-9.0,
    )


def material_of(project, cut: Cut, *, without: tuple[UUID, ...] = ()) -> Material:
    footage = footage_of(project, cut.takes)
    takes = {it: media_of(found) for it, found in footage.items() if it not in without}
    return Material(takes, lengths_from(footage), {SOUND: SONG})


def laid_out(project, cut: Cut, **how) -> otio.schema.Timeline:
    return to_otio(cut, material_of(project, cut, **how), "Rough cut")


def takes_in(material: Material) -> dict[str, Generation]:
    return {str(it): each.take for it, each in material.takes.items()}


def written_as(kind: str, project, cut: Cut) -> str:
    """A cut in a format, as it is downloaded."""
    material = material_of(project, cut)
    timeline = to_otio(cut, material, "Rough cut")
    if kind == "otio":
        return otio_json.write(timeline)
    if kind == "edl":
        return edl.write(timeline, takes_in(material))
    return fcpxml.write(timeline, takes_in(material), SIZE)
