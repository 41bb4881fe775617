"""The family of a take: what it comes from and what came of it, as a tree.

Each generation of the family is one question to the database, however many takes are in it.
"""

from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Case, CharField, Exists, F, OuterRef, Q, QuerySet, Value, When
from django.db.models.functions import Coalesce, Concat

from generations.models import Asset, Generation, Keyframe, Reference
from studio.cards import Card
from studio.marks import with_veil
from studio.models import Final, User

UP, DOWN = 4, 3  # how far it is followed, in generations of the family
MOST = 24  # as many of each of them are shown
_HOW = {
    "version": "made from",
    "source": "modified from",
    "start": "extends",
    "start still": "begins on a frame of",
    "frame still": "shows a frame of",
    "final": "final of",
    "remix": "remix of",
    "end": "leads up to",
    "end still": "ends on a frame of",
}
_ORDER = list(_HOW)


@dataclass(frozen=True)
class Link:
    """That a take was made of another, and how; both by their keys."""

    child: int
    parent: int
    how: str

    @property
    def words(self) -> str:
        """How, before the parent's name."""
        return _HOW.get(self.how, "after")

    @property
    def rank(self) -> int:
        """Which of several parents it hangs on: the lowest."""
        return _ORDER.index(self.how) if self.how in _ORDER else len(_ORDER)


@dataclass
class Node:
    """A take in the tree, with how it was made of the one above it."""

    take: Generation
    how: str = ""
    is_current: bool = False
    children: list["Node"] = field(default_factory=list)
    hides_more: bool = False  # more was made of it than is shown

    @property
    def card(self) -> Card:
        """What tells whether its poster may be seen."""
        return Card(self.take)


@dataclass(frozen=True)
class Family:
    """The tree, from the earliest take that is shown; none for a take that stands alone.

    `parent` is the key of the take that it hangs on, `has_earlier` whether the tree goes on above.
    """

    root: Node | None
    parent: int | None = None
    has_earlier: bool = False


def family_of(take: Generation, user: User | None = None) -> Family:
    """Return the family of a take, with what `user` is still to judge blind veiled."""
    line, has_earlier = _line_above(take.pk)
    below, cut = _links_below(take.pk)
    keys = {take.pk} | {link.parent for link in line} | {link.child for link in below}
    if len(keys) == 1:
        return Family(None)
    takes = _takes(keys, user)
    nodes = {key: Node(found, is_current=key == take.pk) for key, found in takes.items()}
    for link in [*line, *below]:
        if link.child in nodes and link.parent in nodes:
            child, parent = nodes[link.child], nodes[link.parent]
            child.how = f"{link.words} {parent.take.name}"
            parent.children.append(child)
    for key in cut & nodes.keys():
        nodes[key].hides_more = True
    top = line[-1].parent if line else take.pk
    return Family(nodes[top], line[0].parent if line else None, has_earlier)


def _line_above(key: int) -> tuple[list[Link], bool]:
    """Return the links from a take up to its ancestors, and whether there are still earlier."""
    line: list[Link] = []
    seen = {key}
    while True:
        found = [link for link in _links(child=[key]) if link.parent not in seen]
        if not found or len(line) == UP:
            return line, bool(found)
        line.append(min(found, key=lambda link: (link.rank, link.parent)))
        key = line[-1].parent
        seen.add(key)


def _links_below(key: int) -> tuple[list[Link], set[int]]:
    """Return the links down to a take's descendants, and the keys of those that have more."""
    links: list[Link] = []
    seen, level = {key}, {key}
    for _ in range(DOWN):
        found: dict[int, Link] = {}
        for link in sorted(_links(parent=level), key=lambda link: (link.child, link.rank)):
            if link.child not in seen:
                found.setdefault(link.child, link)
        shown = list(found.values())[:MOST]
        links += shown
        if len(found) > MOST:
            return links, {link.parent for link in list(found.values())[MOST:]}
        level = {link.child for link in shown}
        seen |= level
        if not level:
            return links, set()
    return links, {link.parent for link in _links(parent=level)}


def _links(
    *, child: Collection[int] | None = None, parent: Collection[int] | None = None
) -> list[Link]:
    """Return how takes hang together, of some children or of some parents, in one question."""
    is_below = {"below__in": child} if child is not None else {}
    is_above = {"above__in": parent} if parent is not None else {}
    takes = Generation.objects.order_by()
    kinds: list[QuerySet[Any]] = [
        Keyframe.objects.annotate(
            below=F("generation"),
            above=Coalesce("source", "still__source"),
            how=Case(
                When(source__isnull=False, then=F("position")),
                default=Concat("position", Value(" still")),
                output_field=CharField(),
            ),
        ),
        Reference.objects.order_by().annotate(
            below=F("generation"), above=Coalesce("source", "still__source"), how=F("role")
        ),
        takes.annotate(below=F("pk"), above=F("version_of"), how=_named("version")),
        Final.objects.order_by().annotate(below=F("take"), above=F("draft"), how=_named("final")),
        takes.takes().annotate(
            below=F("pk"), above=F("prompt__parent__generations"), how=_named("remix")
        ),
    ]
    rows = [
        each.filter(
            Q(above__isnull=False), Q(below__isnull=False), **is_below, **is_above
        ).values_list("below", "above", "how")
        for each in kinds
    ]
    return [Link(*row) for row in rows[0].union(*rows[1:], all=True)]


def _named(how: str) -> Value:
    return Value(how, output_field=CharField())


def _takes(keys: Collection[int], user: User | None) -> dict[int, Any]:
    posters = Asset.objects.filter(
        generation=OuterRef("pk"), kind=Asset.Kind.POSTER, state=Asset.State.STORED
    )
    found = Generation.objects.filter(pk__in=keys).select_related("prompt", "version_of__prompt")
    found = found.annotate(has_poster=Exists(posters))
    return (with_veil(found, user) if user else found).in_bulk()
