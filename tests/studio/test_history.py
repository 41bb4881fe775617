"""Earlier prompts: a person's own, each once, newest first, page by page."""

import pytest
from django.urls import reverse

from generations.models import Prompt
from studio.prompting import history
from studio.prompting.history import History
from tests.factories import ProjectFactory, member


def asked(project, author, *words):
    for each in words:
        Prompt.objects.create(
            project=project,
            author=author,
            words=each,
            model="ray-2",
            ratio="16:9",
            resolution="720p",
            duration_s=5,
        )


def pages(project, user, find=""):
    before, found = 0, []
    while True:
        page = History(project, user, find, before)
        found.append([words for words, _ in page.words])
        before = page.onward
        if not before:
            return found


def test_ones_own_words_come_newest_first_and_each_once(project, artist):
    asked(project, artist, "Dunes", "Fog", "", "Dunes", "Snow")
    asked(project, member(project), "Another's")
    asked(ProjectFactory(team=project.team), artist, "Elsewhere")
    assert pages(project, artist) == [["Snow", "Dunes", "Fog"]]


@pytest.mark.parametrize("at_once", [2, 3, 50])
def test_no_words_come_twice_and_none_is_left_out_over_many_pages(
    project, artist, monkeypatch, at_once
):
    monkeypatch.setattr(history, "PAGE", 3)
    monkeypatch.setattr(history, "_AT_ONCE", at_once)
    said = [f"Shot {place % 11}" for place in range(40)]
    asked(project, artist, *said)
    found = pages(project, artist)
    assert [len(page) for page in found[:-1]] == [3] * (len(found) - 1)
    assert [words for page in found for words in page] == list(dict.fromkeys(reversed(said)))


def test_earlier_prompts_are_found_by_their_words(project, artist, client):
    asked(project, artist, "Dunes at dawn", "Fog in the pines", "dunes at night")
    assert pages(project, artist, "DUNES") == [["dunes at night", "Dunes at dawn"]]
    page = client.get(reverse("history", args=[project.slug]), {"find": "ocean\0"})
    assert "None of your prompts here says that" in page.content.decode()


def test_without_scripts_a_link_fills_the_composer(project, artist, client):
    asked(project, artist, "Dunes & fog, 100 %")
    page = client.get(reverse("history", args=[project.slug])).content.decode()
    link = f"{reverse('compose', args=[project.slug])}?words=Dunes%20%26%20fog%2C%20100%20%25"
    assert f'href="{link}"' in page
    assert "Dunes &amp; fog, 100 %</textarea>" in client.get(link).content.decode()


def test_who_only_watches_has_no_history(project, sign_in):
    client = sign_in(member(project, "viewer"))
    assert client.get(reverse("history", args=[project.slug])).status_code == 403
