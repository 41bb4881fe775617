"""Modify and Reframe in the composer: their source has a place, their verb's form judges."""

import html
import re
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from generations.models import Generation, LedgerEntry, SpendingRules, State, Still
from tests.factories import drawn, still, take, tiny_poster
from tests.studio.test_board import HTMX, text

MODIFY = {
    "shown_usd": "100",
    "kind": "modify",
    "words": "In clay",
    "model": "ray-2",
    "mode": "flex_2",
}
REFRAME = {
    "shown_usd": "100",
    "kind": "reframe",
    "words": "",
    "ratio": "9:16",
    "column": "1",
    "row": "1",
}


@pytest.fixture
def made(project, artist) -> Generation:
    return take(project, State.COMPLETED, author=artist)


def post(client, project, name, fields):
    answer = client.post(reverse(name, args=[project.slug]), fields, headers=HTMX)
    return html.unescape(text(answer))


def generate(client, project, **fields):
    return post(client, project, "generate", fields)


def test_a_mode_takes_over_the_words_and_the_take_at_the_start(client, project, made):
    typed = {"kind": "video", "words": "In clay", "start_take": str(made.uuid), "model": "ray-2"}
    page = post(client, project, "compose", typed | {"make": "modify"})
    assert ">In clay</textarea>" in page
    assert f'name="source_take" value="{made.uuid}"' in page
    for shown in ('name="mode"', 'label="Adhere"', "Ray 2 Flash", 'name="first"', "$0.70"):
        assert shown in page
    assert "photon" not in page
    back = post(client, project, "compose", {"kind": "modify", "words": "In", "make": "video"})
    assert 'name="start"' in back


@pytest.mark.parametrize(("mode", "what"), [("modify", "a take"), ("reframe", "a take or a still")])
def test_without_a_source_the_price_says_what_it_waits_for(client, project, made, mode, what):
    hint = f"Choose {what}: then the price is here."
    page = post(client, project, "compose", {"kind": "video", "words": "In clay", "make": mode})
    assert hint in page
    put = {"words": "In clay", "kind": mode, "put": f"source.take.{made.uuid}"}
    page = post(client, project, "compose_put", put)
    assert hint not in page
    assert 'name="shown_usd"' in page


def test_a_verb_of_a_card_opens_the_composer_in_its_mode(client, project, made):
    board = text(client.get(reverse("board", args=[project.slug])))
    put = re.search(r'"put": "(source\.take\.[^"]+)"', html.unescape(board))[1]
    page = post(client, project, "compose_put", {"words": "", "put": put, "make": "reframe"})
    assert f'name="source_take" value="{made.uuid}"' in page
    assert 'id="canvas"' in page
    plain = client.get(reverse("compose", args=[project.slug]), {"make": "modify"})
    assert 'name="source_take"' in text(plain)


def test_a_take_is_modified_in_the_composer(client, project, made):
    first = SimpleUploadedFile("a.jpg", tiny_poster().read_bytes(), "image/jpeg")
    page = generate(client, project, **MODIFY, source_take=str(made.uuid), first=first, count="2")
    ordered = Generation.objects.exclude(pk=made.pk).order_by("pk")
    assert [each.prompt.mode for each in ordered] == ["flex_2", "flex_2"]
    assert {each.references.get().source for each in ordered} == {made}
    assert {each.keyframes.get().still for each in ordered} == {Still.objects.get()}
    assert [page.count(f'id="take-{each.uuid}"') for each in ordered] == [1, 1]
    assert "data-fresh" in page
    assert 'name="kind" value="modify"' in page


def test_a_reframed_take_is_told_to_be_on_its_takes_page(client, project, made):
    page = generate(client, project, **REFRAME, source_take=str(made.uuid), percent="50")
    version = made.versions.get()
    assert version.prompt.ratio == "9:16"
    assert version.prompt.placement
    assert "The reframed take 1 is in line. It will be on the page of take 1." in page
    assert f'id="take-{version.uuid}"' not in page


@pytest.mark.parametrize("what", ["a still", "an upload", "a generated picture"])
def test_pictures_are_reframed_in_the_composer(client, project, artist, what):
    source = {
        "a still": lambda: {"source_still": str(still(project).uuid)},
        "an upload": lambda: {"source": SimpleUploadedFile("a.jpg", tiny_poster().read_bytes())},
        "a generated picture": lambda: {"source_take": str(drawn(project).uuid)},
    }[what]()
    generate(client, project, **REFRAME, **source, percent="100", model="photon-1")
    assert Generation.objects.latest("pk").prompt.kind == "reframe_image"


def test_the_price_is_that_of_all_of_them_and_the_guard_holds(client, project, made):
    asked = MODIFY | {"source_take": str(made.uuid), "count": "2"}
    quoted = html.unescape(text(client.get(reverse("quote", args=[project.slug]), asked)))
    shown = Decimal(re.search(r'name="shown_usd" value="([\d.]+)"', quoted)[1])
    page = generate(client, project, **asked | {"shown_usd": str(shown - Decimal("0.01"))})
    assert "Look at it again" in page
    assert ">In clay</textarea>" in page
    assert Generation.objects.count() == 1
    generate(client, project, **asked | {"shown_usd": str(shown)})
    assert Generation.objects.count() == 3
    assert LedgerEntry.objects.reserved_usd() == shown


def test_above_the_threshold_together_they_are_requested(client, project, made):
    one = MODIFY | {"source_take": str(made.uuid)}
    quote = reverse("quote", args=[project.slug])
    shown = Decimal(re.search(r'"shown_usd" value="([\d.]+)"', text(client.get(quote, one)))[1])
    SpendingRules.objects.create(team=project.team, approval_above_usd=shown)
    assert "Request, " in text(client.get(quote, one | {"count": "2"}))
    generate(client, project, **one, count="2")
    states = Generation.objects.exclude(pk=made.pk).values_list("state", flat=True)
    assert set(states) == {State.REQUESTED}


@pytest.mark.parametrize(
    ("changes", "field", "words"),
    [
        ({"source_take": ""}, "source", "Choose the take that is to be modified"),
        ({"source_take": "x"}, "source", "isn't in this project any more"),
        ({"mode": ""}, "mode", "Choose how far it may go."),
        ({"mode": "wild"}, "mode", "Choose one of: adhere_1"),
        ({"words": "ab"}, "words", "at least 3 characters"),
        ({"model": "sora"}, "model", "no model called sora"),
        ({"count": "9"}, "count", "Choose from 1 to 4 takes."),
        ({"first_still": "x"}, "first", "isn't in this project any more"),
    ],
)
def test_bad_input_is_refused_at_its_field_and_what_was_typed_is_kept(
    client, project, made, changes, field, words
):
    page = generate(client, project, **MODIFY | {"source_take": str(made.uuid)} | changes)
    assert f'id="{field}-error"' in page
    assert words in page
    assert f">{changes.get('words', 'In clay')}</textarea>" in page
    assert Generation.objects.count() == 1


def test_a_still_can_only_be_reframed_and_that_is_said_before_it_is_pressed(client, project):
    source = {"source_still": str(still(project).uuid)}
    page = post(client, project, "compose", MODIFY | source | {"make": "modify"})
    assert "This needs a video, and that is a still. Choose a take." in page
    page = generate(client, project, **MODIFY, **source)
    assert 'id="source-error"' in page
    assert not Generation.objects.exists()


def test_the_same_works_as_a_plain_form(client, project, made):
    fields = REFRAME | {"source_take": str(made.uuid), "percent": "100"}
    answer = client.post(reverse("generate", args=[project.slug]), fields)
    assert answer["Location"] == reverse("board", args=[project.slug])
    assert "is in line" in text(client.get(answer["Location"]))
    page = text(client.post(reverse("generate", args=[project.slug]), fields | {"percent": "5"}))
    assert "At least 10 percent." in page
    assert "<html" in page


def test_several_versions_are_told_in_the_plural(client, project, made):
    fields = REFRAME | {"source_take": str(made.uuid), "count": "2", "percent": "50"}
    page = generate(client, project, **fields)
    assert "2 versions of take 1 are in line. They will be on its page." in page
