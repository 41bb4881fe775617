"""A still is reframed on a page of its own, and what it was made into is changed there."""

import re

from django.urls import reverse

from generations.models import Generation
from tests.factories import still
from tests.studio.test_making import verb


def test_an_uploaded_still_is_reframed_from_its_page(client, project, viewer):
    kept = still(project)
    page = reverse("still", args=[kept.uuid])
    url = reverse("reframe_still", args=[kept.uuid])
    assert f'href="{url}"' in client.get(page).content.decode()
    assert f'href="{url}"' not in viewer.get(page).content.decode()
    assert viewer.get(url).status_code == 403
    form = client.get(url).content.decode()
    assert re.search(r"Reframe with Photon, \$0\.02", form)
    assert f'href="{reverse("media", args=[kept.uuid, "still"])}"' in form  # on the new canvas
    typed = {"model": "photon-1", "ratio": "1:1", "column": "0", "row": "1", "percent": "50"}
    typed |= {"shown_usd": "100"}
    answer = client.post(url, typed | {"words": "More sky"})
    made = Generation.objects.get()
    assert answer.url == reverse("generation", args=[made.uuid])
    assert (made.prompt.kind, made.prompt.ratio, made.version_of) == ("reframe_image", "1:1", None)
    assert made.references.get().still == kept
    assert made.prompt.placement.x_start == 0
    assert 'href="/generations/' in client.get(page).content.decode()  # used by


def test_what_a_still_was_reframed_to_is_changed_on_the_same_page(client, project):
    kept = still(project)
    url = reverse("reframe_still", args=[kept.uuid])
    typed = {"model": "photon-1", "ratio": "1:1", "column": "0", "row": "1", "percent": "50"}
    typed |= {"shown_usd": "100"}
    client.post(url, typed | {"words": ""})
    made = Generation.objects.get()
    board = client.get(reverse("board", args=[project.slug])).content.decode()
    assert "A still, reframed to 1:1" in board
    again = client.get(verb("remix", made)).url
    assert again.startswith(f"{url}?")
    assert "column=0" in again
    editing = client.get(verb("edit", made)).url
    client.post(editing, typed | {"words": "", "ratio": "9:16"})
    made.refresh_from_db()
    assert made.prompt.ratio == "9:16"


def test_a_strangers_still_is_reframed_by_nobody_else(stranger, project):
    url = reverse("reframe_still", args=[still(project).uuid])
    assert stranger.get(url).status_code == 404
