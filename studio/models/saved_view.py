"""What a person looks for again and again on a board or in a team's gallery."""

from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower

from generations.refusal import Refused
from studio.models.project import Project
from studio.models.team import Team

if TYPE_CHECKING:
    from studio.models.user import User

LONGEST_NAME = 40
MOST = 30
_NO_NAME = "Give the view a name."
_TOO_LONG = f"A name has at most {LONGEST_NAME} characters. Shorten it."
_LONGEST_QUERY = 2000
_TOO_MUCH = "That is more than a view can keep. Leave some of the words out."
_NOTHING = "Look for something first: a view keeps the words and filters that are set."
_TOO_MANY = f"You have {MOST} views here. Remove one first."


class SavedView(models.Model):
    """A name for what a person looks for; `query` is what the address says of it.

    In a project, or in the gallery of a team.
    """

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="saved_views"
    )
    project = models.ForeignKey(
        Project, on_delete=models.CASCADE, null=True, related_name="saved_views"
    )
    team = models.ForeignKey(
        Team, on_delete=models.CASCADE, null=True, related_name="gallery_views"
    )
    name = models.CharField(max_length=LONGEST_NAME)
    query = models.CharField(max_length=2000)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = [Lower("name"), "pk"]
        constraints = [
            models.UniqueConstraint("user", "project", Lower("name"), name="saved_view_name_once"),
            models.UniqueConstraint("user", "team", Lower("name"), name="gallery_view_name_once"),
            models.CheckConstraint(
                condition=Q(project=None, team__isnull=False) | Q(project__isnull=False, team=None),
                name="saved_view_of_one_place",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @classmethod
    def save_as(cls, name: str, scope: Project | Team, user: "User", query: str) -> "SavedView":
        """Keep a view under a name, in place of one of that name. Raises Refused."""
        name = " ".join(name.split())
        problem = (
            ((not name or not name.isprintable()) and _NO_NAME)
            or (len(name) > LONGEST_NAME and _TOO_LONG)
            or (not query and _NOTHING)
            or (len(query) > _LONGEST_QUERY and _TOO_MUCH)
        )
        if problem:
            raise Refused({"name": problem})
        mine = cls.objects.filter(user=user, **_of(scope))
        known = mine.filter(name__iexact=name).first()
        if known is None and mine.count() >= MOST:
            raise Refused({"name": _TOO_MANY})
        view = known or cls(user=user, **_of(scope))
        view.name, view.query = name, query
        view.save()
        return view

    @classmethod
    def forget(cls, name: str, scope: Project | Team, user: "User") -> None:
        """Remove a person's view of a name, if there is one; no view has a name with a NUL."""
        if name.isprintable():
            cls.objects.filter(user=user, name=name, **_of(scope)).delete()


def _of(scope: Project | Team) -> dict[str, Any]:
    return {"team": scope} if isinstance(scope, Team) else {"project": scope}
