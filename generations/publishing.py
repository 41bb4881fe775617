"""Stills that a provider can fetch: signed, expiring URLs of this server."""

from django.conf import settings
from django.core import signing
from django.urls import reverse

from generations.models import Account, Still

_SALT = "generations.publishing"
LIFETIME_S = 24 * 3600


class Unpublishable(Exception):
    """A provider couldn't fetch a still; the message says why, with the remedy."""


def obstacle(account: Account) -> str:
    """Return why the account's provider couldn't fetch a still, with the remedy, or nothing."""
    if account.simulated or settings.PUBLIC_URL:
        return ""
    return (
        "Luma fetches frames over the internet and can't reach this server. Set PUBLIC_URL to "
        "this server's https address and start Dailies again; nothing was sent or charged."
    )


def publish(still: Still, account: Account) -> str:
    """Return a URL under which the account's provider can fetch the still for a day.

    Raises Unpublishable, should the settings have changed since the order.
    """
    if reason := obstacle(account):
        raise Unpublishable(reason)
    token = signing.dumps(str(still.uuid), salt=_SALT)
    base = settings.LOCAL_URL if account.simulated else settings.PUBLIC_URL
    return base + reverse("published_still", args=[token])


def published(token: str) -> Still:
    """Return the still that a URL's token names.

    Raises Still.DoesNotExist when the token is forged or expired, or the still is gone.
    """
    try:
        uuid = signing.loads(token, salt=_SALT, max_age=LIFETIME_S)
    except signing.BadSignature as error:
        raise Still.DoesNotExist from error
    return Still.objects.get(uuid=uuid)
