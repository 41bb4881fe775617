"""A film of many takes that match: exported by taking every frame over, and looked into.

CLIPS takes of five seconds at 720p, as the simulator renders them, each a file of its own.
`times_real_time` is how much faster than the film plays it was there, from a row that waits to a
row that is done; `sound_times_real_time` the same with a sound under every take, mixed and brought
to −14 LUFS. Nothing is judged by the clock, which is the machine's, too: `reached` says whether the
silent film was as fast as is hoped for. `duration_error_frames` is by how much its length is off,
and every frame is decoded afterwards, beside what the export itself looks into.
`make bench-export CLIPS=120`.
"""

import os
import time
from pathlib import Path
from typing import Any

from tests.bench.stack import report, stack

CLIPS = int(os.environ.get("CLIPS", "120"))
SECONDS = 5
MOST_ERROR_FRAMES = 1
HOPED_TIMES_REAL_TIME = 50


def main() -> None:
    """Run the benchmark."""
    with stack() as made:
        plain = _rendered(made.directory / "plain.mp4")
        heard = _with_sound(plain, made.directory / "heard.mp4")
        silent = _exported("Silent", plain)
        loud = _exported("Heard", heard)
        figures = {
            "clips": CLIPS,
            "seconds": silent["seconds"],
            "took_s": silent["took_s"],
            "times_real_time": silent["times_real_time"],
            "reached": silent["times_real_time"] >= HOPED_TIMES_REAL_TIME,
            "sound_times_real_time": loud["times_real_time"],
            "duration_error_frames": max(each["duration_error_frames"] for each in (silent, loud)),
            "copied": silent["copied"] and loud["copied"],
            "decodes": silent["decodes"] and loud["decodes"],
        }
    report(
        figures,
        holds=bool(
            figures["decodes"]
            and figures["copied"]
            and figures["duration_error_frames"] <= MOST_ERROR_FRAMES
        ),
    )


def _rendered(file: Path) -> Path:
    """Render one take as the simulator does."""
    from generations.simulator.rendering import VideoJob, render

    words = "Dunes at dawn, a caravan crosses the ridge"
    render(VideoJob(prompt=words, width=1280, height=720, duration_s=SECONDS), file)
    return file


def _with_sound(plain: Path, to: Path) -> Path:
    """Return it with a sound, its frames as they are."""
    from generations import ffmpeg

    sound = ["-f", "lavfi", "-i", f"anoisesrc=color=pink:amplitude=0.3:duration={SECONDS}"]
    encode = ["-c:v", "copy", "-c:a", "aac", "-ar", "48000", "-movflags", "+faststart"]
    ffmpeg.run([*ffmpeg.pinned(plain), *sound, *encode, "-shortest", str(to)], timeout_s=60)
    return to


def _exported(name: str, video: Path) -> dict[str, Any]:
    """Export a film of takes that all have this video, and measure it."""
    from generations.models import State
    from studio.editing import exporting
    from studio.editing.cut import FPS, Clip, Cut
    from studio.editing.looks import look_at
    from studio.models import Export, Sequence
    from tests.factories import AccountFactory, ProjectFactory, member, take

    project = ProjectFactory(name=name)
    AccountFactory(team=project.team)
    author = member(project)
    takes = [take(project, State.COMPLETED, author=author, stored=False) for _ in range(CLIPS)]
    for each in takes:
        _keep(each, video)
    cut = Cut(clips=tuple(Clip(f"c{at}", each.uuid) for at, each in enumerate(takes)))
    sequence = Sequence.begin(project, author, name, cut)
    export = Export.objects.create(
        sequence=sequence, edit=sequence.head, author=author, kind="mp4", loudness_lufs=-14.0
    )
    began = time.monotonic()
    exporting.export_due()
    took_s = time.monotonic() - began
    export.refresh_from_db()
    if export.state != Export.State.DONE:
        raise AssertionError(export.words)
    frames = look_at(video).frames * CLIPS
    return {
        "seconds": round(frames / FPS, 2),
        "took_s": round(took_s, 2),
        "times_real_time": round(frames / FPS / took_s, 1),
        "duration_error_frames": round(abs((export.duration_s or 0) * FPS - frames), 3),
        "copied": export.frames_copied == frames,
        "decodes": _decoded(export.file) == frames,
    }


def _keep(made: Any, video: Path) -> None:
    """Store a take's file, as a link to the one that was rendered."""
    from django.conf import settings
    from django.utils import timezone

    from generations.models import Asset
    from studio.editing.looks import look_at

    path = Path("takes") / str(made.uuid) / "video.mp4"
    file = Path(settings.MEDIA_ROOT) / path
    file.parent.mkdir(parents=True, exist_ok=True)
    file.hardlink_to(video)
    look = look_at(file)
    Asset.objects.filter(generation=made, kind=Asset.Kind.VIDEO).update(
        state=Asset.State.STORED,
        path=str(path),
        content_type="video/mp4",
        width=look.look.width,
        height=look.look.height,
        fps=24.0,
        duration_s=look.frames / 24,
        codec="h264",
        has_sound=look.has_sound,
        size_bytes=file.stat().st_size,
        sha256="0" * 64,
        next_at=None,
        stored_at=timezone.now(),
    )


def _decoded(film: Path) -> int:
    """Decode all of a film, and return how many frames it has."""
    import av

    with av.open(str(film)) as container:
        stream = container.streams.video[0]
        stream.thread_type = "AUTO"
        return sum(1 for _ in container.decode(stream))


if __name__ == "__main__":
    main()
