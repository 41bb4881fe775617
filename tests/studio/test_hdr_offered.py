"""HDR is offered where an account of the team may make it, and else it is said why it isn't."""

import html
import re

import pytest
from django.urls import reverse
from django.utils import timezone

from generations.models import Account, Generation
from studio.models import Role
from tests.factories import AccountFactory, member
from tests.studio.test_board import HTMX

TYPED = {
    **{"kind": "video", "words": "Dunes at dawn", "model": "ray-3.2", "ratio": "16:9"},
    **{"resolution": "720p", "duration_s": "5", "hdr": "on", "count": "1", "shown_usd": "100"},
}


@pytest.fixture
def agents(project):
    """The team's account at Luma Agents, which has just told that its key has no HDR."""
    account = AccountFactory(
        team=project.team, provider="luma-agents", name="Agents", key="luma-api-x"
    )
    account.note_hdr(has=False)
    return account


def options(client, project, **typed):
    url = reverse("compose_options", args=[project.slug])
    return html.unescape(client.post(url, TYPED | typed, headers=HTMX).content.decode())


def note(page):
    return re.search(r'id="composer-note" role="status">(.*?)</p>', page)[1].strip()


def test_it_isnt_offered_nor_counted_and_why_is_said(client, project, agents):
    page = options(client, project)
    assert not re.search(r'name="(hdr|exr)"', page)
    today = timezone.localtime()
    assert note(page) == (
        f"This team's key has no access to HDR, as was answered on {today:%b} {today.day}. Once it "
        "has, a producer tests the account again under Accounts."
    )
    assert "$0.30" in page  # as it is without
    assert note(options(client, project, model="ray-2")) == "Ray 2 makes no HDR."


def test_what_is_ordered_all_the_same_is_refused_before_it_is_sent(client, project, agents):
    page = client.post(reverse("generate", args=[project.slug]), TYPED, headers=HTMX)
    said = re.search(r'id="hdr-error">(.*?)</p>', html.unescape(page.content.decode()))[1]
    assert "has no access to HDR, as was answered on" in said
    assert said.endswith("Switch HDR off until then.")
    assert not Generation.objects.exists()


def test_another_account_that_may_have_it_gets_the_order(client, project, agents):
    spare = AccountFactory(
        team=project.team, provider="luma-agents", name="Spare", rank=5, key="luma-api-y"
    )
    assert 'name="hdr" checked' in options(client, project)
    assert client.post(reverse("generate", args=[project.slug]), TYPED).status_code == 302
    assert Generation.objects.get().account == spare
    without = {name: value for name, value in TYPED.items() if name != "hdr"}
    client.post(reverse("generate", args=[project.slug]), without)
    assert Generation.objects.order_by("-pk")[0].account == agents


def test_it_is_there_again_with_another_key(client, project, agents):
    kept = re.search(r'name="wishes" value="(.*?)">', options(client, project))[1]
    agents.set_key("luma-api-z")
    agents.save()
    page = options(client, project, wishes=kept, hdr="")
    assert 'name="hdr" checked' in page
    assert note(page) == "Back: HDR."


def test_everybodys_accounts_with_the_key_learn_of_it(project, agents):
    same = AccountFactory(provider="luma-agents", key="luma-api-x")
    other = AccountFactory(provider="luma-agents", key="luma-api-y")
    agents.note_hdr(has=True)
    found = dict(Account.objects.values_list("pk", "hdr"))
    assert (found[same.pk], found[agents.pk], found[other.pk]) == ("yes", "yes", "")


def test_the_accounts_page_says_it(project, agents, sign_in):
    producer = sign_in(member(project, Role.PRODUCER))
    page = producer.get(reverse("accounts")).content.decode()
    assert "Its key has no access to HDR, as was answered just now" in page
