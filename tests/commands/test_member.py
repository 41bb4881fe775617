"""`manage.py member`: a second person without a page for it."""

import re
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse

from studio.models import Membership, Role, Team, User
from tests.factories import ProjectFactory, member


def run(*words: str) -> str:
    out = StringIO()
    call_command("member", *words, stdout=out)
    return out.getvalue()


@pytest.fixture
def project(db):
    return ProjectFactory()


@pytest.mark.parametrize("typed", ["ana@example.com", "Ana@Example.com"])
def test_a_new_person_signs_in_with_the_printed_password_and_sees_the_teams_project(project, typed):
    said = run(typed)
    assert f"ana@example.com is artist in {project.team}." in said
    password = re.search(r"shown only now: (\S+)", said)[1]
    client = Client()
    entered = client.post(reverse("account_login"), {"login": typed, "password": password})
    assert entered.status_code == 302
    assert client.get(reverse("board", args=[project.slug])).status_code == 200


def test_a_person_who_is_there_gets_the_role_and_keeps_the_password(project):
    ana = member(project, Role.ARTIST)
    said = run(ana.email.upper(), "--team", project.team.name, "--role", "producer")
    assert "password" not in said
    assert Membership.objects.get(team=project.team, user=ana).role == Role.PRODUCER
    assert User.objects.get(pk=ana.pk).password == ana.password


def test_what_cannot_be_is_said_and_changes_nothing(project):
    owner = member(project, Role.OWNER)
    before = Membership.objects.count(), User.objects.count()
    for words, said in (
        (["nobody"], "nobody is no e-mail address"),
        (["ana@example.com", "--team", "Nowhere"], "There is no team called Nowhere"),
        ([owner.email, "--role", "viewer"], "has to have an owner"),
    ):
        with pytest.raises(CommandError, match=said):
            run(*words)
    with pytest.raises(CommandError, match="invalid choice"):
        run("ana@example.com", "--role", "owner")
    Team.objects.create(name="Another")
    with pytest.raises(CommandError, match=r"There are several teams\. Name one with --team: Ano"):
        run("ana@example.com")
    assert (Membership.objects.count(), User.objects.count()) == before
