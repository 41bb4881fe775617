"""One door for every kind of job: picks who renders it, and publishes the file whole."""

import os
from pathlib import Path

from PIL import Image

from generations import ffmpeg
from generations.simulator.rendering import clip, encode
from generations.simulator.rendering.jobs import AudioJob, ImageJob, Job, ReframeImageJob, VideoJob


def render(job: Job, out: Path) -> None:
    """Render the job to `out`, which appears complete or not at all.

    Raises FFmpegFailed, and OSError when an input can't be read.
    """
    unfinished = out.with_name(f".{out.name}.{os.getpid()}.part")
    try:
        _render(job, unfinished)
        unfinished.replace(out)
    finally:
        unfinished.unlink(missing_ok=True)


def _render(job: Job, out: Path) -> None:
    if isinstance(job, VideoJob):
        clip.render(job, out)
    elif isinstance(job, ImageJob | ReframeImageJob):
        form = "JPEG" if job.format == "jpg" else "PNG"
        Image.new("RGB", (job.width, job.height), "gray").save(out, form)
    elif isinstance(job, AudioJob):
        silence = ["-f", "lavfi", "-i", "anullsrc=r=48000:cl=stereo", "-shortest"]
        copy = ["-c:v", "copy", "-c:a", "aac", *encode.MP4, str(out)]
        ffmpeg.run([*ffmpeg.pinned(job.source), *silence, *copy], timeout_s=600)
    else:
        ffmpeg.run([*ffmpeg.pinned(job.source), "-c", "copy", *encode.MP4, str(out)], timeout_s=60)
