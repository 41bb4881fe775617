"""What a render costs: `make bench-render`.

Renders a 5 s 720p clip for several prompts, each in a process of its own as the simulator does, and
an extension of the first. True of every clip: at most CPU_S seconds of CPU in the whole process
tree (a busy machine inflates CPU time, so the best of TRIES counts), the exact number of frames,
and an extension that begins on its parent's last frame within the codec's noise.
WIDTH, HEIGHT, SECONDS, CPU_S, TRIES and PROMPTS (a number) set the sizes.
"""

import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

import av
import numpy as np

from generations.canvas import FPS
from generations.simulator.rendering import VideoJob, dump

WIDTH = int(os.environ.get("WIDTH", "1280"))
HEIGHT = int(os.environ.get("HEIGHT", "720"))
SECONDS = float(os.environ.get("SECONDS", "5"))
MOST_CPU_S = float(os.environ.get("CPU_S", "6"))
TRIES = int(os.environ.get("TRIES", "3"))
CODEC_NOISE = 2.0

ASKED: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("A lighthouse in a storm at night", ()),
    ("Still lagoon at dusk, mountains mirrored", ()),
    ("A city skyline at night", ("truck_left",)),
    ("Golden hour over a sunflower valley", ("push_in",)),
    ("First snow on the northern pass, green aurora over the ridge", ()),
    ("A rocket launch at dusk", ("tilt_up",)),
    ("Fog lifting through a pine valley", ("crane_up",)),
    ("Ocean waves at sunset, gulls", ("roll_left",)),
    ("In orbit above Earth", ("orbit_left",)),
)[: int(os.environ.get("PROMPTS", "9"))]


def main() -> int:
    """Render, measure, print one line of figures; return 0 when the invariants hold."""
    with tempfile.TemporaryDirectory() as directory:
        folder = Path(directory)
        clips = [folder / f"{number}.mp4" for number in range(len(ASKED))]
        costs = [
            cost(VideoJob(prompt=prompt, concepts=concepts, **_canvas()), clip)
            for (prompt, concepts), clip in zip(ASKED, clips, strict=True)
        ]
        extension = folder / "extension.mp4"
        job = VideoJob(prompt="The camera moves on", continues=str(clips[0]), **_canvas())
        extension_cost = cost(job, extension)
        counts = {len(frames(clip)) for clip in [*clips, extension]}
        seam = np.abs(frames(extension)[0] - frames(clips[0])[-1]).mean()
        figures = {
            "clips": len(clips),
            "cpu_s_median": round(statistics.median(costs), 2),
            "cpu_s_most": round(max(costs), 2),
            "cpu_s_extension": round(extension_cost, 2),
            "bytes_most": max(clip.stat().st_size for clip in clips),
            "frames": sorted(counts),
            "extension_seam": round(float(seam), 3),
        }
    holds = (
        max(*costs, extension_cost) <= MOST_CPU_S
        and counts == {round(SECONDS * FPS)}
        and seam < CODEC_NOISE
    )
    sys.stdout.write(json.dumps(figures) + "\n")
    return 0 if holds else 1


def cost(job: VideoJob, out: Path) -> float:
    """Render a job and return the CPU seconds of its processes, the best of a few tries."""
    order = out.with_suffix(".json")
    order.write_text(dump(job))
    command = [sys.executable, "-m", "generations.simulator.rendering", str(order), str(out)]
    best = float("inf")
    for _ in range(TRIES):
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        subprocess.run(command, check=True)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        spent = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
        best = min(best, spent)
        if best <= MOST_CPU_S:
            break
    return best


def frames(clip: Path) -> list[np.ndarray]:
    """Return a clip's decoded frames as luma and chroma in one array each."""
    with av.open(str(clip)) as container:
        return [f.to_ndarray().astype(np.int16) for f in container.decode(video=0)]


def _canvas() -> dict[str, float]:
    return {"width": WIDTH, "height": HEIGHT, "duration_s": SECONDS}


if __name__ == "__main__":
    sys.exit(main())
