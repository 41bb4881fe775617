"""Images: a landscape from words, leaning on reference pictures; and a still on another canvas."""

from pathlib import Path

import numpy as np
from PIL import Image, ImageFilter

from generations.simulator.rendering import words
from generations.simulator.rendering.camera import concepts_in, path
from generations.simulator.rendering.colour import rgb_of
from generations.simulator.rendering.frame import Frame
from generations.simulator.rendering.jobs import ImageJob, ReframeImageJob
from generations.simulator.rendering.lens import photograph
from generations.simulator.rendering.picture import covering, opened
from generations.simulator.rendering.world import World

MOMENT = 1.4
"""The time in seconds, in a world's story, of which an image is taken."""


def render_image(job: ImageJob, out: Path) -> None:
    """Write the image of a job. Raises OSError when a reference is not a picture."""
    size = (job.width, job.height)
    made = landscape(job.prompt, size)
    for number, reference in enumerate(job.references):
        made = toned(made, opened(reference), 0.5 / (number + 1))
    if job.modify is not None:
        original = covering(opened(job.modify), *size)
        weight = min(max(job.modify_weight, 0.0), 1.0)
        recoloured = toned(original, made, 0.75 * (1 - weight) + 0.1)
        made = Image.blend(made, recoloured, min(1.0, 0.35 + 0.65 * weight))
    save(made, out, job.format)


def render_reframe(job: ReframeImageJob, out: Path) -> None:
    """Write the source inside its rectangle, with its own blurred colours around it."""
    size = (job.width, job.height)
    source = opened(job.source)
    left, top, right, bottom = rectangle(job, *source.size)
    around = covering(source, *size)
    blurred = around.resize((max(1, size[0] // 16), max(1, size[1] // 16)), Image.Resampling.BOX)
    blurred = blurred.filter(ImageFilter.GaussianBlur(3)).resize(size, Image.Resampling.BICUBIC)
    inside = source.resize((right - left, bottom - top), Image.Resampling.LANCZOS)
    feather = max(2, min(size) // 90)
    mask = Image.new("L", inside.size, 255)
    blurred.paste(inside, (left, top), mask)
    save(_softened(blurred, (left, top, right, bottom), feather), out, job.format)


def rectangle(job: object, width: int, height: int) -> tuple[int, int, int, int]:
    """Return where a source of this size goes on a reframe job's canvas: left, top, right, bottom.

    The job's own rectangle when it gives one, else the largest that shows the source whole.
    """
    given = [getattr(job, name) for name in ("x_start", "y_start", "x_end", "y_end")]
    across, down = int(getattr(job, "width", 0)), int(getattr(job, "height", 0))
    if None not in given and given[2] - given[0] >= 2 and given[3] - given[1] >= 2:
        return given[0], given[1], given[2], given[3]
    scale = min(across / width, down / height)
    wide, high = round(width * scale / 2) * 2, round(height * scale / 2) * 2
    left, top = (across - wide) // 4 * 2, (down - high) // 4 * 2
    return left, top, left + wide, top + high


def landscape(prompt: str, size: tuple[int, int]) -> Image.Image:
    """Return the RGB picture of the prompt's world."""
    even = tuple(-(-side // 2) * 2 for side in size)
    frame = Frame(even[0], even[1])
    concepts = frozenset(concepts_in(prompt))
    pose = path((), prompt, loop=False)(0.6, MOMENT)
    photograph(World(words.read(prompt)), frame, pose, MOMENT, concepts)
    return image_of(frame).crop((0, 0, *size))


def image_of(frame: Frame) -> Image.Image:
    """Return a frame as an RGB picture."""
    chroma = [
        Image.fromarray(plane).resize((frame.width, frame.height), Image.Resampling.BILINEAR)
        for plane in frame.chroma
    ]
    luma = np.clip(frame.luma, 16, 235)
    planes = np.concatenate([luma, np.stack([np.asarray(plane) for plane in chroma])])
    return Image.fromarray((rgb_of(planes) * 255 + 0.5).astype(np.uint8))


def toned(image: Image.Image, like: Image.Image, amount: float) -> Image.Image:
    """Return the picture with `amount` (0..1) of another one's colours (mean and spread)."""
    own = np.asarray(image, np.float32)
    other = np.asarray(like.resize((64, 64), Image.Resampling.BOX), np.float32)
    mean, spread = own.mean((0, 1)), own.std((0, 1)) + 1
    there = (own - mean) / spread * other.std((0, 1)) + other.mean((0, 1))
    mixed = own + (there - own) * np.float32(amount)
    return Image.fromarray(np.clip(mixed + 0.5, 0, 255).astype(np.uint8))


def save(image: Image.Image, out: Path, form: str) -> None:
    """Write the picture as "jpg", "png" or "webp"."""
    if form == "png":
        image.save(out, "PNG", compress_level=6)
    elif form == "webp":
        image.save(out, "WEBP", quality=92)
    else:
        image.save(out, "JPEG", quality=92, subsampling=0)


def _softened(image: Image.Image, box: tuple[int, int, int, int], feather: int) -> Image.Image:
    """Return the picture with the seams of a pasted box blurred over a few px, not its inside."""
    left, top, right, bottom = box
    soft = image.filter(ImageFilter.GaussianBlur(feather))
    seam = Image.new("L", image.size, 255)
    inner = (left + 2 * feather, top + 2 * feather, right - 2 * feather, bottom - 2 * feather)
    if inner[2] > inner[0] and inner[3] > inner[1]:
        seam.paste(0, inner)
    mask = Image.new("L", image.size, 0)
    mask.paste(seam.crop(box), (left, top))
    edges = (left <= 0, top <= 0, right >= image.width, bottom >= image.height)
    for at_edge, strip in zip(
        edges,
        (
            (left, top, left + 2 * feather, bottom),
            (left, top, right, top + 2 * feather),
            (right - 2 * feather, top, right, bottom),
            (left, bottom - 2 * feather, right, bottom),
        ),
        strict=True,
    ):
        if at_edge:
            mask.paste(0, strip)
    return Image.composite(soft, image, mask.filter(ImageFilter.GaussianBlur(feather / 2)))
