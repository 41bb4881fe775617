"""Delivering messages to webhooks: signed, one after the other, again until they are heard."""

import base64
import hashlib
import hmac
import logging
import time
from datetime import timedelta
from uuid import UUID

from django.utils import timezone

from generations import outbound
from generations.clocks import shared_now
from generations.sealing import CannotUnseal
from studio.models import Delivery, Webhook
from studio.webhooks.events import TEST, test_message

log = logging.getLogger(__name__)

# Seconds until the next try: the schedule that the Standard Webhooks specification proposes.
WAITS_S = (5, 300, 1800, 7200, 18000, 36000, 50400, 72000, 86400)
TIMEOUT_S = 15.0
LEASE_S = 60.0
KEPT = timedelta(days=30)
_GONE = 410  # the address asks to be told nothing more
_MOST_ANSWER_BYTES = 64 * 1024
_MOST_AT_ONCE = 20


def due() -> list[int]:
    """Return the ids of the webhooks for which something is to be sent now."""
    waiting = Delivery.objects.due(shared_now()).order_by()
    return list(waiting.values_list("webhook", flat=True).distinct())


def deliver_due(webhook_id: int) -> int:
    """Send what is due for a webhook; return how much was heard.

    What isn't heard ends the round: its address is asked again when the next one is due.
    """
    heard = 0
    for delivery in Delivery.objects.due(shared_now()).filter(webhook=webhook_id)[:_MOST_AT_ONCE]:
        if not delivery.claim(LEASE_S):
            continue
        if not _send(delivery):
            break
        heard += 1
    return heard


def send_test(webhook: Webhook) -> Delivery:
    """Put a message in line that only shows that messages arrive."""
    body = test_message(timezone.now())
    return Delivery.objects.create(webhook=webhook, event=TEST, body=body, next_at=shared_now())


def tidy() -> int:
    """Forget what was over 30 days ago; return how many messages that were."""
    return Delivery.objects.filter(ended_at__lt=timezone.now() - KEPT).delete()[0]


def signature(key: bytes, message_id: UUID, timestamp: int, body: str) -> str:
    """Sign a message as Standard Webhooks says: v1, HMAC-SHA256 of id, time and body."""
    signed = f"{message_id}.{timestamp}.{body}".encode()
    return "v1," + base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()


def _send(delivery: Delivery) -> bool:
    """Send a message once. True when it was heard: an answer of 200 to 299."""
    status, said = _post(delivery)
    log.info(
        "webhook %s: %s, try %s of %s: %s",
        *(delivery.webhook.uuid, delivery.uuid, delivery.tries, delivery.event, status or said),
    )
    if status is not None and 200 <= status < 300:
        delivery.arrive(status)
        return True
    if status == _GONE:
        delivery.give_up(status, said)
        _stop(delivery.webhook, "It answered that it is gone (410).")
    elif delivery.tries > len(WAITS_S):
        delivery.give_up(status, said)
        _stop_if_deaf(delivery)
    else:
        delivery.put_off(WAITS_S[delivery.tries - 1], status, said)
    return False


def _post(delivery: Delivery) -> tuple[int | None, str]:
    """Return the status that came back, or none, and what is to be said of it."""
    webhook = delivery.webhook
    timestamp = int(time.time())
    try:
        signed = signature(webhook.key(), delivery.uuid, timestamp, delivery.body)
    except CannotUnseal:
        return None, "Its secret can't be decrypted: make a new one."
    headers = {
        "Content-Type": "application/json",
        "webhook-id": str(delivery.uuid),
        "webhook-timestamp": str(timestamp),
        "webhook-signature": signed,
    }
    try:
        answer = outbound.call(
            "POST",
            webhook.url,
            headers=headers,
            timeout_s=TIMEOUT_S,
            content=delivery.body.encode(),
            most_bytes=_MOST_ANSWER_BYTES,
        )
    except outbound.NeverSent as error:
        return None, f"It can't be reached ({error})."
    except outbound.NoAnswer as error:
        return None, f"No answer came ({error})."
    return answer.status, "" if answer.status < 300 else f"It answered {answer.status}."


def _stop(webhook: Webhook, trouble: str) -> None:
    Webhook.objects.on().filter(pk=webhook.pk).update(stopped_at=timezone.now(), trouble=trouble)
    log.warning("webhook %s is stopped: %s", webhook.uuid, trouble)


def _stop_if_deaf(delivery: Delivery) -> None:
    """Stop a webhook that has heard nothing since a message was made that is given up now."""
    later = Delivery.objects.filter(webhook=delivery.webhook_id, ended_at__gt=delivery.created_at)
    if not later.filter(state=Delivery.State.DELIVERED).exists():
        _stop(delivery.webhook, "For days it heard nothing, so that messages were given up.")
