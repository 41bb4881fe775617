"""Accounts with the same key: one line, one set of limits, whoever's they are."""

import pytest

from generations import submitting
from generations.enrolling import Key, enroll
from generations.models import Account, Generation
from generations.refusal import Refused
from studio.models import Project, Team
from tests.factories import AccountFactory, member
from tests.generations.conftest import make_studio
from tests.generations.test_at_once import at_once
from tests.generations.test_line import order


def another_team(studio, key=None, **account):
    team = Team.objects.create(name="Other")
    project = Project.objects.create(team=team, name="Elsewhere", slug="elsewhere")
    account = AccountFactory(
        team=team, base_url=studio.account.base_url, key=key or "luma-test", **account
    )
    return project, member(project), account


def test_two_teams_with_one_key_share_its_limits(studio):
    project, person, account = another_team(studio, concurrent_limit=3)
    Account.objects.update(concurrent_limit=3)
    for _ in range(4):
        studio.order()
        order(project, person)
    assert submitting.submit_due(studio.account.pk) + submitting.submit_due(account.pk) == 3
    assert len(studio.books()["generations"]) == 3


def otherwise_typed(url):
    """The same address: its scheme in capitals, slashes at its end."""
    return url.replace("http://", "HTTP://") + "//"


def test_an_address_that_was_typed_differently_shares_a_keys_limits(studio):
    team = Team.objects.create(name="Other")
    project = Project.objects.create(team=team, name="Elsewhere", slug="elsewhere")
    typed = otherwise_typed(studio.account.base_url)
    account = enroll(team, Key(name="Theirs", key="luma-test", base_url=typed))
    assert (account.base_url, account.simulated) == (studio.account.base_url, True)
    Account.objects.update(concurrent_limit=1)
    studio.order()
    order(project, member(project))
    assert submitting.submit_due(studio.account.pk) + submitting.submit_due(account.pk) == 1
    with pytest.raises(Refused, match="has this very key"):
        enroll(team, Key(name="Once more", key="luma-test", base_url=typed))


def test_two_teams_with_one_key_take_turns(studio):
    project, person, account = another_team(studio)
    Account.objects.update(concurrent_limit=4)
    for _ in range(8):
        studio.order()
    order(project, person)
    order(project, person)
    submitting.submit_due(studio.account.pk)
    assert Generation.objects.in_flight().filter(account=account).count() == 2


def test_creates_in_a_minute_are_counted_over_all_accounts_of_a_key(studio):
    project, person, account = another_team(studio)
    Account.objects.update(per_minute_limit=3)
    for _ in range(3):
        studio.order()
        order(project, person)
    assert submitting.submit_due(studio.account.pk) + submitting.submit_due(account.pk) == 3


def test_another_key_has_limits_of_its_own(studio):
    project, person, account = another_team(studio, key="luma-of-theirs")
    Account.objects.update(concurrent_limit=1)
    for _ in range(2):
        studio.order()
        order(project, person)
    assert submitting.submit_due(studio.account.pk) == 1
    assert submitting.submit_due(account.pk) == 1


def test_the_print_of_a_key_tells_nothing_of_it(studio):
    assert "luma-test" not in studio.account.key_print
    assert len(studio.account.key_print) == 64
    assert AccountFactory(key="luma-test").key_print == studio.account.key_print


@pytest.mark.django_db(transaction=True)
def test_workers_of_two_teams_never_take_more_than_a_key_has(simulator):
    studio = make_studio(simulator)
    project, person, account = another_team(studio)
    Account.objects.update(concurrent_limit=5)
    for _ in range(6):
        studio.order()
        order(project, person)
    calls = [lambda pk=pk: submitting.submit_due(pk) for pk in (studio.account.pk, account.pk)]
    assert sum(at_once(*calls * 3)) == 5
    assert len(studio.books()["generations"]) == 5
