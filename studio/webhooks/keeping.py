"""Which webhooks a team has: adding, stopping, going on, another secret, removing."""

from collections.abc import Sequence

from django.db import transaction
from django.utils import timezone

from generations import outbound
from generations.refusal import Refused
from studio import auditing
from studio.models import AuditEntry, Team, User, Webhook
from studio.models.webhook import LONGEST_URL, MOST
from studio.webhooks import following
from studio.webhooks.events import NAMES

_KIND = AuditEntry.Kind.SETTINGS
_TOO_LONG = f"An address has at most {LONGEST_URL} characters."
_NO_ADDRESS = "Write an address that begins with https://, without a user, a password or a port."
_THERE = "That address is told already. Change what it is told there."
_FULL = f"A team has at most {MOST} webhooks. Remove one first."
_NOTHING = "Choose at least one thing that it is told."


@transaction.atomic
def add(team: Team, by: User, url: str, events: Sequence[str]) -> tuple[Webhook, str]:
    """Tell an address of what happens from now on; return the webhook and its secret.

    The secret isn't kept readable: this is the only time that it can be shown. Raises Refused.
    """
    Team.objects.select_for_update().get(pk=team.pk)  # two at once count each other
    url, wanted = url.strip(), _known(events)
    problem = _problem_with(url)
    theirs = Webhook.objects.filter(team=team)
    if not problem and theirs.filter(url=url).exists():
        problem = _THERE
    if problem:
        raise Refused({"url": problem})
    if theirs.count() >= MOST:
        raise Refused({"": _FULL})
    webhook = Webhook(team=team, url=url, events=wanted, created_by=by)
    secret = webhook.renew_secret()
    webhook.save()
    following.begin(webhook)
    auditing.note(_KIND, team, f"Added a webhook to {_host(url)}: {', '.join(wanted)}")
    return webhook, secret


@transaction.atomic
def change(webhook: Webhook, events: Sequence[str]) -> None:
    """Tell it of other things from now on. Raises Refused."""
    webhook.events = _known(events)
    webhook.save(update_fields=["events"])
    told = ", ".join(webhook.events)
    auditing.note(_KIND, webhook.team, f"Changed the webhook to {_host(webhook.url)}: {told}")


@transaction.atomic
def stop(webhook: Webhook) -> bool:
    """Tell it nothing until it goes on; False when it was stopped."""
    stopped = Webhook.objects.on().filter(pk=webhook.pk)
    if not stopped.update(stopped_at=timezone.now(), trouble=""):
        return False
    auditing.note(_KIND, webhook.team, f"Stopped the webhook to {_host(webhook.url)}")
    return True


@transaction.atomic
def go_on(webhook: Webhook) -> bool:
    """Tell it again of what happens from now on, and what waited; False when it wasn't stopped."""
    stopped = Webhook.objects.filter(pk=webhook.pk, stopped_at__isnull=False)
    if not stopped.update(stopped_at=None, trouble=""):
        return False
    following.begin(webhook)
    auditing.note(_KIND, webhook.team, f"Let the webhook to {_host(webhook.url)} go on")
    return True


@transaction.atomic
def renew(webhook: Webhook) -> str:
    """Give it another secret, with which everything is signed from now on, and return that."""
    secret = webhook.renew_secret()
    webhook.save(update_fields=["sealed_secret"])
    auditing.note(_KIND, webhook.team, f"Renewed the secret of the webhook to {_host(webhook.url)}")
    return secret


@transaction.atomic
def remove(webhook: Webhook) -> None:
    """Forget it, with the log of what it was told."""
    auditing.note(_KIND, webhook.team, f"Removed the webhook to {_host(webhook.url)}")
    webhook.delete()


def _known(events: Sequence[str]) -> list[str]:
    wanted = [name for name in NAMES if name in events]
    if not wanted:
        raise Refused({"events": _NOTHING})
    return wanted


def _problem_with(url: str) -> str:
    if len(url) > LONGEST_URL:
        return _TOO_LONG
    if not url.isprintable() or " " in url:
        return _NO_ADDRESS
    try:
        outbound.check_url(url)
    except outbound.Forbidden:
        return _NO_ADDRESS
    return ""


def _host(url: str) -> str:
    """Return whose address it is: what follows may be a secret of theirs."""
    return url.split("/")[2]
