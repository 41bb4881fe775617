"""What people marked takes with, as their cards show it."""

from collections.abc import Iterable
from typing import Any, TypeVar

from django.db.models import Aggregate, Exists, JSONField, OuterRef, QuerySet
from django.db.models.functions import Coalesce

from generations.models import Generation
from generations.models.generation_queries import GenerationQuerySet, there_is
from generations.queries import WrittenOnce, built_once
from studio.models import BakeOff, Entrant, Favourite, Final, Review, Tagging, User

Rows = TypeVar("Rows", bound=QuerySet[Any])


class JsonList(Aggregate):
    """Values of many rows as one list, in no order; of both databases, where Django has none."""

    function = "JSONB_AGG"
    output_field = JSONField()

    def as_sqlite(self, compiler: Any, connection: Any, **extra: Any) -> Any:
        """Write it as SQLite calls it."""
        return self.as_sql(compiler, connection, function="JSON_GROUP_ARRAY", **extra)


def with_verdicts(takes: GenerationQuerySet) -> GenerationQuerySet:
    """Annotate takes with their `verdict`: where each stands with those who judge it.

    None for what nobody sent to review.
    """
    verdict = Review.objects.filter(generation=OuterRef("pk")).values("verdict")
    return takes.annotate(verdict=WrittenOnce(verdict))


def with_marks(takes: GenerationQuerySet, user: User) -> GenerationQuerySet:
    """Annotate takes with what people think of them.

    `is_favourite` is the person's own star, `tag_words` are the tags, `verdict` as above, and
    `blind_in` is the id of the bake-off that the person hasn't judged yet, if it is in one; a
    version is in that of its take. `final_of_take` is the number of the take that it is the final
    of, `final_take` that of its own newest final.
    """
    stars = Favourite.objects.filter(user=user, generation=OuterRef("pk"))
    tags = Tagging.objects.filter(generation=OuterRef("pk")).order_by().values("generation")
    words = tags.annotate(found=JsonList("tag__word")).values("found")
    drafts = Final.objects.filter(take=OuterRef("pk")).values("draft__take_number")
    ordered = (Final.Stage.ORDERED, Final.Stage.DONE)
    finals = Final.objects.filter(draft=OuterRef("pk"), stage__in=ordered, take__trashed_at=None)
    marked = takes.annotate(
        is_favourite=there_is(stars),
        tag_words=WrittenOnce(words),
        final_of_take=WrittenOnce(drafts[:1]),
        final_take=WrittenOnce(finals.order_by("-pk").values("take__take_number")[:1]),
    )
    return with_verdicts(with_veil(marked, user))


def marked_cards(user: User) -> GenerationQuerySet:
    """Return all takes with what a card shows, and what people think of them: narrow it."""
    return _marked_cards(user.pk)


@built_once
def _marked_cards(user_pk: int) -> GenerationQuerySet:
    return with_marks(Generation.objects.for_cards(), User(pk=user_pk))


def with_veil(takes: GenerationQuerySet, user: User) -> GenerationQuerySet:
    """Annotate takes with `blind_in`, as above."""
    return takes.annotate(blind_in=WrittenOnce(_blind(user).values("bakeoff__uuid")))


def unveiled(rows: Rows, user: User, *takes: str) -> Rows:
    """Leave out the takes whose pictures are kept from a person, who would see whose they are.

    Of other things those are left out that are pictures of such a take: `takes` lead to it, such
    as a still's `source`.
    """
    return rows.filter(*(~Exists(_blind(user, path)) for path in takes or ("",)))


def veiled_takes(takes: Iterable[int | None], user: User) -> set[int]:
    """Return the ids of those takes whose pictures are kept from a person, as above."""
    asked = {each for each in takes if each}
    if not asked:
        return set()
    kept = Generation.objects.filter(Exists(_blind(user)), pk__in=asked)
    return set(kept.values_list("pk", flat=True))


def _blind(user: User, path: str = "") -> QuerySet[Entrant]:
    """Return what the outer take, or the take that it is a version of, is to a blind judge.

    `path` leads from the outer row to it, where that is something else.
    """
    original = f"{path}__version_of" if path else "version_of"
    take = Coalesce(OuterRef(original), OuterRef(path or "pk"))
    return Entrant.objects.filter(bakeoff__in=BakeOff.objects.blind_for(user), generation=take)
