"""The studio's Celery tasks: shells that call one verb. All may run twice, or at once."""

from celery import shared_task

from studio import emptying, marking
from studio.dream_machine import calling_back
from studio.editing import exporting
from studio.finals import following as finals_following
from studio.leaving import bundling
from studio.notices import following as notice_following
from studio.notices import mailing
from studio.storyboarding import following
from studio.webhooks import delivering
from studio.webhooks import following as webhook_following


@shared_task
def follow_storyboards() -> None:
    """Go on with the storyboards that are being run."""
    following.follow_all()


@shared_task
def follow_finals() -> None:
    """Swap in the finals that are accepted, and order what waited for them."""
    finals_following.follow_all()


@shared_task
def export_due() -> None:
    """Render the exports that wait."""
    exporting.export_due()


@shared_task
def tidy_exports() -> None:
    """Clear away what exports left behind."""
    exporting.tidy()


@shared_task
def bundle_due() -> None:
    """Make the bundles that wait."""
    bundling.bundle_due()


@shared_task
def tidy_bundles() -> None:
    """Clear away what bundles left behind, and old ones."""
    bundling.tidy()


@shared_task
def tell_webhooks() -> None:
    """Write down what webhooks are to be told, and start telling each."""
    webhook_following.follow_all()
    for webhook_id in delivering.due():
        deliver_due.delay(webhook_id)


@shared_task
def deliver_due(webhook_id: int) -> None:
    """Send a webhook what is due."""
    delivering.deliver_due(webhook_id)


@shared_task
def tidy_webhooks() -> None:
    """Forget messages that were over long ago."""
    delivering.tidy()


@shared_task
def tell_people() -> None:
    """Write down what people are to be told, and write to those who want mail."""
    notice_following.follow_all()
    mailing.mail_due()


@shared_task
def tidy_notices() -> None:
    """Forget what people were told long ago."""
    notice_following.tidy()


@shared_task
def mark_due() -> None:
    """Make the copies that links with a watermark lack."""
    marking.mark_due()


@shared_task
def settle_deleted_teams() -> None:
    """Cancel what came back to the line of deleted teams."""
    emptying.cancel_all()


@shared_task
def empty_deleted_teams() -> None:
    """Remove for good what can't be restored any more."""
    emptying.empty_due()


@shared_task
def call_scripts_back() -> None:
    """Tell scripts whose takes moved."""
    calling_back.call_back_due()
