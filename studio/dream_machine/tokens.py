"""Personal tokens: made, shown once, and revoked."""

from django.db import transaction
from django.utils import timezone

from generations.refusal import Refused
from studio import auditing
from studio.models import ApiToken, AuditEntry, Project, User
from studio.models.api_token import NAME_MAX

MOST = 20
_FULL = f"You have {MOST} tokens. Revoke one that isn't used any more first."
_NAMELESS = "Give it a name, such as the script or the machine that will use it."
_TOO_LONG = f"A name has at most {NAME_MAX} characters."
_NOT_YOURS = "Choose a project that you see."


@transaction.atomic
def make(user: User, project: Project | None, name: str) -> tuple[ApiToken, str]:
    """Make a token for a project's team, with the project as its own; return it and its text.

    The text isn't kept: this is the only time that it can be shown. Raises Refused.
    """
    name = " ".join(name.split())
    if not name or len(name) > NAME_MAX:
        raise Refused({"name": _TOO_LONG if name else _NAMELESS})
    if project is None or not Project.objects.visible_to(user).filter(pk=project.pk).exists():
        raise Refused({"project": _NOT_YOURS})
    User.objects.select_for_update().get(pk=user.pk)  # two at once count each other
    if ApiToken.objects.filter(user=user).on().count() >= MOST:
        raise Refused({"": _FULL})
    token = ApiToken(user=user, team=project.team, project=project, name=name)
    text = token.renew()
    token.save()
    auditing.note(
        AuditEntry.Kind.KEYS, project.team, f"Made the API token {token} for {project}", by=user
    )
    return token, text


@transaction.atomic
def revoke(token: ApiToken) -> bool:
    """Have a token work no more, at once and for good; False where it didn't any more."""
    mine = ApiToken.objects.filter(pk=token.pk, revoked_at=None)
    if not mine.update(revoked_at=timezone.now()):
        return False
    auditing.note(AuditEntry.Kind.KEYS, token.team, f"Revoked the API token {token}")
    return True
