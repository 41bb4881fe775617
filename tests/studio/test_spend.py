"""The spend page: what it sums up, for whom, and what a producer may set there."""

import csv
import io
import re
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from generations.models import (
    Account,
    Budget,
    BudgetWarning,
    LedgerEntry,
    Reconciliation,
    SpendingRules,
    State,
)
from studio.csv_lines import harmless
from studio.models import Membership, Role
from tests.factories import ProjectFactory, TeamFactory, member, take

PAGE = "/spend/"
PRICE = Decimal("0.7078")


def text(response):
    return response.content.decode()


@pytest.fixture
def boss(project):
    return member(project, Role.PRODUCER)


@pytest.fixture
def producer(boss, sign_in):
    return sign_in(boss)


def spent(project, person=None, at=(2026, 10, 5, 12), **order):
    with time_machine.travel(datetime(*at, tzinfo=UTC), tick=False):
        return take(project, State.COMPLETED, author=person, stored=False, **order)


def page(client, query="month=2026-10"):
    response = client.get(f"{PAGE}?{query}")
    assert response.status_code == 200
    return text(response)


def rows(client, query="month=2026-10"):
    answer = client.get(f"{PAGE}download/?{query}")
    assert answer["Content-Type"].startswith("text/csv")
    return list(csv.DictReader(io.StringIO(text(answer))))


def reading(project, **facts):
    account = Account.objects.get(team=project.team)
    usd = dict.fromkeys(("balance_usd", "taken_usd", "at_work_usd", "doubtful_usd"), 0)
    return Reconciliation.objects.create(
        account=account, **{**usd, "expected_usd": 0, "difference_usd": 0, **facts}
    )


def test_a_producer_sees_the_months_money_by_person_project_model_and_day(project, producer):
    ana, ben = member(project), member(project)
    other = ProjectFactory(team=project.team, name="Northern cabin")
    spent(project, ana, at=(2026, 10, 1, 0))
    spent(project, ana, at=(2026, 10, 31, 23, 59))
    spent(other, ben, model="ray-flash-2")
    spent(project, ben, at=(2026, 9, 30, 23, 59))
    spent(ProjectFactory(), None)
    shown = page(producer)
    assert '<strong class="num">$1.6589</strong>' in shown  # two of $0.7078, one of $0.2433
    for name, takes, usd in (
        (str(ana), 2, "$1.4156"),
        (str(ben), 1, "$0.2433"),
        ("Desert Light", 2, "$1.4156"),
        ("Northern cabin", 1, "$0.2433"),
        ("ray-2", 2, "$1.4156"),
        ("ray-flash-2", 1, "$0.2433"),
    ):
        row = f'<tr><th scope="row">{name}</th><td class="num">{takes}</td><td class="num">{usd}'
        assert row in shown
    assert '<th scope="row">Thu, Oct 1</th><td class="num">$0.7078</td>' in shown
    assert shown.count('class="chart__bar"') == 3
    assert shown.count('class="chart__day"') == 31
    assert 'height="100"/>' in shown
    assert "style=" not in shown


def test_the_parts_that_are_shown_add_up_to_the_totals_that_are_shown(project, producer):
    for number in range(3):
        film = ProjectFactory(team=project.team, name=f"Film {number}")
        spent(film, member(project), model="ray-flash-2", at=(2026, 10, 1 + number, 0))
        take(film, State.DREAMING, model="ray-flash-2")
    Budget.objects.create(team=project.team, limit_usd=2)
    shown = page(producer)
    total = Decimal("0.7299")
    assert f'<strong class="num">${total}</strong>' in shown
    for heading in ("By person", "By project", "By model", "Every day as a table"):
        part = shown.split(heading)[1].split("</table>")[0]
        assert sum(Decimal(usd) for usd in re.findall(r"\$([\d.]+)", part)) == total
    standing = text(producer.get(PAGE))
    found = re.search(r"gone: \$0.00 spent, \$([\d.]+) reserved, \$([\d.]+) left", standing)
    assert found
    assert Decimal(found[1]) + Decimal(found[2]) == 2
    reserved = standing.split("By project")[1].split("</table>")[0]
    assert sum(Decimal(usd) for usd in re.findall(r"\$([\d.]+)", reserved)) == Decimal(found[1])


def test_what_is_reserved_stands_in_this_month_only(project, producer, artist):
    take(project, State.DREAMING, author=artist)
    now = text(producer.get(PAGE))
    assert '<strong class="num">$0.7078</strong> <span class="muted">reserved' in now
    assert f'<th scope="row">{artist}</th><td class="num">0</td><td class="num">$0.00' in now
    assert '<span class="muted">reserved' not in page(producer)


def test_an_artist_sees_the_teams_totals_and_only_their_own_takes(project, client, artist):
    colleague = member(project)
    Budget.objects.create(team=project.team, limit_usd=10)
    spent(project, artist)
    spent(project, colleague)
    shown = page(client)
    assert '<strong class="num">$1.4156</strong>' in shown
    assert "Your takes by project" in shown
    assert '<th scope="row">Desert Light</th><td class="num">1</td>' in shown
    assert str(colleague) not in shown
    assert "Set budgets" not in shown
    assert [row["person"] for row in rows(client)] == [str(artist)]


def test_the_page_is_the_teams_own(anonymous, stranger, newcomer, project, producer):
    assert anonymous.get(PAGE).status_code == 302
    assert stranger.get(f"{PAGE}?team={project.team.uuid}").status_code == 404
    assert stranger.get(f"{PAGE}?team=nonsense").status_code == 404
    assert newcomer.get(PAGE).status_code == 404
    assert str(project.team) in page(producer)


def test_the_team_that_is_named_stays(project, boss, producer):
    second = TeamFactory()
    Membership.objects.create(team=second, user=boss, role=Role.VIEWER)
    first = page(producer)
    assert f'<p class="crumb"><span>{project.team}</span>' in first
    assert f'<a href="?team={second.uuid}">{second}</a>' in first
    assert f'<p class="crumb"><span>{second}</span>' in page(producer, f"team={second.uuid}")
    assert f'<p class="crumb"><span>{second}</span>' in page(producer, "")
    address = f"{reverse('set_budget')}?team={second.uuid}"
    assert producer.post(address, {"limit_usd": 1}).status_code == 403


@pytest.mark.parametrize("month", ["2026-13", "0001-01", "9999-12", "", "x", "2026-10-01"])
def test_a_month_that_cant_be_is_this_one(project, producer, month):
    now = datetime.now(UTC)
    assert f"spent in {now:%B %Y}" in page(producer, f"month={month}")


def test_the_spreadsheet_holds_the_same_sums(project, producer, artist):
    spent(project, artist)
    spent(project, artist)
    spent(project, artist, model="ray-flash-2")
    assert rows(producer) == [
        {
            "day": "2026-10-05",
            "person": str(artist),
            "project": "Desert Light",
            "model": model,
            "takes": takes,
            "spent_usd": usd,
        }
        for model, takes, usd in (("ray-2", "2", "1.4156"), ("ray-flash-2", "1", "0.2433"))
    ]


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "\n"])
def test_no_cell_of_the_spreadsheet_is_taken_for_a_formula(project, producer, artist, start):
    artist.name = f"{start}1+1"
    artist.save()
    spent(project, artist)
    assert rows(producer)[0]["person"] == f"'{start}1+1"
    assert harmless("Jo") == "Jo"


def test_people_and_corrections_are_told_apart(project, producer, artist):
    spent(project, artist)
    artist.delete()
    with time_machine.travel(datetime(2026, 10, 6, tzinfo=UTC), tick=False):
        reading(project, verdict="more", difference_usd=Decimal("-2.5")).correct(None)
        reading(project, verdict="less", difference_usd=Decimal("3.5")).correct(None)
    shown = page(producer)
    assert '<th scope="row">Someone who left</th><td class="num">1</td>' in shown
    assert (
        '<th scope="row">Corrections by the balance</th><td class="num">0</td>'
        '<td class="num">−$1.00</td>' in shown
    )
    assert [(row["person"], row["project"], row["spent_usd"]) for row in rows(producer)] == [
        ("Someone who left", "Desert Light", "0.7078"),
        ("", "Corrections by the balance", "-1.0000"),
    ]


def test_budgets_show_what_is_gone_and_warn(project, producer, artist):
    Budget.objects.create(team=project.team, limit_usd=100)
    kept = Budget.objects.create(team=project.team, project=project, limit_usd="0.80")
    BudgetWarning.objects.all().delete()
    take(project, State.COMPLETED, author=artist, stored=False)
    shown = text(producer.get(PAGE))
    assert "88 % gone: $0.7078 spent, $0.00 reserved, $0.0922 left." in shown
    assert "<strong>Four fifths are gone.</strong>" in shown
    assert "Desert Light: four fifths of $0.80 were gone on" in shown
    assert 'x="79.700"' in shown
    Budget.objects.filter(pk=kept.pk).update(limit_usd="0.50")
    assert "Nothing more is generated until it is raised." in text(producer.get(PAGE))


def test_the_rail_shows_the_months_budget_to_a_person_of_one_team(project, producer, artist, boss):
    assert "money__bar" not in text(producer.get("/"))
    Budget.objects.create(team=project.team, limit_usd=100)
    take(project, State.COMPLETED, author=artist, stored=False)
    rail = text(producer.get(reverse("money")))
    assert 'of <span class="num">$100.00</span>' in rail
    assert '<rect class="money__spent" width="0"' in rail
    Budget.objects.update(limit_usd="0.80")
    rail = text(producer.get(reverse("money")))
    assert '<rect class="money__spent" width="88"' in rail
    assert "88 % of the budget is gone" in rail
    Membership.objects.create(team=TeamFactory(), user=boss, role=Role.ARTIST)
    assert "money__bar" not in text(producer.get(reverse("money")))


def test_the_composer_warns_beside_the_price(project, client, artist):
    Budget.objects.create(team=project.team, limit_usd="1.50")
    board = reverse("board", args=[project.slug])
    assert "price__warning" not in text(client.get(board))
    take(project, author=artist)
    take(project, author=artist)
    words = "94 % of the team's $1.50 for this month is gone, $0.08 is left"
    assert words in text(client.get(board)).replace("&#x27;", "'")


def test_a_submit_beyond_the_budget_keeps_what_was_typed(project, client):
    Budget.objects.create(team=project.team, limit_usd="0.50")
    sent = {"words": "Dunes at dawn", "model": "ray-2", "ratio": "16:9"}
    sent |= {"resolution": "720p", "duration_s": "5", "shown_usd": "100"}
    generate = reverse("generate", args=[project.slug])
    shown = text(client.post(generate, sent, headers={"HX-Request": "true"}))
    assert "$0.50 is left of the team" in shown
    assert "can raise the budget on the Spend page" in shown
    assert ">Dunes at dawn</textarea>" in shown
    assert not LedgerEntry.objects.exists()


@pytest.mark.parametrize("name", ["set_budget", "set_approval"])
def test_only_a_producer_sets_and_never_by_a_link(
    project, client, viewer, stranger, anonymous, producer, name
):
    address = f"{reverse(name)}?team={project.team.uuid}"
    sent = {"limit_usd": "5", "approval_above_usd": "5"}
    assert anonymous.post(address, sent)["Location"].startswith("/accounts/login/")
    assert stranger.post(address, sent).status_code == 404
    for person in (client, viewer):
        assert person.post(address, sent).status_code == 403
    assert producer.get(address).status_code == 405
    assert not Budget.objects.exists()
    assert not SpendingRules.objects.exists()


def test_a_producer_sets_changes_and_takes_away_budgets(project, producer, boss):
    address = f"{reverse('set_budget')}?team={project.team.uuid}"
    producer.post(address, {"project": "", "limit_usd": "$1,250.50"})
    producer.post(address, {"project": project.slug, "limit_usd": "80"})
    team, own = Budget.objects.order_by("pk")
    assert (team.limit_usd, team.project, team.set_by) == (Decimal("1250.5"), None, boss)
    assert (own.limit_usd, own.project) == (80, project)
    producer.post(address, {"project": project.slug, "limit_usd": "0"})
    own.refresh_from_db()
    assert own.limit_usd == 0
    shown = text(producer.get(PAGE))
    assert 'name="limit_usd" value="1250.5"' in shown
    assert 'name="limit_usd" value="0"' in shown
    taken_away = producer.post(address, {"project": "", "limit_usd": ""}, follow=True)
    assert "There is no such budget now." in text(taken_away)
    assert Budget.objects.get() == own


def test_setting_a_budget_that_is_nearly_gone_warns_at_once(project, producer, artist):
    take(project, author=artist)
    address = f"{reverse('set_budget')}?team={project.team.uuid}"
    producer.post(address, {"project": project.slug, "limit_usd": "0.75"})
    assert BudgetWarning.objects.get().used_usd == PRICE


@pytest.mark.parametrize("amount", ["ten", "-1", "1e99", "0.00001", "NaN", "Infinity"])
def test_an_amount_that_cant_be_is_refused_where_it_was_typed(project, producer, amount):
    for name, field in (("set_budget", "limit_usd"), ("set_approval", "approval_above_usd")):
        address = f"{reverse(name)}?team={project.team.uuid}"
        shown = text(producer.post(address, {field: amount}))
        assert "Write an amount in dollars" in shown
        assert f'name="{field}" value="{amount}"' in shown
        assert shown.count('aria-invalid="true"') == 1
    assert not Budget.objects.exists()


def test_a_budget_is_set_for_no_other_teams_project(project, producer):
    other = ProjectFactory()
    address = f"{reverse('set_budget')}?team={project.team.uuid}"
    producer.post(address, {"project": other.slug, "limit_usd": "5"})
    assert not Budget.objects.exists()


def test_a_producer_sets_the_threshold(project, producer, boss):
    address = f"{reverse('set_approval')}?team={project.team.uuid}"
    producer.post(address, {"approval_above_usd": "0.5"})
    rules = SpendingRules.objects.get()
    assert (rules.approval_above_usd, rules.set_by) == (Decimal("0.5"), boss)
    assert 'name="approval_above_usd" value="0.5"' in text(producer.get(PAGE))
    producer.post(address, {"approval_above_usd": ""})
    rules.refresh_from_db()
    assert rules.approval_above_usd is None


def test_a_difference_is_shown_and_booked_on_a_producers_word(
    project, producer, client, stranger, boss
):
    found = reading(project, verdict="more", difference_usd="-1.5")
    address = reverse("correct", args=[found.pk])
    assert "Balances" not in text(client.get(PAGE))
    assert client.post(address).status_code == 403
    assert stranger.post(address).status_code == 404
    shown = text(producer.get(PAGE))
    assert "$1.50 more were taken than the ledger says." in shown
    assert "Book $1.50" in shown
    shown = text(producer.post(address, follow=True))
    assert f"Booked by {boss}" in shown
    assert "Book $1.50" not in shown
    assert LedgerEntry.objects.get().amount_usd == Decimal("1.5")
    assert "booked meanwhile" in text(producer.post(address, follow=True))


def test_home_leads_producers_to_a_difference_until_it_is_booked(
    project, producer, client, stranger
):
    said = "$0.30 more were taken at"
    told = reading(project, verdict="more", difference_usd="-0.3")
    reading(project, verdict="agrees")  # the next night says nothing of it
    home = text(producer.get("/"))
    assert home.count(said) == 1
    assert f'href="{PAGE}?team={project.team.uuid}#readings"' in home
    for other in (client, stranger):
        assert said not in text(other.get("/"))
    with time_machine.travel(timezone.now() + timedelta(days=8)):
        later = producer.get("/")
    assert later.status_code == 200
    assert said not in text(later)
    producer.post(reverse("correct", args=[told.pk]))
    assert said not in text(producer.get("/"))


def test_a_difference_that_cant_be_told_apart_has_no_button(project, producer):
    reading(project, verdict="more", difference_usd="-1.5", shared=True)
    reading(project, verdict="topped_up", difference_usd="50")
    shown = text(producer.get(PAGE))
    assert "can't be told whose it is" in shown.replace("&#x27;", "'")
    assert "Credits were added to the account" in shown
    assert reverse("correct", args=[1])[:-10] not in shown


def test_more_entries_cost_no_more_queries(project, producer, django_assert_max_num_queries):
    Budget.objects.create(team=project.team, limit_usd=100)
    for month in (9, 10, 11):
        for person in (member(project), member(project)):
            film = ProjectFactory(team=project.team)
            Budget.objects.create(team=project.team, project=film, limit_usd=100)
            spent(film, person, at=(2026, month, 3))
    page(producer)
    with django_assert_max_num_queries(24):
        page(producer)
    with django_assert_max_num_queries(5):  # one writes down that it was downloaded
        rows(producer)


def test_the_button_says_that_a_take_is_over_budget(project, client, producer, artist):
    waiting = take(project, author=artist)
    Budget.objects.create(team=project.team, limit_usd="1.00")
    board = reverse("board", args=[project.slug])
    verb = '<span id="generate-verb">Over budget</span>'
    assert verb in text(client.get(board))
    assert "is left. Ask a producer to raise it, or ask for less." in text(client.get(board))
    assert "is left. Raise it on Spend, or ask for less." in text(producer.get(board))
    smaller = {"model": "ray-flash-2", "ratio": "16:9", "resolution": "540p", "duration_s": "5"}
    quote = text(client.get(reverse("quote", args=[project.slug]), smaller))
    assert "Over budget" not in quote
    assert ">Generate</span>" in quote
    # what it has reserved already is there for a change of it
    edit = text(client.get(reverse("edit", args=[waiting.uuid])))
    assert "price__warning--over" not in edit
    Budget.objects.update(limit_usd="100")
    assert '<span id="generate-verb">Generate</span>' in text(client.get(board))


def test_asking_a_producer_is_never_over_budget(project, client, artist):
    Budget.objects.create(team=project.team, limit_usd="0.10")
    SpendingRules.objects.create(team=project.team, approval_above_usd="0.50")
    page = text(client.get(reverse("board", args=[project.slug])))
    assert '<span id="generate-verb">Request, $0.71</span>' in page
