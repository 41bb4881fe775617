"""A cut on its way out: as one file, or as a ZIP with its media, written while it is sent."""

from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from uuid import UUID

from django.utils.text import slugify
from zipstream import ZipStream

from studio.editing.cut import Cut, Lengths
from studio.editing.footage import Footage, footage_of, lengths_from
from studio.editing.interchange import edl, fcpxml, otio_json
from studio.editing.interchange.laying import Material, to_otio
from studio.editing.interchange.readme import readme
from studio.editing.interchange.telling import Media, SoundMedia, media_of
from studio.editing.obstacles import Obstacle, obstacles
from studio.editing.sounds import sounds_of
from studio.models import Sequence, Sound

_USUAL_SIZE = (1920, 1080)
_NO_FILE = "the file of {take} is gone from the server. Swap it for another."


class Kind(StrEnum):
    """A format that a cut goes out in; its value is the file's ending."""

    OTIO = "otio"
    FCPXML = "fcpxml"
    EDL = "edl"

    @property
    def content_type(self) -> str:
        """What its file is served as."""
        return _CONTENT_TYPES[self]


_CONTENT_TYPES = {
    Kind.OTIO: "application/json",
    Kind.FCPXML: "application/xml",
    Kind.EDL: "text/plain; charset=utf-8",
}


@dataclass(frozen=True)
class Leaving:
    """A sequence as it is now, with all that there is of it."""

    sequence: Sequence

    @cached_property
    def footage(self) -> dict[UUID, Footage]:
        """What there is of its takes."""
        return footage_of(self.sequence.project, self._cut.takes)

    @cached_property
    def obstacles(self) -> list[Obstacle]:
        """What can't go out with it, each with its clip's number."""
        gone = [
            Obstacle(_NO_FILE.format(take=found.take.name), number, found.take)
            for number, clip in enumerate(self._cut.clips, start=1)
            if clip.take and (found := self.footage.get(clip.take)) and self._has_lost(found)
        ]
        return [*obstacles(self._cut, self.footage, self._sounds), *gone]

    @cached_property
    def media(self) -> dict[UUID, Media]:
        """The takes' files that go out with it."""
        found = {it: self.footage[it] for it in self._cut.takes if it in self.footage}
        return {
            uuid: media_of(each)
            for uuid, each in found.items()
            if each.is_here and not self._has_lost(each)
        }

    def sound_media(self, sound: Sound) -> SoundMedia:
        """Return a sound's file as it goes out."""
        stem = f"{slugify(sound.name)[:40].strip('-')}-{sound.uuid.hex[:8]}".strip("-")
        path = f"media/{stem}{sound.file.suffix}"
        return SoundMedia(sound.uuid, sound.name, sound.frames, path)

    @property
    def size_bytes(self) -> int:
        """How large the media are together."""
        sounds = sum(each.size_bytes for each in self._sounds.values())
        return sounds + sum(each.file.size_bytes or 0 for each in self.media.values())

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing that could go out."""
        return not any(not clip.take or clip.take in self.media for clip in self._cut.clips)

    def name(self, ending: str) -> str:
        """Return what a file of it is called."""
        return f"{self._stem}.{ending}"

    def text(self, kind: Kind) -> str:
        """Return the cut in a format; what isn't here is a gap in it."""
        sounds = {uuid: self.sound_media(each) for uuid, each in self._sounds.items()}
        material = Material(self.media, self._lengths, sounds)
        about = {"sequence": str(self.sequence.uuid), "project": self.sequence.project.slug}
        timeline = to_otio(self._cut, material, self.sequence.name, about)
        takes = {str(uuid): each.take for uuid, each in self.media.items()}
        if kind is Kind.EDL:
            return edl.write(timeline, takes)
        if kind is Kind.FCPXML:
            return fcpxml.write(timeline, takes, self._size)
        return otio_json.write(timeline)

    def packed(self, kind: Kind) -> ZipStream:
        """Return the cut with its media and a README in one folder, its length known before."""
        found = ZipStream(sized=True)
        found.add(self.text(kind).encode(), f"{self._stem}/{self.name(kind)}")
        left_out = [str(each) for each in self.obstacles]
        words = readme(self.sequence.name, self.name(kind), kind.value, left_out)
        found.add(words.encode(), f"{self._stem}/README.txt")
        for media in self.media.values():
            found.add_path(media.file.file, f"{self._stem}/{media.path}")
        for sound in self._sounds.values():
            found.add_path(sound.file, f"{self._stem}/{self.sound_media(sound).path}")
        return found

    @cached_property
    def _sounds(self) -> dict[UUID, Sound]:
        named = list(dict.fromkeys(each.sound for each in self._cut.sounds))
        found = sounds_of(self.sequence.project, named)
        return {uuid: each for uuid, each in found.items() if each.file.is_file()}

    @cached_property
    def _cut(self) -> Cut:
        return self.sequence.cut

    @property
    def _lengths(self) -> Lengths:
        return lengths_from(self.footage)

    @property
    def _size(self) -> tuple[int, int]:
        """How large the picture is: the first take's."""
        first = next(iter(self.media.values()), None)
        if first is None or not first.file.width or not first.file.height:
            return _USUAL_SIZE
        return first.file.width, first.file.height

    @property
    def _stem(self) -> str:
        project = self.sequence.project.slug
        return f"{project}-{slugify(self.sequence.name)[:60].strip('-') or 'sequence'}"

    def _has_lost(self, found: Footage) -> bool:
        """Whether a file should be here and isn't."""
        return found.is_here and found.file is not None and not found.file.file.is_file()
