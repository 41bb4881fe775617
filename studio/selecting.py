"""Takes that a person chose on a board or in the gallery, and what can be done with all at once."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple
from uuid import UUID

from django.urls import reverse
from django.utils.text import slugify

from generations.kinds import Kind
from generations.models import Generation
from generations.refusal import Refused
from studio.access import holds, may_discard
from studio.cards import Card
from studio.marks import with_marks
from studio.models import Project, Role, Team, User, Verdict

MOST = 500


@dataclass(frozen=True)
class Why:
    """Why a verb doesn't fit a take: of one, and of several; without words it needs no telling."""

    one: str = ""
    many: str = ""

    def of(self, count: int) -> str:
        """Return it of so many."""
        return f"{count} {self.one if count == 1 else self.many}"


_EVIDENT = Why()
_NO_FILE = Why("has no file here", "have no file here")
_BLIND = Why("is still to be judged blind", "are still to be judged blind")
_UNDER_WAY = Why("is under way", "are under way")
_UNRELEASED = Why("still has its price reserved", "still have their prices reserved")
_FETCHING = Why("has its file on its way here", "have their files on their way here")
_A_PICTURE = Why("is a picture", "are pictures")
_NEVER = Why("was never generated", "were never generated")
_FROM_VIDEO = Why("was made from another video", "were made from other videos")
_IN_REVIEW = Why("is in review already", "are in review already")
_ANOTHERS = Why("is somebody else's", "are somebody else's")


def _deleting(card: Card, user: User) -> Why | None:
    take = card.generation
    role = Role(take.project.role)
    if not may_discard(user, take, role):
        return _ANOTHERS
    if take.is_unfinished:
        return _UNDER_WAY
    if take.is_unreleased:
        return _UNRELEASED
    return None if card.can_discard else _FETCHING


def _adding(card: Card, user: User) -> Why | None:
    if card.is_picture:
        return _A_PICTURE
    return None if card.can_be_cut else _NEVER


def _comparing(card: Card, user: User) -> Why | None:
    if card.is_playable:
        return None
    return _BLIND if card.is_veiled else _NO_FILE


def _finishing(card: Card, user: User) -> Why | None:
    if card.is_picture:
        return _A_PICTURE
    if card.generation.prompt.kind != Kind.VIDEO:
        return _FROM_VIDEO
    return _comparing(card, user)


def _asking(card: Card, user: User) -> Why | None:
    if why := _comparing(card, user):
        return why
    return _IN_REVIEW if card.verdict is Verdict.WAITING else None


@dataclass(frozen=True)
class Verb:
    """What can be done with many takes: an entry of the bar.

    `name` is its address's. `obstacle` says why it can't be done with a take, or None, and `done`
    is its word for that ("5 of 7 can be deleted: 2 are under way"). A verb that `hides` isn't
    offered where it fits none; one that `takes_words` has its field and button beside the others.
    One that is `of_one_project` isn't offered in the gallery.
    """

    name: str
    words: str
    obstacle: Callable[[Card, User], Why | None] = lambda card, user: None
    done: str = ""
    role: Role = Role.VIEWER
    hides: bool = False
    is_file: bool = False
    takes_words: bool = False
    of_one_project: bool = False


VERBS = (
    Verb("tag_chosen", "Tag", role=Role.REVIEWER, takes_words=True),
    Verb(
        "favourite_chosen",
        "Favourite",
        lambda card, user: _EVIDENT if card.is_favourite else None,
        hides=True,
    ),
    Verb(
        "unfavourite_chosen",
        "Take the star off",
        lambda card, user: None if card.is_favourite else _EVIDENT,
        hides=True,
    ),
    Verb(
        "download_chosen",
        "Download as ZIP",
        _comparing,
        "downloaded",
        is_file=True,
    ),
    Verb("compare_chosen", "Compare", _comparing, "compared"),
    Verb("review_chosen", "Send to review", _asking, "sent to review", Role.ARTIST),
    Verb("add_chosen", "Add to timeline", _adding, "added", Role.ARTIST, of_one_project=True),
    Verb("collect_chosen", "Collect…", _comparing, "collected", Role.ARTIST, is_file=True),
    Verb(
        "finals_chosen",
        "Make finals…",
        _finishing,
        "made into finals",
        Role.ARTIST,
        is_file=True,
    ),
    Verb("copy_chosen", "Move or copy…", _comparing, "copied", Role.ARTIST, is_file=True),
    Verb("discard_chosen", "Delete", _deleting, "deleted", Role.ARTIST),
)


@dataclass(frozen=True)
class Act:
    """A verb for takes that were chosen: those that it fits, and why not the others."""

    verb: Verb
    cards: Sequence[Card]
    others: Counter[Why]
    address: str

    @property
    def total(self) -> int:
        """How many were chosen."""
        return len(self.cards) + self.others.total()

    @property
    def words(self) -> str:
        """What its button says: of how many, where not of all."""
        count = len(self.cards)
        return self.verb.words if count in (0, self.total) else f"{self.verb.words} ({count})"

    @property
    def explained(self) -> str:
        """Why it can't be done with all of them, or nothing."""
        return _explain(self.reason, [self.verb.done]) if self.reason.whys else ""

    @property
    def reason(self) -> "Reason":
        """Why it can't be done with all of them, told alike of verbs that it stops alike."""
        told = tuple((why, count) for why, count in self.others.most_common() if why.one)
        return Reason(len(self.cards), self.total, told)


class Reason(NamedTuple):
    """Of how many takes how many a verb fits, and why not the others, with how many of each."""

    fitting: int
    total: int
    whys: tuple[tuple[Why, int], ...]


def _explain(reason: Reason, done: Sequence[str]) -> str:
    """Say why what is `done` by some verbs can't be done with all of what was chosen."""
    can_be = done[0] if len(done) == 1 else f"{', '.join(done[:-1])} or {done[-1]}"
    if reason.total == 1:
        return f"It can't be {can_be}: it {reason.whys[0][0].one}."
    whys = ", ".join(why.of(count) for why, count in reason.whys)
    return f"{reason.fitting or 'None'} of {reason.total} can be {can_be}: {whys}."


class Selection:
    """What a person chose of the takes of a project, or of a team's open projects.

    `scope` is the one or the other, from its door (studio.access). Raises Refused where that is
    too much.
    """

    def __init__(self, scope: Project | Team, user: User, chosen: Sequence[str]) -> None:
        self.scope = scope
        self.user = user
        self._uuids = {uuid for uuid in map(_uuid, chosen) if uuid}
        if len(self._uuids) > MOST:
            raise Refused({"": self.too_many})

    @property
    def most(self) -> int:
        """How many can be chosen at once."""
        return MOST

    @property
    def too_many(self) -> str:
        """What is said where more are."""
        return f"At most {MOST} takes can be chosen at once. Choose fewer."

    @cached_property
    def cards(self) -> list[Card]:
        """The takes that are still there, the newest first."""
        if not self._uuids:
            return []  # as on every page of the board: not even the query is put together
        takes = Generation.objects.for_cards().takes().kept().filter(uuid__in=self._uuids)
        if self.project:
            mine = takes.filter(project=self.project).order_by("-take_number")
        else:
            theirs = Project.objects.visible_to(self.user).open().filter(team=self.team)
            mine = takes.filter(project__in=theirs).order_by("-id")
        found = list(with_marks(mine, self.user))
        for take in found:
            if self.project:
                take.project = self.project  # with the person's role
            else:
                take.project.role, take.project.team = Role(self.scope.role), self.team
        return [Card(take) for take in found]

    @property
    def project(self) -> Project | None:
        """The one project, or None in the gallery."""
        return self.scope if isinstance(self.scope, Project) else None

    @property
    def team(self) -> Team:
        """The team whose takes they are."""
        return self.scope if isinstance(self.scope, Team) else self.scope.team

    @property
    def stem(self) -> str:
        """What a file of them is called first."""
        return self.project.slug if self.project else slugify(self.team.name)[:60] or "team"

    @property
    def addresses(self) -> dict[str, str]:
        """Where what is chosen is told of (`chosen`), and where each verb does its work."""
        return {name: self._address(name) for name in ("chosen", *(it.name for it in VERBS))}

    def _address(self, name: str) -> str:
        if self.project:
            return reverse(name, args=[self.project.slug])
        one = next((verb.of_one_project for verb in VERBS if verb.name == name), False)
        return "" if one else f"{reverse(name)}?team={self.team.uuid}"

    @property
    def missing(self) -> int:
        """How many of them aren't there any more."""
        return len(self._uuids) - len(self.cards)

    @property
    def acts(self) -> list[Act]:
        """What the person may do with them, each with those that it fits."""
        found = [self.act(verb.name) for verb in VERBS if self._may(verb)]
        return [act for act in found if act.cards or not act.verb.hides or not self.cards]

    @property
    def explained(self) -> list[str]:
        """What can't be done with all of them, a sentence for each reason."""
        gone = f"{self.missing} {'is' if self.missing == 1 else 'are'} not there any more."
        alike: dict[Reason, list[str]] = {}
        for act in self.acts:
            if act.reason.whys:
                alike.setdefault(act.reason, []).append(act.verb.done)
        return [
            *([gone] if self.missing else []),
            *(_explain(reason, done) for reason, done in alike.items()),
        ]

    def act(self, name: str) -> Act:
        """Return a verb with those of them that it fits, and why not the others."""
        verb = next(verb for verb in VERBS if verb.name == name)
        whys = [(card, verb.obstacle(card, self.user)) for card in self.cards]
        fitting = [card for card, why in whys if why is None]
        others = Counter(why for _, why in whys if why is not None)
        return Act(verb, fitting, others, self._address(name))

    def takes_for(self, name: str) -> list[Generation]:
        """Return those of them that a verb fits. Raises Refused where it fits none."""
        act = self.act(name)
        if not act.cards:
            nothing = "No take was chosen." if not self.cards else act.explained
            raise Refused({"": nothing or "There is nothing to do with them."})
        return [card.generation for card in act.cards]

    def _may(self, verb: Verb) -> bool:
        fits = self.project is not None or not verb.of_one_project
        return fits and holds(self.scope.role, verb.role)


def _uuid(value: str) -> UUID | None:
    try:
        return UUID(value)
    except ValueError:
        return None
