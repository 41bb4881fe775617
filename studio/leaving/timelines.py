"""A project's sequences as OTIO files beside its media, for who opens the bundle without us."""

from collections.abc import Iterator
from dataclasses import replace
from functools import cached_property
from uuid import UUID

from django.utils.text import slugify

from studio.editing.interchange.packing import Kind, Leaving
from studio.editing.interchange.telling import Media, SoundMedia
from studio.models import Project, Sequence, Sound


class _BesideMedia(Leaving):
    """A sequence whose media lie where the bundle has them."""

    @cached_property
    def media(self) -> dict[UUID, Media]:
        """The takes' files that go out with it."""
        found = super().media
        return {uuid: replace(it, path=_path_of(it.file)) for uuid, it in found.items()}

    def sound_media(self, sound: Sound) -> SoundMedia:
        """Return a sound's file as it goes out."""
        return replace(super().sound_media(sound), path=_path_of(sound))


def timelines_of(project: Project) -> Iterator[tuple[str, str]]:
    """Yield the name of each sequence's file and its text; one that is damaged has none."""
    for sequence in Sequence.objects.filter(project=project).select_related("head", "project"):
        if sequence.is_readable:
            stem = slugify(sequence.name)[:60].strip("-") or "sequence"
            name = f"sequences/{stem}-{sequence.uuid.hex[:8]}.otio"
            yield name, _BesideMedia(sequence).text(Kind.OTIO)


def _path_of(kept: object) -> str:
    file = kept.file  # type: ignore[attr-defined]
    return f"../media/{kept.sha256}{file.suffix}"  # type: ignore[attr-defined]
