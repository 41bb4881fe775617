"""Import: the takes that a key made before Dailies knew it are brought into a project."""

import logging
from collections.abc import Callable
from datetime import timedelta
from time import sleep
from typing import Any, cast

from django.db import DataError, IntegrityError, transaction
from django.db.models import F
from django.utils import timezone

from generations import strays
from generations.archived import refuse_archived
from generations.import_asking import asked
from generations.import_pictures import Fetched, Pictures
from generations.import_sorting import Jobs, known, sorted_jobs
from generations.import_sources import source_of
from generations.kinds import BY_ID, VERSIONS
from generations.models import (
    Account,
    Asset,
    Attempt,
    Generation,
    Import,
    Keyframe,
    Prompt,
    Reference,
)
from generations.providers.base import GenerationFrame, ProviderError, Snapshot, VideoRequest
from generations.refusal import Refused
from generations.sealing import CannotUnseal
from generations.taking_in import file_of
from generations.waking import wake

log = logging.getLogger(__name__)

_LEASE = timedelta(seconds=180)
_BATCH = 20
# So often it is looked whether a worker is done with an import that it has claimed.
_LOOKS_EVERY_S = 0.5
_UNDER_WAY = "An import into this project is under way. Wait for it to end."
_LIST_FAILED = "The list can't be read: {why} Try again later."


def look(project: Any, account: Account, author: Any) -> Import:
    """Have an account's jobs looked through, to say what would come. Raises Refused."""
    refuse_archived(project)
    if account.team_id != project.team_id:
        raise Refused({"account": "That account belongs to another team. Choose one of yours."})
    try:
        with transaction.atomic():
            started = Import.objects.create(project=project, account=account, author=author)
            wake("import_due")
    except IntegrityError:
        raise Refused({"": _UNDER_WAY}) from None
    return started


def bring(looked: Import, actor: Any) -> None:
    """Have what was found brought in. Raises Refused."""
    refuse_archived(looked.project)
    try:
        with transaction.atomic():
            moved = looked.move(
                Import.State.BRINGING, Import.State.LOOKED, author=actor, done=0, words=""
            )
            if not moved:
                raise Refused({"": "That list was used already. Look again."})
            wake("import_due")
    except IntegrityError:
        raise Refused({"": _UNDER_WAY}) from None


def import_due() -> int:
    """Go on with every import that is due. Returns how many takes were brought in."""
    brought = 0
    while each := _claim():
        brought += go_on(each)
    return brought


def see_through(import_: Import, tell: Callable[[Import], object]) -> None:
    """Go on with an import until it has looked, or brought in: here, or as a worker does that.

    One that a worker has claimed is waited for, and `tell` is called with how far it is, again
    and again. It is up to date afterwards.
    """
    while import_.is_open:
        if mine := _claim(pk=import_.pk):
            go_on(mine)
        else:
            tell(import_)
            sleep(_LOOKS_EVERY_S)
        import_.refresh_from_db()


def go_on(import_: Import) -> int:
    """Look, or bring in, here and now. Returns how many takes were brought in."""
    try:
        jobs = sorted_jobs(import_.account, import_.project)
    except (ProviderError, CannotUnseal) as error:
        log.warning("import=%s the list can't be read: %s", import_.uuid, error)
        words = _LIST_FAILED.format(why=getattr(error, "message", str(error)))[:300]
        import_.move(Import.State.FAILED, *Import.OPEN, words=words)
        return 0
    if import_.state == Import.State.LOOKING:
        import_.move(Import.State.LOOKED, Import.State.LOOKING, counts=jobs.counts)
        return 0
    return _bring(import_, jobs)


def _claim(**which: Any) -> Import | None:
    now = timezone.now()
    for each in (
        Import.objects.due(now).filter(**which).select_related("account", "project", "author")
    ):
        mine = Import.objects.filter(pk=each.pk, state=each.state, next_at=each.next_at)
        if mine.update(next_at=now + _LEASE):
            return each
    return None


def _bring(import_: Import, jobs: Jobs) -> int:
    brought = 0
    pictures = Pictures(import_.project, import_.author)
    mine = Import.objects.filter(pk=import_.pk, state=Import.State.BRINGING)
    for number, job in enumerate(jobs.ready, start=1):
        if attempt := jobs.behind.get(strays.key_of(job)):
            brought += _bring_home(import_, job, attempt, pictures)
        else:
            brought += _bring_one(import_, job, pictures)
        if number % _BATCH == 0 or number == len(jobs.ready):
            wake("collect_due")
        if not mine.update(next_at=timezone.now() + _LEASE):
            return brought  # somebody else ended it
    import_.move(Import.State.DONE, Import.State.BRINGING)
    import_.refresh_from_db(fields=["done"])
    log.info("import=%s brought in %s takes and versions", import_.uuid, brought)
    return brought


def _bring_one(import_: Import, job: Snapshot, pictures: Pictures) -> bool:
    """Make a take or a version of a finished job; False when it became ours meanwhile."""
    account, project = import_.account, import_.project
    if known(account, [job]):
        return False
    source = source_of(job, account, project)
    fetched = pictures.of(job, with_source=source is None)  # before the transaction: it takes time
    try:
        with transaction.atomic():
            # First: it lets one worker in at a time.
            Import.objects.filter(pk=import_.pk).update(done=F("done") + 1)
            _alone(account)
            if known(account, [job]):
                raise _AlreadyOurs
            _make(import_, job, source, fetched)
    except (_AlreadyOurs, IntegrityError):
        return False
    except (DataError, ValueError):
        # What a provider echoes may fit no column: one such job must not stop the others.
        log.exception("import=%s %s can't be kept", import_.uuid, job.provider_id)
        import_.count(ready=-1, other=1)
        return False
    return True


def _alone(account: Account) -> None:
    """Let in one worker at a time of all that bring in from a provider: teams may share a key.

    Call in the transaction, which holds it. SQLite lets in one writer anyway.
    """
    same = Account.objects.filter(provider=account.provider).order_by("pk")
    same.select_for_update(no_key=True).first()


def _bring_home(import_: Import, job: Snapshot, closed: Attempt, pictures: Pictures) -> bool:
    """Complete the take that gave a job up, or make a further one; False for a race's loser."""
    same = strays.was_asked_for(closed, job)
    fetched = Fetched() if same or strays.completes(closed) else pictures.of(job, with_source=True)
    try:
        with transaction.atomic():
            Import.objects.filter(pk=import_.pk).update(done=F("done") + 1)
            _alone(import_.account)
            attempt = strays.locked(closed)
            if attempt is None or known(import_.account, [job]):
                raise _AlreadyOurs
            if not strays.completes(attempt):
                _make_further(attempt, job, fetched, import_.author, same=same)
            elif not strays.complete(attempt, job, import_.author):
                raise _AlreadyOurs
            is_version = attempt.generation.version_of_id is not None
            import_.count(strays_done=1, versions_done=int(is_version))
    except (_AlreadyOurs, IntegrityError):
        return False
    except (DataError, ValueError):
        log.exception("import=%s %s can't be kept", import_.uuid, job.provider_id)
        import_.count(ready=-1, other=1)
        return False
    return True


def _make_further(
    attempt: Attempt, job: Snapshot, fetched: Fetched, actor: Any, *, same: bool
) -> None:
    """Make a further take of a finished job, after the same pictures or those that it names."""
    take = attempt.generation
    prompt = take.prompt
    if not same:
        fields = asked(job, None)
        prompt = Prompt.objects.create(project=take.project, author=actor, parent=prompt, **fields)
    made = strays.further(attempt, job.provider_id, prompt, actor)
    if same or take.version_of_id:
        strays.copy_parts(take, made)
    else:
        for part in fetched.parts:
            part.generation = made
            part.save()
        _continue(made, job)
    made.complete(made.attempt(), *file_of(made, job), job.beside)


def _make(import_: Import, job: Snapshot, source: Generation | None, fetched: Fetched) -> None:
    fields = asked(job, source)
    original = None
    if source and fields["kind"] in VERSIONS:
        original = cast("Generation", source.version_of or source)
    detail = {"made_at": job.created_at.isoformat() if job.created_at else ""}
    generation = import_.take_over(
        Prompt.objects.create(project=import_.project, author=import_.author, **fields),
        job.provider_id,
        version_of=original,
        owns_id=not (source and fields["kind"] in BY_ID),
        detail=detail | ({"words": fetched.words} if fetched.words else {}),
    )
    if source:
        Reference.objects.create(generation=generation, role=Reference.Role.SOURCE, source=source)
    for part in fetched.parts:
        part.generation = generation
        part.save()
    _continue(generation, job)
    is_picture = generation.prompt.is_picture
    Asset.objects.create(
        generation=generation,
        kind=Asset.Kind.IMAGE if is_picture else Asset.Kind.VIDEO,
        source_url=job.image_url if is_picture else job.video_url,
        next_at=timezone.now(),
    )
    if original:
        import_.count(versions_done=1)


class _AlreadyOurs(Exception):
    """The job became ours since it was listed."""


def _continue(generation: Generation, job: Snapshot) -> None:
    """Keep what it continues, where that is a take of the project."""
    if not isinstance(job.echo, VideoRequest):
        return
    for position, frame in (("start", job.echo.start), ("end", job.echo.end)):
        if not isinstance(frame, GenerationFrame):
            continue
        source = Generation.objects.takes().filter(
            project=generation.project_id, attempts__provider_id=frame.provider_id
        )
        if found := source.first():
            Keyframe.objects.create(generation=generation, position=position, source=found)
