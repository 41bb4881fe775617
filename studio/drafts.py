"""What was being typed when a session ended, kept until its person has signed in again.

A browser with scripts keeps it itself (static/js/draft.js); this is for one without.
"""

from django.http import HttpRequest, QueryDict
from django.urls import NoReverseMatch, reverse

from studio.forms.composers import FIELDS
from studio.forms.slots import SLOTS
from studio.http import Request

_KEY = "draft"
_LONGEST = 64_000
"""Characters; who isn't signed in can't have more kept."""


def keep(request: HttpRequest) -> str:
    """Keep the composer that was sent without a session; return the address that shows it again.

    Nothing where no composer was sent. Of a picture the name is kept, so that it is asked for.
    """
    sent = request.POST
    slug, _, person = sent.get(_KEY, "").rpartition(":")
    held = {name: sent.getlist(name) for name in FIELDS if name in sent and name != "shown_usd"}
    held |= {name: [str(file)] for name, file in request.FILES.items() if name in SLOTS}
    size = sum(len(value) for values in held.values() for value in values)
    if "words" not in held or size > _LONGEST:
        return ""
    try:
        address = reverse("compose", args=[slug])
    except NoReverseMatch:
        return ""
    request.session[_KEY] = {"slug": slug, "person": person, "held": held}
    return f"{address}?draft"


def kept(request: Request, slug: str) -> QueryDict:
    """Return what the person was typing in a project when the session ended, or nothing."""
    found = QueryDict(mutable=True)
    draft = request.session.get(_KEY, {})
    if draft.get("slug") == slug and draft.get("person") == str(request.user.pk):
        for name, values in draft["held"].items():
            found.setlist(name, values)
    return found


def forget(request: Request) -> None:
    """Let go of it, once a composer was sent."""
    request.session.pop(_KEY, None)
