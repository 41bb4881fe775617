"""Who is declared to get in where, as `declared.txt` says, and what an address names in a world."""

from pathlib import Path
from typing import NamedTuple

from tests.doors.routes import names_in
from tests.doors.worlds import World, named_in


class Declared(NamedTuple):
    """Who gets in by each method."""

    get: str
    post: str


def declared() -> dict[str, Declared]:
    """Read who is declared to get in where."""
    lines = Path(__file__).with_name("declared.txt").read_text().splitlines()
    rows = [line.split() for line in lines if line and not line.startswith("#")]
    found = {("" if route == "(home)" else route): Declared(*who) for route, *who in rows}
    assert len(found) == len(rows), "an address is declared twice"
    return found


def named(route: str, things: World) -> dict[str, object]:
    """Return what an address names in a world, and something for what is nobody's."""
    if route.startswith(("accounts/", "admin/", "sheets/", "media/published/", "api/")):
        return dict.fromkeys(names_in(route), "1")
    return named_in(things.things, route) if names_in(route) else {}
