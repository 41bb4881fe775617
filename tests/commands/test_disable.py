"""`manage.py disable`: a person is out at once, and stays out."""

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse

from studio.models import AuditEntry
from tests.factories import PASSWORD


def signed_in(user) -> Client:
    client = Client()
    client.post(reverse("account_login"), {"login": user.email, "password": PASSWORD})
    return client


def test_who_is_disabled_is_out_and_an_old_session_never_comes_back(project, artist, capsys):
    here, there = signed_in(artist), signed_in(artist)
    assert here.get("/").status_code == there.get("/").status_code == 200
    call_command("disable", artist.email.upper())
    assert "can't sign in" in capsys.readouterr().out
    assert here.get("/").status_code == there.get("/").status_code == 302
    assert signed_in(artist).get("/").status_code == 302
    call_command("disable", artist.email, "--undo")
    assert here.get("/").status_code == there.get("/").status_code == 302
    assert signed_in(artist).get("/").status_code == 200
    told = AuditEntry.objects.filter(team=project.team, kind=AuditEntry.Kind.PEOPLE)
    assert [each.words for each in told] == [
        f"Let {artist} sign in again",
        f"Disabled {artist}: they can't sign in any more",
    ]


def test_it_says_when_nobody_has_the_address(db):
    with pytest.raises(CommandError, match="Nobody here"):
        call_command("disable", "nobody@example.com")
