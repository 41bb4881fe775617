"""A team's free words for its takes."""

import unicodedata
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, ClassVar, Self

from django.conf import settings
from django.db import models, transaction
from django.db.models import Exists, OuterRef, Q

from generations.refusal import Refused
from studio.models.project import Project
from studio.models.team import Team

if TYPE_CHECKING:
    from generations.models import Generation
    from studio.models.user import User

LONGEST = 30
MOST = 20
_LONGEST_KEY = 4 * LONGEST  # a letter may fold into several
_TOO_LONG = f"A tag has at most {LONGEST} characters, and “{{word}}” is longer. Shorten it."
_NONSENSE = "“{word}” isn't a tag: write a word or a few, separated by commas."
_NONE = "Write a tag: a word or a few, separated by commas."
_TOO_MANY_AT_ONCE = f"These are over {MOST} tags at once. Write fewer."
_TOO_MANY = f"{{name}} would have over {MOST} tags. Take some off first."


def words_of(typed: str) -> list[str]:
    """Return the tags that somebody typed, separated by commas, each once. Raises Refused."""
    words: dict[str, str] = {}
    for part in typed.split(","):
        word = " ".join(unicodedata.normalize("NFC", part).split()).removeprefix("#").strip()
        if not word:
            continue
        if len(word) > LONGEST or len(key_of(word)) > _LONGEST_KEY:
            raise Refused({"words": _TOO_LONG.format(word=f"{word[:LONGEST]}…")})
        if not word.isprintable() or not any(letter.isalnum() for letter in word):
            raise Refused({"words": _NONSENSE.format(word=word)})
        words.setdefault(key_of(word), word)
    if not words:
        raise Refused({"words": _NONE})
    if len(words) > MOST:
        raise Refused({"words": _TOO_MANY_AT_ONCE})
    return list(words.values())


def key_of(word: str) -> str:
    """Return what tags are compared by: case and the form of letters make no other tag.

    Whatever anybody sends may be looked for by it: PostgreSQL refuses to be asked for a NUL.
    """
    return unicodedata.normalize("NFKC", word).casefold().strip().replace("\0", "\ufffd")


class TagQuerySet(models.QuerySet["Tag"]):
    """What a team does with the tags of many takes."""

    def in_use_for(self, user: "User") -> Self:
        """Those that some take has that a person may see, by their words."""
        return self._on(Project.seen_by(user, "generation__project__"))

    def in_use_at(self, project: Project) -> Self:
        """Those that everybody who sees a project may see, by their words."""
        is_open = Q(generation__project__is_private=False)
        return self._on(is_open | Q(generation__project=project))

    def _on(self, takes: Q) -> Self:
        taggings = Tagging.objects.filter(takes, tag=OuterRef("pk"))
        return self.filter(Exists(taggings)).order_by("key")

    def put(self, typed: str, takes: Sequence["Generation"], user: "User") -> list[str]:
        """Tag takes of one team with the words that somebody typed. Raises Refused.

        Returns the words as the team writes them: a tag that is there keeps its own.
        """
        words = words_of(typed)
        if not takes:
            return words
        team = takes[0].project.team
        with transaction.atomic():
            tags = self._of(team, words)
            taggings = [
                Tagging(tag=tag, generation=take, by=user) for take in takes for tag in tags
            ]
            Tagging.objects.bulk_create(taggings, ignore_conflicts=True)
            _refuse_too_many(takes)
            _touch(takes)
        return [tag.word for tag in tags]

    def take_off(self, word: str, takes: Iterable["Generation"]) -> None:
        """Take a tag off takes, as far as they have it."""
        with transaction.atomic():
            found = list(takes)
            mine = Tagging.objects.filter(generation__in=found, tag__key=key_of(word))
            if mine.delete()[0]:
                _touch(found)

    def _of(self, team: Team, words: list[str]) -> "list[Tag]":
        new = [Tag(team=team, key=key_of(word), word=word) for word in words]
        Tag.objects.bulk_create(new, ignore_conflicts=True)
        found = {tag.key: tag for tag in self.filter(team=team, key__in=[it.key for it in new])}
        return [found[tag.key] for tag in new]


class Tag(models.Model):
    """A word that a team marks takes with. `key` tells it from others, `word` is how it looks."""

    team = models.ForeignKey(Team, on_delete=models.CASCADE, related_name="tags")
    word = models.CharField(max_length=LONGEST)
    key = models.CharField(max_length=_LONGEST_KEY)

    objects: ClassVar[TagQuerySet] = TagQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        constraints = [models.UniqueConstraint(fields=["team", "key"], name="tag_once_per_team")]

    def __str__(self) -> str:
        return self.word


class Tagging(models.Model):
    """A tag on a take; `by` is who put it there."""

    tag = models.ForeignKey(Tag, on_delete=models.CASCADE, related_name="taggings")
    generation = models.ForeignKey(
        "generations.Generation", on_delete=models.CASCADE, related_name="taggings"
    )
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            # it is also the index of studio.marks
            models.UniqueConstraint(fields=["generation", "tag"], name="tagging_once"),
        ]

    def __str__(self) -> str:
        return f"{self.tag_id} on {self.generation_id}"


def _refuse_too_many(takes: Sequence["Generation"]) -> None:
    counts = Tagging.objects.filter(generation__in=takes).order_by().values("generation")
    over = counts.annotate(n=models.Count("pk")).filter(n__gt=MOST).values_list("generation")
    full = {pk for (pk,) in over}
    for take in takes:
        if take.pk in full:
            name = take.name[:1].upper() + take.name[1:]
            raise Refused({"words": _TOO_MANY.format(name=name)})


def _touch(takes: Iterable["Generation"]) -> None:
    from generations.models import Generation

    Generation.objects.filter(pk__in=[take.pk for take in takes]).touch()
