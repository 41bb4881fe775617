"""What an imported job was made from, where that is a take of the project.

The list echoes the URL of what was modified or reframed: a file of one of our takes, perhaps. What
was upscaled or given sound stood in the path and isn't echoed (sheet §5, §8): only a job that
stands under its source's own id tells it.
"""

from typing import Any

from generations.kinds import BY_ID
from generations.models import Account, Asset, Generation, State
from generations.providers.base import ModifyRequest, ReframeRequest, Snapshot


def source_of(job: Snapshot, account: Account, project: Any) -> Generation | None:
    """Return the take or version of the project that a job was made from, if that is known."""
    if job.kind in BY_ID:
        return owner(account, project, job.provider_id)
    url = source_url(job)
    return source_at(account, project, url) if url else None


def source_url(job: Snapshot) -> str:
    """Return the address of what a job modified or reframed, as it is echoed; or nothing."""
    return job.echo.media_url if isinstance(job.echo, ModifyRequest | ReframeRequest) else ""


def owner(account: Account, project: Any, provider_id: str) -> Generation | None:
    """Return the take of the project whose own id that is."""
    mine = Generation.objects.filter(
        project=project,
        state=State.COMPLETED,
        attempts__account__provider=account.provider,
        attempts__provider_id=provider_id,
        attempts__owns_id=True,
    )
    return mine.select_related("prompt").first()


def source_at(account: Account, project: Any, url: str) -> Generation | None:
    """Return the take or version of the project whose file the provider keeps at a URL."""
    files = Asset.objects.filter(
        generation__project=project,
        generation__account__provider=account.provider,
        source_url=url,
        kind__in=(Asset.Kind.VIDEO, Asset.Kind.IMAGE),
    )
    file = files.select_related("generation__prompt").order_by("pk").first()
    return file.generation if file else None
