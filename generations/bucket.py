"""Files for a provider in an S3-compatible bucket: private, with presigned URLs that expire.

The address comes from whoever runs this installation, not from a person or a provider, so this
one client isn't the guarded one (docs/decisions/0008).
"""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.files import File
from django.core.files.base import ContentFile
from django.utils import timezone

log = logging.getLogger(__name__)

_PREFIX = "published"
# A day's file is signed for another day at most; nobody fetches it after that.
_KEPT_FOR = timedelta(days=2)
_SAMPLE, _SAMPLE_S = b"Dailies publishes pictures here.\n", 3
_AWAY = (
    "The bucket that pictures are fetched from can't be written to ({why}). Nothing was sent or "
    "charged; the take waits and tries again. See STILLS_BUCKET."
)
_NOT_INSTALLED = (
    "STILLS_BUCKET is set, and the client for it isn't installed. Install requirements-s3.txt, "
    "or unset STILLS_BUCKET."
)


class BucketAway(Exception):
    """The bucket couldn't be used just now; the message is for a person."""


def put(file: Path, sha256: str, lifetime_s: int) -> str:
    """Put a file in the bucket, unless it is there since today, and return a URL to fetch it.

    Raises BucketAway, and FileNotFoundError where the file is gone.
    """
    name = f"{_PREFIX}/{timezone.now():%Y-%m-%d}/{sha256}{file.suffix}"
    with _told():
        bucket = _storage()
        if not bucket.exists(name):
            with file.open("rb") as opened:
                bucket.save(name, File(opened))
            log.info("put %s in the bucket", name)
        return str(bucket.url(name, expire=lifetime_s))


def sample(lifetime_s: int) -> tuple[str, bytes]:
    """Put something small in the bucket; return a URL to fetch it, and its bytes.

    Somebody waits for this: it takes a few seconds at the most. Raises BucketAway.
    """
    name = f"{_PREFIX}/{timezone.now():%Y-%m-%d}/sample.txt"
    with _told():
        bucket = _storage(patience_s=_SAMPLE_S, tries=1)
        bucket.save(name, ContentFile(_SAMPLE))
        return str(bucket.url(name, expire=lifetime_s)), _SAMPLE


def tidy() -> int:
    """Remove what nobody can fetch any more. Returns how many. Raises BucketAway."""
    removed, oldest = 0, timezone.now() - _KEPT_FOR
    with _told():
        for each in _storage().bucket.objects.filter(Prefix=f"{_PREFIX}/"):
            if each.last_modified < oldest:
                each.delete()
                removed += 1
    return removed


def _storage(patience_s: float = 20, tries: int = 2) -> Any:
    try:
        from botocore.config import Config
        from storages.backends.s3 import S3Storage
    except ImportError as error:
        raise BucketAway(_NOT_INSTALLED) from error
    own_endpoint = settings.STILLS_ENDPOINT_URL or None
    return S3Storage(
        bucket_name=settings.STILLS_BUCKET,
        endpoint_url=own_endpoint,
        region_name=settings.STILLS_REGION,
        # Empty: from AWS_… or the machine's role, as boto3 finds them.
        access_key=settings.STILLS_ACCESS_KEY or None,
        secret_key=settings.STILLS_SECRET_KEY or None,
        default_acl=None,  # as private as the bucket
        querystring_auth=True,
        file_overwrite=True,
        client_config=Config(
            signature_version="s3v4",
            s3={"addressing_style": "path" if own_endpoint else "auto"},
            connect_timeout=min(patience_s, 5),
            read_timeout=patience_s,
            retries={"max_attempts": tries},
            # Newer checksums are unknown to many S3-compatible servers.
            request_checksum_calculation="when_required",
            response_checksum_validation="when_required",
        ),
    )


@contextmanager
def _told() -> Iterator[None]:
    """Have trouble with the bucket said in our words; the client's own may hold an address."""
    try:
        from boto3.exceptions import Boto3Error
        from botocore.exceptions import BotoCoreError, ClientError
    except ImportError as error:
        raise BucketAway(_NOT_INSTALLED) from error
    try:
        yield
    except ClientError as error:
        why = str(error.response.get("Error", {}).get("Code", "an error"))
        raise BucketAway(_AWAY.format(why=why)) from error
    except (BotoCoreError, Boto3Error) as error:
        raise BucketAway(_AWAY.format(why=type(error).__name__)) from error
