"""What can be rendered: frozen descriptions that travel as JSON and know their fingerprint."""

import hashlib
import json
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from typing import Any

# Part of every fingerprint: raise it when the same job would give another picture.
RENDERER = "4"


# Marks a field that holds the path of an input file.
_FILE = {"file": True}


@dataclass(frozen=True, kw_only=True)
class VideoJob:
    """A clip from words, keyframes or other clips (luma-dream-machine-v1 sheet §3, §4, §6).

    `continues` is an MP4 whose last frame is this clip's first, `precedes` one whose first frame
    is this clip's last. `joined` puts the whole parent in front of its extension, or behind
    one that leads up to it. `pinned` are pictures that are seen at the frames of `pinned_at`
    (luma-agents-v1 sheet §3). `frames` is how many it has, 0 for those of its duration.
    """

    prompt: str
    width: int
    height: int
    duration_s: float
    model: str = "ray-2"
    concepts: tuple[str, ...] = ()
    loop: bool = False
    start_image: str | None = field(default=None, metadata=_FILE)
    end_image: str | None = field(default=None, metadata=_FILE)
    continues: str | None = field(default=None, metadata=_FILE)
    precedes: str | None = field(default=None, metadata=_FILE)
    joined: bool = False
    pinned: tuple[str, ...] = field(default=(), metadata=_FILE)
    pinned_at: tuple[int, ...] = ()
    frames: int = 0


@dataclass(frozen=True, kw_only=True)
class ImageJob:
    """A still from words, with pictures to lean on (sheet §7).

    `references` are image, style and character references; `modify` is a picture to change, and
    `modify_weight` (0 to 1) how closely the answer keeps to it. `format` is "jpg", "png" or "webp".
    """

    prompt: str
    width: int
    height: int
    format: str = "jpg"
    model: str = "photon-1"
    references: tuple[str, ...] = field(default=(), metadata=_FILE)
    modify: str | None = field(default=None, metadata=_FILE)
    modify_weight: float = 0.85


@dataclass(frozen=True, kw_only=True)
class ReframeVideoJob:
    """A clip on another canvas (sheet §8); the source fills x_start..x_end, y_start..y_end in px.

    Without a rectangle the source is fitted whole into the middle.
    """

    source: str = field(metadata=_FILE)
    width: int
    height: int
    prompt: str = ""
    x_start: int | None = None
    x_end: int | None = None
    y_start: int | None = None
    y_end: int | None = None


@dataclass(frozen=True, kw_only=True)
class ReframeImageJob:
    """A still on another canvas (sheet §7); the rectangle is ReframeVideoJob's."""

    source: str = field(metadata=_FILE)
    width: int
    height: int
    prompt: str = ""
    format: str = "jpg"
    x_start: int | None = None
    x_end: int | None = None
    y_start: int | None = None
    y_end: int | None = None


@dataclass(frozen=True, kw_only=True)
class ModifyVideoJob:
    """A clip restyled: `mode` is adhere_1 (least change) … reimagine_3 (most) (sheet §8).

    `pinned` and `pinned_at` as of VideoJob; without a size it has the source's.
    """

    source: str = field(metadata=_FILE)
    mode: str = "flex_1"
    prompt: str = ""
    first_frame: str | None = field(default=None, metadata=_FILE)
    pinned: tuple[str, ...] = field(default=(), metadata=_FILE)
    pinned_at: tuple[int, ...] = ()
    width: int = 0
    height: int = 0


@dataclass(frozen=True, kw_only=True)
class UpscaleJob:
    """A clip at another size in pixels."""

    source: str = field(metadata=_FILE)
    width: int
    height: int


@dataclass(frozen=True, kw_only=True)
class AudioJob:
    """A clip with sound that fits the words; its pictures are copied untouched."""

    source: str = field(metadata=_FILE)
    prompt: str = ""
    negative_prompt: str = ""


Job = (
    VideoJob | ImageJob | ReframeVideoJob | ReframeImageJob | ModifyVideoJob | UpscaleJob | AudioJob
)

KINDS: dict[str, type[Job]] = {
    kind.__name__: kind
    for kind in (
        VideoJob,
        ImageJob,
        ReframeVideoJob,
        ReframeImageJob,
        ModifyVideoJob,
        UpscaleJob,
        AudioJob,
    )
}


def dump(job: Job) -> str:
    """Return the job as JSON text."""
    return json.dumps({"kind": type(job).__name__, **asdict(job)}, sort_keys=True)


def load(text: str) -> Job:
    """Return the job that `dump` wrote.

    Raises ValueError for text that is not JSON or an unknown kind, TypeError for unknown fields.
    """
    given: dict[str, Any] = json.loads(text)
    kind = KINDS.get(given.pop("kind", ""))
    if kind is None:
        raise ValueError(f"not a job: kind is none of {', '.join(KINDS)}")
    values: dict[str, Any] = {
        name: tuple(v) if isinstance(v, list) else v for name, v in given.items()
    }
    made: Job = kind(**values)
    return made


def fingerprint(job: Job) -> str:
    """Return a sha256 in hex, equal for jobs that render to the same bytes.

    Input files count by their content, not by their name. Raises OSError when one can't be read.
    """
    said: dict[str, object] = {"renderer": RENDERER, "kind": type(job).__name__}
    for each in fields(job):
        value = getattr(job, each.name)
        said[each.name] = _contents(value) if each.metadata.get("file") else value
    return hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()


def _contents(path: str | tuple[str, ...] | None) -> object:
    if path is None:
        return None
    if isinstance(path, tuple):
        return [_contents(each) for each in path]
    with Path(path).open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
