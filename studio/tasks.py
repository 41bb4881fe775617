"""The studio's Celery tasks: shells that call one verb. All may run twice, or at once."""

from celery import shared_task

from studio.editing import exporting
from studio.storyboarding import following


@shared_task
def follow_storyboards() -> None:
    """Go on with the storyboards that are being run."""
    following.follow_all()


@shared_task
def export_due() -> None:
    """Render the exports that wait."""
    exporting.export_due()


@shared_task
def tidy_exports() -> None:
    """Clear away what exports left behind."""
    exporting.tidy()
