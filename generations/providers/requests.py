"""What is asked of a provider: our requests, whatever a provider makes of them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from generations.kinds import Kind
from generations.placement import Placement


@dataclass(frozen=True)
class ImageFrame:
    """A picture at a URL that the provider can fetch, or what the provider put it up as."""

    url: str


@dataclass(frozen=True)
class GenerationFrame:
    """An earlier generation, by the provider's own id."""

    provider_id: str


Frame = ImageFrame | GenerationFrame


@dataclass(frozen=True)
class VideoRequest:
    """A video to make. `duration_s` is in seconds; `callback_url` carries our nonce.

    A model whose size is fixed is sent neither: then `resolution` is empty and `duration_s` 0.
    `keyframes` are pictures by the number of the frame that each is pinned to.
    """

    model: str
    words: str
    ratio: str
    resolution: str
    duration_s: int
    loop: bool = False
    concepts: tuple[str, ...] = ()
    start: Frame | None = None
    end: Frame | None = None
    keyframes: tuple[tuple[int, ImageFrame], ...] = ()
    hdr: bool = False
    exr: bool = False
    callback_url: str = ""

    kind: ClassVar[Kind] = Kind.VIDEO


@dataclass(frozen=True)
class ReferenceImage:
    """A picture that an image is made after. `role` is image, style, character or modify."""

    role: str
    url: str
    weight: float | None = None


@dataclass(frozen=True)
class ImageRequest:
    """A picture to make, by its words and after others. `format` is jpg or png.

    `quality` is empty for the model's usual one.
    """

    model: str
    words: str
    ratio: str
    format: str
    references: tuple[ReferenceImage, ...] = ()
    quality: str = ""
    callback_url: str = ""

    kind: ClassVar[Kind] = Kind.IMAGE


@dataclass(frozen=True)
class ModifyRequest:
    """A video to make from another one. `mode` says how far it may go from it.

    `resolution` is empty where there is no choice. `controls` are what the model is held to, by
    name, `auto_controls` leaves them to it. `keyframes` as of VideoRequest, in the source's grid.
    """

    model: str
    words: str
    mode: str
    media_url: str
    first_frame: ImageFrame | None = None
    resolution: str = ""
    auto_controls: bool = False
    controls: Mapping[str, Any] | None = None
    keyframes: tuple[tuple[int, ImageFrame], ...] = ()
    hdr: bool = False
    exr: bool = False
    callback_url: str = ""

    kind: ClassVar[Kind] = Kind.MODIFY_VIDEO


@dataclass(frozen=True)
class ReframeRequest:
    """A video or a picture to bring onto a canvas of another ratio. `format` is a picture's.

    `placement` is in pixels of a canvas of `canvas` (width, height). `resolution` is empty where
    there is no choice.
    """

    kind: Kind
    model: str
    words: str
    ratio: str
    media_url: str
    placement: Placement | None = None
    first_frame: ImageFrame | None = None
    format: str = ""
    resolution: str = ""
    canvas: tuple[int, int] = (0, 0)
    callback_url: str = ""


@dataclass(frozen=True)
class UpscaleRequest:
    """A video of the provider's to make larger; `source_id` is its id there."""

    source_id: str
    resolution: str
    callback_url: str = ""

    kind: ClassVar[Kind] = Kind.UPSCALE


@dataclass(frozen=True)
class AudioRequest:
    """A video of the provider's to give sound; `source_id` is its id there."""

    source_id: str
    words: str = ""
    negative_words: str = ""
    callback_url: str = ""

    kind: ClassVar[Kind] = Kind.AUDIO


@dataclass(frozen=True)
class LayersRequest:
    """A picture to take apart into layers, by words. `resolution` is of each layer: 1k or 2k."""

    model: str
    words: str
    media_url: str
    resolution: str
    callback_url: str = ""

    kind: ClassVar[Kind] = Kind.LAYERS


Request = (
    VideoRequest
    | ImageRequest
    | ModifyRequest
    | ReframeRequest
    | UpscaleRequest
    | AudioRequest
    | LayersRequest
)
