"""A walk over all that a team's pages offer, with the ids of another team put in at random.

SWAPS says how many steps (10,000 for the whole proof), SWAPS_SEED which walk.
"""

import os
import random
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.conf import settings as site
from django.db.models import Model

from generations.models import Asset, Still
from studio.models import Sound
from tests.doors.crawl import crawl
from tests.doors.harvest import Asking
from tests.doors.visitors import IN, NO_SUCH_METHOD, Visitor, outcome, text_of, undone, writes
from tests.doors.worlds import World, world

STEPS = int(os.environ.get("SWAPS", "150"))
SEED = int(os.environ.get("SWAPS_SEED", "0"))
_ID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
_RANGES = ("", "bytes=0-", "bytes=0-99", "bytes=-50", "bytes=10-20", "bytes=99999999-", "x")
SECRET_BYTES = b"Bumblebee's own bytes. "

Rows = dict[type[Model], set[Any]]


def rows() -> Rows:
    """Return the keys of every row of ours there is."""
    ours = [it for it in apps.get_models() if it._meta.app_label in ("studio", "generations")]
    return {it: set(it._default_manager.values_list("pk", flat=True)) for it in ours}


def contents(of: Rows, tables: set[str]) -> dict[str, list[Any]]:
    """Return all that some rows of some tables hold."""
    return {
        model._meta.db_table: list(
            model._default_manager.filter(pk__in=keys).order_by("pk").values()
        )
        for model, keys in of.items()
        if model._meta.db_table in tables and keys
    }


def foreign_ids(of: Rows) -> dict[type[Model], list[str]]:
    """Return the public ids of some rows."""
    found = {}
    for model, keys in of.items():
        if any(field.name == "uuid" for field in model._meta.fields):
            ids = model._default_manager.filter(pk__in=keys).values_list("uuid", flat=True)
            found[model] = [str(it) for it in ids]
    return found


def mark_files(things: World) -> None:
    """Fill a team's files with bytes that are told from all others."""
    paths = [
        *Asset.objects.filter(generation__project=things.project).values_list("path", flat=True),
        *Still.objects.filter(project=things.project).values_list("path", flat=True),
        *Sound.objects.filter(project=things.project).values_list("path", flat=True),
    ]
    for path in filter(None, paths):
        file = Path(site.MEDIA_ROOT) / path
        if file.is_file():
            size = file.stat().st_size
            file.write_bytes((SECRET_BYTES * (size // len(SECRET_BYTES) + 1))[:size])


class Walk:
    """One walk through the pages of `mine`, with ids of `theirs`."""

    def __init__(self, mine: World, theirs: World, before: Rows, chance: random.Random) -> None:
        self.mine, self.theirs, self.chance = mine, theirs, chance
        self.before = before
        self.owned = {model: keys - before[model] for model, keys in rows().items()}
        self.held = contents(self.owned, {model._meta.db_table for model in self.owned})
        self.ids = foreign_ids(self.owned)
        self.kind_of = {
            str(uuid): model
            for model, keys in before.items()
            if model in self.ids
            for uuid in model._default_manager.filter(pk__in=keys).values_list("uuid", flat=True)
        }
        offered = crawl(mine)
        self.askings = [each for each in offered if self._can_swap(each)]
        self.visitors = [Visitor(person) for person in mine.people.values()]

    def _can_swap(self, asking: Asking) -> bool:
        text = asking.path + "".join(value for _, value in asking.said)
        return bool(_ID.search(text)) or self.mine.project.slug in text

    def other(self, found: re.Match[str]) -> str:
        """Return an id of theirs for one of ours, most often of the same kind."""
        model = self.kind_of.get(found[0])
        if model not in self.ids or not self.ids[model] or self.chance.random() < 0.2:
            model = self.chance.choice([it for it, ids in self.ids.items() if ids])
        return self.chance.choice(self.ids[model])

    def swapped(self, asking: Asking) -> Asking:
        """Return a request with one or more of its ids swapped for theirs."""
        places = [-1, *range(len(asking.said))]
        self.chance.shuffle(places)
        path, said = asking.path, list(asking.said)
        done = 0
        for place in places:
            if done and self.chance.random() < 0.7:
                break
            old = path if place < 0 else said[place][1]
            new = _ID.sub(self.other, old).replace(self.mine.project.slug, self.theirs.project.slug)
            if place < 0:
                path = new
            else:
                said[place] = (said[place][0], new)
            done += new != old
        return asking._replace(path=path, said=tuple(said))

    def step(self) -> None:
        """Ask once, and look for anything of theirs in what comes of it."""
        asking = self.swapped(self.chance.choice(self.askings))
        data: dict[str, list[str]] = {}
        for name, value in asking.said:
            data.setdefault(name, []).append(value)
        headers = {}
        if span := self.chance.choice(_RANGES):
            headers["Range"] = span
        with undone(), writes() as written:
            visitor = self.chance.choice(self.visitors)
            answer = visitor.ask(asking.method, asking.path, data=data, headers=headers)
            seen = outcome(answer)
            text = text_of(answer)
            where = (asking, seen)
            assert self.theirs.secret not in text, where
            assert SECRET_BYTES.decode()[:12] not in text, where
            if _ID.search(asking.path) and not asking.path.startswith(("/share/", "/callbacks/")):
                foreign = [it for it in _ID.findall(asking.path) if it not in self.kind_of]
                assert not foreign or seen != IN, where
            if written:
                assert contents(self.owned, written) == {
                    table: self.held[table] for table in written if table in self.held
                }, where
                assert not list(self.ties(written)), where
        assert seen != NO_SUCH_METHOD or asking.method == "POST", where

    def ties(self, written: set[str]) -> Iterator[Model]:
        """Yield rows of ours that came to point at theirs."""
        for model, keys in self.owned.items():
            if model._meta.db_table not in written:
                continue
            ours = model._default_manager.exclude(pk__in=keys)
            for field in model._meta.fields:
                if field.related_model in self.owned:
                    yield from ours.filter(**{f"{field.name}__in": self.owned[field.related_model]})


@pytest.fixture
def walk(db: None) -> Walk:
    """Return a walk of a team that was there before another."""
    mine = world("Aardvark")
    before = rows()
    theirs = world("Bumblebee")
    mark_files(theirs)
    return Walk(mine, theirs, before, random.Random(SEED))


def test_the_ids_of_another_team_open_and_change_nothing(walk):
    assert len(walk.askings) > 150
    for _ in range(STEPS):
        walk.step()
