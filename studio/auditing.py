"""Writing the audit log: one verb, called where something is done that a team answers for.

Who and from where is read off the request that is being answered, wherever in it the verb is
called. Behind proxies the address is the one that `TRUSTED_PROXIES` lets be believed.
"""

import logging
from collections.abc import Sequence

from allauth.account.adapter import get_adapter
from allauth.core import context
from django.core.exceptions import ImproperlyConfigured, PermissionDenied

from generations.models import Generation
from generations.redacting import redact
from studio.models import AuditEntry, Project, Team, User
from studio.models.audit import AGENT_MAX, WHO_MAX, WORDS_MAX

log = logging.getLogger(__name__)

NOBODY = "At the server"
_MOST_NAMED = 12


def note(
    kind: AuditEntry.Kind,
    team: Team | None,
    words: str,
    *,
    by: User | None = None,
    project: Project | None = None,
) -> None:
    """Write down what was done, in the past tense and without any secret.

    `by` is who did it, else who sent the request that is being answered. Call it in the
    transaction of what it tells: both are kept, or neither.
    """
    of_project = project.pk if project else None
    _write(kind, words, by, team_id=team.pk if team else None, project_id=of_project)


def note_of_person(
    kind: AuditEntry.Kind, person: User, words: str, *, by: User | None = None
) -> None:
    """Write down what was done to a person in the log of each of their teams, or in none's."""
    teams: list[int | None] = [*person.memberships.values_list("team", flat=True)]
    for team in teams or [None]:
        _write(kind, words, by, team_id=team)


def note_in(project: Project, kind: AuditEntry.Kind, words: str, *, by: User | None = None) -> None:
    """Write down what was done in a project, whose name ends the sentence."""
    said = f"{words} of {project}"
    _write(kind, said, by, team_id=project.team_id, project_id=project.pk)


def note_guest(project: Project, kind: AuditEntry.Kind, words: str, *, guest: str) -> None:
    """Write down what somebody without an account did in a project, under the name they gave."""
    facts = {"kind": kind, "words": _told(f"{words} of {project}"), **_where()}
    facts |= {"actor": None, "who": _plain(guest)[:WHO_MAX]}
    AuditEntry.objects.create(**facts, team_id=project.team_id, project_id=project.pk)


def note_takes(
    kind: AuditEntry.Kind, takes: Sequence[Generation], words: str, *, by: User | None = None
) -> None:
    """Write down what was done to takes, an entry for each project: `Sent {takes} of {project}`."""
    for project in {take.project for take in takes}:
        meant = _names([take.name for take in takes if take.project_id == project.pk])
        said = words.format(takes=meant, project=project)
        _write(kind, said, by, team_id=project.team_id, project_id=project.pk)


def note_signing_in(user: User, words: str) -> None:
    """Tell each team of a person what was done about their signing in."""
    facts = {
        **{"kind": AuditEntry.Kind.SIGN_IN, "words": _told(words)},
        **_who(user),
        **_where(),
    }
    teams: list[int | None] = [*user.memberships.values_list("team", flat=True)]
    AuditEntry.objects.bulk_create(AuditEntry(team_id=team, **facts) for team in teams or [None])


def note_failed_sign_in(email: str) -> None:
    """Tell the teams of whoever has an address that somebody failed to sign in with it."""
    email = _plain(email)
    user = User.objects.at(email) if email else None
    if user:
        note_signing_in(user, "Failed to sign in, or somebody else did with this address")
        return
    AuditEntry.objects.create(
        **{"kind": AuditEntry.Kind.SIGN_IN, "words": "Failed to sign in: nobody has this address"},
        **{"who": email[:WHO_MAX] or NOBODY},
        **_where(),
    )


def _write(kind: AuditEntry.Kind, words: str, by: User | None, **of: int | None) -> None:
    facts = {"kind": kind, "words": _told(words), **_who(by or _asking()), **_where()}
    AuditEntry.objects.create(**facts, **of)


def _names(said: Sequence[str]) -> str:
    more = len(said) - _MOST_NAMED
    return ", ".join(said[:_MOST_NAMED]) + (f" and {more} more" if more > 0 else "")


def _asking() -> User | None:
    user = getattr(context.request, "user", None)
    return user if user is not None and user.is_authenticated else None


def _who(user: User | None) -> dict[str, object]:
    if user is None:
        return {"actor": None, "who": NOBODY}
    # Not the lazy one of a request, which can't be a field's.
    named = f"{user.name} ({user.email})" if user.name else user.email
    return {"actor_id": user.pk, "who": _plain(named)[:WHO_MAX]}


def _where() -> dict[str, object]:
    request = context.request
    if request is None:
        return {"address": None, "agent": ""}
    try:
        address = get_adapter().get_client_ip(request)
    except (PermissionDenied, ImproperlyConfigured) as error:
        log.warning("the address of a request can't be told: %s", error)
        address = None
    return {"address": address, "agent": _told(request.headers.get("User-Agent", ""))[:AGENT_MAX]}


def _told(words: str) -> str:
    return redact(_plain(words))[:WORDS_MAX]


def _plain(words: str) -> str:
    return " ".join(words.replace("\0", "").split())
