"""Finding takes: what a page's address asks for, and the rows in the order that it names."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import Any
from urllib.parse import urlencode

from django.db.models import Exists, OuterRef, Q
from django.http import QueryDict

from generations.catalogue import catalogue
from generations.models import Asset, Generation, State
from generations.models.generation_queries import GenerationQuerySet
from generations.models.states import UNFINISHED
from studio.dates import Days
from studio.models import Favourite, Project, Review, Tagging, Team, User, Verdict
from studio.models.tag import LONGEST, key_of
from studio.offers import OF_GALLERY, Offers
from studio.used import Used, all_ratios

WORDS_MAX = 200
GONE = "delete"
_MENUS = {
    "state": "State",
    "review": "Review",
    "who": "Person",
    "model": "Model",
    "ratio": "Ratio",
    "sound": "Sound",
}
_SWITCHES = {"favourite": "Favourites"}
ON = "yes"
_UNJUDGED = "none"
_PERSON = re.compile(r"[0-9]{1,9}")
_STATES: dict[str, tuple[str, Sequence[str]]] = {
    "ready": ("Ready", (State.COMPLETED,)),
    "working": ("In the works", UNFINISHED),
    "failed": ("Not generated", (State.FAILED, State.DECLINED, State.CANCELLED)),
}
_SORTS = {
    "newest": ("Newest first", ("-take_number",)),
    "oldest": ("Oldest first", ("take_number",)),
    "dearest": ("Dearest first", ("-price_usd", "-take_number")),
}
_NUMBER = re.compile(
    r"[0-9]{1,8}(\.[0-9]{1,4})?"
)  # prices have twelve digits, four behind the point


@dataclass(frozen=True)
class Choice:
    """One of what a filter offers."""

    value: str
    words: str
    is_chosen: bool


@dataclass(frozen=True)
class Filter:
    """A menu of the finder: its name in the address, what it is called, and its choices.

    The first choice is none, and leaves the filter out.
    """

    name: str
    title: str
    choices: tuple[Choice, ...]


class Finding:
    """What is looked for on a board. It lives in the address; what isn't known there is left out.

    So an address that somebody kept still shows something after a model or a person is gone.
    """

    orders = _SORTS

    def __init__(self, team: Team, user: User, query: QueryDict) -> None:
        self.team = team
        self.user = user
        self.words = query.get("find", "").strip()[:WORDS_MAX]
        self.days = Days(query)
        self._asked = query

    @cached_property
    def chosen(self) -> dict[str, str]:
        """What the filters are set to, by name. A person needn't be of the team any more."""
        found = {name: self._asked.get(name, "") for name in (*_MENUS, *_SWITCHES)}
        who = found.pop("who")
        picked = {name: value for name, value in found.items() if value in dict(_offered(name))}
        if tag := self._asked.get("tag", "").replace("\0", "").strip()[:LONGEST]:
            picked["tag"] = tag
        if who == "me" or _PERSON.fullmatch(who):
            picked["who"] = who
        return picked

    @cached_property
    def filters(self) -> tuple[Filter, ...]:
        """The menus, each with what is chosen; asks for what the team has made."""
        return tuple(
            self._filter(name, title, self._choices(name)) for name, title in _MENUS.items()
        )

    @cached_property
    def tags(self) -> Filter:
        """The menu of tags that takes of the team have, and of one that is gone."""
        asked = self.chosen.get("tag", "")
        words = ({key_of(asked): asked} if asked else {}) | dict(self._offers.tags)
        chosen = (Choice("", "Any", not asked),)
        return Filter(
            "tag",
            "Tag",
            chosen + tuple(Choice(it, it, key == key_of(asked)) for key, it in words.items()),
        )

    def views_of(self, scope: Project | Team) -> list[tuple[str, str]]:
        """The person's own saved views of a project or of a gallery: names and what they seek."""
        return self._offers.views.get(scope.pk if isinstance(scope, Project) else OF_GALLERY, [])

    @cached_property
    def _offers(self) -> Offers:
        return Offers.to(self.user, self.team)

    @cached_property
    def switches(self) -> tuple[Filter, ...]:
        """The filters that are on or off, each with the one choice that is on."""
        return tuple(
            Filter(name, title, (Choice(ON, title, name in self.chosen),))
            for name, title in _SWITCHES.items()
        )

    @cached_property
    def sorts(self) -> Filter:
        """The menu of orders."""
        choices = [Choice(key, words, key == self.sort) for key, (words, _) in self.orders.items()]
        return Filter("sort", "Order", tuple(choices))

    @property
    def sort(self) -> str:
        """The name of the order."""
        asked = self._asked.get("sort", "")
        return asked if asked in self.orders else "newest"

    @property
    def is_narrowed(self) -> bool:
        """Whether it leaves any take out."""
        return bool(self.words or self.chosen or self.days.said)

    @property
    def query(self) -> str:
        """What follows a page's path to look for the same: `?find=dune`, or nothing."""
        return f"?{self.parameters}" if self.parameters else ""

    @property
    def onward(self) -> str:
        """What stands before the cursor in the address of the next page."""
        return f"{self.parameters}&" if self.parameters else ""

    @property
    def parameters(self) -> str:
        """What the address says of it, encoded; nothing where nothing is asked for."""
        return self.sought

    @property
    def sought(self) -> str:
        """What is looked for, as an address says it."""
        said = {"find": self.words, **self.chosen, **self.days.said}
        if self.sort != "newest":
            said["sort"] = self.sort
        return urlencode({name: value for name, value in said.items() if value})

    def narrow(self, takes: GenerationQuerySet) -> GenerationQuerySet:
        """Leave out what isn't looked for."""
        if self.words:
            takes = takes.saying(self.words)
        for name, value in self.chosen.items():
            takes = takes.filter(getattr(self, f"_by_{name}")(value))
        return takes.filter(self.days.as_q())

    def place_for(self, take: Generation, last: int, *, is_born: bool) -> str:
        """Return how a take that changed comes to a page whose newest is `last`: for hx-swap-oob.

        Nothing where it doesn't. What isn't on the page, or is back from the trash, goes on top, or
        to its place in the order, which the page's script knows. In another order than the newest
        first what is newer may lie in a page that isn't loaded, so it comes only if it `is_born`
        since, or `is_back`. What went into the trash leaves the page.
        """
        is_new = self.place_of(take) > last
        if take.trashed_at:
            return "" if is_new else GONE
        fits = is_new or take.is_back  # type: ignore[attr-defined]
        if self.is_narrowed:
            fits = take.is_looked_for  # type: ignore[attr-defined]
        if is_new and self.sort != "newest":
            fits = fits and (is_born or take.is_back)  # type: ignore[attr-defined]
        if fits:
            return "afterbegin:#takes"
        return "" if is_new else "morph"

    @property
    def bringing(self) -> tuple[str, ...]:
        """The kinds of events by which a take that was there before comes to what is looked for.

        Not those of takes in the works, which have several on their way.
        """
        states = _STATES[self.chosen["state"]][1] if "state" in self.chosen else ()
        return ("restored", *(() if set(states) & set(UNFINISHED) else states))

    def place_of(self, take: Generation) -> int:
        """Return what the newest first go by."""
        return take.take_number or 0

    def page(
        self,
        takes: GenerationQuerySet,
        cursor: str,
        size: int,
        until: str = "",
        *,
        shown: GenerationQuerySet,
    ) -> tuple[list[Generation], str]:
        """Return up to `size` takes behind a cursor, and the cursor of the next page or nothing.

        No further than `until`, a cursor too: what a page held that was taken out of the browser's.
        `shown` is all takes with what is told of each: it is asked of those of the page alone, for
        SQLite works out every column of what it sorts before it leaves the rest out.
        """
        order = self.orders[self.sort][1]
        found = takes.filter(_behind(order, cursor), _up_to(order, until)).order_by(*order)
        rows = list(shown.among(self._first(found, size + 1)).order_by(*order))
        if len(rows) <= size:
            return rows, ""
        last = rows[size - 1]
        return rows[:size], "~".join(str(getattr(last, name.lstrip("-"))) for name in order)

    def _first(self, found: GenerationQuerySet, count: int) -> Any:
        """Return the ids of the first takes of what was found."""
        return found.values("pk")[:count]

    def _choices(self, name: str) -> Sequence[tuple[str, str]]:
        """Return what a menu offers: of models and ratios what the team has or can order."""
        if name == "who":
            return self._people()
        providers, chosen = self._offers.providers, self.chosen.get(name, "")
        if name == "model":
            return self._used.offered_models(providers, chosen)
        if name == "ratio":
            return self._used.offered_ratios(providers, chosen)
        return _offered(name)

    @cached_property
    def _used(self) -> Used:
        return Used.by(self.team)

    def _people(self) -> list[tuple[str, str]]:
        people = dict(self._offers.people)
        asked = self.chosen.get("who", "me")
        if asked != "me":
            people.setdefault(asked, "Someone who left")
        return [("me", "Mine"), *sorted(people.items(), key=lambda person: person[1])]

    def _filter(self, name: str, title: str, offered: Sequence[tuple[str, str]]) -> Filter:
        asked = self.chosen.get(name, "")
        choices = (Choice(value, words, value == asked) for value, words in (("", "Any"), *offered))
        return Filter(name, title, tuple(choices))

    def _by_state(self, value: str) -> Q:
        return Q(state__in=_STATES[value][1])

    def _by_review(self, value: str) -> Q:
        """Not reviewed is what could be: a finished take that nobody sent or judged."""
        if value == _UNJUDGED:
            there = Review.objects.filter(generation=OuterRef("pk"))
            return ~Q(Exists(there)) & Q(state=State.COMPLETED)
        return Q(pk__in=Review.objects.filter(verdict=value).values("generation"))

    def _by_who(self, value: str) -> Q:
        return Q(author=self.user.pk if value == "me" else int(value))

    def _by_model(self, value: str) -> Q:
        return Q(prompt__model=value)

    def _by_ratio(self, value: str) -> Q:
        return Q(prompt__ratio=value)

    def _by_favourite(self, _: str) -> Q:
        return Q(pk__in=Favourite.objects.filter(user=self.user).values("generation"))

    def _by_tag(self, value: str) -> Q:
        tagged = Tagging.objects.filter(tag__team=self.team, tag__key=key_of(value))
        return Q(pk__in=tagged.values("generation"))

    def _by_sound(self, value: str) -> Q:
        """With sound is what plays with sound: the take's own file, or its best version's."""
        loud = Asset.objects.filter(kind=Asset.Kind.VIDEO, has_sound=True)
        own = Q(Exists(loud.filter(generation=OuterRef("pk"))))
        plays = own | Q(Exists(loud.filter(generation=OuterRef("best_version"))))
        return plays if value == "with" else ~plays & Q(state=State.COMPLETED)


def _offered(name: str) -> Sequence[tuple[str, str]]:
    """Return what a filter can be set to that is the same for all teams: values and words."""
    match name:
        case "state":
            return [(key, words) for key, (words, _) in _STATES.items()]
        case "review":
            return [*Verdict.choices, (_UNJUDGED, "Not reviewed")]
        case "model":
            return [(key, model.title) for key, model in catalogue().models.items()]
        case "ratio":
            return [(it, it) for it in all_ratios()]
        case "sound":
            return [("with", "With sound"), ("without", "Without sound")]
    return [(ON, "On")]


def _behind(order: Sequence[str], cursor: str) -> Q:
    """Return what lies behind a cursor in an order; everything for none, or for a bad one."""
    return _compared(order, cursor, {"-": "lt", "": "gt"})


def _up_to(order: Sequence[str], cursor: str) -> Q:
    """Return what a cursor stands on and what lies before it; everything for none or a bad one.

    Not as what isn't behind it: no index would know where to end.
    """
    before = _compared(order, cursor, {"-": "gt", "": "lt"})
    here = dict(zip((name.lstrip("-") for name in order), _values(order, cursor), strict=False))
    return before | Q(**here) if before else before


def _compared(order: Sequence[str], cursor: str, signs: dict[str, str]) -> Q:
    found, alike = Q(), Q()
    for name, value in zip(order, _values(order, cursor), strict=False):
        field = name.lstrip("-")
        found |= alike & Q(**{f"{field}__{signs[name.removesuffix(field)]}": value})
        alike &= Q(**{field: value})
    return found


def _values(order: Sequence[str], cursor: str) -> list[Decimal]:
    parts = cursor.split("~")
    good = len(parts) == len(order) and all(_NUMBER.fullmatch(part) for part in parts)
    return [Decimal(part) for part in parts] if good else []
