"""Clips made from clips: reframed, upscaled, restyled, given sound."""

import hashlib
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from generations import ffmpeg
from generations.canvas import FPS
from generations.simulator.rendering import note, sound, words
from generations.simulator.rendering.camera import path
from generations.simulator.rendering.colour import yuv_change
from generations.simulator.rendering.encode import H264, MP4, decode, encode
from generations.simulator.rendering.frame import Frame, Pixels
from generations.simulator.rendering.jobs import (
    AudioJob,
    ModifyVideoJob,
    ReframeVideoJob,
    UpscaleJob,
)
from generations.simulator.rendering.picture import covering, opened, painted, size_of
from generations.simulator.rendering.pins import Pins
from generations.simulator.rendering.shots import smooth
from generations.simulator.rendering.still import rectangle
from generations.simulator.rendering.world import World

_TIMEOUT_S = 900


def reframe(job: ReframeVideoJob, out: Path) -> None:
    """Write the source inside its rectangle, with its own blurred colours around it.

    Raises FFmpegFailed.
    """
    wide, high, _ = size_of(job.source)
    left, top, right, bottom = rectangle(job, wide, high)
    width, height = job.width, job.height
    graph = (
        f"[0:v]fps={FPS},split[a][b];"
        f"[a]scale={width // 8}:{height // 8}:force_original_aspect_ratio=increase:flags=area,"
        f"crop={width // 8}:{height // 8},gblur=sigma=6,eq=brightness=-0.03,"
        f"scale={width}:{height}:flags=bicubic[around];"
        f"[b]scale={right - left}:{bottom - top}:flags=lanczos[inside];"
        f"[around][inside]overlay={left}:{top}:format=yuv420,setsar=1[v]"
    )
    chosen = ["-filter_complex", graph, "-map", "[v]", "-map", "0:a?", "-c:a", "copy"]
    ffmpeg.run([*ffmpeg.pinned(job.source), *chosen, *H264, *MP4, str(out)], timeout_s=_TIMEOUT_S)


def upscale(job: UpscaleJob, out: Path) -> None:
    """Write the source at another size. Raises FFmpegFailed."""
    scaled = ["-vf", f"scale={job.width}:{job.height}:flags=lanczos,setsar=1", "-c:a", "copy"]
    kept = ["-metadata", f"comment={note.text(job.source)}"]
    mp4 = [*MP4[:-2], *kept, *MP4[-2:]]
    ffmpeg.run([*ffmpeg.pinned(job.source), *scaled, *H264, *mp4, str(out)], timeout_s=_TIMEOUT_S)


def add_sound(job: AudioJob, out: Path) -> None:
    """Write the source's pictures, untouched, with sound that fits the words.

    Without words the sound follows the clip's own world. Raises FFmpegFailed.
    """
    _, _, seconds = size_of(job.source)
    world = note.read(job.source).first
    heard = words.read(job.prompt) if job.prompt or world is None else world.brief
    samples = sound.made(heard, job.prompt, job.negative_prompt, seconds)
    inputs = ["-f", "s16le", "-ar", str(sound.RATE), "-ac", "2", "-i", "pipe:0"]
    chosen = ["-map", "0:v", "-map", "1:a", "-c:v", "copy", "-c:a", "aac", "-b:a", "160k"]
    kept = ["-metadata", f"comment={note.text(job.source)}"]
    mp4 = [*MP4[:-2], *kept, *MP4[-2:]]
    arguments = [*ffmpeg.pinned(job.source), *inputs, *chosen, *mp4, str(out)]
    ffmpeg.run(arguments, timeout_s=_TIMEOUT_S, stdin=samples.tobytes())


def modify(job: ModifyVideoJob, out: Path) -> None:
    """Write the source restyled after the prompt, as strongly as its mode says.

    Raises FFmpegFailed, and OSError when the first frame is not a picture.
    """
    wide, high, _ = size_of(job.source)
    size = (wide // 2 * 2, high // 2 * 2)
    pins = Pins(dict(zip(job.pinned_at, job.pinned, strict=True)), size)
    wanted = (job.width, job.height) if job.width else size
    frames = _restyled(job, size, pins)
    encode(frames, out, painted=size, wanted=wanted, exact=pins.exact())


def strength(mode: str) -> float:
    """Return how much of a clip a mode changes: 0.1 (adhere_1) to 0.9 (reimagine_3)."""
    family, _, step = mode.partition("_")
    first = {"adhere": 0, "flex": 3, "reimagine": 6}.get(family, 3)
    return 0.1 * (first + (int(step) if step.isdigit() else 1))


def _restyled(job: ModifyVideoJob, size: tuple[int, int], pins: Pins) -> Iterator[Pixels]:
    amount = strength(job.mode)
    key = f"{job.prompt}/{job.mode}"
    seed = int.from_bytes(hashlib.sha256(key.encode()).digest()[:6], "big")
    world = World(words.read(job.prompt, seed))
    move = path((), job.prompt, loop=False)
    frame, scene = Frame(*size), Frame(*size)
    opening: list[Pixels] | None = None
    for number, packed in enumerate(decode(job.source, size)):
        frame.load(packed)
        _graded(frame, world, amount)
        if amount > 0.55:
            world.paint(scene, move(min(1.0, number / (5 * FPS)), number / FPS), number / FPS)
            frame.fade_to(scene, (amount - 0.4) * 1.3)
        if job.first_frame is not None:
            if opening is None:
                wanted = painted(covering(opened(job.first_frame), *size))
                opening = [
                    w.planes - m.planes for w, m in zip(wanted.levels, frame.levels, strict=True)
                ]
            weight = np.float32(1 - smooth(number / (1.5 * FPS)))
            if weight > 0:
                for level, change in zip(frame.levels, opening, strict=True):
                    level.planes[:] += change * weight
        pins.apply(frame, number)
        yield frame.packed()


def _graded(frame: Frame, world: World, amount: float) -> None:
    """Pull a frame's light and colours toward a world's, from its land's to its sky's."""
    look = world.palette
    share = ((frame.luma[0] - 16) / np.float32(219)).clip(0, 1)
    low, high = yuv_change(look.ambient * np.float32(0.25)), yuv_change(look.sky[0])
    toward = low[0] + (high[0] - low[0]) * share + 16
    frame.luma[0] += (toward - frame.luma[0]) * np.float32(amount * 0.6)
    half = share[::2, ::2]
    for number in (1, 2):
        plane = frame.chroma[number - 1]
        tint = 128 + low[number] + (high[number] - low[number]) * half
        plane += (tint - plane) * np.float32(amount * 0.85)
    if amount > 0.25:
        steps = np.float32(max(6.0, 30 - 26 * amount))
        flat = np.round(frame.luma / steps) * steps
        frame.luma += (flat - frame.luma) * np.float32((amount - 0.2) * 0.55)
