"""The storyboard: a project's shots in order, before and while they become takes."""

import logging
from collections.abc import Sequence
from datetime import datetime
from typing import Any, ClassVar, Self
from uuid import uuid4

from django.conf import settings
from django.db import models, transaction
from django.db.models import F, Q
from django.db.models.functions import Length
from django.db.models.lookups import LessThanOrEqual
from django.utils import timezone

from generations.catalogue import WORDS_MAX, catalogue
from generations.kinds import Kind
from studio.models.project import Project

log = logging.getLogger(__name__)

MOST_SHOTS = 100
MOST_TAKES = 4
LONGEST_S = 60
# Below every place: where shots stand while they are put in another order.
_ASIDE = 1_000_000
_USUAL_MODEL = "ray-2"


def _first_model(project: Project) -> str:
    """Return the model that a storyboard begins with: one that the project's team can order."""
    makers = catalogue().making(Kind.VIDEO, timezone.now().date())
    mine = (key for key, each in makers.items() if project.can_order(each, Kind.VIDEO))
    return next(mine, _USUAL_MODEL)


class Overwriting(Exception):
    """Somebody else has changed the same meanwhile, and nothing was saved; `by` is who."""

    def __init__(self, by: str) -> None:
        super().__init__(f"{by} changed it meanwhile")
        self.by = by


class TooManyShots(Exception):
    """A storyboard would have more shots than it can; nothing was changed."""


class Storyboard(models.Model):
    """The plan of a film: its shots, and the settings that all of them share.

    `version` rises with whatever changes on its page; a shot keeps the one of its own last change,
    so that the second of two people who change the same is told. `edited` is the version of the
    last change by a person, `settings_version` that of the shared settings. `followed` is the
    number of the project's newest Event that its runs were held against: 0 has them look again.
    """

    project = models.OneToOneField(Project, on_delete=models.CASCADE, related_name="storyboard")
    model = models.CharField(max_length=40, default=_USUAL_MODEL)
    ratio = models.CharField(max_length=8, default="16:9")
    resolution = models.CharField(max_length=8, default="720p")
    version = models.PositiveIntegerField(default=0)
    edited = models.PositiveIntegerField(default=0)
    settings_version = models.PositiveIntegerField(default=0)
    changed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    followed = models.PositiveBigIntegerField(default=0)

    def __str__(self) -> str:
        return f"storyboard of {self.project_id}"

    @classmethod
    def of(cls, project: Project) -> "Storyboard":
        """Return a project's storyboard to be read: an empty one, not kept, where none is yet."""
        kept = cls.objects.select_related("changed_by").filter(project=project).first()
        return kept or cls(project=project, model=_first_model(project))

    @classmethod
    def begun(cls, project: Project) -> "Storyboard":
        """Return a project's storyboard to be changed."""
        first = {"model": _first_model(project)}
        made, _ = cls.objects.get_or_create(project=project, defaults=first)
        return made

    def touch(self, **changed: Any) -> "Storyboard":
        """Have every open page show it anew, and return it as it was. Call in a transaction.

        Locks its row until the transaction ends, so that changes come one after the other.
        """
        mine = Storyboard.objects.select_related("changed_by").select_for_update(of=("self",))
        before = mine.get(pk=self.pk)
        facts = {"version": before.version + 1} | changed
        Storyboard.objects.filter(pk=self.pk).update(**facts)
        for name, value in facts.items():
            setattr(self, name, value)
        return before

    def edit(self, author: Any) -> "Storyboard":
        """Touch it as a person's change, and have its runs look again. Call in a transaction."""
        before = self.touch(changed_by=author, followed=0)
        Storyboard.objects.filter(pk=self.pk).update(edited=self.version)
        self.edited = self.version
        return before

    def set_up(self, seen: int, author: Any, **chosen: str) -> None:
        """Choose the model, ratio and resolution of all its shots. Raises Overwriting."""
        with transaction.atomic():
            before = self.edit(author)
            if before.settings_version > seen:
                raise Overwriting(before.changer)
            facts = {"settings_version": self.version, **chosen}
            Storyboard.objects.filter(pk=self.pk).update(**facts)
        for name, value in facts.items():
            setattr(self, name, value)

    @property
    def changer(self) -> str:
        """Who changed it last."""
        return str(self.changed_by or "Somebody")

    def add(self, author: Any, shots: "Sequence[Shot]", *, after: "Shot | None" = None) -> datetime:
        """Put shots behind one of its shots, or at its end; return the moment, for an undo.

        Raises TooManyShots.
        """
        with transaction.atomic():
            self.edit(author)
            there = list(self.shots.kept())
            place = there.index(after) + 1 if after in there else len(there)
            at = timezone.now()
            self._keep(shots, author, at)
            self._arrange([*there[:place], *shots, *there[place:]])
        return at

    def replace(self, seen: int, author: Any, shots: "Sequence[Shot]") -> datetime:
        """Put shots in the place of all that are there; return the moment, for an undo.

        `seen` is the version that the person saw. Raises Overwriting and TooManyShots.
        """
        with transaction.atomic():
            before = self.edit(author)
            if before.edited > seen:
                raise Overwriting(before.changer)
            at = timezone.now()
            self._take_out(list(self.shots.kept()), at)
            self._keep(shots, author, at)
            self._arrange(list(shots))
        return at

    def undo(self, author: Any, at: datetime) -> int:
        """Bring back the shots that were taken out at a moment, and take out what came then.

        Return how many shots that were. Raises TooManyShots.
        """
        with transaction.atomic():
            self.edit(author)
            back = list(self.shots.filter(removed_at=at).order_by("position", "pk"))
            came = list(self.shots.kept().filter(added_at=at))
            self._take_out(came, timezone.now())
            order = list(self.shots.kept())
            for shot in back:
                order.insert(min(shot.position, len(order)), shot)
            self.shots.filter(removed_at=at).update(
                removed_at=None, version=self.version, position=-F("pk") - _ASIDE
            )
            self._arrange(order)
        return len(back) + len(came)

    def remove(self, shot: "Shot", author: Any) -> datetime:
        """Take a shot out, and return the moment, for an undo."""
        with transaction.atomic():
            self.edit(author)
            at = timezone.now()
            self._take_out([shot], at)
            self._arrange(list(self.shots.kept()))
        return at

    def move(self, shot: "Shot", author: Any, to: int) -> None:
        """Put a shot at a place, counted from 0; the others make room."""
        with transaction.atomic():
            self.edit(author)
            order = [each for each in self.shots.kept() if each.pk != shot.pk]
            order.insert(min(max(to, 0), len(order)), shot)
            Shot.objects.filter(pk=shot.pk).update(version=self.version, changed_by=author)
            self._arrange(order)

    def _keep(self, shots: "Sequence[Shot]", author: Any, at: datetime) -> None:
        for place, shot in enumerate(shots):
            shot.storyboard, shot.version, shot.changed_by = self, self.version, author
            shot.added_at, shot.position = at, -(place + 1)
        Shot.objects.bulk_create(shots)

    def _take_out(self, shots: "Sequence[Shot]", at: datetime) -> None:
        from studio.models.run import RunStep

        self.shots.filter(pk__in=[shot.pk for shot in shots]).update(removed_at=at)
        steps = RunStep.objects.active().filter(shot__in=shots)
        for step in steps.select_related("run", "shot"):
            log.info("run=%s shot=%s stage=stopped: deleted", step.run.uuid, step.shot.uuid)
        steps.update(stage=RunStep.Stage.STOPPED, words="The shot was deleted.")

    def _arrange(self, order: "Sequence[Shot]") -> None:
        """Number shots from 0 in an order. Raises TooManyShots.

        In two steps, for no two may have one place at any moment.
        """
        if len(order) > MOST_SHOTS:
            raise TooManyShots
        self.shots.kept().order_by().update(position=-F("pk") - _ASIDE)
        for place, shot in enumerate(order):
            shot.position = place
        Shot.objects.bulk_update(order, ["position"])


class ShotQuerySet(models.QuerySet["Shot"]):
    """Questions about many shots."""

    def kept(self) -> Self:
        """Without those that were taken out, in their order."""
        return self.filter(removed_at=None).order_by("position")


class Shot(models.Model):
    """A prompt of the plan. `count` takes are made of it at once, and one of its takes is chosen.

    One that `continues` begins on the last frame of the chosen take of the shot before, and its
    `start` is of no use then; so it is with the first shot, which continues nothing. What was
    taken out stays, to be brought back. `version` is the storyboard's at its last change.
    """

    uuid = models.UUIDField(default=uuid4, unique=True, editable=False)
    storyboard = models.ForeignKey(Storyboard, on_delete=models.CASCADE, related_name="shots")
    position = models.IntegerField()
    words = models.TextField(max_length=WORDS_MAX, blank=True)
    duration_s = models.PositiveSmallIntegerField(default=5)
    concepts = models.JSONField(default=list, blank=True)
    continues = models.BooleanField(default=True)
    start = models.ForeignKey(
        "generations.Still", on_delete=models.RESTRICT, null=True, blank=True, related_name="+"
    )
    end = models.ForeignKey(
        "generations.Still", on_delete=models.RESTRICT, null=True, blank=True, related_name="+"
    )
    count = models.PositiveSmallIntegerField(default=1)
    chosen = models.ForeignKey(
        "studio.ShotTake", on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    chosen_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    chosen_at = models.DateTimeField(null=True)
    version = models.PositiveIntegerField(default=0)
    changed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    added_at = models.DateTimeField(default=timezone.now)
    removed_at = models.DateTimeField(null=True)

    objects: ClassVar[ShotQuerySet] = ShotQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["storyboard", "position"],
                condition=Q(removed_at=None),
                name="shot_place_once",
            ),
            models.CheckConstraint(
                condition=Q(count__gte=1, count__lte=MOST_TAKES), name="shot_count_in_range"
            ),
            models.CheckConstraint(
                condition=Q(duration_s__gte=1, duration_s__lte=LONGEST_S),
                name="shot_length_in_range",
            ),
            models.CheckConstraint(
                condition=LessThanOrEqual(Length("words"), WORDS_MAX), name="shot_words_fit"
            ),
        ]

    def __str__(self) -> str:
        return self.words[:60] or "a shot without words"

    def write(self, seen: int, author: Any, **changes: Any) -> bool:
        """Change what is asked for; False where that changes nothing. Raises Overwriting.

        `seen` is the version of the shot that the person saw.
        """
        with transaction.atomic():
            self.storyboard.edit(author)
            mine = Shot.objects.select_related("changed_by").get(pk=self.pk)
            news = {name: value for name, value in changes.items() if _of(mine, name) != value}
            if not news:
                transaction.set_rollback(True)
                return False
            if mine.version > seen:
                raise Overwriting(str(mine.changed_by or "Somebody"))
            Shot.objects.filter(pk=self.pk).update(
                version=self.storyboard.version, changed_by=author, **news
            )
        self.refresh_from_db()
        return True

    def choose(self, take: "ShotTake", actor: Any = None) -> bool:
        """Have a take be the one; without an actor it chose itself. False for a race's loser.

        What chose itself gives way to all that was chosen meanwhile; a person's choice stands.
        """
        with transaction.atomic():
            self.storyboard.touch() if actor is None else self.storyboard.edit(actor)
            mine = Shot.objects.filter(pk=self.pk)
            if actor is None:
                mine = mine.filter(chosen_at=self.chosen_at)
            facts = {"chosen": take, "chosen_by": actor, "chosen_at": timezone.now()}
            if not mine.update(**facts):
                return False
        self.chosen, self.chosen_by, self.chosen_at = take, actor, facts["chosen_at"]
        return True

    @property
    def asked(self) -> dict[str, Any]:
        """What its take would be ordered with, as its takes keep it."""
        start = None if self.continues_something else self.start_id
        return {
            "words": self.words.strip(),
            "duration_s": self.duration_s,
            "concepts": sorted(self.concepts),
            "start": start,
            "end": self.end_id,
            "size": [self.storyboard.model, self.storyboard.ratio, self.storyboard.resolution],
        }

    @property
    def place_words(self) -> str:
        """What a sentence elsewhere calls it."""
        return f"shot {self.position + 1} of the storyboard"

    @property
    def continues_something(self) -> bool:
        """Whether it begins where the shot before it ends."""
        return self.continues and self.position > 0


def _of(shot: Shot, name: str) -> Any:
    return getattr(shot, f"{name}_id") if name in ("start", "end") else getattr(shot, name)


class ShotTake(models.Model):
    """A take of a shot: what it grew from, and what the shot asked for when it was ordered."""

    shot = models.ForeignKey(Shot, on_delete=models.CASCADE, related_name="takes")
    generation = models.OneToOneField(
        "generations.Generation", on_delete=models.CASCADE, related_name="+"
    )
    continued_from = models.ForeignKey(
        "generations.Generation", on_delete=models.SET_NULL, null=True, related_name="+"
    )
    step = models.ForeignKey(
        "studio.RunStep", on_delete=models.SET_NULL, null=True, related_name="takes"
    )
    asked = models.JSONField()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(continued_from=None) | ~Q(continued_from=F("generation")),
                name="shot_take_not_of_itself",
            ),
        ]

    def __str__(self) -> str:
        return f"take of shot {self.shot_id}"
