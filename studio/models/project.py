"""A film in the making."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any, ClassVar, Self
from uuid import UUID, uuid4

from django.conf import settings
from django.db import models, transaction
from django.db.models import F, OuterRef, Q
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils import timezone
from django.utils.text import slugify

from generations.catalogue import ModelFacts, catalogue
from generations.choosing import hdr_refused_at
from generations.kinds import Kind
from generations.queries import WrittenOnce
from studio.models.history import keeping_history
from studio.models.team import Role, Team
from studio.models.user import User

if TYPE_CHECKING:
    from generations.models import Generation, Still

# Words that would read as a page of the site.
_TAKEN = {"new", "live"}

_TAKE_COUNT = Coalesce(F("counter__takes") - F("counter__trashed"), 0)


class ProjectQuerySet(models.QuerySet["Project"]):
    """Questions about many projects."""

    def visible_to(self, user: User) -> Self:
        """Only the projects of the person's teams, without those that are private to others."""
        return self.filter(Project.seen_by(user))

    def open(self) -> Self:
        """Only those that aren't archived."""
        return self.filter(archived_at=None)

    def archived(self) -> Self:
        """Only those that are archived, the last one first."""
        return self.filter(archived_at__isnull=False).order_by("-archived_at")

    def with_covers(self, user: User) -> Self:
        """With the number of takes, and what is on the cover: a still, or the take `cover`.

        That is what was chosen, and else the newest take that has a picture. What the person is
        still to judge blind isn't shown to them, whoever chose it.
        """
        from generations.models import Asset, Generation, Still
        from studio.marks import unveiled

        pictures = (
            Generation.objects.takes()
            .kept()
            .filter(project=OuterRef("pk"), assets__kind=Asset.Kind.POSTER, assets__state="stored")
        )
        # By itself none of a bake-off is put there, where its model could be looked up.
        by_itself = pictures.exclude(entrant__isnull=False, entrant__bakeoff__closed_at=None)
        newest = by_itself.order_by("-take_number").values("uuid")[:1]
        chosen = unveiled(pictures.filter(pk=OuterRef("cover_take")), user)
        still = unveiled(Still.objects.kept().filter(pk=OuterRef("cover_still")), user, "source")
        return self.annotate(
            **{
                "take_count": _TAKE_COUNT,
                "cover": Coalesce(WrittenOnce(chosen.values("uuid")[:1]), WrittenOnce(newest)),
                "cover_picture": WrittenOnce(still.values("uuid")[:1]),
            }
        )


class Project(models.Model):
    """A film in the making; it belongs to a team.

    A private one is there for those in `private_to` alone, and for the team's owner: somebody has
    to be able to open it again when all of these have left, and answers for what it costs.
    """

    uuid = models.UUIDField(default=uuid4, unique=True, editable=False)
    team = models.ForeignKey(Team, on_delete=models.CASCADE, related_name="projects")
    name = models.CharField(max_length=80)
    slug = models.SlugField(max_length=90, unique=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)
    archived_at = models.DateTimeField(null=True, blank=True, editable=False)
    is_private = models.BooleanField(default=False, editable=False)
    # Kept while it is open to all: who it was private to is offered again.
    private_to: ClassVar[models.ManyToManyField] = models.ManyToManyField(
        settings.AUTH_USER_MODEL, related_name="private_projects", editable=False
    )
    # At most one of them; without any the newest take is on the cover.
    cover_take = models.ForeignKey(
        "generations.Generation",
        on_delete=models.SET_NULL,
        null=True,
        editable=False,
        related_name="+",
    )
    cover_still = models.ForeignKey(
        "generations.Still", on_delete=models.RESTRICT, null=True, editable=False, related_name="+"
    )

    # What the door and the lists annotate (studio.access, with_covers).
    role: "Role"
    event_count: int
    take_count: int
    dreaming_count: int
    trashed_count: int
    approval_above_usd: Decimal | None
    own_prices: Sequence[dict[str, str | None]] | None
    price_factors: Sequence[dict[str, str]] | None
    providers: Sequence[str] | None
    cover: UUID | None
    cover_picture: UUID | None

    objects: ClassVar[models.Manager["Project"]] = ProjectQuerySet.as_manager()

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name

    @staticmethod
    def seen_by(user: User, at: str = "") -> Q:
        """What makes a query one of what the person may see, where `at` leads to its project.

        Such as `generation__project__`. In one filter with whatever else is asked of the team's
        memberships, so that all of it is about the same one.
        """
        member = f"{at}team__memberships__"
        theirs = Project.private_to.through.objects.filter(user=user).values("project")
        open_to = Q(**{f"{at}is_private": False}) | Q(**{f"{member}role": Role.OWNER.value})
        return Q(**{f"{member}user": user}) & (open_to | Q(**{f"{at}pk__in": theirs}))

    def people(self) -> models.QuerySet[User]:
        """Who sees it: its team, or of a private one its owner and those whom it is private to."""
        mine = Q(memberships__team=self.team_id)
        if self.is_private:
            chosen = self.private_to.values("pk")
            mine &= Q(memberships__role=Role.OWNER.value) | Q(pk__in=chosen)
        return User.objects.filter(mine)

    @property
    def cover_url(self) -> str:
        """The picture on its cover, small, or nothing; for what comes from `with_covers()`."""
        if self.cover_picture:
            return reverse("media", args=[self.cover_picture, "still-small"])
        return reverse("media", args=[self.cover, "poster"]) if self.cover else ""

    @property
    def has_own_prices(self) -> bool:
        """Whether its team has its own prices; so it may, where that wasn't looked up."""
        if not hasattr(self, "own_prices"):
            return True
        return bool(self.own_prices or getattr(self, "price_factors", None))

    def can_order(self, model: ModelFacts, kind: Kind) -> bool:
        """Whether its team has an account for a model, and a price of it where none is published.

        So it may, where that wasn't looked up, or where the team has no account at all yet.
        """
        theirs = getattr(self, "providers", None)
        if theirs and model.provider not in theirs:
            return False
        if model.kinds[kind].rate.is_published or not hasattr(self, "own_prices"):
            return True
        return self.own_price(model.key, kind)[:2] != (None, None)

    def hdr_refused_at(self, provider: str) -> datetime | None:
        """Return when a provider told that no key of its team has HDR; None where one may have.

        Asked once for each, for a page names it several times.
        """
        known: dict[str, datetime | None] = self.__dict__.setdefault("_hdr_refused_at", {})
        if provider not in known:
            known[provider] = hdr_refused_at(self.team_id, provider)
        return known[provider]

    def own_price(
        self, model: str, kind: str
    ) -> tuple[Decimal | None, Decimal | None, Decimal | None]:
        """Return its team's own rate, own price for a take in dollars, and factor, where there are.

        For what came through the door (studio.access).
        """
        known = {(each["model"], each["kind"]): each for each in self.own_prices or ()}
        own = known.get((model, kind), {})
        rate, price = own.get("rate_usd"), own.get("price_usd")
        # To the places that are kept: SQLite drops zeros at the end.
        return (
            round(Decimal(rate), 6) if rate else None,
            round(Decimal(price), 4) if price else None,
            self._price_factor(model),
        )

    def _price_factor(self, model: str) -> Decimal | None:
        facts = catalogue().models.get(model)
        known = getattr(self, "price_factors", None) or ()
        factors = {each["provider"]: each["factor"] for each in known}
        factor = factors.get(facts.provider) if facts else None
        return round(Decimal(factor), 4) if factor else None

    def rename(self, name: str) -> None:
        """Give it another name; its address stays, for people have kept it."""
        self.name = name
        self.save(update_fields=["name"])

    def set_cover(self, take: "Generation | None" = None, still: "Still | None" = None) -> None:
        """Put a take's poster or a still on its cover, or with neither the newest take's."""
        self.cover_take, self.cover_still = take, still
        self.save(update_fields=["cover_take", "cover_still"])

    def make_private(self, people: Iterable[User], by: User) -> None:
        """Have only some members of the team see it; its creator and `by` are always among them."""
        always = {by.pk, self.created_by_id} - {None}
        chosen = Q(pk__in=always | {person.pk for person in people})
        with transaction.atomic():
            self.private_to.set(self.team.members.filter(chosen))
            self._set_private(True)

    def open_to_team(self) -> None:
        """Have everybody in the team see it."""
        self._set_private(False)

    def _set_private(self, is_private: bool) -> None:
        self.is_private = is_private
        self.save(update_fields=["is_private"])

    def archive(self) -> bool:
        """Close it to new takes and take it off the lists; False when it was."""
        return self._move_archive(None, timezone.now())

    def reopen(self) -> bool:
        """Take it out of the archive; False when it wasn't there."""
        return bool(self.archived_at) and self._move_archive(self.archived_at, None)

    def _move_archive(self, before: datetime | None, after: datetime | None) -> bool:
        mine = Project.objects.filter(pk=self.pk, archived_at=before)
        return mine.update(archived_at=after) == 1

    def is_there(self) -> bool:
        """Tell whether its team isn't deleted by now."""
        return Team.objects.there().filter(pk=self.team_id).exists()

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        """Delete a project that nothing was made in, with its timelines. Raises Refused."""
        with keeping_history(self), transaction.atomic():
            for sequence in self.sequences.all():
                sequence.discard()
            return super().delete(*args, **kwargs)

    @staticmethod
    def free_slug(name: str) -> str:
        """Return a slug for a name that no project of the installation has yet."""
        stem = slugify(name)[:80] or "project"
        taken = set(Project.objects.filter(slug__startswith=stem).values_list("slug", flat=True))
        taken |= _TAKEN
        number, slug = 1, stem
        while slug in taken:
            number += 1
            slug = f"{stem}-{number}"
        return slug
