"""What the composer offers: what the chosen model can do, several takes, and what they cost."""

import html
import re
from decimal import Decimal

import pytest
from django.urls import reverse
from django.utils import timezone

from generations.models import Budget, Generation, LedgerEntry, Prompt, SpendingRules, State
from tests.factories import AccountFactory
from tests.studio.test_board import ASKED, HTMX, generate, text


def choose(client, project, **typed):
    """Choose a model among what is typed: the options, as a person reads them."""
    url = reverse("compose_options", args=[project.slug])
    return html.unescape(text(client.post(url, ASKED | typed, headers=HTMX)))


def chosen(options):
    names = {"model", "ratio", "resolution", "duration_s"}
    found = re.findall(r'<select[^>]* name="(\w+)"(.*?)</select>', options, re.DOTALL)
    return {
        name: re.search(r"<option(?: value=\"([^\"]*)\")? selected>([^<]*)", inner)
        for name, inner in found
        if name in names
    }


def settings(options):
    return {name: match[1] or match[2] for name, match in chosen(options).items()}


def note(options):
    return re.search(r'id="composer-note" role="status">(.*?)</p>', options)[1]


def wishes(options):
    return re.search(r'name="wishes" value="(.*?)">', options)[1]


def test_a_model_offers_only_what_it_can_do(client, project):
    ray_1_6 = choose(client, project, model="ray-1-6")
    assert 'name="loop"' in ray_1_6
    assert 'name="concepts"' not in ray_1_6
    assert re.findall(r"<option[^>]*>(\w+ s)<", ray_1_6) == ["5 s"]
    assert 'name="concepts"' in choose(client, project, model="ray-flash-2")


def test_another_model_keeps_what_it_can_and_says_what_it_cant(client, project):
    typed = {"duration_s": "9", "resolution": "1080p", "ratio": "9:16", "loop": "on"}
    options = choose(client, project, model="ray-1-6", concepts=["push_in"], **typed)
    assert settings(options) == {
        "model": "ray-1-6",
        "ratio": "9:16",
        "resolution": "720p",
        "duration_s": "5",
    }
    assert 'name="loop" checked' in options
    assert note(options) == "Ray 1.6 makes 5 s at 720p only. Ray 1.6 takes no camera moves."
    assert "$0.35" in options


def test_changing_back_brings_back_what_was_chosen(client, project):
    typed = {"duration_s": "9", "resolution": "1080p", "concepts": ["push_in", "tilt_up"]}
    away = choose(client, project, model="ray-1-6", **typed)
    there = settings(away) | {"wishes": wishes(away)}
    back = choose(client, project, **there | {"model": "ray-flash-2"})
    assert settings(back)["duration_s"] == "9"
    assert settings(back)["resolution"] == "1080p"
    assert len(re.findall(r'name="concepts" value="\w+" checked', back)) == 2
    assert note(back) == "Back: 1080p, 9 s, push in, tilt up."
    assert wishes(back) == ""


def test_from_model_to_model_what_cant_be_is_what_was_chosen(client, project):
    AccountFactory(team=project.team, provider="luma-agents", name="Newer")
    away = choose(client, project, model="ray-1-6", duration_s="9", resolution="4k")
    there = settings(away) | {"wishes": wishes(away)}
    on = choose(client, project, **there | {"model": "ray-3.2"})
    assert settings(on)["duration_s"] == "10"
    assert note(on) == (
        "Ray 3.2 makes no 9 s: 10 s is the nearest. Ray 3.2 makes no 4k: 1080p is the nearest."
    )


def test_what_was_chosen_otherwise_since_isnt_brought_back(client, project):
    away = choose(client, project, model="ray-1-6", duration_s="9", loop="on")
    there = settings(away) | {"wishes": wishes(away)}
    back = choose(client, project, **there)  # the loop was switched off meanwhile
    assert 'name="loop" checked' not in back
    assert note(choose(client, project)) == ""


@pytest.mark.parametrize("kept", ["x", "[1]", "{}", '{"loop": 1}', '{"ratio": [[], {}]}', "\0"])
def test_wishes_that_nobody_had_are_ignored(client, project, kept):
    assert settings(choose(client, project, wishes=kept))["ratio"] == "16:9"


@pytest.mark.parametrize("ratio", ["2:1", "1:0", "0:1", "wide", f"{'9' * 900}:1"])
def test_an_impossible_ratio_becomes_the_nearest_that_there_is(client, project, ratio):
    assert settings(choose(client, project, ratio=ratio))["ratio"] in ("16:9", "21:9")


# --- several takes ------------------------------------------------------------------------------


def test_several_takes_of_a_prompt_cost_together_what_the_button_says(client, project):
    quoted = client.get(reverse("quote", args=[project.slug]), ASKED | {"count": "2"})
    assert "$1.42" in text(quoted)
    shown = re.search(r'name="shown_usd" value="([\d.]+)"', text(quoted))[1]
    page = text(generate(client, project, count="2", shown_usd=shown))
    takes = Generation.objects.order_by("take_number")
    assert [page.count(f'id="take-{each.uuid}"') for each in takes] == [1, 1]
    assert "Takes 1 to 2 are in line." in page
    assert ">2 takes<" in page
    assert Prompt.objects.count() == 1
    assert LedgerEntry.objects.reserved_usd() == Decimal(shown)
    assert '<option value="1" selected>1 take' in page  # the next idea begins with one


def test_several_takes_at_a_dearer_price_than_shown_are_none(client, project):
    page = text(generate(client, project, count="3", shown_usd="1.4156"))
    assert "It costs $2.13, and $1.42 was shown." in page
    assert '<option value="3" selected>' in page
    assert not Generation.objects.exists()


def test_several_takes_that_are_sent_again_are_made_once(client, project):
    key = "6f0f8a52-3a0c-4d7c-a5a4-6f8f3dd0a7c1"
    for _ in range(2):
        generate(client, project, count="3", key=key)
    assert Generation.objects.count() == 3


@pytest.mark.parametrize("count", ["0", "5", "-1", "many", "1.5"])
def test_another_number_of_takes_is_refused_at_its_field(client, project, count):
    page = text(generate(client, project, count=count))
    assert 'id="count-error">Choose from 1 to 4 takes.' in page
    assert not Generation.objects.exists()


def test_a_budget_for_three_of_four_takes_none_and_says_so(client, project):
    Budget.objects.create(team=project.team, limit_usd=Decimal("2.50"))
    quoted = text(client.get(reverse("quote", args=[project.slug]), ASKED | {"count": "4"}))
    assert "Over budget" in quoted
    page = text(generate(client, project, count="4"))
    assert "3 of these 4 takes would fit." in page
    assert not Generation.objects.exists()
    assert Generation.objects.count() == len(LedgerEntry.objects.all()) == 0
    generate(client, project, count="3")
    assert Generation.objects.count() == 3


def test_the_number_of_takes_is_no_way_around_the_threshold(client, project):
    SpendingRules.objects.create(team=project.team, approval_above_usd=1)
    quote = reverse("quote", args=[project.slug])
    assert "Request, $1.42" in text(client.get(quote, ASKED | {"count": "2"}))
    page = text(generate(client, project, count="2"))
    assert "Takes 1 to 2 wait for a producer's approval." in html.unescape(page)
    assert {take.state for take in Generation.objects.all()} == {State.REQUESTED}


def test_what_the_budget_still_allows_stands_beside_the_price(client, project):
    Budget.objects.create(team=project.team, limit_usd=Decimal("57.204"))
    page = text(client.get(reverse("board", args=[project.slug])))
    assert f"$57.20 left in {timezone.now():%B}" in page


def test_hdr_is_offered_where_the_model_makes_it_and_costs_what_it_costs(client, project):
    assert 'name="hdr"' not in choose(client, project, model="ray-2")
    options = choose(client, project, model="ray-3.2", resolution="720p", hdr="on")
    assert 'name="hdr" checked' in options
    assert "$0.60" in options
    assert "$0.71" in choose(client, project, model="ray-2", hdr="on")


def test_hdr_and_exr_are_there_again_when_one_comes_back(client, project):
    AccountFactory(team=project.team, provider="luma-agents", name="Newer")
    away = choose(client, project, model="ray-2", hdr="on", exr="on")
    assert note(away) == "Ray 2 makes no HDR and no EXR."
    there = settings(away) | {"wishes": wishes(away)}
    on = choose(client, project, **there | {"model": "ray-flash-2"})
    assert note(on) == ""
    there = settings(on) | {"wishes": wishes(on)}
    back = choose(client, project, **there | {"model": "ray-3.2"})
    assert 'name="hdr" checked' in back
    assert 'name="exr" checked' in back
    assert "$0.90" in back
    assert (note(back), wishes(back)) == ("Back: HDR, EXR.", "")
    again = settings(back) | {"model": "ray-3.2"}  # both are switched off then
    assert 'name="hdr" checked' not in choose(client, project, **again)


def test_a_loop_is_there_again_after_a_model_that_makes_none(client, project):
    away = choose(client, project, model="ray-v2", loop="on")
    assert "Ray 2 at the gateway makes no loops." in note(away)
    there = settings(away) | {"wishes": wishes(away), "model": "ray-2"}
    back = choose(client, project, **there)
    assert 'name="loop" checked' in back
    assert "loop" in note(back)


def test_only_models_are_offered_of_which_the_team_has_an_account(client, project):
    assert "Ray 3.2" not in choose(client, project)
    AccountFactory(team=project.team, provider="luma-agents", name="Newer")
    assert "Ray 3.2" in choose(client, project)
    project.team.accounts.filter(provider="luma").update(enabled=False)
    board = html.unescape(text(client.get(reverse("board", args=[project.slug]))))
    options = board[board.index('id="options"') :]
    assert settings(options)["model"] == "ray-3.2"
    assert "$0.30" in options
