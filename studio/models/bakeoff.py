"""Bake-offs: one prompt made by several models or settings, and judged blind."""

import hmac
import secrets
from typing import TYPE_CHECKING, ClassVar, Self
from uuid import uuid4

from django.conf import settings
from django.db import models
from django.db.models import Count, Exists, F, OuterRef, Q, Subquery
from django.utils import timezone

from studio.models.project import Project
from studio.models.review import JUDGES
from studio.models.rubric import HIGHEST, LOWEST, Criterion

if TYPE_CHECKING:
    from studio.models.user import User

LEAST, MOST = 2, 8
"""How many are held against each other."""


def _seed() -> str:
    return secrets.token_hex(16)


class BakeOffQuerySet(models.QuerySet["BakeOff"]):
    """Questions about many bake-offs."""

    def visible_to(self, user: "User") -> Self:
        """Those of the projects that a person sees."""
        return self.filter(project__in=Project.objects.visible_to(user))

    def blind_for(self, user: "User") -> Self:
        """Those of which a person isn't told who is who."""
        told = Ballot.objects.filter(judge=user, done_at__isnull=False)
        return self.filter(closed_at=None).exclude(pk__in=told.values("bakeoff"))

    def to_be_judged_by(self, user: "User") -> Self:
        """Those that wait for a person who judges: open, and nothing of them is on its way."""
        from generations.models import Asset
        from generations.models.states import UNFINISHED, State

        entrants = Entrant.objects.filter(bakeoff=OuterRef("pk")).order_by()
        # In one filter with what is asked of it, so that all of it is about the same file.
        own = Q(generation__assets__kind__in=(Asset.Kind.VIDEO, Asset.Kind.IMAGE))
        coming = entrants.filter(own, generation__assets__state=Asset.State.PENDING)
        here = entrants.filter(
            own,
            generation__assets__state=Asset.State.STORED,
            generation__state=State.COMPLETED,
            generation__trashed_at=None,
        )
        count = here.values("bakeoff").annotate(n=Count("generation", distinct=True)).values("n")
        mine = self.blind_for(user).filter(
            Project.seen_by(user, "project__"),
            ~Exists(entrants.filter(generation__state__in=UNFINISHED)),
            ~Exists(coming),
            project__team__memberships__role__in=JUDGES,
            project__archived_at=None,
        )
        return mine.annotate(here=Subquery(count)).filter(here__gte=LEAST)


class BakeOff(models.Model):
    """One press that had one prompt made by several models or settings.

    Its `uuid` follows from the key of that press and from what was ordered by it. `seed` is what
    each judge's order of the pictures is drawn with; nobody is told it. While it isn't closed,
    only who has judged all of it is told who is who.
    """

    uuid = models.UUIDField(default=uuid4, unique=True, editable=False)
    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="bakeoffs")
    words = models.TextField(blank=True)
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    seed = models.CharField(max_length=32, default=_seed, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)
    closed_at = models.DateTimeField(null=True)
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )

    objects: ClassVar[BakeOffQuerySet] = BakeOffQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        ordering = ["-pk"]
        indexes = [
            # studio.marks: which takes stay veiled
            models.Index(fields=["project"], condition=Q(closed_at=None), name="bakeoff_open"),
        ]

    def __str__(self) -> str:
        return f"bake-off “{self.title}”"

    @property
    def title(self) -> str:
        """What a list calls it."""
        words = " ".join(self.words.split())
        return f"{words[:60]}…" if len(words) > 60 else words or "Without words"

    def drawn(self, judge_id: int, *of: int) -> str:
        """Return what a judge's lot for some entrants is: always the same, and told by nothing."""
        said = ":".join(str(each) for each in (judge_id, *of))
        return hmac.digest(self.seed.encode(), said.encode(), "sha256").hex()[:24]

    def close(self, user: "User") -> bool:
        """Tell everybody who is who, and take no more scores; False where it was closed."""
        mine = BakeOff.objects.filter(pk=self.pk, closed_at=None)
        return mine.update(closed_at=timezone.now(), closed_by=user.pk) == 1


class Entrant(models.Model):
    """A take of a bake-off."""

    bakeoff = models.ForeignKey(BakeOff, on_delete=models.CASCADE, related_name="entrants")
    generation = models.OneToOneField(
        "generations.Generation", on_delete=models.CASCADE, related_name="entrant"
    )

    objects: ClassVar[models.Manager["Entrant"]] = models.Manager()

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.generation_id} in {self.bakeoff_id}"


class Ballot(models.Model):
    """A judge's part in a bake-off. It is `done` once they were told who is who: it stands then."""

    bakeoff = models.ForeignKey(BakeOff, on_delete=models.CASCADE, related_name="ballots")
    judge = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="ballots"
    )
    done_at = models.DateTimeField(null=True)

    objects: ClassVar[models.Manager["Ballot"]] = models.Manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["bakeoff", "judge"], name="ballot_once")]

    def __str__(self) -> str:
        return f"{self.judge_id} in {self.bakeoff_id}"


class Mark(models.Model):
    """What a judge gave an entrant by a criterion, blind, from 1 to 10."""

    ballot = models.ForeignKey(Ballot, on_delete=models.CASCADE, related_name="marks")
    entrant = models.ForeignKey(Entrant, on_delete=models.CASCADE, related_name="marks")
    criterion = models.ForeignKey(Criterion, on_delete=models.CASCADE, related_name="+")
    value = models.PositiveSmallIntegerField()

    objects: ClassVar[models.Manager["Mark"]] = models.Manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["ballot", "entrant", "criterion"], name="mark_once"),
            models.CheckConstraint(
                condition=Q(value__gte=LOWEST, value__lte=HIGHEST), name="mark_from_1_to_10"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.value} for {self.criterion_id}"


class Pick(models.Model):
    """What a judge said of two entrants, blind: which is the better one, or that neither is.

    `one` is the entrant with the lower id.
    """

    ballot = models.ForeignKey(Ballot, on_delete=models.CASCADE, related_name="picks")
    one = models.ForeignKey(Entrant, on_delete=models.CASCADE, related_name="+")
    other = models.ForeignKey(Entrant, on_delete=models.CASCADE, related_name="+")
    better = models.ForeignKey(Entrant, on_delete=models.CASCADE, null=True, related_name="+")

    objects: ClassVar[models.Manager["Pick"]] = models.Manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["ballot", "one", "other"], name="pick_once"),
            models.CheckConstraint(condition=Q(one__lt=F("other")), name="pick_of_two"),
            models.CheckConstraint(
                condition=Q(better=None) | Q(better=F("one")) | Q(better=F("other")),
                name="pick_is_one_of_them",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.one_id} or {self.other_id}"
