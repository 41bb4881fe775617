"""Addresses of files that need no token: signed, and good for ninety days."""

from datetime import timedelta
from urllib.parse import urlsplit

from django.conf import settings
from django.core import signing
from django.http import HttpRequest
from django.urls import Resolver404, resolve, reverse

from generations.models import Asset, Generation

LIFETIME = timedelta(days=90)
_SALT = "studio.dream_machine.files"


def address_of(asset: Asset) -> str:
    """Return the path under which anybody can fetch a stored file."""
    token = signing.dumps(str(asset.uuid), salt=_SALT)
    return reverse("dream_machine_file", args=[token, asset.file.name])


def named(token: str) -> Asset:
    """Return the file that an address names.

    Raises Asset.DoesNotExist when the token is forged or expired, or the take is in the trash, or
    its team is deleted.
    """
    try:
        uuid = signing.loads(token, salt=_SALT, max_age=LIFETIME)
    except signing.BadSignature as error:
        raise Asset.DoesNotExist from error
    seen = Generation.objects.outside_the_trash().filter(project__team__deleted_at=None)
    there = Asset.objects.filter(state=Asset.State.STORED, generation__in=seen)
    return there.select_related("generation__prompt").get(uuid=uuid)


def ours(request: HttpRequest, url: str) -> Asset | None:
    """Return the file of ours that a URL names; None where it is somebody else's URL.

    A callback's begins as the settings say, whatever the script calls this server. Raises
    Asset.DoesNotExist as `named`.
    """
    bases = (settings.PUBLIC_URL, settings.LOCAL_URL)
    try:
        parts = urlsplit(url)
        if parts.netloc not in {request.get_host(), *(urlsplit(base).netloc for base in bases)}:
            return None
        found = resolve(parts.path)
    except (ValueError, Resolver404):
        return None
    if found.url_name != "dream_machine_file":
        return None
    return named(found.kwargs["token"])
