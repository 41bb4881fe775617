"""Fixed work, to tell how fast a machine is just now: CPU bounds are ratios to it.

The same code takes two to three times longer on one shared core than on another, so a bound in
seconds would say more of the machine than of Dailies. A bound of N seconds means N seconds on a
machine where the reference takes as long as is written here, and as many times more elsewhere.
That machine is the one of November 2026 on which `python -c` counts to ten million in 0.6 s.
"""

import io
import resource
import time
from collections.abc import Callable

import av
import numpy as np

COUNTING_S = 0.26
"""What `counting_s` gives on the machine in whose seconds bounds are written."""
CLIP_S = 0.85
"""What `clip_s` gives on that machine."""
_WIDTH, _HEIGHT, _FRAMES = 1280, 720, 24


def slowness() -> float:
    """Return how many times slower than that machine this one is, by both kinds of work."""
    return (counting_s() / COUNTING_S + clip_s() / CLIP_S) / 2


def counting_s() -> float:
    """Return the CPU seconds of counting to ten million in Python."""
    started, number = time.process_time(), 0
    while number < 10_000_000:
        number += 1
    return time.process_time() - started


def clip_s() -> float:
    """Return the CPU seconds of a second of 720p: a moving gradient by numpy, H.264 by x264."""
    return _cpu_s(_encode)


def _encode() -> None:
    x = np.linspace(0.0, 1.0, _WIDTH, dtype=np.float32)
    y = np.linspace(0.0, 1.0, _HEIGHT, dtype=np.float32)[:, None]
    with av.open(io.BytesIO(), "w", format="mp4") as container:
        stream = container.add_stream("libx264", rate=24, options={"preset": "veryfast"})
        stream.width, stream.height, stream.pix_fmt = _WIDTH, _HEIGHT, "yuv420p"
        for number in range(_FRAMES):
            sky = np.exp(-3.0 * (x - number / _FRAMES) ** 2) * np.sqrt(y + 0.1)
            haze = 0.5 + 0.5 * np.sin(9.0 * y + 6.0 * x + number / 4.0)
            picture = np.stack((sky * haze, sky, 1.0 - sky * y), axis=-1)
            frame = av.VideoFrame.from_ndarray((picture * 255.0).astype(np.uint8), format="rgb24")
            container.mux(stream.encode(frame))
        container.mux(stream.encode())


def _cpu_s(work: Callable[[], None]) -> float:
    """Return the CPU seconds of all of this process's threads during some work."""

    def spent() -> float:
        usage = resource.getrusage(resource.RUSAGE_SELF)
        return usage.ru_utime + usage.ru_stime

    before = spent()
    work()
    return spent() - before
