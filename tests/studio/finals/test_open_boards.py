"""A board that is open says of drafts and finals what they are to each other, by itself."""

import re

import pytest
from django.urls import reverse

from tests.factories import UserFactory
from tests.studio.finals.steps import arrive, draft, follow, made, said, use
from tests.studio.test_administering import act
from tests.studio.test_live import cards_in, live, newest_event


@pytest.fixture
def drafts(project):
    first = draft(project)
    return [first, draft(project, extends=first)]


def label_of(answer, number: int) -> str:
    """Return what the card of a take, as it comes to an open board, says of finals."""
    card = re.search(rf'data-take="{number}".*?</article>', said(answer), re.DOTALL)
    found = re.search(r"<span>(final(?: of|:) take \d+)</span>", card.group()) if card else None
    return found.group(1) if found else ""


def test_a_draft_names_its_final_once_that_is_ordered_elsewhere(
    client, project, drafts, django_assert_num_queries
):
    since = newest_event(project)
    made(client, project, drafts[:1])
    with django_assert_num_queries(3):
        answer = live(client, project, since)
    assert cards_in(answer) == ["1", "3"]
    assert label_of(answer, 1) == "final: take 3"
    assert label_of(answer, 3) == "final of take 1"
    assert live(client, project, newest_event(project)).status_code == 204


def test_so_does_one_whose_final_waited_for_another(client, project, drafts):
    first, second = made(client, project, drafts)
    arrive(first)
    since = newest_event(project)
    use(client, first)
    answer = live(client, project, since)
    second.refresh_from_db()
    assert cards_in(answer) == ["2", "3", "4"]
    assert label_of(answer, 2) == "final: take 4"
    since = newest_event(project)
    follow()
    assert live(client, project, since).status_code == 204, "nothing more was ordered"


def test_a_draft_names_no_final_that_is_in_the_trash(client, project, drafts):
    (final,) = made(client, project, drafts[:1])
    take = arrive(final)
    since = newest_event(project)
    client.post(reverse("discard", args=[take.uuid]))
    answer = live(client, project, since)
    assert "1" in cards_in(answer)
    assert label_of(answer, 1) == ""
    since = newest_event(project)
    client.post(reverse("restore", args=[take.uuid]))
    assert label_of(live(client, project, since), 1) == "final: take 3"


def test_nor_one_that_an_administrator_hides(client, project, drafts, sign_in):
    (final,) = made(client, project, drafts[:1])
    take = arrive(final)
    boss = sign_in(UserFactory(is_staff=True, is_superuser=True))
    for action, label in (("hide", ""), ("show_again", "final: take 3")):
        since = newest_event(project)
        act(boss, action, take)
        answer = live(client, project, since)
        assert "1" in cards_in(answer)
        assert label_of(answer, 1) == label
