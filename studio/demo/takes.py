"""The demo's takes: rendered on this machine, never sent anywhere and never paid for."""

import os
import shutil
import subprocess
import sys
import tempfile
import uuid
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.db import transaction

from generations import collecting
from generations.canvas import canvas
from generations.models import (
    Account,
    Asset,
    Counter,
    Generation,
    Keyframe,
    Prompt,
)
from generations.simulator import rendering
from studio.demo import team
from studio.models import Project

_ACCOUNT = "Demo takes"
_RESOLUTION = "540p"
_DURATION_S = 5
_RENDER_TIMEOUT_S = 300


class RenderFailed(Exception):
    """A demo take couldn't be rendered; the message is the renderer's last words."""


@dataclass(frozen=True)
class DemoTake:
    """A take to make: `extends` is the key of the one whose last frame it starts on."""

    key: str
    words: str
    ratio: str = "16:9"
    concepts: tuple[str, ...] = ()
    extends: str = ""


# The rocket's three continue one another, so that there is something to cut together.
TAKES = (
    DemoTake(
        "lift-off",
        "A rocket lifts off from a coastal launch pad at dawn, low fog drifting over still water",
        concepts=("static",),
    ),
    DemoTake(
        "lighthouse",
        "A lighthouse on a cliff watches the night sea, stars and a thin moon above the waves",
        concepts=("push_in",),
    ),
    DemoTake(
        "desert",
        "Desert dunes at sunset, a lone walker looks up at a bright spark crossing the sky",
        ratio="9:16",
    ),
    DemoTake(
        "climb",
        "The rocket climbs through broken cloud into the morning light, its trail glowing amber",
        concepts=("tilt_up",),
        extends="lift-off",
    ),
    DemoTake(
        "village",
        "A mountain village under fresh snow at dusk, warm windows, smoke rising from a cabin",
        concepts=("pan_right",),
    ),
    DemoTake(
        "orbit",
        "The rocket is in orbit: the blue Earth turns below, and the stars come out",
        concepts=("tilt_down",),
        extends="climb",
    ),
)


def missing() -> list[DemoTake]:
    """Return the demo takes that aren't there yet; none when the demo's project is gone."""
    project = team.project()
    if project is None or project.slug != team.SLUG:
        return []
    stored = set(
        Asset.objects.filter(
            generation__project=project, kind=Asset.Kind.VIDEO, state=Asset.State.STORED
        ).values_list("generation__uuid", flat=True)
    )
    return [take for take in TAKES if _uuid(project, take.key) not in stored]


def begin() -> list[DemoTake]:
    """Put the missing takes on the board, their files awaited, and return them."""
    project, todo = team.project(), missing()
    if project is not None:
        for take in todo:
            _record(project, take)
    return todo


def make(jobs: int = 2) -> Iterator[Generation]:
    """Render and keep the missing takes, yielding each, `jobs` renders at a time.

    Raises RenderFailed.
    """
    project, todo = team.project(), begin()
    if project is None or not todo:
        return
    with (
        # Beside the media, so that keeping is a rename.
        tempfile.TemporaryDirectory(prefix=".demo-", dir=_media_root()) as work,
        ThreadPoolExecutor(jobs) as pool,
    ):
        rendered: dict[str, Future[Path]] = {}
        for take in todo:
            # A pool serves its oldest first: what a take waits for runs before it, or has run.
            parent = rendered.get(take.extends) or _stored(project, take.extends)
            rendered[take.key] = pool.submit(_render, take, Path(work), parent)
        try:
            for take in todo:
                yield _keep(project, take, rendered[take.key].result())
        finally:
            pool.shutdown(cancel_futures=True)


def _render(take: DemoTake, work: Path, parent: "Future[Path] | None") -> Path:
    """Render a take in a process of its own and return the file."""
    width, height = canvas(_RESOLUTION, take.ratio)
    job = rendering.VideoJob(
        prompt=take.words,
        width=width,
        height=height,
        duration_s=_DURATION_S,
        concepts=take.concepts,
        continues=str(parent.result()) if parent else None,
    )
    order, file = work / f"{take.key}.json", work / f"{take.key}.mp4"
    order.write_text(rendering.dump(job))
    command = [sys.executable, "-m", rendering.__name__, str(order), str(file)]
    done = subprocess.run(
        command,
        cwd=settings.BASE_DIR,
        capture_output=True,
        timeout=_RENDER_TIMEOUT_S,
        check=False,
    )
    if done.returncode != 0:
        raise RenderFailed(f"{take.key}: {done.stderr.decode(errors='replace').strip()[-500:]}")
    return file


def _stored(project: Project, key: str) -> "Future[Path] | None":
    if not key:
        return None
    asset = Asset.objects.get(generation__uuid=_uuid(project, key), kind=Asset.Kind.VIDEO)
    there: Future[Path] = Future()
    there.set_result(asset.file)
    return there


def _keep(project: Project, take: DemoTake, rendered: Path) -> Generation:
    """Keep a rendered file as a finished take, by the same steps as a paid one's."""
    generation = Generation.objects.get(uuid=_uuid(project, take.key))
    # Keeping takes the file away, and the next of the chain may still be reading it.
    copy = rendered.with_name(f"{take.key}-{os.getpid()}.mp4")
    shutil.copyfile(rendered, copy)
    collecting.store_video(generation, copy)
    return generation


@transaction.atomic
def _record(project: Project, take: DemoTake) -> None:
    """Put a take on the board, its file awaited."""
    name = _uuid(project, take.key)
    existing = Generation.objects.filter(uuid=name).first()
    if existing:
        Asset.objects.get_or_create(generation=existing, kind=Asset.Kind.VIDEO)
        return
    author = project.created_by
    prompt = Prompt.objects.create(
        project=project,
        author=author,
        words=take.words,
        model="ray-2",
        ratio=take.ratio,
        resolution=_RESOLUTION,
        duration_s=_DURATION_S,
        concepts=list(take.concepts),
    )
    number = Counter.next(project.pk, "takes")
    generation = Generation.rendered_here(
        prompt, _account(project), uuid=name, author=author, take_number=number
    )
    if take.extends:
        Keyframe.objects.create(
            generation=generation,
            position=Keyframe.Position.START,
            source=Generation.objects.get(uuid=_uuid(project, take.extends)),
        )


def _account(project: Project) -> Account:
    """The account that the demo's takes are booked under: without a key nothing is sent."""
    made, _ = Account.objects.get_or_create(
        team=project.team,
        name=_ACCOUNT,
        defaults={"provider": "luma", "simulated": True, "enabled": False},
    )
    return made


def take_key_away() -> None:
    """Close the demo's account, which earlier versions gave a key to be switched on with."""
    project = team.project()
    if project is None or project.slug != team.SLUG:
        return
    mine = Account.objects.filter(team=project.team, name=_ACCOUNT, key_suffix="none")
    no_key = dict.fromkeys(("sealed_key", "key_suffix", "key_print"), "")
    mine.filter(simulated=True).update(enabled=False, **no_key)


def _uuid(project: Project, key: str) -> uuid.UUID:
    """The same take has the same id at every try, so that it is made once."""
    return uuid.uuid5(project.uuid, f"demo take {key}")


def _media_root() -> Path:
    directory = Path(settings.MEDIA_ROOT)
    directory.mkdir(parents=True, exist_ok=True)
    return directory
