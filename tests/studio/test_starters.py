"""The first minute: an empty project's examples, each a press away from its take."""

import re

import pytest
from django.urls import reverse

from generations.models import Account, Budget, Generation, SpendingRules, State
from studio.models import Role
from tests.factories import member, take

HTMX = {"HX-Request": "true"}


def page(client, project):
    return client.get(reverse("board", args=[project.slug])).content.decode()


def offered(client, project):
    """Return what the first example's form would send."""
    form = page(client, project).partition('class="starters"')[2].partition("</form>")[0]
    return dict(re.findall(r'name="(\w+)" value="([^"]*)"', form))


def run(client, project, typed, htmx=True):
    url = reverse("run_starter", args=[project.slug])
    return client.post(url, typed, headers=HTMX if htmx else {})


def test_an_example_is_ordered_once_at_the_price_on_its_button(client, project, artist):
    assert page(client, project).count(">Generate, $0.71</button>") == 3
    typed = offered(client, project)
    answer = run(client, project, typed).content.decode()
    made = Generation.objects.get()
    assert made.prompt.words.startswith("A lighthouse")
    assert (made.author, made.state) == (artist, State.WAITING)
    assert f'id="take-{made.uuid}"' in answer
    run(client, project, typed)
    assert Generation.objects.count() == 1
    run(client, project, typed | {"starter": "1"})
    assert Generation.objects.count() == 2
    assert 'class="starters"' not in page(client, project)


def test_an_example_runs_without_a_script(client, project):
    answer = run(client, project, offered(client, project), htmx=False)
    assert answer["Location"] == reverse("board", args=[project.slug])
    assert Generation.objects.count() == 1


def test_a_dearer_price_than_the_one_shown_is_refused_and_the_words_are_kept(client, project):
    typed = offered(client, project) | {"shown_usd": "0.5"}
    answer = run(client, project, typed)
    assert 'id="composer"' in answer.content.decode()
    assert "It costs $0.71, and" in answer.content.decode()
    assert "A lighthouse in a storm at night" in answer.content.decode()
    whole = run(client, project, typed, htmx=False).content.decode()
    assert "It costs $0.71, and" in whole
    assert not Generation.objects.exists()


def test_what_is_no_example_orders_nothing(client, project):
    for asked in ("7", "-1", "x", ""):
        answer = run(client, project, offered(client, project) | {"starter": asked})
        assert "offered any more" in answer.content.decode()
    assert not Generation.objects.exists()


def test_without_an_account_the_examples_say_what_is_missing(client, project):
    Account.objects.all().delete()
    shown = page(client, project)
    assert "no usable account for Luma" in shown
    assert "Generate, $0.71" not in shown
    assert "Change it first" in shown


def test_a_budget_without_room_is_said_in_place_of_the_buttons(client, project):
    Budget.objects.create(team=project.team, limit_usd="0.5")
    shown = page(client, project)
    assert "Ask a producer to raise it" in shown
    assert "Generate, $0.71" not in shown


def test_who_has_to_ask_requests_an_example(client, project, sign_in):
    SpendingRules.objects.create(team=project.team, approval_above_usd="0.1")
    shown = page(client, project)
    assert ">Request, $0.71</button>" in shown
    assert "A producer is asked first." in shown
    run(client, project, offered(client, project))
    assert Generation.objects.get().state == State.REQUESTED
    producer = sign_in(member(project, Role.PRODUCER))
    Generation.objects.get().withdraw(None)
    assert producer.get(reverse("board", args=[project.slug])).status_code == 200


def test_a_viewer_is_offered_no_example_and_orders_none(viewer, project):
    assert "starter" not in page(viewer, project)
    assert run(viewer, project, {"starter": "0"}).status_code == 403


@pytest.mark.parametrize("key", ["", "no key"])
def test_an_example_without_a_key_is_a_new_take_each_time(client, project, key):
    take(project, State.WAITING)
    for _ in range(2):
        run(client, project, {"starter": "0", "key": key, "shown_usd": "100"})
    assert Generation.objects.count() == 3
