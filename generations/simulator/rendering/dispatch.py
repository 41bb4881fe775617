"""One door for every kind of job: picks who renders it, and publishes the file whole."""

import os
from pathlib import Path

import av

from generations.ffmpeg import FFmpegFailed
from generations.simulator.rendering import clip, footage, still
from generations.simulator.rendering.jobs import (
    AudioJob,
    ImageJob,
    Job,
    ModifyVideoJob,
    ReframeImageJob,
    ReframeVideoJob,
    UpscaleJob,
    VideoJob,
)


def render(job: Job, out: Path) -> None:
    """Render the job to `out`, which appears complete or not at all.

    Raises FFmpegFailed, also for a clip that can't be read; OSError for a picture that can't.
    """
    unfinished = out.with_name(f".{out.name}.{os.getpid()}.part")
    try:
        _render(job, unfinished)
    except av.error.FFmpegError as error:
        raise FFmpegFailed(str(error)) from error
    else:
        unfinished.replace(out)
    finally:
        unfinished.unlink(missing_ok=True)


def _render(job: Job, out: Path) -> None:
    match job:
        case VideoJob():
            clip.render(job, out)
        case ImageJob():
            still.render_image(job, out)
        case ReframeImageJob():
            still.render_reframe(job, out)
        case ReframeVideoJob():
            footage.reframe(job, out)
        case ModifyVideoJob():
            footage.modify(job, out)
        case UpscaleJob():
            footage.upscale(job, out)
        case AudioJob():
            footage.add_sound(job, out)
