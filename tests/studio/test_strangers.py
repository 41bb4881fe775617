"""Every address that names something: a stranger learns from none whether it is there."""

import uuid
from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.db import transaction
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.utils import timezone

from generations.models import Account, Import, Reconciliation, State
from studio.leaving import bundling
from studio.models import (
    BakeOff,
    Collection,
    Entrant,
    Export,
    Invitation,
    Membership,
    Recipe,
    Role,
    Run,
    Sequence,
    Share,
    Shot,
    Storyboard,
    Webhook,
)
from studio.webhooks.delivering import send_test
from tests.factories import member, sound, still, take

NAMING = {"slug", "uuid", "pk"}
# Allauth's and the admin's have doors of their own; who knows an attempt's nonce is its provider,
# and who knows a guest link's token is a guest (test_shared).
NOT_OURS = ("accounts/", "admin/", "callbacks/", "share/")
# Of the addresses: test processes share them.
PARTS = 6
NOWHERE = {
    **{"slug": "no-such-film", "uuid": uuid.uuid4(), "pk": 999_999, "kind": "video"},
    **{"file": "0" * 16, "number": 0, "position": "start", "lot": "0" * 24},
}


def routes(patterns=None, prefix: str = "") -> Iterator[tuple[str, URLPattern]]:
    """Yield every path that names something, with where it leads."""
    for each in get_resolver().url_patterns if patterns is None else patterns:
        route = prefix + str(each.pattern)
        if route.startswith(NOT_OURS):
            continue
        if isinstance(each, URLResolver):
            yield from routes(each.url_patterns, route)
        elif NAMING & set(each.pattern.converters):
            yield route, each


def address(pattern: URLPattern, named: dict[str, object]) -> str:
    return reverse(pattern.name, kwargs={it: named[it] for it in pattern.pattern.converters})


@pytest.fixture
def there(project) -> dict[str, dict[str, object]]:
    """What each part of the site can name, by the first words of its paths."""
    made = take(project, State.COMPLETED)
    account = Account.objects.get(team=project.team)
    looked = Import.objects.create(project=project, account=account, state=Import.State.LOOKED)
    recipe = Recipe.objects.create(team=project.team, name="Opening", words="Dunes at {time}")
    board = Storyboard.begun(project)
    shot = Shot(words="Dunes")
    board.add(None, [shot])
    run = Run.objects.create(storyboard=board, price_usd=1, asks=False, needs_approval=False)
    sequence = Sequence.begin(project, None, "Trailer")
    collection = Collection.begin(project.team, made.author, "Reel")
    export = Export.objects.create(sequence=sequence, edit=sequence.head, kind=Export.Kind.MP4)
    invitation, _ = Invitation.make(
        project.team, Role.VIEWER, made.author, timezone.now() + timedelta(days=1)
    )
    webhook = Webhook(team=project.team, url="https://example.com/", events=["take.failed"])
    webhook.renew_secret()
    webhook.save()
    told = send_test(webhook)
    bakeoff = BakeOff.objects.create(project=project, words="Dunes")
    for each in (made, take(project, State.COMPLETED)):
        Entrant.objects.create(bakeoff=bakeoff, generation=each)
    owner = member(project, Role.OWNER)
    lot = bakeoff.drawn(owner.pk, bakeoff.entrants.first().pk)
    share, _ = Share.make(made, made.author, timezone.now() + timedelta(days=1))
    bundle = bundling.ask(project, made.author)
    assert bundling.bundle_due()
    somebody = Membership.objects.get(team=project.team, user=made.author)
    nothing = dict.fromkeys(("taken_usd", "at_work_usd", "doubtful_usd", "difference_usd"), 0)
    reading = Reconciliation.objects.create(
        account=account, balance_usd=5, expected_usd=5, verdict="first", **nothing
    )
    return {
        "projects/<slug:slug>/recipes/<": {"slug": project.slug, "uuid": recipe.uuid},
        "projects/": {"slug": project.slug},
        "generations/": {"uuid": made.uuid},
        "media/<uuid:uuid>/frame/": {
            "uuid": made.uuid,
            "file": made.assets.get(kind="video").sha256[:16],
            "number": 0,
        },
        "media/": {"uuid": made.uuid, "kind": "video"},
        "stills/": {"uuid": still(project).uuid},
        "imports/": {"uuid": looked.uuid},
        "bake-offs/": {"uuid": bakeoff.uuid, "lot": lot, "kind": "film"},
        "collections/": {"uuid": collection.uuid},
        "bundles/": {"uuid": bundle.uuid},
        "sequences/": {"uuid": sequence.uuid},
        "exports/": {"uuid": export.uuid},
        "sounds/": {"uuid": sound(project).uuid},
        "shots/": {"uuid": shot.uuid, "position": "start"},
        "runs/": {"uuid": run.uuid},
        "team/accounts/": {"uuid": account.uuid},
        "team/links/": {"uuid": share.uuid},
        "team/invitations/": {"uuid": invitation.uuid},
        "team/webhooks/": {"uuid": webhook.uuid},
        "team/deliveries/": {"uuid": told.uuid},
        "team/members/": {"pk": somebody.pk},
        "spend/readings/": {"pk": reading.pk},
    }


def test_there_are_addresses_to_look_at():
    assert len(list(routes())) > 50


@pytest.mark.parametrize("part", range(PARTS))
def test_a_stranger_finds_nothing_at_any_address_and_a_member_does(
    project, stranger, sign_in, there, part
):
    owner = sign_in(project.team.members.get(memberships__role=Role.OWNER))
    for route, pattern in list(routes())[part::PARTS]:
        named = next((it for start, it in there.items() if route.startswith(start)), None)
        assert named is not None, f"say what {route} names"
        real, nothing = address(pattern, named), address(pattern, NOWHERE)
        seen = {
            (method, path): getattr(stranger, method)(path).status_code
            for method in ("get", "post")
            for path in (real, nothing)
        }
        # 405 comes before the door, whatever is behind it.
        assert set(seen.values()) <= {404, 405}, seen
        assert 404 in seen.values(), seen
        for method in ("get", "post"):
            assert seen[method, real] == seen[method, nothing], seen
        for method in ("get", "post"):
            with transaction.atomic():  # what it does must not be in the next one's way
                assert getattr(owner, method)(real).status_code != 404, (method, real)
                transaction.set_rollback(True)
