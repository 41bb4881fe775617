"""Runs of a storyboard: what one press ordered, shot by shot, and how far each has come."""

import logging
from typing import Any, ClassVar, Self
from uuid import uuid4

from django.conf import settings
from django.db import models, transaction
from django.db.models import Q

from studio.models.storyboard import MOST_TAKES, Shot, Storyboard

log = logging.getLogger(__name__)


class Run(models.Model):
    """What one press on Run orders, at once or once the shots before are made.

    `price_usd` is the price of all of it that was shown, in dollars. `asks`: its author spends only
    below the team's threshold, against which the whole is held; `needs_approval`: it was above.
    """

    uuid = models.UUIDField(default=uuid4, unique=True, editable=False)
    storyboard = models.ForeignKey(Storyboard, on_delete=models.CASCADE, related_name="runs")
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    price_usd = models.DecimalField(max_digits=12, decimal_places=4)
    asks = models.BooleanField()
    needs_approval = models.BooleanField()
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(condition=Q(price_usd__gte=0), name="run_price_not_negative"),
        ]

    def __str__(self) -> str:
        return f"run of ${self.price_usd}"

    def stop(self, actor: Any) -> int:
        """Order nothing more of it; what is being made goes on. Return how many that stops."""
        with transaction.atomic():
            self.storyboard.touch()
            waiting = self.steps.filter(stage=RunStep.Stage.WAITING)
            stopped = waiting.update(
                stage=RunStep.Stage.CANCELLED, words=f"{actor} stopped the run before it began."
            )
        log.info("run=%s stopped by=%s steps=%s", self.uuid, actor.pk, stopped)
        return stopped


class RunStepQuerySet(models.QuerySet["RunStep"]):
    """Questions about many steps."""

    def active(self) -> Self:
        """Those of which something is still to come."""
        return self.filter(stage__in=RunStep.ACTIVE)


class RunStep(models.Model):
    """A shot of a run. `after` is the shot that it continues from, whose take it waits for.

    `price_usd` is what all `count` takes of it cost when they were shown, in dollars.
    """

    class Stage(models.TextChoices):
        """How far it is."""

        WAITING = "waiting", "Waiting"
        ORDERED = "ordered", "Being made"
        DONE = "done", "Made"
        STOPPED = "stopped", "Stopped"
        CANCELLED = "cancelled", "Cancelled"

    ACTIVE = (Stage.WAITING, Stage.ORDERED)

    run = models.ForeignKey(Run, on_delete=models.CASCADE, related_name="steps")
    shot = models.ForeignKey(Shot, on_delete=models.CASCADE, related_name="steps")
    after = models.ForeignKey(Shot, on_delete=models.SET_NULL, null=True, related_name="+")
    count = models.PositiveSmallIntegerField()
    price_usd = models.DecimalField(max_digits=12, decimal_places=4)
    stage = models.CharField(max_length=10, choices=Stage.choices, default=Stage.WAITING)
    words = models.CharField(max_length=500, blank=True)

    objects: ClassVar[RunStepQuerySet] = RunStepQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["run", "shot"], name="run_step_once"),
            # Two people who press Run at once don't pay for a shot twice.
            models.UniqueConstraint(
                fields=["shot"],
                condition=Q(stage__in=("waiting", "ordered")),
                name="run_one_active",
            ),
            models.CheckConstraint(
                condition=Q(stage__in=("waiting", "ordered", "done", "stopped", "cancelled")),
                name="run_step_known_stage",
            ),
            models.CheckConstraint(
                condition=Q(count__gte=1, count__lte=MOST_TAKES), name="run_step_count_in_range"
            ),
        ]
        indexes = [
            # storyboarding.following: which storyboards have something to follow
            models.Index(
                fields=["run"],
                condition=Q(stage__in=("waiting", "ordered")),
                name="run_step_active",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.shot_id}: {self.stage}"

    def go(self, to: "RunStep.Stage", *from_: "RunStep.Stage", words: str = "") -> bool:
        """Move it by compare-and-set; False for the loser of a race."""
        with transaction.atomic():
            mine = RunStep.objects.filter(pk=self.pk, stage__in=from_)
            if not mine.update(stage=to, words=words[:500]):
                return False
            self.run.storyboard.touch()
        self.stage, self.words = to, words[:500]
        log.info("run=%s shot=%s stage=%s", self.run.uuid, self.shot.uuid, to)
        return True
