"""What the studio keeps: people, teams, projects, recipes and sequences."""

from studio.models.favourite import Favourite
from studio.models.project import Project
from studio.models.recipe import Filling, Recipe
from studio.models.saved_view import SavedView
from studio.models.sequence import Edit, NamedCut, Overtaken, Sequence
from studio.models.tag import Tag, Tagging
from studio.models.team import Membership, Role, Team
from studio.models.user import User

__all__ = [
    "Edit",
    "Favourite",
    "Filling",
    "Membership",
    "NamedCut",
    "Overtaken",
    "Project",
    "Recipe",
    "Role",
    "SavedView",
    "Sequence",
    "Tag",
    "Tagging",
    "Team",
    "User",
]
