"""Disabling a person: they are signed out everywhere at once, and can't sign in."""

from allauth.usersessions.models import UserSession
from django.db import transaction

from studio import auditing
from studio.models import AuditEntry, User


def disable(user: User) -> bool:
    """Shut a person out and end their sessions for good; False when they were.

    What they made, and their places in teams, stay.
    """
    if not _move(user, to=False, words="Disabled {user}: they can't sign in any more"):
        return False
    for session in UserSession.objects.filter(user=user):
        session.end()
    return True


def enable(user: User) -> bool:
    """Let a person sign in again; False when they could."""
    return _move(user, to=True, words="Let {user} sign in again")


@transaction.atomic
def _move(user: User, *, to: bool, words: str) -> bool:
    if not User.objects.filter(pk=user.pk, is_active=not to).update(is_active=to):
        return False
    user.is_active = to
    auditing.note_of_person(AuditEntry.Kind.PEOPLE, user, words.format(user=user))
    return True
