"""Bundling: a project's bundle is asked for, made by a worker, and kept for a week."""

import logging
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

from django.db import DatabaseError, IntegrityError, transaction
from django.utils import timezone

from generations import disk
from generations.waking import wake
from studio import auditing
from studio.leaving import writing
from studio.models import AuditEntry, Bundle, Project, User
from studio.working import Overtaken, Workshop, kept_alive

log = logging.getLogger(__name__)

KEPT_DAYS = 7
MOST_KEPT = 3
_BROKEN = "The bundle couldn't be made: {why} Tell who runs Dailies."
_shop = Workshop(
    Bundle,
    work_in="bundling",
    kept_in="bundles",
    killed=(
        "It was begun {tries} times, and the server ended in the middle of each. See whether it "
        "has room and memory enough, then export again."
    ),
)


def ask(project: Project, by: User | None) -> Bundle:
    """Have a project's bundle made; the one that is being made, where there is one."""
    try:
        with transaction.atomic():
            asked: Bundle = Bundle.objects.create(project=project, author=by)
            words = f"Exported the whole project {project}"
            auditing.note(AuditEntry.Kind.EXPORT, project.team, words, by=by, project=project)
    except IntegrityError:
        asked = Bundle.objects.unfinished().get(project=project)
    wake("studio.tasks.bundle_due")
    return asked


def bundle_due() -> int:
    """Make the bundles that wait. Returns how many were made."""
    return _shop.do_due(_bundle)


def tidy() -> None:
    """Clear away what dead workers left behind, and bundles of a week ago."""
    old = timezone.now() - timedelta(days=KEPT_DAYS)
    for bundle in Bundle.objects.filter(ended_at__lt=old):
        bundle.discard()
    _shop.tidy()


def _bundle(bundle: Bundle, work: Path, say: Callable[[float], None]) -> bool:
    """Make one; on failure say why. Raises Overtaken."""
    try:
        work.mkdir(parents=True)
        file = work / "project.zip"
        with kept_alive(bundle):
            written = writing.write(bundle.project, file, say)
        facts = {"takes": written.counts["takes"], "missing": len(written.missing)}
        if not _shop.keep(bundle, file, say, content_type="application/zip", **facts):
            return False
        _discard_older(bundle)
        return True
    except (DatabaseError, Overtaken):  # it isn't the project's fault: another try may do
        raise
    except OSError as error:
        log.warning("bundle=%s failed: %s", bundle.uuid, error)
        bundle.fail(_words(error))
    except Exception as error:  # another try would end just so
        log.exception("bundle=%s failed", bundle.uuid)
        bundle.fail(_words(error))
    return False


def _discard_older(bundle: Bundle) -> None:
    """Keep a project's newest: each is as large as all of its media."""
    done = Bundle.objects.filter(project=bundle.project, state=Bundle.State.DONE)
    for older in done.order_by("-ended_at", "-pk")[MOST_KEPT:]:
        older.discard()


def _words(error: Exception) -> str:
    if ours := disk.trouble(error):
        return f"{ours.split(';')[0]}, then export again."
    return _BROKEN.format(why=f"{type(error).__name__}.")
