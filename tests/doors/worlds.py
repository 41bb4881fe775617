"""A team with one of everything that an address can name, and people in every role."""

import shutil
import uuid
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.utils import timezone

from generations.models import Account, Asset, Generation, Import, Reconciliation, State
from generations.models.attempt import Attempt
from studio import reviewing
from studio.leaving import bundling
from studio.models import (
    BakeOff,
    Collection,
    Entrant,
    Export,
    Final,
    Finals,
    Invitation,
    Membership,
    Project,
    Recipe,
    Role,
    Run,
    Sequence,
    Share,
    Shot,
    Storyboard,
    User,
    Verdict,
    Webhook,
)
from studio.webhooks.delivering import send_test
from tests.factories import AccountFactory, ProjectFactory, TeamFactory, member, sound, still, take

NOWHERE: dict[str, object] = {
    **{"slug": "no-such-film", "uuid": uuid.uuid4(), "pk": 999_999, "kind": "video"},
    **{
        "file": "0" * 16,
        "number": 0,
        "position": "start",
        "token": "no-such-token",
        "lot": "0" * 24,
    },
}

Things = dict[str, dict[str, object]]


@dataclass(frozen=True)
class World:
    """A team, whose every word holds `secret`."""

    secret: str
    project: Project
    people: dict[Role, User]
    things: Things


def named_in(things: Things, route: str) -> dict[str, object]:
    """Return what an address names among some things. Raises LookupError for a new kind."""
    for start, named in things.items():
        if route.startswith(start):
            return named
    raise LookupError(f"say in tests/doors/worlds.py what {route} names")


def world(secret: str) -> World:
    """Make a team with one of everything."""
    team = TeamFactory(name=f"Team {secret}")
    project = ProjectFactory(team=team, name=f"Film {secret}", slug=f"film-{secret.lower()}")
    AccountFactory(team=team, name=f"Account {secret}")
    people = {role: member(project, role) for role in Role}
    for person in people.values():
        person.name = f"Person {secret}"
        person.save(update_fields=["name"])
    return World(secret, project, people, things_of(project, secret))


def _layer(made: Generation) -> Asset:
    """Give a take a layer beside its own file."""
    layer = made.assets.get(kind=Asset.Kind.POSTER)
    poster = layer.file
    layer.pk, layer.uuid, layer.kind = None, uuid.uuid4(), Asset.Kind.LAYER
    layer.path = str(Path(layer.path).with_name("layer-0.jpg"))
    shutil.copyfile(poster, layer.file)
    layer.save(force_insert=True)
    return layer


def things_of(project: Project, secret: str = "Dunes") -> Things:
    """Make one of everything in a project; return each by the first words of its addresses."""
    words = f"{secret} under a low sun"
    made = take(project, State.COMPLETED, words=words)
    author: Any = made.author
    reviewing.judge(made, Verdict.APPROVED, author, seen="")  # guests see what is approved
    account = Account.objects.get(team=project.team)
    attempt = Attempt.objects.get(generation=made)
    looked = Import.objects.create(project=project, account=account, state=Import.State.LOOKED)
    recipe = Recipe.objects.create(
        team=project.team, name=f"Recipe {secret}", words=f"{words} at {{time}}"
    )
    board = Storyboard.begun(project)
    shot = Shot(words=words)
    board.add(None, [shot])
    run = Run.objects.create(storyboard=board, price_usd=1, asks=False, needs_approval=False)
    sequence = Sequence.begin(project, None, f"Trailer {secret}")
    finals = Finals.objects.create(project=project, price_usd=1, asks=False, needs_approval=False)
    asked = {"model": "ray-2", "resolution": "1080p", "duration_s": 5}
    final = Final.objects.create(finals=finals, draft=made, asked=asked, price_usd=1)
    collection = Collection.begin(project.team, author, f"Reel {secret}")
    export = Export.objects.create(sequence=sequence, edit=sequence.head, kind=Export.Kind.MP4)
    tomorrow = timezone.now() + timedelta(days=1)
    invitation, invited = Invitation.make(project.team, Role.VIEWER, author, tomorrow)
    webhook = Webhook(team=project.team, url="https://example.com/", events=["take.failed"])
    webhook.renew_secret()
    webhook.save()
    told = send_test(webhook)
    bakeoff = BakeOff.objects.create(project=project, words=words)
    for _ in range(2):
        entrant = take(project, State.COMPLETED, words=words)
        Entrant.objects.create(bakeoff=bakeoff, generation=entrant)
    bundle = bundling.ask(project, author)
    assert bundling.bundle_due()
    share, shared = Share.make(made, author, tomorrow)
    somebody = Membership.objects.get(team=project.team, user=author)
    nothing = dict.fromkeys(("taken_usd", "at_work_usd", "doubtful_usd", "difference_usd"), 0)
    reading = Reconciliation.objects.create(
        account=account, balance_usd=5, expected_usd=5, verdict="first", **nothing
    )
    return {
        "projects/<slug>/recipes/<": {"slug": project.slug, "uuid": recipe.uuid},
        "projects/": {"slug": project.slug},
        "generations/<uuid>/layers/<": {"uuid": made.uuid, "number": _layer(made).number},
        "generations/": {"uuid": made.uuid},
        "media/<uuid>/frame/": {
            "uuid": made.uuid,
            "file": made.assets.get(kind="video").sha256[:16],
            "number": 0,
        },
        "media/": {"uuid": made.uuid, "kind": "video"},
        "stills/": {"uuid": still(project).uuid},
        "imports/": {"uuid": looked.uuid},
        # Each judge has a lot of their own: there is none that all may look at.
        "bake-offs/": {"uuid": bakeoff.uuid, "lot": "0" * 24, "kind": "film"},
        "bundles/": {"uuid": bundle.uuid},
        "collections/": {"uuid": collection.uuid},
        "sequences/": {"uuid": sequence.uuid},
        "exports/": {"uuid": export.uuid},
        "sounds/": {"uuid": sound(project).uuid},
        "shots/": {"uuid": shot.uuid, "position": "start"},
        "finals/": {"uuid": final.uuid},
        "runs/": {"uuid": run.uuid},
        "team/accounts/": {"uuid": account.uuid},
        "team/links/": {"uuid": share.uuid},
        "team/invitations/": {"uuid": invitation.uuid},
        "team/webhooks/": {"uuid": webhook.uuid},
        "team/deliveries/": {"uuid": told.uuid},
        "team/members/": {"pk": somebody.pk},
        "spend/readings/": {"pk": reading.pk},
        "teams/": {"uuid": project.team.uuid},
        "invitations/": {"token": invited},
        "share/": {"token": shared, "uuid": made.uuid, "kind": "video"},
        "you/tokens/": {"uuid": uuid.uuid4()},  # a token is one person's: others find none
        "callbacks/": {"provider": "luma", "nonce": attempt.nonce},
    }
