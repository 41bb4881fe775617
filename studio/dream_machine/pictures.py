"""Pictures and videos that a script names by an address: of ours as they are, others fetched."""

import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from django.http import HttpRequest

from generations import outbound, stills
from generations.downloading import FetchFailed, fetch
from generations.models import Asset, Generation, Still
from generations.orders import Frame
from generations.refusal import Refused
from studio.dream_machine import files, slow
from studio.models import Project, User

_TIMEOUT_S, _ALL_S = 20.0, 40.0
_GONE = "There is no such file here any more. Ask for its generation again."
_ELSEWHERE = "That file belongs to another project. Choose one of {project}."
_NO_PICTURE = "That is a video of {take}, and this needs a picture."
_OURS_ONLY = (
    "Dailies makes this from a take that it has: give the address that assets.video of one says."
)
_UNFETCHED = (
    "The picture can't be fetched: {why}. It must be at an https address that anybody can reach."
)


@dataclass
class Pictures:
    """What a script's request names; new stills are noted, to be left out if it is refused."""

    request: HttpRequest
    project: Project
    author: User
    fetched: list[Still] = field(default_factory=list)
    _ends: float = field(default_factory=lambda: time.monotonic() + _ALL_S)

    def still(self, url: str, name: str) -> Still:
        """Return the picture at an address as a still of the project. Raises Refused for `name`."""
        asset = self._ours(url, name)
        if asset is None:
            return self._fetched(url, name)
        still = Still.objects.filter(project=self.project, source=asset.generation)
        found = still.filter(origin=Still.Origin.GENERATED).first()
        if found is None:
            raise Refused({name: _NO_PICTURE.format(take=asset.generation.name)})
        return found

    def video(self, url: str, name: str) -> Generation:
        """Return the take whose video is at an address. Raises Refused for `name`."""
        asset = self._ours(url, name)
        if asset is None or asset.kind != Asset.Kind.VIDEO:
            raise Refused({name: _OURS_ONLY})
        return asset.generation

    def either(self, url: str, name: str) -> Frame:
        """Return what is at an address: a take of ours, or a picture. Raises Refused for `name`."""
        asset = self._ours(url, name)
        if asset and asset.kind == Asset.Kind.IMAGE:
            return Frame(source=asset.generation)
        return Frame(still=self.still(url, name))

    def _ours(self, url: str, name: str) -> Asset | None:
        try:
            asset = files.ours(self.request, url)
        except Asset.DoesNotExist as error:
            raise Refused({name: _GONE}) from error
        if asset and asset.generation.project_id != self.project.pk:
            raise Refused({name: _ELSEWHERE.format(project=self.project)})
        return asset

    def _fetched(self, url: str, name: str) -> Still:
        """Fetch a picture, and keep it as an upload is kept; one that is here already is used."""
        with tempfile.TemporaryDirectory() as directory:
            file = Path(directory) / "picture"
            try:
                self._fetch(url, file)
            except outbound.Forbidden as error:
                raise Refused({name: _UNFETCHED.format(why=error)}) from error
            except FetchFailed as error:
                raise Refused({name: _UNFETCHED.format(why=error)}) from error
            with file.open("rb") as upload:
                kept = stills.keep_upload(self.project, self.author, upload, field=name)
        same = Still.objects.filter(
            project=self.project, sha256=kept.sha256, origin=Still.Origin.UPLOADED
        )
        before = same.exclude(pk=kept.pk).order_by("pk").first()
        if before:
            stills.discard(kept)
            return before
        self.fetched.append(kept)
        return kept

    def _fetch(self, url: str, to: Path) -> None:
        with slow.place(patience_s=1.0) as mine:
            if not mine:
                raise slow.Busy
            with outbound.within(max(self._ends - time.monotonic(), 0.0)):
                fetch(url, to, max_bytes=stills.MAX_BYTES, timeout_s=_TIMEOUT_S)


@contextmanager
def pictures_of(request: HttpRequest, project: Project, author: User) -> Iterator[Pictures]:
    """Give what a request names; what was fetched for it goes again if an error is raised."""
    found = Pictures(request, project, author)
    try:
        yield found
    except BaseException:
        for still in found.fetched:
            with suppress(Refused):  # a take that was ordered at the same time has it
                stills.discard(still)
        raise
