"""All that a person of a team can ask, found by following what the pages offer."""

from django.http import HttpResponse

from studio.models import Role
from tests.doors.harvest import Asking, harvest
from tests.doors.routes import address
from tests.doors.table import declared, named
from tests.doors.visitors import Visitor, undone
from tests.doors.worlds import World

PAGES = 400  # enough for every page of a team with one of everything
# What ends the visit, or is another's.
NOT_ASKED = ("/accounts/logout/", "/admin/", "/static/")


def crawl(things: World) -> list[Asking]:
    """Return every request that the owner's pages offer, and every address that is declared."""
    owner = Visitor(things.people[Role.OWNER])
    waiting = [
        Asking(method, address(route, named(route, things)))
        for route, who in declared().items()
        for method, level in (("GET", who.get), ("POST", who.post))
        if level not in ("-", "administrator")
    ]
    found = {each.shape: each for each in waiting}
    read: set[tuple[str, tuple[str, ...]]] = set()
    while waiting and len(read) < PAGES:
        asking = waiting.pop(0)
        page = asking.path, asking.shape[2]
        if asking.method != "GET" or page in read or asking.path.startswith(NOT_ASKED):
            continue
        read.add(page)
        with undone():
            answer = owner.ask("GET", asking.path, data=dict(asking.said))
        if not _is_page(answer):
            continue
        for each in harvest(answer.content.decode(), asking.path):
            if each.shape not in found and not each.path.startswith(NOT_ASKED):
                found[each.shape] = each
                waiting.append(each)
    return list(found.values())


def _is_page(answer: HttpResponse) -> bool:
    html = answer.headers.get("Content-Type", "").startswith("text/html")
    return html and not answer.streaming and answer.status_code == 200
