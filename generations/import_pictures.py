"""The pictures that an imported job was made after, fetched again where they still answer."""

import logging
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from urllib.parse import urlsplit

from generations import downloading, stills
from generations.downloading import FetchFailed
from generations.kinds import Kind
from generations.models import Keyframe, Reference, Still
from generations.outbound import Forbidden
from generations.providers.base import (
    ImageFrame,
    ImageRequest,
    ModifyRequest,
    ReframeRequest,
    Request,
    Snapshot,
    VideoRequest,
)
from generations.refusal import Refused

log = logging.getLogger(__name__)

_PATIENCE_S = 10.0
_NAMED = 3
_BROUGHT = "Brought in; it was made and paid for before. "
_ONE_GONE = "A picture that it was made after can't be fetched any more: {named}."
_SOME_GONE = "{n} pictures that it was made after can't be fetched any more: {named}."


@dataclass(frozen=True)
class _Place:
    """Where a picture stands in a job, and its address."""

    url: str
    part: type[Keyframe] | type[Reference]
    fields: dict[str, Any]


@dataclass
class Fetched:
    """A job's pictures: what stands where, not saved yet, and the addresses of what is gone."""

    parts: list[Keyframe | Reference] = field(default_factory=list)
    gone: list[str] = field(default_factory=list)

    @property
    def words(self) -> str:
        """What the history says of those that are gone, or nothing."""
        if not self.gone:
            return ""
        named = ", ".join(self.gone[:_NAMED]) + (" …" if len(self.gone) > _NAMED else "")
        words = _ONE_GONE if len(self.gone) == 1 else _SOME_GONE
        return _BROUGHT + words.format(n=len(self.gone), named=named)


class Pictures:
    """Fetches the pictures that jobs name: each once, and none from a host that didn't answer."""

    def __init__(self, project: Any, author: Any) -> None:
        self._project, self._author = project, author
        self._stills: dict[str, Still | None] = {}
        self._silent: set[str] = set()

    def of(self, job: Snapshot, *, with_source: bool) -> Fetched:
        """Fetch a job's pictures; its source too, where that is a picture that isn't known here."""
        fetched = Fetched()
        for place in _places(job.echo, with_source=with_source):
            if place.url not in self._stills:
                self._stills[place.url] = self._fetch(place.url)
            if still := self._stills[place.url]:
                fetched.parts.append(place.part(still=still, **place.fields))
            else:
                fetched.gone.append(place.url.partition("?")[0][:200])
        return fetched

    def _fetch(self, url: str) -> Still | None:
        try:
            host = urlsplit(url).hostname or ""
        except ValueError:
            return None
        if host in self._silent:
            return None
        with TemporaryDirectory() as directory:
            file = Path(directory) / "picture"
            try:
                downloading.fetch(url, file, max_bytes=stills.MAX_BYTES, timeout_s=_PATIENCE_S)
                with file.open("rb") as opened:
                    return stills.keep_upload(self._project, self._author, opened)
            except FetchFailed as error:
                log.info("a picture at %s can't be fetched: %s", host, error)
                if error.status is None:
                    self._silent.add(host)
            except (Forbidden, Refused) as error:
                log.info("a picture at %s isn't taken: %s", host, error)
        return None


def _places(echo: Request | None, *, with_source: bool) -> Iterator[_Place]:
    if isinstance(echo, VideoRequest):
        for position, frame in (("start", echo.start), ("end", echo.end)):
            if isinstance(frame, ImageFrame) and frame.url:
                yield _Place(frame.url, Keyframe, {"position": position})
    if isinstance(echo, ModifyRequest | ReframeRequest) and echo.first_frame:
        yield _Place(echo.first_frame.url, Keyframe, {"position": "start"})
    if isinstance(echo, ReframeRequest) and echo.kind is Kind.REFRAME_IMAGE and with_source:
        yield _Place(echo.media_url, Reference, {"role": Reference.Role.SOURCE})
    if isinstance(echo, ImageRequest):
        for place, each in enumerate(echo.references):
            weight = each.weight if each.weight is not None and 0 <= each.weight <= 1 else None
            fields = {"role": each.role, "place": place}
            if weight is not None and each.role != Reference.Role.CHARACTER:
                fields["weight"] = Decimal(str(weight)).quantize(Decimal("0.01"))
            yield _Place(each.url, Reference, fields)
