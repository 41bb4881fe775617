"""Copies of finished takes on another project's board: ready from the start, and free."""

import os
import shutil
from pathlib import Path
from typing import Any, cast

from django.conf import settings
from django.db import transaction

from generations import disk, stills
from generations.archived import refuse_archived
from generations.models import Asset, Counter, Generation
from generations.refusal import Refused, upper_first

_NO_FILE = "{name} has no file here that could be copied. Wait until it has, or fetch it again."
_SAME = "{name} is in {project} already. Choose another project."
_OTHER_TEAM = "A take is copied within its team. Choose another project of {team}."


def copy(take: Generation, project: Any, actor: Any) -> Generation:
    """Put a copy of a finished take on another project's board, and return it.

    It shows what plays in the take's place now, belongs to the take's artist, and costs nothing:
    the take, its history and its money stay where they are. Raises Refused, and OSError where a
    file can't be written; then nothing is copied.
    """
    name = upper_first(take.name)
    if take.project_id == project.pk:
        raise Refused({"": _SAME.format(name=name, project=project)})
    if take.project.team_id != project.team_id:
        raise Refused({"": _OTHER_TEAM.format(team=take.project.team)})
    refuse_archived(project)
    shown = cast("Generation", take.best_version or take)
    kept = list(shown.assets.filter(state=Asset.State.STORED))
    own = next((it for it in kept if it.kind in (Asset.Kind.VIDEO, Asset.Kind.IMAGE)), None)
    if own is None:
        raise Refused({"": _NO_FILE.format(name=name)})
    made: Generation | None = None
    try:
        with transaction.atomic():
            made = _begin(take, shown, project, actor)
            for asset in kept:
                _keep(asset, made)
            made.announce("stored", size_bytes=own.size_bytes, sha256=own.sha256)
    except BaseException:  # a worker that is ended, too: nothing would ever name the files
        if made:
            shutil.rmtree(_directory_of(made), ignore_errors=True)
        raise
    return made


def _begin(take: Generation, shown: Generation, project: Any, actor: Any) -> Generation:
    prompt = take.prompt.changed(project=project, resolution=shown.prompt.resolution)
    prompt.parent = None  # what it was made from is another project's
    prompt.save()
    # Others see the copy's history than see a private project.
    of = "a private project" if take.project.is_private else take.project
    words = f"{actor} copied it from {take.name} of {of}"
    return Generation.copied(
        prompt,
        take.account,
        {"words": words, "take": str(take.uuid)},
        author=take.author,
        take_number=Counter.next(project.pk, "takes"),
    )


def _directory_of(made: Generation) -> Path:
    """Return where a copy's files are, beside those of all takes."""
    return Path(settings.MEDIA_ROOT) / "takes" / made.uuid.hex[:2] / str(made.uuid)


def _keep(asset: Asset, made: Generation) -> None:
    """Give the copy a file of its own: the same bytes on disk where the disk can do that."""
    target = _directory_of(made) / Path(asset.path).name
    path = target.relative_to(settings.MEDIA_ROOT)
    target.parent.mkdir(parents=True, exist_ok=True)
    try:
        os.link(asset.file, target)
    except OSError:  # another disk, or one that knows no links
        disk.check_room(target.parent, asset.size_bytes or 0)
        partial = target.with_name(f"{target.name}.part")
        try:
            shutil.copyfile(asset.file, partial)
            with partial.open("rb+") as opened:
                os.fsync(opened.fileno())
            partial.replace(target)
        finally:
            partial.unlink(missing_ok=True)
    disk.flush_directory(target.parent)
    row = Asset.objects.get(pk=asset.pk)
    row.pk, row.generation, row.path, row.source_url = None, made, str(path), ""
    row.uuid = Asset._meta.get_field("uuid").get_default()
    row._state.adding = True
    row.save()
    if asset.kind == Asset.Kind.IMAGE:
        stills.record_once(stills.of_image(made, target))
