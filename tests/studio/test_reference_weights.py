"""The weight of a picture to go by: asked for, kept and told only where the API knows it."""

import re
from decimal import Decimal

import pytest
from django.urls import reverse

from generations.models import Generation
from tests.factories import AccountFactory, still

HTMX = {"HX-Request": "true"}
KNOWS_NONE = [("gpt-image-2", "openai", "sk-test"), ("uni-1", "luma-agents", "luma-api-test")]


@pytest.fixture
def typed(project):
    return {
        **{"kind": "image", "words": "A teal lighthouse", "ratio": "1:1", "image_format": "png"},
        **{"ref0_still": str(still(project).uuid), "ref0_role": "image", "ref0_weight": "0.4"},
        **{"count": "1", "shown_usd": "100"},
    }


def options(client, project, typed, model):
    url = reverse("compose_options", args=[project.slug])
    return client.post(url, typed | {"model": model}, headers=HTMX).content.decode()


def field(page):
    return re.search(
        r'<input name="ref0_weight"[^>]*|<input type="hidden" name="ref0_w[^>]*', page
    )[0]


def lineage(client, made):
    page = client.get(reverse("generation", args=[made.uuid])).content.decode()
    return re.search(r"Image reference(.*?):", page)[1]


@pytest.mark.parametrize(("model", "provider", "key"), KNOWS_NONE)
def test_a_model_without_weights_asks_for_none_and_keeps_none(
    client, project, typed, model, provider, key
):
    AccountFactory(team=project.team, provider=provider, key=key)
    shown = options(client, project, typed, model)
    assert "Weight of" not in shown
    assert 'value="0.4"' in field(shown)  # it is there again with another model
    there = re.findall(r'id="(ref\d+)-weight" hx-swap-oob="morph"', shown)
    assert there == ["ref0"]  # what isn't on the page has no place to go to
    sent = typed | {"model": model}
    assert client.post(reverse("generate", args=[project.slug]), sent).status_code == 302
    made = Generation.objects.get()
    assert made.references.get().weight is None
    assert lineage(client, made) == ""
    made.references.update(weight=Decimal("0.85"))  # as one was kept before
    assert lineage(client, made) == ""


def test_photon_asks_for_it_and_the_take_tells_it(client, project, typed):
    shown = options(client, project, typed, "photon-1")
    assert "Weight of picture 1" in shown
    assert 'type="number"' in field(shown)
    assert 'value="0.4"' in field(shown)
    sent = typed | {"model": "photon-1"}
    assert client.post(reverse("generate", args=[project.slug]), sent).status_code == 302
    made = Generation.objects.get()
    assert made.references.get().weight == Decimal("0.4")
    assert lineage(client, made) == ", weight 0.4"
