"""What the studio keeps: people, teams and projects."""

from studio.models.favourite import Favourite
from studio.models.project import Project
from studio.models.team import Membership, Role, Team
from studio.models.user import User

__all__ = ["Favourite", "Membership", "Project", "Role", "Team", "User"]
