"""Sealing anew, with the newest encryption key, whatever is kept sealed."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from allauth.mfa.models import Authenticator

from generations import enrolling
from generations.sealing import CannotUnseal, reseal
from studio.models import Webhook


@dataclass(frozen=True)
class Resealed:
    """How many secrets of each kind were sealed anew, and whose can't be opened."""

    counts: Mapping[str, int]
    lost: list[str]


def reseal_all() -> Resealed:
    """Seal every secret with the first of ENCRYPTION_KEYS.

    What can't be opened stays as it is. What somebody changes meanwhile was sealed by that.
    """
    keys, accounts = enrolling.rotate_keys()
    lost = [str(account) for account in accounts]
    counts = {"provider keys": keys, "webhooks' secrets": 0, "second factors": 0}
    for webhook in Webhook.objects.order_by("pk"):
        try:
            token = reseal(webhook.sealed_secret)
        except CannotUnseal:
            lost.append(f"the webhook to {webhook.url.split('/')[2]}")
            continue
        mine = Webhook.objects.filter(pk=webhook.pk, sealed_secret=webhook.sealed_secret)
        counts["webhooks' secrets"] += mine.update(sealed_secret=token)
    # A passkey has nothing to hide.
    for each in Authenticator.objects.exclude(type=Authenticator.Type.WEBAUTHN).order_by("pk"):
        try:
            data = _resealed(each.data)
        except CannotUnseal:
            lost.append(f"the second factor of {each.user}")
            continue
        mine = Authenticator.objects.filter(pk=each.pk, data=each.data)
        counts["second factors"] += mine.update(data=data)
    return Resealed(counts, lost)


def _resealed(data: dict[str, Any]) -> dict[str, Any]:
    """Return what an authenticator keeps (allauth.mfa), its secrets sealed anew."""
    sealed: dict[str, Any] = {
        name: reseal(data[name]) for name in ("secret", "seed") if name in data
    }
    if "migrated_codes" in data:
        sealed["migrated_codes"] = [reseal(code) for code in data["migrated_codes"]]
    return data | sealed
