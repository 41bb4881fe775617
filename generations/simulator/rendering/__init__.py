"""Renders what the simulated Luma answers: landscapes that follow the words of the prompt.

Imports no Django, so that the simulator can call it in a process of its own:
`python -m generations.simulator.rendering JOB.json OUT`.
"""

from pathlib import Path

from generations.simulator.rendering.jobs import (
    AudioJob,
    ImageJob,
    Job,
    ModifyVideoJob,
    ReframeImageJob,
    ReframeVideoJob,
    UpscaleJob,
    VideoJob,
    dump,
    fingerprint,
    load,
)

__all__ = [
    "AudioJob",
    "ImageJob",
    "Job",
    "ModifyVideoJob",
    "ReframeImageJob",
    "ReframeVideoJob",
    "UpscaleJob",
    "VideoJob",
    "dump",
    "fingerprint",
    "load",
    "render",
]


def render(job: Job, out: Path) -> None:
    """Render the job to `out`, which appears complete or not at all.

    Raises FFmpegFailed, also for a clip that can't be read; OSError for a picture that can't.
    """
    # Imported when needed: whoever only describes jobs needs no numpy.
    from generations.simulator.rendering import dispatch

    dispatch.render(job, out)
