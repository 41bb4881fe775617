"""A prompt for an imported job: what its echo says, the rest as Luma's defaults are."""

from dataclasses import asdict
from typing import Any

from generations.import_sorting import kind_of
from generations.kinds import PICTURES, Kind
from generations.models import Generation
from generations.placement import Placement
from generations.providers.base import (
    AudioRequest,
    ImageRequest,
    ModifyRequest,
    ReframeRequest,
    Snapshot,
    UpscaleRequest,
    VideoRequest,
)

# What an echo says beyond this isn't believed.
_LONGEST_S = 3600
_WIDEST = 100_000  # pixels


def asked(job: Snapshot, source: Generation | None) -> dict[str, Any]:
    """Return a prompt's fields; what the echo leaves open is as its source was asked for."""
    kind = kind_of(job) or Kind.VIDEO
    its = source.prompt if source else None
    is_picture = kind in PICTURES
    fields: dict[str, Any] = {
        "kind": kind,
        "words": "",
        "model": its.model if its else _text(job.model, 40),
        "ratio": its.ratio if its else "",
        "resolution": "" if is_picture or not its else its.resolution,
        "duration_s": 0 if is_picture else its.duration_s if its else 0,
        "image_format": "jpg" if is_picture else "",
    }
    fields |= {name: value for name, value in _echoed(job).items() if value}
    usual = {"model": "photon-1" if is_picture else "ray-2", "ratio": "16:9"}
    if not is_picture:
        usual |= {"resolution": "720p", "duration_s": 5}  # type: ignore[dict-item]
    return fields | {name: value for name, value in usual.items() if not fields[name]}


def _echoed(job: Snapshot) -> dict[str, Any]:
    fields: dict[str, Any] = {}
    match job.echo:
        case VideoRequest() as video if kind_of(job) is Kind.VIDEO:
            fields = {
                **_common(video),
                "resolution": _text(video.resolution, 8),
                "duration_s": video.duration_s if 0 < video.duration_s <= _LONGEST_S else 0,
                "loop": video.loop,
                "concepts": [_text(each, 40) for each in video.concepts],
            }
        case ImageRequest() as image:
            fields = {**_common(image), "image_format": image.format[:4]}
        case ModifyRequest() as modify:
            fields = {
                "words": _text(modify.words, 5000),
                "model": _text(modify.model, 40),
                "mode": _text(modify.mode, 20),
            }
        case ReframeRequest() as reframe:
            fields = {
                **_common(reframe),
                "image_format": reframe.format[:4],
                "placed_at": _edges(reframe.placement),
            }
        case UpscaleRequest() as upscale:
            fields = {"resolution": _text(upscale.resolution, 8)}
        case AudioRequest() as audio:
            fields = {
                "words": _text(audio.words, 5000),
                "negative_words": _text(audio.negative_words, 5000),
            }
    return fields


def _common(request: VideoRequest | ImageRequest | ReframeRequest) -> dict[str, Any]:
    return {
        "words": _text(request.words, 5000),
        "model": _text(request.model, 40),
        "ratio": _text(request.ratio, 8),
    }


def _edges(placement: Placement | None) -> dict[str, int] | None:
    return asdict(placement) if placement and placement.fits((_WIDEST, _WIDEST)) else None


def _text(text: str, most: int) -> str:
    """Return text that both databases take."""
    return text.replace("\x00", "").strip()[:most]
