"""The structure helper as a page: the parts become the composer's words."""

from django.urls import reverse

TYPED = {"kind": "video", "model": "ray-2", "ratio": "1:1", "words": "At dusk."}
PARTS = {"part-subject": "a lone rider", "part-action": "stops", "part-light": "last sun"}


def test_the_parts_take_the_place_of_the_words_or_are_added(client, project):
    url = reverse("use_structure", args=[project.slug])
    instead = client.post(url, TYPED | PARTS).content.decode()
    assert ">a lone rider stops, last sun</textarea>" in instead
    assert "<option selected>1:1</option>" in instead
    added = client.post(url, TYPED | PARTS | {"add": "1"}).content.decode()
    assert ">At dusk, a lone rider stops, last sun</textarea>" in added


def test_the_words_can_be_looked_at_first(client, project):
    url = reverse("structure", args=[project.slug])
    assert "Nothing written yet" in client.get(url).content.decode()
    page = client.post(url, TYPED | PARTS).content.decode()
    assert "a lone rider stops, last sun</output>" in page
    assert 'value="last sun"' in page
    assert '<input type="hidden" name="words" value="At dusk.">' in page


def test_nothing_written_never_empties_the_composer(client, project):
    page = client.post(reverse("use_structure", args=[project.slug]), TYPED).content.decode()
    assert "Fill in at least one part." in page
    assert '<input type="hidden" name="words" value="At dusk.">' in page
