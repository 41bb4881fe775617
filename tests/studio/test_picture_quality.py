"""The quality of a picture in the composer, where its model has several."""

import html
import re
from decimal import Decimal

import pytest
from django.urls import reverse

from generations.models import Generation, State
from generations.orders import Picture
from tests.factories import AccountFactory, drawn, still

HTMX = {"HX-Request": "true"}
TYPED = {
    **{"kind": "image", "words": "A teal lighthouse", "model": "gpt-image-2", "ratio": "1:1"},
    **{"image_format": "png", "count": "1", "shown_usd": "100"},
}


@pytest.fixture
def at_openai(project):
    """Have the project's team have an account at OpenAI, too."""
    return AccountFactory(team=project.team, provider="openai", key="sk-test")


def options(client, project, **typed):
    url = reverse("compose_options", args=[project.slug])
    return client.post(url, TYPED | typed, headers=HTMX).content.decode()


def test_it_is_chosen_with_its_price_where_the_model_has_several(client, project, at_openai):
    page = options(client, project)
    listed = page[page.index('name="quality"') :].partition("</select>")[0]
    assert re.findall(r'value="(\w*)"', listed) == ["", "low", "high"]
    assert "Medium quality</option>" in listed
    quote = reverse("quote", args=[project.slug])
    for quality, usd in (("", "$0.06"), ("low", "$0.01"), ("high", "$0.22")):
        assert usd in client.get(quote, TYPED | {"quality": quality}).content.decode()
    assert 'name="quality"' not in options(client, project, model="photon-1", quality="high")


def test_it_is_there_again_when_one_comes_back(client, project, at_openai):
    away = html.unescape(options(client, project, model="photon-1", quality="high"))
    assert "Photon makes no high quality." in away
    wishes = re.search(r'name="wishes" value="(.*?)">', away)[1]
    back = options(client, project, wishes=wishes)
    assert '<option value="high" selected>' in back
    assert "Back: high quality." in back
    usual = options(client, project, quality="medium")  # which is said by none
    assert "quality" not in re.search(r'id="composer-note".*?</p>', usual)[0]


def test_what_is_chosen_is_ordered_and_stays_chosen(client, project, at_openai):
    url = reverse("generate", args=[project.slug])
    assert client.post(url, TYPED | {"quality": "high"}).status_code == 302
    made = Generation.objects.get()
    assert (made.prompt.options, made.price_usd) == ({"quality": "high"}, Decimal("0.2110"))
    board = client.get(reverse("board", args=[project.slug])).content.decode()
    assert '<option value="high" selected>' in board
    page = client.get(reverse("generation", args=[made.uuid])).content.decode()
    assert "PNG, 1:1, high quality" in page


def test_nonsense_is_refused_at_its_field_and_nothing_is_ordered(client, project, at_openai):
    url = reverse("generate", args=[project.slug])
    page = client.post(url, TYPED | {"quality": "ultra"}).content.decode()
    assert "GPT Image 2 makes no ultra quality. Choose one of: medium, low, high." in page
    assert 'id="quality-error"' in page
    assert not Generation.objects.exists()


def test_a_picture_after_others_is_tried_again_at_the_price_that_is_shown(client, project, artist):
    AccountFactory(team=project.team, provider="luma-agents", name="Agents")
    after = tuple(Picture("image", still(project)) for _ in range(2))
    made = drawn(project, State.FAILED, author=artist, model="uni-1", references=after)
    page = client.get(reverse("generation", args=[made.uuid])).content.decode()
    shown = re.search(r'retry/"[^>]*>.*?name="shown_usd" value="([^"]*)"', page, re.DOTALL)
    assert shown[1] == "0.0464"
    client.post(reverse("retry", args=[made.uuid]), {"shown_usd": shown[1]})
    made.refresh_from_db()
    assert (made.state, made.price_usd) == (State.WAITING, Decimal("0.0464"))
