"""The demo's person, team and project: made once, then never touched again."""

import os
import secrets
from pathlib import Path

from allauth.account.models import EmailAddress
from django.conf import settings
from django.db import connection, transaction

from studio.demo import storyboard
from studio.environment import kept_secret
from studio.models import Membership, Project, Role, Team, User

EMAIL = "demo@example.com"
TEAM = "Demo team"
PROJECT = "Launch film"
SLUG = "launch-film"


def password_file() -> Path:
    """Return where the demo password is kept, readable by its owner only."""
    return Path(settings.DATA_DIR) / "demo-password"


def password() -> str:
    """Return the demo password: DEMO_PASSWORD, or a random one kept in DATA_DIR."""
    chosen = os.environ.get("DEMO_PASSWORD", "")
    return chosen or kept_secret(password_file(), make=lambda: secrets.token_urlsafe(12))


def team() -> Team | None:
    """Return the demo team, if there is one."""
    return Team.objects.filter(memberships__user__email=EMAIL, name=TEAM).first()


def project() -> Project | None:
    """Return the demo's first project, if there is one."""
    return Project.objects.filter(team__in=[team()]).order_by("id").first()


def is_first() -> bool:
    """Tell whether nobody is here yet; there may not even be tables."""
    tables = connection.introspection.table_names()
    return User._meta.db_table not in tables or not User.objects.exists()


@transaction.atomic
def make() -> Team | None:
    """Make the demo's person, team and project in an installation that has nobody yet.

    Returns the demo team, or None where people were there before it.
    """
    if User.objects.exists():
        return team()
    person = User.objects.create_user(EMAIL, password(), name="Demo", is_staff=True)
    made = Team.objects.create(name=TEAM)
    Membership.objects.create(team=made, user=person, role=Role.OWNER)
    film = Project.objects.create(team=made, name=PROJECT, slug=SLUG, created_by=person)
    storyboard.plan(film)
    return made


def sign_in() -> tuple[str, str] | None:
    """Return the demo's address and password, if they still open the door.

    DEMO_PASSWORD replaces an earlier password.
    """
    person = User.objects.filter(email=EMAIL, is_active=True).first()
    if person is None:
        return None
    word = password()
    if not person.check_password(word):
        if not os.environ.get("DEMO_PASSWORD"):
            return None  # changed by its owner
        person.set_password(word)
        person.save(update_fields=["password"])
    # No mail reaches it, and who started the server is let in by it.
    facts = {"primary": True, "verified": True}
    EmailAddress.objects.update_or_create(user=person, email=EMAIL, defaults=facts)
    return EMAIL, word
