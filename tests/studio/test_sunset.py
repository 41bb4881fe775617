"""A model that will be switched off says so, and is followed by another when it is."""

from dataclasses import replace
from datetime import timedelta
from html import unescape

import pytest
from django.urls import reverse
from django.utils import timezone

from generations.catalogue import catalogue
from generations.models import Generation, ModelFallback, State
from generations.moving import _Look
from studio.editing.cut import Clip, Cut
from studio.models import Sequence, Shot, Storyboard
from tests.factories import take

HTMX = {"HX-Request": "true"}


@pytest.fixture
def ends():
    """Lets Ray Flash 2 end in some days, and Ray 2 take its place."""
    models = catalogue().models
    kept = dict(models)

    def in_days(days: int) -> str:
        sunset = timezone.now().date() + timedelta(days=days)
        models["ray-flash-2"] = replace(kept["ray-flash-2"], sunset=sunset, successor="ray-2")
        return f"{sunset:%B} {sunset.day}, {sunset.year}"

    yield in_days
    models.clear()
    models.update(kept)


def page_of(client, name, *args, **query):
    return unescape(client.get(reverse(name, args=args), query).content.decode())


def flash(project, artist, state=State.COMPLETED, **order):
    return take(project, state, author=artist, model="ray-flash-2", **order)


def test_the_composer_warns_from_thirty_days_before_and_not_earlier(client, project, artist, ends):
    flash(project, artist)  # the composer begins with its model
    ends(31)
    assert "switched off" not in page_of(client, "board", project.slug)
    when = ends(30)
    page = page_of(client, "board", project.slug)
    assert f"Ray 2 Flash is switched off on {when}. Ray 2 takes its place." in page
    assert "Ray 2 Flash, until " in page


def test_it_is_not_offered_after_and_what_was_chosen_goes_on_with_its_successor(
    client, project, artist, ends
):
    old = flash(project, artist, words="Fog over the bay", resolution="540p", duration_s=9)
    when = ends(0)
    page = page_of(client, "remix", old.uuid)
    assert f"Ray 2 Flash was switched off on {when}. Ray 2 takes its place." in page
    composer = page[page.index('id="composer-model"') :]  # what there is can be looked for still
    assert 'value="ray-flash-2"' not in composer
    assert '<option value="ray-2" selected>' in page
    assert "<option selected>540p</option>" in page
    assert '<option value="9" selected>' in page
    assert "Fog over the bay" in page


def test_an_old_take_still_plays(client, project, artist, ends):
    old = flash(project, artist)
    ends(-400)
    page = page_of(client, "generation", old.uuid)
    assert f'src="{reverse("media", args=[old.uuid, "video"])}"' in page


def test_an_order_for_it_is_refused_in_words_and_nothing_is_charged(client, project, ends):
    when = ends(0)
    sent = {"words": "Fog over the bay", "model": "ray-flash-2", "ratio": "16:9"}
    sent |= {"resolution": "540p", "duration_s": 5}
    answer = client.post(reverse("generate", args=[project.slug]), sent, headers=HTMX)
    said = f"Ray 2 Flash was switched off on {when}. Ray 2 takes its place. Choose Ray 2."
    assert said in unescape(answer.content.decode())
    assert not Generation.objects.exists()


def test_a_failed_take_of_it_is_not_sent_again(client, project, artist, ends):
    failed = flash(project, artist, State.FAILED)
    when = ends(0)
    told = client.post(reverse("retry", args=[failed.uuid]), follow=True).content.decode()
    assert f"Ray 2 Flash was switched off on {when}. Ray 2 takes its place." in unescape(told)
    failed.refresh_from_db()
    assert failed.state == State.FAILED


def test_a_storyboard_of_it_says_so_and_asks_for_another(client, project, ends):
    board = Storyboard.begun(project)
    Storyboard.objects.update(model="ray-flash-2")
    board.add(None, [Shot(words="Dunes")])
    ends(10)
    assert "Ray 2 Flash is switched off on" in page_of(client, "storyboard", project.slug)
    ends(-1)
    page = page_of(client, "storyboard", project.slug)
    assert "Ray 2 Flash was switched off on" in page
    assert "ray-flash-2, switched off</option>" in page


def test_a_clip_grows_with_what_follows_its_model(client, project, artist, ends):
    old = flash(project, artist)
    sequence = Sequence.begin(project, artist, "Rough cut", Cut((Clip("a", old.uuid),)))
    ends(0)
    address = reverse("growing", args=[sequence.uuid])
    panel = client.post(address, {"clip": "a"}, headers=HTMX | {"HX-Target": "growing"})
    page = panel.content.decode()
    assert '<option value="ray-2" selected>' in page
    assert "ray-flash-2" not in page


def test_no_work_is_moved_to_it(project, ends):
    ModelFallback.objects.create(team=project.team, from_model="ray-2", to_model="ray-flash-2")
    account = project.team.accounts.get()
    ends(1)
    assert _Look(account).instead("ray-2").key == "ray-flash-2"
    ends(0)
    assert _Look(account).instead("ray-2") is None
