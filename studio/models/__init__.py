"""What the studio keeps: people, teams and projects."""

from studio.models.project import Project
from studio.models.team import Membership, Role, Team
from studio.models.user import User

__all__ = ["Membership", "Project", "Role", "Team", "User"]
