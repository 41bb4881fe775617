"""Takes that a team picked out of its projects and put in an order of its own."""

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, ClassVar
from uuid import uuid4

from django.conf import settings
from django.db import IntegrityError, models, transaction
from django.db.models import F
from django.db.models.functions import Lower

from generations.refusal import Refused
from studio.models.team import Role, Team

if TYPE_CHECKING:
    from generations.models import Generation
    from studio.models.user import User

LONGEST_NAME = 60
LONGEST_WORDS = 500
MOST_TAKES = 200
MOST = 200
_NO_NAME = "Give the collection a name."
_TAKEN = "Your team has a collection of that name. Give this one another."
_LONG_NAME = f"A name has at most {LONGEST_NAME} characters. Shorten it."
_LONG_WORDS = f"A description has at most {LONGEST_WORDS} characters. Shorten it."
_FULL = f"A collection holds at most {MOST_TAKES} takes. Take some out first, or begin another."
_TOO_MANY = f"A team has at most {MOST} collections. Delete one first."


class Collection(models.Model):
    """An ordered choice of a team's takes, of any of its projects.

    `version` rises with every change of what is in it.
    """

    uuid = models.UUIDField(default=uuid4, unique=True, editable=False)
    team = models.ForeignKey(Team, on_delete=models.CASCADE, related_name="collections")
    name = models.CharField(max_length=LONGEST_NAME)
    words = models.CharField(max_length=LONGEST_WORDS, blank=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)
    version = models.PositiveIntegerField(default=0)

    # what the door annotates (studio.access.collection_for)
    role: Role
    event_count: int

    class Meta:
        ordering = [Lower("name"), "pk"]
        constraints = [
            models.UniqueConstraint("team", Lower("name"), name="collection_name_once"),
        ]

    def __str__(self) -> str:
        return self.name

    @classmethod
    def begin(cls, team: Team, user: "User", name: str, words: str = "") -> "Collection":
        """Make an empty one. Raises Refused."""
        if cls._default_manager.filter(team=team).count() >= MOST:
            raise Refused({"name": _TOO_MANY})
        made = cls(team=team, created_by=user)
        made.write(name, words)
        return made

    def write(self, name: str, words: str) -> None:
        """Give it a name and a description. Raises Refused."""
        name, words = _plain(name), _plain(words)
        others = Collection.objects.filter(team=self.team).exclude(pk=self.pk)
        problems = {
            "name": (not name and _NO_NAME)
            or (len(name) > LONGEST_NAME and _LONG_NAME)
            or (others.filter(name__iexact=name).exists() and _TAKEN),
            "words": len(words) > LONGEST_WORDS and _LONG_WORDS,
        }
        if found := {field: problem for field, problem in problems.items() if problem}:
            raise Refused(found)
        self.name, self.words = name, words
        try:
            with transaction.atomic():
                self.save(update_fields=None if self._state.adding else ["name", "words"])
        except IntegrityError as error:  # somebody was as quick with the same name
            raise Refused({"name": _TAKEN}) from error

    def add(self, takes: "Iterable[Generation]", user: "User") -> int:
        """Put takes at its end, as far as they aren't in it; return how many. Raises Refused."""
        with transaction.atomic():
            order = self._order()
            there = set(order)
            new = [take.pk for take in takes if take.pk not in there]
            self._keep(new, user)
            self._arrange([*order, *new])
        return len(new)

    def move(self, take: "Generation", before: int | None) -> None:
        """Put one of its takes before another, which `before` is the id of, or at the end."""
        with transaction.atomic():
            order = self._order()
            if take.pk not in order or take.pk == before:
                return
            order.remove(take.pk)
            place = order.index(before) if before in order else len(order)
            self._arrange([*order[:place], take.pk, *order[place:]])

    def take_out(self, take: "Generation") -> int | None:
        """Take one out, and return the place that it had, for an undo; None where it wasn't in."""
        with transaction.atomic():
            order = self._order()
            if take.pk not in order:
                return None
            self.collected.filter(generation=take).delete()
            return order.index(take.pk)

    def put_back(self, take: "Generation", place: int, user: "User") -> None:
        """Put a take where it was, unless it is there again. Raises Refused."""
        with transaction.atomic():
            order = self._order()
            if take.pk in order:
                return
            self._keep([take.pk], user)
            self._arrange([*order[:place], take.pk, *order[place:]])

    def _order(self) -> list[int]:
        """Return the ids of its takes; nobody else changes them until the transaction ends.

        Its version rises, which locks its row.
        """
        Collection.objects.filter(pk=self.pk).update(version=F("version") + 1)
        return list(self.collected.values_list("generation", flat=True))

    def _keep(self, ids: Sequence[int], user: "User") -> None:
        rows = [Collected(collection=self, generation_id=pk, added_by=user) for pk in ids]
        Collected.objects.bulk_create(rows)

    def _arrange(self, order: Sequence[int]) -> None:
        """Number its takes from 0 in an order. Raises Refused."""
        if len(order) > MOST_TAKES:
            raise Refused({"": _FULL})
        rows = {row.generation_id: row for row in self.collected.all()}
        moved = []
        for place, pk in enumerate(order):
            if rows[pk].position != place:
                rows[pk].position = place
                moved.append(rows[pk])
        Collected.objects.bulk_update(moved, ["position"])


class Collected(models.Model):
    """A take in a collection; `position` counts from 0, with gaps where takes were taken out."""

    collection = models.ForeignKey(Collection, on_delete=models.CASCADE, related_name="collected")
    generation = models.ForeignKey(
        "generations.Generation", on_delete=models.CASCADE, related_name="collected"
    )
    position = models.PositiveSmallIntegerField(default=0)
    added_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    added_at = models.DateTimeField(auto_now_add=True)

    objects: ClassVar[models.Manager["Collected"]] = models.Manager()

    class Meta:
        ordering = ["position", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["collection", "generation"], name="collected_once"),
        ]

    def __str__(self) -> str:
        return f"{self.generation_id} in {self.collection_id}"


def _plain(typed: str) -> str:
    """Return what was typed on one line, without what a database doesn't keep."""
    return " ".join(typed.replace("\0", "").split())
