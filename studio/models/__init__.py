"""What the studio keeps: people, teams, projects and recipes."""

from studio.models.favourite import Favourite
from studio.models.project import Project
from studio.models.recipe import Filling, Recipe
from studio.models.saved_view import SavedView
from studio.models.tag import Tag, Tagging
from studio.models.team import Membership, Role, Team
from studio.models.user import User

__all__ = [
    "Favourite",
    "Filling",
    "Membership",
    "Project",
    "Recipe",
    "Role",
    "SavedView",
    "Tag",
    "Tagging",
    "Team",
    "User",
]
