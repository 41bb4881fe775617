"""Finals: what is made anew of drafts, at a better size, to take their places in the cut."""

import logging
from typing import TYPE_CHECKING, Any, ClassVar, Self
from uuid import uuid4

from django.conf import settings
from django.db import models, transaction
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from generations.models import Asset
from studio.models.project import Project
from studio.models.sequence import Sequence
from studio.models.team import Membership, Role

if TYPE_CHECKING:
    from studio.models.user import User

log = logging.getLogger(__name__)


class FinalsQuerySet(models.QuerySet["Finals"]):
    """Questions about many presses."""

    def visible_to(self, user: "User") -> Self:
        """Those of the projects that a person sees."""
        return self.filter(project__in=Project.objects.visible_to(user))


class Finals(models.Model):
    """What one press on Make finals orders, at once or once the finals before are accepted.

    `sequences` are those in which each final takes its draft's places once it is accepted.
    `price_usd` is the price of all of it that was shown, in dollars; `asks` and `needs_approval`
    as of a Run. `followed` is the number of the project's newest Event that it was held against.
    """

    uuid = models.UUIDField(default=uuid4, unique=True, editable=False)
    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="finals")
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    sequences = models.ManyToManyField(Sequence, related_name="finals")
    price_usd = models.DecimalField(max_digits=12, decimal_places=4)
    asks = models.BooleanField()
    needs_approval = models.BooleanField()
    followed = models.PositiveBigIntegerField(default=0)
    created_at = models.DateTimeField(auto_now_add=True)

    objects: ClassVar[FinalsQuerySet] = FinalsQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(condition=Q(price_usd__gte=0), name="finals_price_not_negative"),
        ]

    def __str__(self) -> str:
        return f"finals of ${self.price_usd}"


class FinalQuerySet(models.QuerySet["Final"]):
    """Questions about many finals."""

    def active(self) -> Self:
        """Those of which something is still to come."""
        return self.filter(stage__in=Final.ACTIVE)

    def to_be_accepted_by(self, user: "User") -> Self:
        """Those that a person asked for and may accept, which are here and nobody judged yet.

        And, for who leads the team, those of people who can't accept them any more.
        """
        file = Asset.objects.filter(generation=OuterRef("take"), kind=Asset.Kind.VIDEO)
        makers = Role.ARTIST.and_above
        leaders = Role.PRODUCER.and_above
        role = "finals__project__team__memberships__role__in"
        own = Q(finals__author=user, **{role: makers})
        left = ~_author_can(makers) & Q(**{role: leaders})
        seen = Project.seen_by(user, "finals__project__")
        mine = self.filter(seen, own | left, finals__project__archived_at=None)
        ready = mine.filter(Exists(file.filter(state=Asset.State.STORED)), take__trashed_at=None)
        return ready.filter(stage=Final.Stage.ORDERED, accepted_at=None, take__review=None)


def _author_can(makers: tuple[Role, ...]) -> Q:
    """Whether who asked for a final still makes takes in its project (finals.following)."""
    who = {"user": OuterRef("finals__author")}
    held = Membership.objects.filter(**who, team=OuterRef("finals__project__team"))
    chosen = Project.private_to.through.objects.filter(**who, project=OuterRef("finals__project"))
    sees = Q(Exists(held.filter(role=Role.OWNER))) | Q(Exists(chosen))
    return Q(Exists(held.filter(role__in=makers))) & (Q(finals__project__is_private=False) | sees)


class Final(models.Model):
    """A take that is made anew of a draft, to take its place; without a `take` it isn't ordered.

    `waits_for` are the finals of the takes that its draft goes on from or leads up to, as far as
    they were to come or stood when it was asked for: each has to be accepted before it is ordered.
    It is accepted from `accepted_at` on: by whoever said so, or by whoever approved it. `asked` is
    what is ordered of it, beside its draft's words and frames: model, resolution, duration_s.
    """

    class Stage(models.TextChoices):
        """How far it is."""

        WAITING = "waiting", "Waiting"
        ORDERED = "ordered", "Ordered"
        DONE = "done", "Done"
        STOPPED = "stopped", "Stopped"
        CANCELLED = "cancelled", "Cancelled"
        REPLACED = "replaced", "Replaced"

    ACTIVE = (Stage.WAITING, Stage.ORDERED)

    uuid = models.UUIDField(default=uuid4, unique=True, editable=False)
    finals = models.ForeignKey(Finals, on_delete=models.CASCADE, related_name="each")
    draft = models.ForeignKey(
        "generations.Generation", on_delete=models.CASCADE, related_name="finals"
    )
    take = models.OneToOneField(
        "generations.Generation", on_delete=models.CASCADE, null=True, related_name="final_of"
    )
    waits_for = models.ManyToManyField("self", symmetrical=False, related_name="+")
    asked = models.JSONField()
    price_usd = models.DecimalField(max_digits=12, decimal_places=4)
    stage = models.CharField(max_length=10, choices=Stage.choices, default=Stage.WAITING)
    words = models.CharField(max_length=500, blank=True)
    accepted_at = models.DateTimeField(null=True)
    accepted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )

    objects: ClassVar[FinalQuerySet] = FinalQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["finals", "draft"], name="final_once"),
            # Two people who press at once don't pay for a final twice.
            models.UniqueConstraint(
                fields=["draft"],
                condition=Q(stage__in=("waiting", "ordered")),
                name="final_one_active",
            ),
            models.CheckConstraint(
                condition=Q(
                    stage__in=("waiting", "ordered", "done", "stopped", "cancelled", "replaced")
                ),
                name="final_known_stage",
            ),
            models.CheckConstraint(
                condition=~Q(stage__in=("ordered", "done")) | Q(take__isnull=False),
                name="final_ordered_has_take",
            ),
        ]
        indexes = [
            # finals.following: which presses have something to follow
            models.Index(
                fields=["finals"],
                condition=Q(stage__in=("waiting", "ordered")),
                name="final_active",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.draft_id}: {self.stage}"

    def go(self, to: "Final.Stage", *from_: "Final.Stage", words: str = "", **facts: Any) -> bool:
        """Move it by compare-and-set; False for the loser of a race."""
        changed = {"stage": to, "words": words[:500], **facts}
        if not Final.objects.filter(pk=self.pk, stage__in=from_).update(**changed):
            return False
        for name, value in changed.items():
            setattr(self, name, value)
        log.info("finals=%s draft=%s stage=%s", self.finals.uuid, self.draft_id, to)
        return True

    @property
    def is_to_be_accepted(self) -> bool:
        """Whether it is ordered, and nobody accepted it yet."""
        return self.stage == Final.Stage.ORDERED and self.accepted_at is None

    def accept(self, by: Any) -> bool:
        """Have it be accepted, with its Event; False where it was before, or isn't there to be."""
        now = timezone.now()
        mine = Final.objects.filter(pk=self.pk, stage=Final.Stage.ORDERED, accepted_at=None)
        with transaction.atomic():
            if self.take is None or not mine.update(accepted_at=now, accepted_by=by):
                return False
            words = f"Accepted as the final of {self.draft.name}"
            self.take.announce("final_accepted", actor=by, words=words)
        self.accepted_at, self.accepted_by = now, by
        return True


class FinalPlace(models.Model):
    """That a final took its draft's places in a sequence, in so many `clips`, once.

    `words` say what became different there, or why it took none.
    """

    final = models.ForeignKey(Final, on_delete=models.CASCADE, related_name="places")
    sequence = models.ForeignKey(Sequence, on_delete=models.CASCADE, related_name="+")
    clips = models.PositiveIntegerField(default=0)
    words = models.CharField(max_length=500, blank=True)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["final", "sequence"], name="final_place_once"),
        ]

    def __str__(self) -> str:
        return f"{self.final_id} in {self.sequence_id}: {self.clips} clips"
