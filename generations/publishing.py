"""Files that a provider can fetch: presigned in a bucket, or signed URLs of this server."""

import logging
from functools import partial
from pathlib import Path
from typing import TypeVar
from uuid import UUID

from django.conf import settings
from django.core import signing
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.urls import reverse

from generations import bucket, reachability
from generations.models import Account, Asset, Generation, Still
from generations.providers import abilities_of, called
from generations.reachability import Sample

log = logging.getLogger(__name__)

_File = TypeVar("_File", Still, Asset)

_SALT = "generations.publishing"
_ASSET_SALT = "generations.publishing.asset"
LIFETIME_S = 24 * 3600
_NEWEST = 5
_BEGINNING = 1024  # bytes
_NO_ADDRESS = (
    "{server} fetches frames over the internet and can't reach this server. Set PUBLIC_URL to "
    "this server's https address, or STILLS_BUCKET to an S3 bucket that frames can be fetched "
    "from, and start Dailies again; nothing was sent or charged."
)
_NO_BUCKET = (
    "{server} can't fetch pictures from the bucket: {why}. Correct STILLS_ENDPOINT_URL, "
    "STILLS_BUCKET or what answers there; nothing was sent or charged."
)
_NO_ANSWER = (
    "{server} can't fetch pictures from this server: {why}. Correct PUBLIC_URL or what answers "
    "there, or set STILLS_BUCKET; nothing was sent or charged."
)


GONE = (
    "The file of a picture or video that it needs isn't on this server any more. Choose another; "
    "nothing was sent or charged."
)


class Unpublishable(Exception):
    """A provider couldn't fetch a still; the message says why, with the remedy."""


def obstacle(account: Account) -> str:
    """Return why the account's provider couldn't fetch a still, with the remedy, or nothing.

    It may fetch what is published, as the provider will, and remembers the answer for a minute:
    not for inside a transaction.
    """
    if account.simulated or abilities_of(account).takes_files:
        return ""
    if settings.STILLS_BUCKET:
        why = reachability.unreachable(settings.STILLS_ENDPOINT_URL, _in_the_bucket)
        return _NO_BUCKET.format(server=called(account), why=why) if why else ""
    if not settings.PUBLIC_URL:
        return _NO_ADDRESS.format(server=called(account))
    why = reachability.unreachable(settings.PUBLIC_URL, partial(_on_this_server, account))
    return _NO_ANSWER.format(server=called(account), why=why) if why else ""


def _in_the_bucket() -> Sample | None:
    try:
        return Sample(*bucket.sample(LIFETIME_S))
    except bucket.BucketAway as error:
        log.warning("no sample can be put in the bucket: %s", error)
        return None  # then the take waits for it, and says so


def _on_this_server(account: Account) -> Sample:
    """Publish a picture that is here; before there is any, only the server can be asked."""
    for still in Still.objects.order_by("-pk")[:_NEWEST]:
        try:
            with still.file.open("rb") as file:
                return Sample(publish(still, account), file.read(_BEGINNING))
        except OSError:
            continue
    return Sample(f"{settings.PUBLIC_URL}/healthz", b'{"web": "ok"}')


def publish(still: Still, account: Account) -> str:
    """Return a URL under which the account's provider can fetch the still for a day.

    Raises Unpublishable, should the settings have changed since the order, or
    bucket.BucketAway.
    """
    return _address("published_still", _SALT, still.uuid, (still.file, still.sha256), account)


def published(token: str) -> Still:
    """Return the still that a URL's token names.

    Raises Still.DoesNotExist when the token is forged or expired, or the still is gone; of a
    deleted team it is there for what its provider makes of it yet.
    """
    return _named(token, _SALT, Still.objects.filter(_wanted("project")))


def publish_asset(asset: Asset, account: Account) -> str:
    """Return a URL under which the account's provider can fetch a stored file for a day.

    Raises Unpublishable, should the settings have changed since the order, or
    bucket.BucketAway.
    """
    kept = (asset.file, asset.sha256)
    return _address("published_asset", _ASSET_SALT, asset.uuid, kept, account)


def published_asset(token: str) -> Asset:
    """Return the stored file that a URL's token names.

    Raises Asset.DoesNotExist when the token is forged or expired, or the file is gone; of a
    deleted team as `published`.
    """
    stored = Asset.objects.filter(state=Asset.State.STORED)
    return _named(token, _ASSET_SALT, stored.filter(_wanted("generation__project")))


def tidy() -> None:
    """Remove from the bucket what nobody can fetch any more; what fails is left for next time."""
    if not settings.STILLS_BUCKET:
        return
    try:
        log.info("%s files removed from the bucket", bucket.tidy())
    except bucket.BucketAway as error:
        log.warning("the bucket isn't tidied: %s", error)


def _wanted(project: str) -> Q:
    """Ask for files of teams that aren't deleted, or of a project of which a take is under way."""
    flying = Generation.objects.in_flight().filter(project=OuterRef(project))
    return Q(**{f"{project}__team__deleted_at": None}) | Q(Exists(flying))


def _named(token: str, salt: str, files: QuerySet[_File]) -> _File:
    try:
        uuid = signing.loads(token, salt=salt, max_age=LIFETIME_S)
    except signing.BadSignature as error:
        raise files.model.DoesNotExist from error
    return files.get(uuid=uuid)


def _address(view: str, salt: str, uuid: UUID, kept: tuple[Path, str], account: Account) -> str:
    if not (account.simulated or settings.STILLS_BUCKET or settings.PUBLIC_URL):
        raise Unpublishable(_NO_ADDRESS.format(server=called(account)))
    if settings.STILLS_BUCKET and not account.simulated:
        file, sha256 = kept
        try:
            return bucket.put(file, sha256, LIFETIME_S)
        except FileNotFoundError as error:
            raise Unpublishable(GONE) from error
    base = settings.LOCAL_URL if account.simulated else settings.PUBLIC_URL
    return base + reverse(view, args=[signing.dumps(str(uuid), salt=salt)])
