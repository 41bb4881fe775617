"""What Luma Agents gives beside a video or a picture: its frames as EXR, and its layers.

How EXR stands among the outputs isn't documented (luma-agents-v1 sheet §4); here it is one more
output, a ZIP of all frames.
"""

import tempfile
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from PIL import Image, ImageFilter

from generations import ffmpeg
from generations.simulator.generation import Generation

LAYERING = "agents_layering"
_FRAMES_S = 300.0
_LABELS = ("background", "middle", "foreground")
# How light a pixel of each layer is at least, of 255: the sky behind, the ground in front.
_LIGHTER = (0, 85, 150)


class File(NamedTuple):
    """A file beside a generation's own: its name among those, its output's type and layer."""

    name: str
    type: str
    layer: dict[str, Any] | None = None

    def path(self, rendered: Path) -> Path:
        """Return where it is, beside the rendered file."""
        return rendered.with_name(f"{rendered.stem}.{self.name}")


def files(generation: Generation) -> list[File]:
    """Return what comes beside a generation."""
    if generation.kind == LAYERING:
        return [
            File(
                f"layer{index}.png",
                "image",
                {
                    "index": index,
                    "label": label,
                    "description": f"The {label} of the picture",
                    "alpha_hint": "soft" if index else "none",
                },
            )
            for index, label in enumerate(_LABELS)
        ]
    asked = generation.request.get("video") or {}
    return [File("exr.zip", "exr")] if generation.is_agents and asked.get("exr_export") else []


def make(generation: Generation, rendered: Path) -> None:
    """Make what comes beside a rendered file, each whole or not at all.

    Raises ffmpeg.FFmpegFailed or OSError.
    """
    missing = [each for each in files(generation) if not each.path(rendered).exists()]
    for each in missing:
        with tempfile.TemporaryDirectory(dir=rendered.parent, prefix=".beside-") as folder:
            made = Path(folder, each.name)
            if each.layer:
                _layer(rendered, each.layer["index"]).save(made)
            else:
                _frames(rendered, made)
            made.replace(each.path(rendered))


def _layer(picture: Path, index: int) -> Image.Image:
    """Return one layer: the whole picture as the hindmost, then what is darker and nearer."""
    with Image.open(picture) as opened:
        layer = opened.convert("RGBA")
    if index:
        light = layer.convert("L").filter(ImageFilter.GaussianBlur(3))
        most = 255 - _LIGHTER[index]
        layer.putalpha(light.point(lambda value: 255 if value < most else 0))
    return layer


def _frames(video: Path, made: Path) -> None:
    with tempfile.TemporaryDirectory() as folder:
        how = ("-vf", "format=gbrpf32le", "-c:v", "exr", "-compression", "zip16", "-format", "half")
        pattern = str(Path(folder, "frame-%04d.exr"))
        ffmpeg.run([*ffmpeg.pinned(video), *how, pattern], timeout_s=_FRAMES_S)
        with zipfile.ZipFile(made, "w", zipfile.ZIP_STORED) as archive:
            for frame in _sorted(folder):
                archive.write(frame, frame.name)


def _sorted(folder: str) -> Iterator[Path]:
    yield from sorted(Path(folder).glob("*.exr"))
