"""What is sent to a provider for an attempt."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from django.conf import settings
from django.urls import reverse

from generations import publishing
from generations.catalogue import catalogue
from generations.checking_sources import file_of, wanted_from
from generations.kinds import Kind
from generations.models import Account, Attempt, Generation, Keyframe, Prompt, Reference, Still
from generations.providers import abilities_of, provider_for
from generations.providers.base import (
    AudioRequest,
    Frame,
    GenerationFrame,
    ImageFrame,
    ImageRequest,
    LayersRequest,
    LocalFile,
    ModifyRequest,
    ReferenceImage,
    ReframeRequest,
    Request,
    UpscaleRequest,
    VideoRequest,
)


def request_of(attempt: Attempt, *, publish: bool = True) -> Request:
    """Return the request that an attempt sends, files published and callback named.

    Without `publish` its files have no address: enough to compare it with an echo.

    Publishing a file again gives another URL; the callback URL is the one that was kept.
    Raises publishing.Unpublishable, and ProviderError where files go up to the provider.
    """
    if not publish:
        return _built(_Asked(attempt, _UNNAMED))
    uploads = abilities_of(attempt.account).takes_files
    return _built(_Asked(attempt, _UPLOADED if uploads else _PUBLISHED))


def request_to_show(attempt: Attempt) -> Request:
    """Return the request of an attempt with nothing secret in it, for a person to read.

    Its files are named by their addresses here, which ask for a sign-in, and the callback isn't
    named. Raises ObjectDoesNotExist where what it is made from isn't known.
    """
    return replace(_built(_Asked(attempt, _HERE)), callback_url="")


def _built(asked: "_Asked") -> Request:
    return _BUILDERS[Kind(asked.prompt.kind)](asked)


def source_id_of(attempt: Attempt) -> str:
    """Return the provider's id of what an attempt upscales or gives sound, or nothing.

    A provider may answer such an attempt under this very id (sheet §2).
    """
    if attempt.generation.prompt.kind not in (Kind.UPSCALE, Kind.AUDIO):
        return ""
    return _Asked(attempt, _UNNAMED).source_id


def callback_url(attempt: Attempt) -> str:
    """Return where the provider calls back, the nonce in its path.

    Empty where it couldn't: Luma may fail a job whose callback it can't reach. The simulator
    can always reach this machine.
    """
    base = settings.LOCAL_URL if attempt.account.simulated else settings.PUBLIC_URL
    if not base:
        return ""
    return base + reverse("callback", args=[attempt.account.provider, attempt.nonce])


@dataclass(frozen=True)
class _Addresses:
    """How a request names a still, and the file of a take that a kind is made from."""

    still: Callable[[Still, Account], str]
    file: Callable[[Generation, Kind, Account], str]


def _published_file(take: Generation, kind: Kind, account: Account) -> str:
    file = file_of(take, kind)
    if file is None:
        raise publishing.Unpublishable(f"The file of {take.name} is gone.")
    return publishing.publish_asset(file, account)


def _put_up_still(still: Still, account: Account) -> str:
    return _put_up(still.file, still.content_type, still.sha256, account)


def _put_up_file(take: Generation, kind: Kind, account: Account) -> str:
    file = file_of(take, kind)
    if file is None:
        raise publishing.Unpublishable(f"The file of {take.name} is gone.")
    return _put_up(file.file, file.content_type, file.sha256, account)


def _put_up(path: Path, content_type: str, sha256: str, account: Account) -> str:
    if not path.exists():
        raise publishing.Unpublishable(publishing.GONE)
    return provider_for(account).put_up(LocalFile(path, content_type, sha256))


def _file_here(take: Generation, kind: Kind, account: Account) -> str:
    return _here(take, wanted_from(kind))


def _here(thing: Generation | Still, kind: str) -> str:
    base = settings.PUBLIC_URL or settings.LOCAL_URL
    return base + reverse("media", args=[thing.uuid, kind])


_PUBLISHED = _Addresses(publishing.publish, _published_file)
_UPLOADED = _Addresses(_put_up_still, _put_up_file)
_UNNAMED = _Addresses(lambda *_: "", lambda *_: "")
_HERE = _Addresses(lambda still, account: _here(still, "still"), _file_here)


@dataclass(frozen=True)
class _Asked:
    """What was asked for in an attempt, as its requests need it."""

    attempt: Attempt
    addresses: _Addresses

    @property
    def generation(self) -> Generation:
        return self.attempt.generation

    @property
    def prompt(self) -> Prompt:
        return self.generation.prompt

    @property
    def account(self) -> Account:
        return self.attempt.account

    def frame(self, position: str) -> Frame | None:
        keyframe: Keyframe | None = self.generation.keyframes.filter(position=position).first()
        if keyframe is None:
            return None
        if keyframe.still:
            return ImageFrame(self.still_url(keyframe.still))
        assert keyframe.source is not None  # noqa: S101  (the database says so)
        return GenerationFrame(keyframe.source.attempt().provider_id)

    def pinned(self) -> tuple[tuple[int, ImageFrame], ...]:
        frames = self.generation.keyframes.filter(position=Keyframe.Position.FRAME)
        return tuple(
            (each.frame, ImageFrame(self.still_url(each.still)))
            for each in frames.select_related("still").order_by("frame")
            if each.frame is not None and each.still
        )

    def option(self, name: str) -> Any:
        return self.prompt.options.get(name)

    @property
    def resolution(self) -> str:
        """The resolution where there is a choice."""
        facts = catalogue().models[self.prompt.model].kinds[Kind(self.prompt.kind)]
        return self.prompt.resolution if len(facts.resolutions) > 1 else ""

    def first_frame(self) -> ImageFrame | None:
        frame = self.frame(Keyframe.Position.START)
        return frame if isinstance(frame, ImageFrame) else None

    def still_url(self, still: Still) -> str:
        return self.addresses.still(still, self.account)

    @property
    def source(self) -> Reference:
        found: Reference = self.generation.references.get(role=Reference.Role.SOURCE)
        return found

    @property
    def source_id(self) -> str:
        take = self.source.source
        assert take is not None  # noqa: S101  (checked when it was ordered)
        made = take.attempts.exclude(provider_id="").latest("number")
        return made.provider_id

    @property
    def media_url(self) -> str:
        source = self.source
        if source.still:
            return self.still_url(source.still)
        assert source.source is not None  # noqa: S101  (the database says so)
        return self.addresses.file(source.source, Kind(self.prompt.kind), self.account)


def _video(asked: _Asked) -> VideoRequest:
    prompt = asked.prompt
    facts = catalogue().models[prompt.model].kinds[Kind.VIDEO]
    return VideoRequest(
        model=prompt.model,
        words=prompt.words,
        ratio=prompt.ratio,
        resolution="" if facts.size_is_fixed else prompt.resolution,
        duration_s=0 if facts.size_is_fixed else prompt.duration_s,
        loop=prompt.loop,
        concepts=tuple(prompt.concepts),
        start=asked.frame(Keyframe.Position.START),
        end=asked.frame(Keyframe.Position.END),
        keyframes=asked.pinned(),
        hdr=bool(asked.option("hdr")),
        exr=bool(asked.option("exr")),
        callback_url=asked.attempt.callback_url,
    )


def _image(asked: _Asked) -> ImageRequest:
    prompt = asked.prompt
    pictures = asked.generation.references.exclude(still=None).select_related("still")
    return ImageRequest(
        model=prompt.model,
        words=prompt.words,
        ratio=prompt.ratio,
        format=prompt.image_format,
        references=tuple(
            ReferenceImage(
                each.role,
                asked.still_url(each.still) if each.still else "",
                None if each.weight is None else float(each.weight),
            )
            for each in pictures
        ),
        quality=str(asked.option("quality") or ""),
        callback_url=asked.attempt.callback_url,
    )


def _modify(asked: _Asked) -> ModifyRequest:
    return ModifyRequest(
        model=asked.prompt.model,
        words=asked.prompt.words,
        mode=asked.prompt.mode,
        media_url=asked.media_url,
        first_frame=asked.first_frame(),
        resolution=asked.resolution,
        auto_controls=bool(asked.option("auto_controls")),
        controls=asked.option("controls"),
        keyframes=asked.pinned(),
        hdr=bool(asked.option("hdr")),
        exr=bool(asked.option("exr")),
        callback_url=asked.attempt.callback_url,
    )


def _reframe(asked: _Asked) -> ReframeRequest:
    prompt = asked.prompt
    facts = catalogue().models[prompt.model].kinds[Kind(prompt.kind)]
    return ReframeRequest(
        kind=Kind(prompt.kind),
        model=prompt.model,
        words=prompt.words,
        ratio=prompt.ratio,
        media_url=asked.media_url,
        placement=prompt.placement,
        first_frame=asked.first_frame(),
        format=prompt.image_format,
        resolution=asked.resolution,
        canvas=facts.canvas(prompt.ratio) if prompt.placement else (0, 0),
        callback_url=asked.attempt.callback_url,
    )


def _upscale(asked: _Asked) -> UpscaleRequest:
    return UpscaleRequest(asked.source_id, asked.prompt.resolution, asked.attempt.callback_url)


def _audio(asked: _Asked) -> AudioRequest:
    prompt = asked.prompt
    return AudioRequest(
        asked.source_id, prompt.words, prompt.negative_words, asked.attempt.callback_url
    )


def _layers(asked: _Asked) -> LayersRequest:
    prompt = asked.prompt
    return LayersRequest(prompt.model, prompt.words, asked.media_url, prompt.resolution)


_BUILDERS: dict[Kind, Callable[[_Asked], Request]] = {
    Kind.VIDEO: _video,
    Kind.IMAGE: _image,
    Kind.MODIFY_VIDEO: _modify,
    Kind.REFRAME_VIDEO: _reframe,
    Kind.REFRAME_IMAGE: _reframe,
    Kind.UPSCALE: _upscale,
    Kind.AUDIO: _audio,
    Kind.LAYERS: _layers,
}
