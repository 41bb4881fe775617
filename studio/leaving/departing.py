"""A person who leaves for good: what is theirs alone goes, what they made stays with the team.

Their row stays as a name that says nothing, for takes, scores and the books name it; see
docs/decisions/0025.
"""

import logging
from typing import Any
from uuid import uuid4

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from allauth.usersessions.models import UserSession
from django.db import transaction
from django.utils import timezone

from generations.refusal import Refused
from studio import auditing, shutting_out
from studio.models import (
    ApiToken,
    AuditEntry,
    Favourite,
    Filling,
    FormerMembership,
    Invitation,
    Mention,
    Notice,
    NoticeRules,
    Project,
    Role,
    SavedView,
    Team,
    User,
)

log = logging.getLogger(__name__)

NAME = "Somebody who left"
_OWNS = (
    "You own {teams}. Hand {it} over to somebody, or delete it, first: a team has to have an owner."
)
_GOING: tuple[Any, ...] = (
    *(ApiToken, Favourite, Filling, FormerMembership, Mention, Notice, NoticeRules, SavedView),
)
_SIGNING_IN: tuple[Any, ...] = (EmailAddress, Authenticator, SocialAccount)


def owned_by(user: User) -> list[Team]:
    """Return the teams that a person owns."""
    return list(Team.objects.filter(memberships__user=user, memberships__role=Role.OWNER))


def depart(user: User, by: User | None = None) -> None:
    """Delete what is a person's alone, and their name and address everywhere but in the logs.

    `by` is themself, or nobody where it is done at the server. They are signed out everywhere.
    Raises Refused for who owns a team and for the last superuser.
    """
    with transaction.atomic():
        shutting_out.keep_one(user)
        person = User.objects.select_for_update().get(pk=user.pk)
        _refuse_owner(owned_by(person))
        whose = "their account" if by == person else f"the account of {person} ({person.email})"
        words = f"Deleted {whose}; what they made stays"
        auditing.note_of_person(AuditEntry.Kind.DELETION, person, words, by=by)
        _forget(person)
    for session in UserSession.objects.filter(user=person):
        session.end()
    log.info("user=%s left for good", user.pk)


def _refuse_owner(teams: list[Team]) -> None:
    if teams:
        names = " and ".join(map(str, teams))
        raise Refused({"": _OWNS.format(teams=names, it="it" if len(teams) == 1 else "each")})


def _forget(person: User) -> None:
    for model in (*_GOING, *_SIGNING_IN):
        model._default_manager.filter(user=person).delete()
    person.memberships.exclude(role=Role.OWNER).delete()
    _refuse_owner(owned_by(person))  # of a team that was handed over to them in this moment
    Project.private_to.through.objects.filter(user=person).delete()
    # First: an open one without an address would be anybody's.
    theirs = Invitation.objects.filter(email__iexact=person.email)
    theirs.filter(used_at=None, withdrawn_at=None).update(withdrawn_at=timezone.now())
    theirs.update(email="")
    person.groups.clear()
    person.user_permissions.clear()
    # RFC 2606: nothing is ever at an address under .invalid.
    person.name, person.email = NAME, f"{uuid4().hex}@left.invalid"
    person.is_active = person.is_staff = person.is_superuser = False
    person.last_login = person.looked_at = None
    person.set_unusable_password()
    person.save()
