"""What a person asked for earlier in a project: newest first, the same words once."""

from dataclasses import dataclass
from functools import cached_property

from django.db.models import QuerySet

from generations.models import Prompt
from studio.models import Project, User
from studio.prompting.wildcards import literal

PAGE = 30
_AT_ONCE = 200


@dataclass(frozen=True)
class History:
    """A page of a person's earlier words in a project.

    Of those that hold `find`, and that were asked for before the prompt `before` (0: of all).
    """

    project: Project
    user: User
    find: str = ""
    before: int = 0

    @property
    def words(self) -> list[tuple[str, str]]:
        """The words, newest first, each as it was asked for and as it is written again."""
        return [(words, literal(words)) for words in self._page[0]]

    @property
    def onward(self) -> int:
        """Before which prompt the next page begins; 0 when this is the last."""
        return self._page[1]

    @cached_property
    def _page(self) -> tuple[list[str], int]:
        found: dict[str, None] = {}
        before = self.before
        while batch := self._batch(before):
            newer = self._asked_since([words for words, _ in batch])
            for words, pk in batch:
                if len(found) == PAGE:
                    return list(found), before
                before = pk
                if words not in newer:
                    found[words] = None
        return list(found), 0

    @property
    def _mine(self) -> QuerySet[Prompt]:
        mine = Prompt.objects.filter(project=self.project, author=self.user).exclude(words="")
        return mine.filter(words__icontains=self.find) if self.find else mine

    def _batch(self, before: int) -> list[tuple[str, int]]:
        older = self._mine.filter(pk__lt=before) if before else self._mine
        return list(older.order_by("-pk").values_list("words", "pk")[:_AT_ONCE])

    def _asked_since(self, words: list[str]) -> set[str]:
        """Return which of these words are on an earlier page."""
        if not self.before:
            return set()
        since = self._mine.filter(pk__gte=self.before, words__in=words)
        return set(since.values_list("words", flat=True))
