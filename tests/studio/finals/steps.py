"""What people do with drafts and their finals."""

from decimal import Decimal
from uuid import uuid4

from django.urls import reverse

from generations.models import Asset, Generation, State
from studio import reviewing
from studio.editing.cut import Clip, Cut
from studio.finals import following
from studio.models import Final, Role, Sequence, User, Verdict
from tests.factories import bring, member, take

FINAL_USD = Decimal("1.5925")  # Ray 2, 5 s, 1080p


def draft(project, *, approved=True, **order) -> Generation:
    """Return a draft that is here: Ray 2 Flash, 540p, 5 s."""
    asked = {"model": "ray-flash-2", "resolution": "540p"} | order
    made = take(project, State.COMPLETED, **asked)
    if approved:
        approve(made)
    return made


def approve(made: Generation, by: User | None = None) -> User:
    """Have somebody who may judge approve a take, as the review room does."""
    by = by or member(made.project, Role.REVIEWER)
    made = Generation.objects.select_related("project__team").get(pk=made.pk)
    review = getattr(made, "review", None)
    reviewing.judge(made, Verdict.APPROVED, by, seen=review.verdict if review else "")
    return by


def cut_of(project, *clips: Clip, name="Rough cut") -> Sequence:
    """Begin a sequence with clips."""
    return Sequence.begin(project, None, name, Cut(clips))


def look(client, project, drafts=(), **fields):
    """Return what the page of new finals says."""
    sent = {"draft": [str(each.uuid) for each in drafts]} | fields
    return client.post(reverse("new_finals", args=[project.slug]), sent)


def said(response) -> str:
    """Return a page's words."""
    return response.content.decode().replace("&#x27;", "'")


def make(client, project, drafts=(), *, key=None, usd="100", **fields):
    """Press the button that makes finals of drafts."""
    sent = {"draft": [str(each.uuid) for each in drafts], "finals_key": str(key or uuid4())}
    sent |= {"shown_usd": str(usd)} | fields
    return client.post(reverse("make_finals", args=[project.slug]), sent)


def made(client, project, drafts, **fields) -> list[Final]:
    """Have finals made of drafts, in the drafts' order."""
    response = make(client, project, drafts, **fields)
    assert response.status_code == 302, said(response)
    return [Final.objects.filter(draft=each).latest("pk") for each in drafts]


def arrive(final: Final, *, seconds: float = 2.0) -> Generation:
    """Have a final come out, its file so many seconds long."""
    final.refresh_from_db()
    bring(final.take, State.COMPLETED)
    final.take.assets.filter(kind=Asset.Kind.VIDEO).update(duration_s=seconds)
    return final.take


def use(client, final, verb="use_final", **sent):
    """Press a button of a final, and follow to the page that says what came of it."""
    return client.post(reverse(verb, args=[final.uuid]), sent, follow=True)


def follow() -> None:
    """Do what the workers do after something happened."""
    following.follow_all()


def shown(sequence: Sequence) -> list[Clip]:
    """Return the clips of a sequence as they are now."""
    return list(Sequence.objects.get(pk=sequence.pk).cut.clips)
