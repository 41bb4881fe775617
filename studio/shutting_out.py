"""Disabling a person: they are signed out everywhere at once, and can't sign in."""

from allauth.usersessions.models import UserSession
from django.db import transaction
from django.db.models import Q

from generations.refusal import Refused
from studio import auditing
from studio.models import AuditEntry, User

_LAST = (
    "{user} is the last superuser who can sign in. Make somebody else one first, by ticking "
    "“Staff status” and “Superuser status” at /admin/ or with `manage.py createsuperuser`."
)


def keep_one(user: User) -> None:
    """Raise Refused for the last superuser. Call it in the transaction that takes one away."""
    able = User.objects.filter(is_active=True, is_staff=True, is_superuser=True)
    # Of two at once, the second waits here. With the person: whoever locks people does so in the
    # order of their ids.
    whole = User.objects.filter(Q(pk__in=able.values("pk")) | Q(pk=user.pk)).order_by("pk")
    list(whole.select_for_update())
    if list(able) == [user]:
        raise Refused({"": _LAST.format(user=user)})


def disable(user: User) -> bool:
    """Shut a person out and end their sessions for good; False when they were.

    What they made, and their places in teams, stay. Raises Refused for the last superuser.
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
    if not to:
        keep_one(user)
    if not User.objects.filter(pk=user.pk, is_active=not to).update(is_active=to):
        return False
    user.is_active = to
    auditing.note_of_person(AuditEntry.Kind.PEOPLE, user, words.format(user=user))
    return True
