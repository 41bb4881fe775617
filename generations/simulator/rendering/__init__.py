"""Renders what the simulated Luma answers: landscapes that follow the words of the prompt.

Imports no Django, so that the simulator can call it in a process of its own:
`python -m generations.simulator.rendering JOB.json OUT`.
"""

from generations.simulator.rendering.dispatch import render
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
