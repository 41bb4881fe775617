"""The demo's takes: rendered on this machine, never sent anywhere and never paid for."""

import os
import shutil
import uuid
from collections.abc import Iterator
from pathlib import Path

from django.db import transaction

from generations import collecting
from generations.models import (
    Account,
    Asset,
    Counter,
    Generation,
    Keyframe,
    Prompt,
)
from studio.demo import team
from studio.demo.rendering import Renders
from studio.demo.script import DURATION_S, RESOLUTION, TAKES, DemoTake
from studio.models import Project

_ACCOUNT = "Demo takes"


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


def make(renders: Renders) -> Iterator[Generation]:
    """Keep the missing takes, rendered already or now, yielding each. Raises RenderFailed."""
    project, todo = team.project(), begin()
    if project is None:
        return
    for take in todo:
        renders.begin(take, _stored(project, take.extends))
    for take in todo:
        yield _keep(project, take, renders.file(take))


def _stored(project: Project, key: str) -> Path | None:
    """Return the file of a take that is there, or None."""
    assets = Asset.objects.filter(kind=Asset.Kind.VIDEO, state=Asset.State.STORED)
    kept = assets.filter(generation__uuid=_uuid(project, key)).first()
    return kept.file if kept else None


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
        resolution=RESOLUTION,
        duration_s=DURATION_S,
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
