"""What was being typed when a session ended, kept until its person has signed in again.

A browser with scripts keeps it itself (static/js/draft.js); this is for one without.
"""

from django.core.signing import BadSignature, Signer
from django.http import HttpRequest, QueryDict
from django.urls import NoReverseMatch, reverse

from studio.forms.composers import FIELDS
from studio.forms.slots import SLOTS
from studio.http import Request
from studio.models import Project, User

_KEY = "draft"
_SIGNER = Signer(salt="draft")
_LONGEST = 64_000
"""Characters; who isn't signed in can't have more kept."""


def name_of(project: Project, person: User) -> str:
    """Name a person's draft in a project, so that only a page made for them can have it kept."""
    return _SIGNER.sign(f"{project.slug}:{person.pk}")


def keep(request: HttpRequest) -> str:
    """Keep the composer that was sent without a session; return the address that shows it again.

    A list of several prompts is kept with the composer that it was written beside. Nothing where no
    composer was sent, or one that no page of ours was made with: a stranger could fill the
    sessions' table otherwise. Of a picture the name is kept, so that it is asked for.
    """
    sent = request.POST
    try:
        slug, _, person = _SIGNER.unsign(sent.get(_KEY, "")).rpartition(":")
    except BadSignature:
        return ""
    held = {name: sent.getlist(name) for name in FIELDS if name in sent and name != "shown_usd"}
    held |= {name: [str(file)] for name, file in request.FILES.items() if name in SLOTS}
    if "list" in sent:
        held["list"] = [sent["list"]]
    size = sum(len(value) for values in held.values() for value in values)
    if "words" not in held or size > _LONGEST:
        return ""
    try:
        address = reverse("several" if "list" in held else "compose", args=[slug])
    except NoReverseMatch:
        return ""
    request.session[_KEY] = {"slug": slug, "person": person, "held": held}
    return f"{address}?draft"


def kept(request: Request, slug: str) -> QueryDict:
    """Take out what the person was typing in a project when the session ended, or nothing.

    It is in the composer then, and not kept any longer; nor is somebody else's.
    """
    found = QueryDict(mutable=True)
    draft = request.session.get(_KEY, {})
    if draft.get("slug") != slug:
        return found
    forget(request)
    if draft["person"] == str(request.user.pk):
        for name, values in draft["held"].items():
            found.setlist(name, values)
    return found


def forget(request: Request) -> None:
    """Let go of it, once it is in a composer or one was sent."""
    request.session.pop(_KEY, None)
