"""What people do with a bake-off, and what its pages say."""

import re
from decimal import Decimal
from uuid import UUID, uuid4

from django.urls import reverse

from generations.models import Generation, State
from generations.models.states import Reason
from studio.models import (
    BakeOff,
    Criterion,
)
from tests.factories import bring

WORDS = "A lighthouse in a storm"
SETTINGS = {
    **{"kind": "video", "model": "ray-2", "ratio": "16:9", "resolution": "720p"},
    **{"duration_s": "5", "words": WORDS},
}
TWO = ["ray-2 720p 5", "ray-flash-2 720p 5"]
THREE = [*TWO, "ray-flash-2 1080p 9"]
TWO_USD = Decimal("0.9511")
# What says who is who: titles and keys, settings, prices and what a take is called.
TELLING = ("Ray 2", "Flash", "ray-2", "ray-flash", "720p", "1080p", "$", "take 1", "take 2")


def look(client, project, **fields):
    url = reverse("new_bakeoff", args=[project.slug])
    return client.post(url, SETTINGS | fields).content.decode()


def begin(client, project, entrants=TWO, key=None, **fields):
    url = reverse("begin_bakeoff", args=[project.slug])
    sent = {"entrant": entrants, "bakeoff_key": key or uuid4(), "shown_usd": "100"}
    return client.post(url, SETTINGS | sent | fields)


def begun(client, project, entrants=TWO, *states: State) -> BakeOff:
    """Return a bake-off, its takes brought to some states; with none, all are ready."""
    response = begin(client, project, entrants)
    assert response.status_code == 302, response.content.decode()
    made = BakeOff.objects.get(uuid=UUID(response["Location"].split("/")[-2]))
    takes = Generation.objects.filter(entrant__bakeoff=made).order_by("pk")
    for it, state in zip(takes, states or [State.COMPLETED] * len(takes), strict=True):
        bring(it, state)
    return made


def bring_on(it: Generation) -> None:
    """Fail a take that dreams, as its provider says."""
    assert it.fail(it.attempt(), Reason.PROVIDER, "Luma failed this job. Nothing was charged.")


def page(client, bakeoff, path=""):
    response = client.get(f"/bake-offs/{bakeoff.uuid}/{path}")
    assert response.status_code == 200
    return response.content.decode()


def main(said: str) -> str:
    """Return a page's own part: the rail tells of money and projects."""
    return said[said.index("<main") : said.index("</main>")]


def lots(client, bakeoff) -> list[str]:
    """Return the lots of a person, as their page shows the pictures."""
    return re.findall(r'id="letter-([0-9a-f]+)"', page(client, bakeoff))


def of(lot: str, user, bakeoff) -> Generation:
    """Return the take behind a person's lot."""
    found = next(it for it in bakeoff.entrants.all() if bakeoff.drawn(user.pk, it.pk) == lot)
    return found.generation


def score(client, bakeoff, lot, value, by="Overall"):
    criterion = Criterion.objects.get(team=bakeoff.project.team, words=by)
    sent = {"lot": lot, "criterion": criterion.pk, "value": value}
    return client.post(f"/bake-offs/{bakeoff.uuid}/score/", sent, follow=True)


def judge_all(client, bakeoff, value=7):
    for lot in lots(client, bakeoff):
        score(client, bakeoff, lot, value)
    return client.post(f"/bake-offs/{bakeoff.uuid}/reveal/", follow=True)
