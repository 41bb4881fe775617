"""A huge asset is collected in little memory, and however it breaks, nobody sees a part of it.

BYTES sets its size. `make bench-download BYTES=2147483648`.
"""

import os
import resource
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from tests.bench.stack import report, stack

BYTES = int(os.environ.get("BYTES", str(2 * 1024**3)))
MOST_GROWTH_MB = 20.0
# The ways to break are tried on a smaller film: without resuming, ten of them are sent.
BROKEN_BYTES = max(min(BYTES // 16, 64 * 1024**2), 1_000_000)
TENTHS = [number / 10 for number in range(1, 10)]


def main() -> None:
    """Run the benchmark."""
    with stack():
        from django.conf import settings

        from tests.bench.films import Way

        watcher = Watcher(settings.MEDIA_ROOT)
        with watcher:
            collect(BROKEN_BYTES, Way())  # everything that is loaded once
            growth_mb, seconds = measured(lambda: collect(BYTES, Way()))
            broken = {
                "cut_at_every_tenth_resumed": collect(BROKEN_BYTES, Way(cuts=[*TENTHS])),
                "cut_at_every_tenth": collect(BROKEN_BYTES, Way(cuts=[0.0, *TENTHS], etag="")),
                "wrong_length": collect(BROKEN_BYTES, Way(declares=BROKEN_BYTES // 2), heals=True),
                "slow_drip": slow_drip(),
                "file_size_limit": with_file_size_limit(),
                "disk_full": with_full_disk(watcher),
            }
        partial, leftovers = watcher.partial(), watcher.leftovers()
    figures: dict[str, object] = {
        "bytes": BYTES,
        "rss_growth_mb": round(growth_mb, 1),
        "partial_files_seen": len(partial),
        "seconds": round(seconds, 1),
        "leftovers": len(leftovers),
        **{f"tries_{name}": tries for name, tries in broken.items()},
    }
    came = all(tries != 0 for tries in broken.values())
    holds = growth_mb < MOST_GROWTH_MB and not partial and not leftovers and came
    report(figures, holds=holds)


def collect(size_bytes: int, way: Any, *, heals: bool = False, patience: int = 40) -> int:
    """Collect a film that comes in this way; return how many tries it took, 0 if it never came.

    One that heals is sent well from the second try on.
    """
    from django.utils import timezone

    from generations import collecting
    from generations.models import Asset
    from tests.bench.films import Way
    from tests.factories import tiny_video

    asset = pending()
    with films(tiny_video(), size_bytes) as server:
        server.way = way
        for tries in range(1, patience + 1):
            Asset.objects.filter(pk=asset.pk).update(
                source_url=server.url, next_at=timezone.now(), tries=0
            )
            if collecting.collect_due():
                asset.refresh_from_db()
                assert asset.size_bytes == server.film.size_bytes, "not the whole film"
                return tries
            if heals:
                server.way = Way()
    return 0


def films(video: Path, size_bytes: int) -> Any:
    """Serve a film from this process for small ones; a huge one has a process of its own."""
    from tests.bench.films import FilmServer

    return FilmServer(video, size_bytes) if size_bytes < BYTES else Elsewhere(video, size_bytes)


class Elsewhere:
    """A film server in another process, so that its memory isn't counted as ours."""

    def __init__(self, video: Path, size_bytes: int) -> None:
        from tests.bench.films import Film, Way

        self.film, self.way = Film(video.read_bytes(), size_bytes), Way()
        command = [sys.executable, "-m", "tests.bench.films", str(video), str(size_bytes)]
        self._process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        assert self._process.stdout is not None
        self.url = self._process.stdout.readline().strip()

    def __enter__(self) -> "Elsewhere":
        return self

    def __exit__(self, *_: object) -> None:
        self._process.terminate()
        self._process.wait()


def pending() -> Any:
    """Return the asset of a finished take, still to be fetched."""
    from generations.models import State
    from studio.models import Project
    from tests.factories import ProjectFactory, take

    project = Project.objects.first() or ProjectFactory()
    return take(project, State.COMPLETED, stored=False).assets.get()


def measured(work: Any) -> tuple[float, float]:
    """Do the work; return by how much this process's memory rose at its peak (MB), and seconds."""
    with suppress(OSError):
        Path("/proc/self/clear_refs").write_text("5")  # VmHWM begins anew: proc(5)
    before, began = _memory_kb("VmRSS"), time.monotonic()
    assert work(), "the film never came"
    return (_memory_kb("VmHWM") - before) / 1024, time.monotonic() - began


def _memory_kb(name: str) -> int:
    lines = Path("/proc/self/status").read_text().splitlines()
    return int(next(line for line in lines if line.startswith(name)).split()[1])


def slow_drip() -> int:
    """A film that comes more slowly than is waited for, and then well."""
    from generations import downloading
    from tests.bench.films import Way

    window_s, downloading._WINDOW_S = downloading._WINDOW_S, 0.3
    slowest, downloading._SLOWEST_BYTES_S = downloading._SLOWEST_BYTES_S, 64 * 1024**2
    try:
        return collect(BROKEN_BYTES, Way(piece_pause_s=0.2), heals=True)
    finally:
        downloading._WINDOW_S, downloading._SLOWEST_BYTES_S = window_s, slowest


def with_file_size_limit() -> int:
    """A process that may not write files that large (EFBIG), until it may."""
    from tests.bench.films import Way

    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (BROKEN_BYTES // 2, hard))
    try:
        assert collect(BROKEN_BYTES, Way(), patience=1) == 0, "the limit didn't hold"
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    _give_up_the_rest()
    return collect(BROKEN_BYTES, Way())


def with_full_disk(watcher: "Watcher") -> int:
    """A disk that is full (ENOSPC): a small file system where mounting is allowed, -1 elsewhere."""
    from django.conf import settings

    from tests.bench.films import Way

    with small_disk() as disk:
        if disk is None:
            return -1
        usual, settings.MEDIA_ROOT = settings.MEDIA_ROOT, disk / "media"
        with Watcher(settings.MEDIA_ROOT) as other:
            # Once it says its length and is not begun; once it doesn't, and the disk runs full.
            assert collect(BROKEN_BYTES, Way(), patience=1) == 0, "the disk wasn't full"
            _give_up_the_rest()
            assert collect(BROKEN_BYTES, Way(declares=-1), patience=1) == 0, "it wasn't full"
            _give_up_the_rest()
        watcher.seen |= other.seen
        assert not other.leftovers(), "something was left on the full disk"
        settings.MEDIA_ROOT = usual
    return collect(BROKEN_BYTES, Way())


def _give_up_the_rest() -> None:
    from generations.models import Asset

    says = Asset.objects.get(state="pending").error
    assert "disk" in says or "ulimit" in says, says
    Asset.objects.filter(state="pending").update(state="failed", next_at=None)


@contextmanager
def small_disk() -> Iterator[Path | None]:
    """Mount a file system of half a film; None where that isn't allowed."""
    with tempfile.TemporaryDirectory(prefix="dailies-disk-") as name:
        size = f"size={BROKEN_BYTES // 2}"
        command = ["mount", "-t", "tmpfs", "-o", size, "tmpfs", name]
        if os.geteuid() or subprocess.run(command, check=False, capture_output=True).returncode:
            yield None
            return
        try:
            yield Path(name)
        finally:
            subprocess.run(["umount", name], check=True)


class Watcher:
    """Looks again and again for files where people could see them, and notes their sizes."""

    def __init__(self, root: Path) -> None:
        self.root = Path(root)
        self.seen: set[tuple[str, int]] = set()
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._look, daemon=True)

    def __enter__(self) -> "Watcher":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()

    def _look(self) -> None:
        while not self._stop.wait(0.002):
            for file in self.root.rglob("*"):
                if "incoming" in file.relative_to(self.root).parts:
                    continue
                with suppress(OSError):
                    if file.is_file():
                        self.seen.add((str(file.relative_to(self.root)), file.stat().st_size))

    def partial(self) -> list[tuple[str, int]]:
        """Return what was seen and isn't exactly a stored file."""
        from generations.models import Asset

        whole = set(Asset.objects.filter(state="stored").values_list("path", "size_bytes"))
        return [each for each in self.seen if each not in whole]

    def leftovers(self) -> list[str]:
        """Return the names of work files that are still there."""
        return [file.name for file in (self.root / "incoming").glob("*")]


if __name__ == "__main__":
    main()
