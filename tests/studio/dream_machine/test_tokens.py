"""Tokens: made, shown once, what they open, and how they end."""

import pytest
from django.core.management import CommandError, call_command
from django.urls import reverse

from generations.models import Generation, State
from studio.dream_machine.tokens import MOST
from studio.models import ApiToken, AuditEntry, BakeOff, Entrant, Membership, Role, User
from tests.factories import ProjectFactory, member, take
from tests.studio.dream_machine.conftest import LIGHTHOUSE, Script

ALLOWED = {
    Role.OWNER: (200, 201),
    Role.PRODUCER: (200, 201),
    Role.ARTIST: (200, 201),
    Role.REVIEWER: (200, 403),
    Role.VIEWER: (200, 403),
}


def test_one_is_made_shown_once_used_and_revoked(client, project):
    page = client.post(reverse("make_token"), {"name": "Night renders", "project": project.pk})
    text = page.context["text"]
    assert text.startswith("dailies-")
    assert text in page.text
    assert "no-store" in page["Cache-Control"]
    again = client.get(reverse("tokens")).text
    assert text not in again
    assert f"…{text[-4:]}" in again
    assert "not used yet" in again
    assert text not in str(list(ApiToken.objects.values()))
    script = Script(text)
    assert script.get("/ping").json() == {"message": "pong"}
    assert "used now" in client.get(reverse("tokens")).text or ApiToken.objects.get().used_at
    client.post(reverse("revoke_token", args=[ApiToken.objects.get().uuid]))
    refused = script.get("/ping")
    assert (refused.status_code, refused["WWW-Authenticate"]) == (401, 'Bearer realm="Dailies"')
    written = AuditEntry.objects.filter(kind=AuditEntry.Kind.KEYS).order_by("pk")
    written = list(written.values_list("words", flat=True))
    assert [words.split(" Night")[0] for words in written] == [
        "Made the API token",
        "Revoked the API token",
    ]
    assert text not in str(written)


def test_what_is_missing_is_said_at_its_field(client, project):
    for said, words in (
        ({"name": "", "project": project.pk}, "Give it a name"),
        ({"name": "Renders", "project": ProjectFactory().pk}, "Choose a project"),
    ):
        page = client.post(reverse("make_token"), said)
        assert (page.status_code, words in page.text) == (422, True)
    assert not ApiToken.objects.exists()


def test_nobody_has_more_than_so_many(client, project, entitle, artist):
    for _ in range(MOST):
        entitle(artist)
    page = client.post(reverse("make_token"), {"name": "One more", "project": project.pk})
    assert f"You have {MOST} tokens" in page.text


@pytest.mark.parametrize("role", Role)
def test_a_script_may_do_what_its_person_may(project, entitle, role):
    seen, made = ALLOWED[role]
    script = entitle(member(project, role))
    theirs = take(project)
    assert script.get(f"/generations/{theirs.uuid}").status_code == seen
    assert script.get("/generations").status_code == seen
    answer = script.post("/generations", LIGHTHOUSE)
    assert answer.status_code == made
    if made == 403:
        assert "Making takes needs the role of artist" in answer.json()["detail"]
        assert Generation.objects.count() == 1


def test_it_ends_with_the_membership_and_the_person(project, entitle):
    person = member(project)
    script = entitle(person)
    Membership.objects.filter(user=person).delete()
    assert script.get("/generations").status_code == 404
    assert script.post("/generations", LIGHTHOUSE).status_code == 404
    User.objects.filter(pk=person.pk).update(is_active=False)
    assert script.get("/ping").status_code == 401


def test_a_stranger_finds_nothing(project, entitle):
    elsewhere = ProjectFactory()
    script = entitle(member(elsewhere, Role.OWNER), elsewhere)
    made = take(project, State.COMPLETED)
    for method, path in (
        ("GET", f"/generations/{made.uuid}"),
        ("DELETE", f"/generations/{made.uuid}"),
        ("POST", f"/generations/{made.uuid}/upscale"),
        ("POST", f"/generations/{made.uuid}/audio"),
    ):
        answer = script.ask(method, path, {} if method == "POST" else None)
        assert (answer.status_code, answer.json()) == (404, {"detail": "Not Found"}), path
    assert script.get("/generations").json()["generations"] == []


def test_a_private_project_stays_private(project, entitle):
    person = member(project)
    script = entitle(person)
    made = take(project)
    project.is_private = True
    project.save()
    assert script.get("/generations").status_code == 404
    assert script.get(f"/generations/{made.uuid}").status_code == 404


def test_what_is_to_be_judged_blind_tells_no_script_which_model_made_it(project, entitle):
    bakeoff = BakeOff.objects.create(project=project, words="A calm sea")
    for _ in range(2):
        made = take(project, State.COMPLETED)
        Entrant.objects.create(bakeoff=bakeoff, generation=made)
    script = entitle(member(project, Role.REVIEWER))
    assert script.get(f"/generations/{made.uuid}").status_code == 404
    assert script.get("/generations").json()["generations"] == []


def test_a_session_opens_nothing_here_and_no_token_opens_a_page(client, script, project):
    for method, path in (("get", "/ping"), ("get", "/generations"), ("post", "/generations")):
        answer = getattr(client, method)(f"/api/dream-machine/v1{path}")
        assert answer.status_code == 401
        assert "personal token" in answer.json()["detail"]
    page = client.__class__().get("/", headers={"Authorization": f"Bearer {script.token}"})
    assert page.status_code == 302


@pytest.mark.parametrize("key", ["luma-00000000-1111-2222-3333-444444444444", "Nope", "", "\x00é"])
def test_another_key_is_told_apart(db, key):
    refused = Script(key).get("/ping")
    assert refused.status_code == 401
    assert ("a key of Luma's" in refused.json()["detail"]) is key.startswith("luma-")


def test_guessing_is_slowed_down_and_locks_nobody_out(script, caplog):
    guesses = [Script(f"dailies-{n}").get("/ping").status_code for n in range(70)]
    assert guesses == [401] * 60 + [429] * 10
    assert "limit=api-token reached" in caplog.text
    assert script.get("/ping").status_code == 200


def test_unknown_addresses_and_methods_are_refused_as_json(script):
    assert script.get("/nowhere").json() == {"detail": "Not Found"}
    answer = script.ask("PUT", "/generations")
    assert (answer.status_code, answer["Allow"]) == (405, "GET, POST")
    assert answer.json() == {"detail": "Method Not Allowed"}


def test_a_command_prints_one(project, artist, capsys):
    call_command("api_token", "--email", artist.email)
    printed = capsys.readouterr().out.strip()
    assert Script(printed).post("/generations", LIGHTHOUSE).status_code == 201
    assert Generation.objects.get().project == project
    with pytest.raises(CommandError, match="Nobody who can sign in"):
        call_command("api_token", "--email", "nobody@example.com")
    with pytest.raises(CommandError, match="They see: desert-light"):
        call_command("api_token", "--email", artist.email, "--project", "no-such-film")
