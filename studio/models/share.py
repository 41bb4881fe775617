"""Guest links: an address that shows somebody without an account one thing of a team's."""

import hashlib
import secrets
import uuid
from datetime import datetime
from typing import TYPE_CHECKING, Any, ClassVar, Self

from django.conf import settings
from django.contrib.auth.hashers import check_password
from django.db import models
from django.db.models import F, Q

from generations.models import Generation
from studio.models.collection import Collection
from studio.models.export import Export
from studio.models.project import Project
from studio.models.sequence import Sequence
from studio.models.team import Membership, Role, Team

if TYPE_CHECKING:
    from studio.models.user import User

Thing = Generation | Collection | Sequence | Export
"""What can be shared."""

TOKEN_BYTES = 32
"""Of randomness in a link: nobody guesses one."""

SHARERS = Role.ARTIST.and_above
"""The roles that make links."""


def digest_of(token: str) -> str:
    """Return what is kept of a token, and looked for: whoever reads the database can't use it.

    What is compared, in the index of the database, is never the token: how long that takes tells
    nothing of one.
    """
    return hashlib.sha256(token.encode()).hexdigest()


def _one_of(*names: str) -> Q:
    """Return what holds where exactly one of some columns is filled."""
    found = Q()
    for name in names:
        found |= Q(**{f"{each}__isnull": each != name for each in names})
    return found


class ShareQuerySet(models.QuerySet["Share"]):
    """Questions about many links."""

    def open(self, now: datetime) -> Self:
        """Those that can still be used."""
        return self.filter(revoked_at=None, expires_at__gt=now)

    def of_token(self, token: str) -> Self:
        """The one that an address names, if any; none of a deleted team."""
        return self.filter(token_digest=digest_of(token), team__deleted_at=None)

    def of(self, thing: Thing) -> Self:
        """Those to one thing."""
        return self.filter(**{thing._meta.model_name or "": thing})

    def visible_to(self, user: "User") -> Self:
        """Those of the person's teams, of what they may see."""
        seen = Project.objects.visible_to(user).values("pk")
        here = self.filter(team__in=user.memberships.values("team"))
        return here.filter(Q(project=None) | Q(project__in=seen))

    def viewed(self, now: datetime) -> None:
        """Count a view."""
        self.update(views=F("views") + 1, viewed_at=now)

    def for_list(self) -> Self:
        """With all that their list shows, the newest first."""
        things = ("generation__project", "collection", "sequence__project")
        export = ("export__sequence__project",)
        return self.select_related(*things, *export, "created_by", "team").order_by("-pk")


class Share(models.Model):
    """A link to one thing, good until a moment or until it is revoked.

    The token itself isn't kept. `project` is the thing's, and None for a collection's. It shows
    what its maker sees, and nothing any more once they aren't in the team or may not share.
    `password` is hashed; `views` counts guests' sessions, not pages.
    """

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    team = models.ForeignKey(Team, on_delete=models.CASCADE, related_name="shares")
    project = models.ForeignKey(Project, on_delete=models.CASCADE, null=True, related_name="shares")
    generation = models.ForeignKey(
        "generations.Generation", on_delete=models.CASCADE, null=True, related_name="shares"
    )
    collection = models.ForeignKey(
        Collection, on_delete=models.CASCADE, null=True, related_name="shares"
    )
    sequence = models.ForeignKey(
        Sequence, on_delete=models.CASCADE, null=True, related_name="shares"
    )
    export = models.ForeignKey(Export, on_delete=models.CASCADE, null=True, related_name="shares")
    token_digest = models.CharField(max_length=64, unique=True)
    password = models.CharField(max_length=128, blank=True)
    shows_unapproved = models.BooleanField(default=False)
    shows_prompts = models.BooleanField(default=False)
    shows_prices = models.BooleanField(default=False)
    may_download = models.BooleanField(default=False)
    watermark = models.CharField(max_length=60, blank=True)
    takes_notes = models.BooleanField(default=False)
    takes_verdicts = models.BooleanField(default=False)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)
    views = models.PositiveIntegerField(default=0)
    viewed_at = models.DateTimeField(null=True)

    objects: ClassVar[ShareQuerySet] = ShareQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=_one_of("generation", "collection", "sequence", "export"),
                name="share_of_one_thing",
            ),
            models.CheckConstraint(
                condition=Q(collection__isnull=False, project=None)
                | Q(collection=None, project__isnull=False),
                name="share_has_its_project",
            ),
        ]

    def __str__(self) -> str:
        return f"link to {self.what}"

    @classmethod
    def make(
        cls, thing: Thing, by: "User", expires_at: datetime, **terms: Any
    ) -> "tuple[Share, str]":
        """Make a link on some terms, and return it with its token, which is never known again."""
        token = secrets.token_urlsafe(TOKEN_BYTES)
        project = _project_of(thing)
        made = cls.objects.create(
            **{thing._meta.model_name or "": thing, "project": project},
            team=project.team if project else thing.team,  # type: ignore[union-attr]
            created_by=by,
            expires_at=expires_at,
            token_digest=digest_of(token),
            **terms,
        )
        return made, token

    @property
    def thing(self) -> Thing:
        """What it shows."""
        found = self.generation or self.collection or self.sequence or self.export
        assert found is not None  # noqa: S101  (share_of_one_thing)
        return found

    @property
    def what(self) -> str:
        """What it shows, as it stands in a sentence."""
        return what_of(self.thing)

    @property
    def terms(self) -> str:
        """What a guest gets, in words."""
        said = ["whatever its verdict" if self.shows_unapproved else "approved work only"]
        said += ["with prompts"] if self.shows_prompts else []
        said += ["with prices"] if self.shows_prices else []
        said += ["with downloads"] if self.may_download else []
        said += [f"marked “{self.watermark}”"] if self.watermark else []
        said += ["with notes by guests"] if self.takes_notes else []
        said += ["with verdicts by guests"] if self.takes_verdicts else []
        said += ["behind a password"] if self.password else []
        return ", ".join(said)

    def is_over(self, now: datetime) -> bool:
        """Tell whether it was revoked, or its time is up."""
        return self.revoked_at is not None or self.expires_at <= now

    def is_backed(self) -> bool:
        """Tell whether its maker may still share: is in the team, as artist or above, and sees it.

        So a link isn't a way back in for who has left.
        """
        maker = self.created_by
        if maker is None or not maker.is_active:
            return False
        theirs = Membership.objects.filter(team=self.team_id, user=maker, role__in=SHARERS)
        if not theirs.exists():
            return False
        if self.project_id is None:
            return True
        return bool(Project.objects.visible_to(maker).filter(pk=self.project_id).exists())

    def opens_with(self, password: str) -> bool:
        """Tell whether a password is the link's."""
        return check_password(password, self.password)


def what_of(thing: Thing) -> str:
    """Return what a thing is, as it stands in a sentence: `take 3 of Desert Light`."""
    if isinstance(thing, Collection):
        return f"the collection “{thing}”"
    if isinstance(thing, Sequence):
        return f"the sequence “{thing}” of {thing.project}"
    if isinstance(thing, Export):
        kind = Export.Kind(thing.kind).label
        return f"an export of “{thing.sequence}” of {thing.sequence.project} as {kind}"
    return f"{thing.name} of {thing.project}"


def _project_of(thing: Thing) -> Project | None:
    if isinstance(thing, Collection):
        return None
    found: Project = thing.sequence.project if isinstance(thing, Export) else thing.project
    return found
