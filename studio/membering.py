"""Who is in a team: inviting, joining, changing roles, leaving, handing over."""

import logging
from datetime import timedelta

from django.conf import settings
from django.core.mail import send_mail
from django.db import IntegrityError, transaction
from django.utils import timezone

from generations.refusal import Refused
from studio import auditing
from studio.models import AuditEntry, Invitation, Membership, Project, Role, Team, User

log = logging.getLogger(__name__)

_PEOPLE = AuditEntry.Kind.PEOPLE

DAYS = (1, 7, 30)
"""For how long an invitation may be good."""
MOST_OPEN = 100

_THERE = "{email} is in {team} already."
_FULL = f"{{team}} has {MOST_OPEN} open invitations. Withdraw some first."
_GONE = "This invitation isn't there any more. Ask who invited you for another."
_USED = "This invitation was used already. Ask who invited you for another."
_EXPIRED = "This invitation has expired. Ask who invited you for another."
_WITHDRAWN = "This invitation was withdrawn. Ask who invited you for another."
_ANOTHERS = (
    "This invitation is for {email}, and you are signed in as {yours}. Sign in with that address, "
    "or ask for an invitation to yours."
)
_LAST_OWNER = (
    "You own {team}, and a team has to have an owner. Hand it over to somebody first, or delete it."
)
_NOT_OWNER = "The role of owner is handed over, not given. Use “Hand over”."
_NO_MEMBER = "They aren't in the team any more."


def invite(team: Team, by: User, role: Role, days: int, email: str = "") -> tuple[Invitation, str]:
    """Invite somebody for some days, and return the invitation with its token. Raises Refused."""
    if role is Role.OWNER:
        raise Refused({"role": _NOT_OWNER})
    now = timezone.now()
    person = User.objects.at(email) if email else None
    if person and team.memberships.filter(user=person).exists():
        raise Refused({"email": _THERE.format(email=email, team=team)})
    if Invitation.objects.filter(team=team).open(now).count() >= MOST_OPEN:
        raise Refused({"": _FULL.format(team=team)})
    with transaction.atomic():
        if email:  # the newest is the one that counts
            open_ones = Invitation.objects.filter(team=team).open(now)
            same = [it.pk for it in open_ones if it.email.lower() == email.lower()]
            Invitation.objects.filter(pk__in=same).update(withdrawn_at=now)
        made, token = Invitation.make(team, role, by, now + timedelta(days=days), email)
        whom = email or "whoever has the link"
        words = f"Invited {whom} as {role.label.lower()}, for {days} days"
        auditing.note(_PEOPLE, team, words, by=by)
    log.info("team=%s invitation=%s role=%s by=%s", team.uuid, made.uuid, role, by.pk)
    return made, token


def sends_mail() -> bool:
    """Tell whether mail reaches anybody: without EMAIL_URL it stands in the server's output."""
    return settings.EMAIL_BACKEND != "django.core.mail.backends.console.EmailBackend"


def write_to(invitation: Invitation, address: str) -> bool:
    """Send an invitation to who it is for; False where the mail couldn't be handed over."""
    by = invitation.invited_by or "Somebody"
    words = (
        f"{by} invites you into {invitation.team} on Dailies as {invitation.role}.\n\n"
        f"{address}\n\n"
        f"The address works once, until {invitation.expires_at:%B %-d, %Y, %H:%M} UTC.\n"
    )
    try:
        team = " ".join(str(invitation.team).split())  # a subject is one line
        send_mail(f"Join {team} on Dailies", words, None, [invitation.email])
    except OSError as error:
        log.warning("invitation=%s mail failed: %s", invitation.uuid, error)
        return False
    return True


def find(token: str, user: User | None) -> Invitation:
    """Return the invitation that an address names, if the person may use it.

    Raises Refused, which is logged.
    """
    try:
        return _usable(token, user)
    except Refused as refused:
        log.warning("invitation refused to user=%s: %s", user.pk if user else "-", refused)
        raise


def _usable(token: str, user: User | None) -> Invitation:
    found = Invitation.objects.select_related("team", "invited_by").of_token(token).first()
    if found is None:
        raise Refused({"": _GONE})
    if found.used_at:
        raise Refused({"": _USED})
    if found.withdrawn_at:
        raise Refused({"": _WITHDRAWN})
    if found.expires_at <= timezone.now():
        raise Refused({"": _EXPIRED})
    if user and found.email and found.email.lower() != user.email.lower():
        raise Refused({"": _ANOTHERS.format(email=found.email, yours=user.email)})
    return found


def join(token: str, user: User) -> Membership:
    """Take a person into the team that invites them. Raises Refused.

    Who is in it already stays as they are, and the invitation stays good.
    """
    invitation = find(token, user)
    there = Membership.objects.filter(team=invitation.team, user=user).first()
    if there:
        return there
    now = timezone.now()
    try:
        with transaction.atomic():
            Team.objects.select_for_update(no_key=True).get(pk=invitation.team_id)
            mine = Invitation.objects.filter(pk=invitation.pk, team__deleted_at=None).open(now)
            if not mine.update(used_at=now, used_by=user):
                raise Refused({"": _USED})
            made = Membership.objects.create(team=invitation.team, user=user, role=invitation.role)
            words = f"Joined as {made.role}, invited by {invitation.invited_by or 'somebody'}"
            auditing.note(_PEOPLE, invitation.team, words, by=user)
    except IntegrityError:  # in another tab, at the same moment
        return Membership.objects.get(team=invitation.team, user=user)
    log.info("team=%s invitation=%s joined=%s", invitation.team.uuid, invitation.uuid, user.pk)
    return made


def withdraw(team: Team, invitation: Invitation) -> None:
    """Make an invitation that wasn't used good for nothing."""
    open_ones = Invitation.objects.filter(pk=invitation.pk, team=team, used_at=None)
    with transaction.atomic():
        open_ones.update(withdrawn_at=timezone.now())
        whom = invitation.email or "whoever has the link"
        auditing.note(_PEOPLE, team, f"Withdrew the invitation of {whom}")
    log.info("team=%s invitation=%s withdrawn", team.uuid, invitation.uuid)


def change_role(team: Team, member: Membership, role: Role) -> None:
    """Give a member another role. Raises Refused for the owner's."""
    if role is Role.OWNER or member.role == Role.OWNER:
        raise Refused({"": _NOT_OWNER})
    others = Membership.objects.filter(pk=member.pk, team=team).exclude(role=Role.OWNER)
    with transaction.atomic():
        if not others.update(role=role):
            raise Refused({"": _NO_MEMBER})
        words = f"Made {member.user} {role.value}, who was {member.role}"
        auditing.note(_PEOPLE, team, words)
    log.info("team=%s member=%s role=%s", team.uuid, member.user_id, role)


def remove(team: Team, member: Membership) -> None:
    """Take a member out of a team; what they made stays. Raises Refused for the owner."""
    _take_out(team, member, f"Took {member.user}, {member.role}, out of the team")


def leave(team: Team, user: User) -> None:
    """Take oneself out of a team; what one made stays. Raises Refused for the owner."""
    member = team.memberships.get(user=user)
    _take_out(team, member, f"Left the team, as {member.role}")


def _take_out(team: Team, member: Membership, words: str) -> None:
    others = Membership.objects.filter(pk=member.pk, team=team).exclude(role=Role.OWNER)
    with transaction.atomic():
        if member.role == Role.OWNER or not others.delete()[0]:
            raise Refused(
                {"": _LAST_OWNER.format(team=team) if member.role == Role.OWNER else _NO_MEMBER}
            )
        Project.private_to.through.objects.filter(project__team=team, user=member.user_id).delete()
        auditing.note(_PEOPLE, team, words)
    log.info("team=%s member=%s removed", team.uuid, member.user_id)


def hand_over(team: Team, owner: User, member: Membership) -> None:
    """Make another member the owner; who was becomes a producer. Raises Refused."""
    with transaction.atomic():
        mine = Membership.objects.filter(team=team, user=owner, role=Role.OWNER)
        if member.user_id == owner.pk or not mine.update(role=Role.PRODUCER):
            raise Refused({"": "Only another member can become the owner, and only by the owner."})
        if not Membership.objects.filter(pk=member.pk, team=team).update(role=Role.OWNER):
            raise Refused({"": _NO_MEMBER})
        auditing.note(_PEOPLE, team, f"Handed the team over to {member.user}", by=owner)
    log.info("team=%s owner=%s before=%s", team.uuid, member.user_id, owner.pk)
