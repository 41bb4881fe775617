"""The bin of a timeline: the takes that can be put into it, the finished ones first."""

from dataclasses import dataclass
from functools import cached_property
from urllib.parse import urlencode

from django.db.models import Q
from django.http import QueryDict

from generations.kinds import PICTURES
from generations.models import Generation, State
from generations.models.generation_queries import GenerationQuerySet
from generations.models.states import UNFINISHED
from studio.cards import Card
from studio.finding import WORDS_MAX
from studio.marks import unveiled
from studio.models import Project, User

PAGE = 40
_READY, _COMING = "ready", "coming"


@dataclass(frozen=True)
class Bin:
    """A page of takes; `query` has the words that are looked for, and the cursor `after`.

    What the person is still to judge blind isn't among them.
    """

    project: Project
    user: User
    query: QueryDict

    @property
    def words(self) -> str:
        """What is looked for."""
        return self.query.get("find", "").strip()[:WORDS_MAX]

    @property
    def is_behind(self) -> bool:
        """Whether it is a further page."""
        return bool(self.query.get("after"))

    @property
    def cards(self) -> list[Card]:
        """The takes of the page."""
        return [Card(take) for take in self._found[:PAGE]]

    @property
    def onward(self) -> str:
        """The query of the next page, or nothing."""
        part, _ = self._cursor
        if len(self._found) > PAGE:
            after = f"{part}~{self._found[PAGE - 1].take_number}"
        else:
            after = f"{_COMING}~" if part == _READY else ""
        said = {"find": self.words, "after": after}
        return f"?{urlencode(said)}" if after else ""

    @property
    def onward_words(self) -> str:
        """What the link to that page says."""
        return "More takes" if len(self._found) > PAGE else "What isn't ready yet"

    @cached_property
    def _found(self) -> list[Generation]:
        part, below = self._cursor
        takes = unveiled(videos_of(self.project), self.user).filter(_of(part))
        if self.words:
            takes = takes.saying(self.words)
        if below:
            takes = takes.filter(take_number__lt=below)
        return list(takes.order_by("-take_number")[: PAGE + 1])

    @property
    def _cursor(self) -> tuple[str, int]:
        """The part of the bin that the page is in, and the number that it lies below, or 0."""
        part, _, number = self.query.get("after", "").partition("~")
        below = int(number) if number.isascii() and number.isdigit() and len(number) < 10 else 0
        return (_COMING if part == _COMING else _READY), below


def videos_of(project: Project) -> GenerationQuerySet:
    """Return a project's takes that a clip can show: videos that aren't in the trash."""
    every = Generation.objects.for_cards().takes().kept().filter(project=project)
    return every.exclude(prompt__kind__in=PICTURES)


def can_be_cut() -> Q:
    """Hold for takes that are ready, or still coming: what ended without a video never is."""
    return Q(state__in=(State.COMPLETED, *UNFINISHED))


def _of(part: str) -> Q:
    return Q(state=State.COMPLETED) if part == _READY else Q(state__in=UNFINISHED)
