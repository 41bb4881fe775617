"""Guest links as the team sees them: who makes, lists and revokes them, and what is noted."""

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from generations.models import State
from studio import sharing
from studio.models import AuditEntry, Collection, Export, Role, Sequence, Share
from tests.factories import member, take, version
from tests.studio.shared import ask, link, way


@pytest.fixture
def made(project, artist):
    return take(project, State.COMPLETED, author=artist)


@pytest.fixture
def things(project, artist, made):
    """One of each that can be shared."""
    collection = Collection.begin(project.team, artist, "Best of autumn")
    sequence = Sequence.begin(project, artist, "Trailer")
    export = Export.objects.create(
        **{"sequence": sequence, "edit": sequence.head, "kind": Export.Kind.MP4},
        **{"state": Export.State.DONE, "path": "a", "size_bytes": 1, "sha256": "a"},
    )
    return [made, collection, sequence, export]


def page(client, address) -> str:
    answer = client.get(address, follow=True)
    assert answer.status_code == 200
    return answer.content.decode()


def test_each_thing_has_a_page_with_its_links(client, things):
    for thing in things:
        assert "There is none to it." in page(client, way(thing))
        link(client, thing)
        assert "0 views" in page(client, way(thing))
    assert Share.objects.count() == len(things)
    listed = page(client, reverse("links"))
    for words in ("take 1 of Desert Light", "Best of autumn", "Trailer", "as MP4"):
        assert words in listed


def test_a_link_is_shown_once_and_says_what_nobody_sees_yet(client, made):
    answer = ask(client, made, days="30", shows_prompts="on").content.decode()
    assert "approved work only, with prompts" in answer
    assert "Nothing of it is approved yet" in answer
    assert "Hand this link" not in page(client, way(made))
    left = Share.objects.get().expires_at - timezone.now()
    assert 29 <= left.days <= 30


@pytest.mark.parametrize("role", [Role.VIEWER, Role.REVIEWER])
def test_who_only_looks_or_reviews_makes_no_link(sign_in, project, things, role):
    mine = sign_in(member(project, role))
    for thing in things:
        assert mine.get(way(thing)).status_code == 403
        assert ask(mine, thing).status_code == 403
    assert mine.get(reverse("links")).status_code == 403
    assert not Share.objects.exists()
    assert way(things[0]) not in page(mine, reverse("generation", args=[things[0].uuid]))


def test_who_made_it_or_a_producer_revokes_it(client, sign_in, project, stranger, made):
    link(client, made)
    [share] = Share.objects.all()
    address = reverse("revoke_share", args=[share.uuid])
    colleague = sign_in(member(project))
    assert colleague.post(address).status_code == 403
    assert "Revoke</button>" not in page(colleague, way(made))
    assert stranger.post(address).status_code == 404
    assert client.post(address)["Location"] == way(made)
    assert "There is none to it." in page(client, way(made))
    link(client, made)
    producing = sign_in(member(project, Role.PRODUCER))
    newest = reverse("revoke_share", args=[Share.objects.latest("pk").uuid])
    assert producing.post(newest, {"from": "links"})["Location"].startswith(reverse("links"))
    assert not Share.objects.open(timezone.now()).exists()


def test_links_to_a_private_project_are_there_for_those_in_it(client, sign_in, project, made):
    link(client, made)
    producer = member(project, Role.PRODUCER)
    project.make_private([made.author], made.author)
    producing = sign_in(producer)
    assert "take 1" not in page(producing, reverse("links"))
    address = reverse("revoke_share", args=[Share.objects.get().uuid])
    assert producing.post(address).status_code == 404
    assert "take 1" in page(client, reverse("links"))


def test_making_and_revoking_is_in_the_audit_log_without_the_token(client, artist, made):
    token = link(client, made, password="a long one", may_download="on").split("/")[2]
    client.post(reverse("revoke_share", args=[Share.objects.get().uuid]))
    revoked, begun = AuditEntry.objects.filter(kind=AuditEntry.Kind.SHARE)
    assert begun.words == (
        "Made a link to take 1 of Desert Light for 7 days: approved work only, with downloads, "
        "behind a password"
    )
    assert revoked.words == f"Revoked the link to take 1 of Desert Light that {artist} made"
    assert begun.project == made.project
    for entry in (begun, revoked):
        assert token not in entry.words
        assert "a long one" not in entry.words


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({"days": ""}, "Choose from the list"),
        ({"days": "365"}, "Choose from the list"),
        ({"password": "short"}, "at least 8 characters"),
        ({"password": "x" * 129}, "at most 128 characters"),
    ],
)
def test_what_is_no_link_is_refused_in_words(client, made, said, words):
    assert words in ask(client, made, **said).content.decode()
    assert not Share.objects.exists()


def test_what_no_guest_could_see_is_not_shared(client, project, artist, made, things, monkeypatch):
    dreaming = take(project, State.DREAMING, author=artist)
    assert "has no file here yet" in ask(client, dreaming).content.decode()
    made.discard(timezone.now(), artist)
    assert "is in the trash" in ask(client, made).content.decode()
    export = things[3]
    Export.objects.filter(pk=export.pk).update(kind=Export.Kind.PRORES)
    assert "No browser shows ProRes" in ask(client, export).content.decode()
    assert link(client, export, may_download="on")
    Export.objects.filter(pk=export.pk).update(state=Export.State.FAILED)
    assert "isn&#x27;t ready" in ask(client, export).content.decode()
    monkeypatch.setattr(sharing, "MOST_OPEN", 1)
    link(client, things[1])
    assert "Revoke some first" in ask(client, things[1]).content.decode()


def test_the_link_to_a_version_is_one_to_its_take(client, made):
    link(client, version(made))
    assert Share.objects.get().generation == made


def test_the_database_keeps_a_link_to_one_thing_alone(project, artist, things):
    soon = timezone.now()
    shared, _ = Share.make(things[0], artist, soon)
    for wrong in ({"collection": things[1]}, {"generation": None}, {"project": None}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Share.objects.filter(pk=shared.pk).update(**wrong)
