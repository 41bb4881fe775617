"""The studio's Celery tasks: shells that call one verb. All may run twice, or at once."""

from celery import shared_task

from studio.storyboarding import following


@shared_task
def follow_storyboards() -> None:
    """Go on with the storyboards that are being run."""
    following.follow_all()
