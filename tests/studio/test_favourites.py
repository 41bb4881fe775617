"""A person's own star on a take: on its card, on its page, and in the finder."""

import re

from django.urls import reverse

from generations.models import State
from studio.models import Favourite
from tests.factories import member, take

HTMX = {"HX-Request": "true"}


def star(client, made, verb="favourite", **headers):
    return client.post(reverse(verb, args=[made.uuid]), headers=headers)


def pressed(response):
    return re.findall(r'id="star-[^>]* aria-pressed="(true|false)"', response.content.decode())


def test_a_star_shows_on_the_card_and_on_the_takes_page_to_who_gave_it_alone(
    client, project, artist, sign_in
):
    made = take(project, State.COMPLETED, author=artist)
    star(client, made)
    for address in (reverse("board", args=[project.slug]), reverse("generation", args=[made.uuid])):
        assert pressed(client.get(address)) == ["true"]
        assert pressed(sign_in(member(project)).get(address)) == ["false"]


def test_starring_twice_is_one_star_and_taking_off_twice_is_none(client, project, artist):
    made = take(project, State.COMPLETED, author=artist)
    for _ in range(2):
        star(client, made)
    assert Favourite.objects.count() == 1
    for _ in range(2):
        star(client, made, "unfavourite")
    assert not Favourite.objects.exists()


def test_htmx_gets_the_star_alone_so_that_the_card_goes_on_playing(client, project):
    made = take(project, State.COMPLETED)
    answer = star(client, made, **HTMX)
    assert pressed(answer) == ["true"]
    assert reverse("unfavourite", args=[made.uuid]) in answer.content.decode()
    assert "<article" not in answer.content.decode()
    assert pressed(star(client, made, "unfavourite", **HTMX)) == ["false"]


def test_what_a_key_starred_is_read_out(client, project):
    made = take(project, State.COMPLETED)
    said = 'hx-swap-oob="morph">Take 1 is '
    assert f"{said}a favourite.</p>" in star(client, made, **HTMX).content.decode()
    taken_off = star(client, made, "unfavourite", **HTMX).content.decode()
    assert f"{said}no favourite any more.</p>" in taken_off


def test_without_javascript_one_comes_back_to_the_card_that_one_was_at(client, project):
    made = take(project, State.COMPLETED)
    board = reverse("board", args=[project.slug]) + "?find=fog"
    answer = star(client, made, Referer=f"http://testserver{board}")
    assert answer["Location"] == f"{board}#take-{made.uuid}"


def test_a_viewer_has_stars_too_and_a_stranger_has_none(viewer, stranger, project):
    made = take(project, State.COMPLETED)
    assert star(viewer, made).status_code == 302
    assert star(stranger, made).status_code == 404
    assert Favourite.objects.count() == 1


def test_a_star_is_no_news_to_others(client, project):
    made = take(project, State.COMPLETED)
    before = made.last_event
    star(client, made)
    made.refresh_from_db()
    assert made.last_event == before


def test_the_finder_shows_ones_own_favourites(client, project, artist):
    mine, others, _ = (take(project, State.COMPLETED, author=artist) for _ in range(3))
    Favourite.objects.star([mine], artist)
    Favourite.objects.star([others], member(project))
    page = client.get(reverse("board", args=[project.slug]), {"favourite": "yes"}).content.decode()
    assert re.findall(r'data-take="(\d+)"', page) == [str(mine.take_number)]
    assert 'name="favourite" value="yes" checked' in page


def test_many_takes_are_starred_at_once(project, artist):
    takes = [take(project, State.COMPLETED, author=artist) for _ in range(3)]
    Favourite.objects.star(takes[:1], artist)
    Favourite.objects.star(takes, artist)
    assert Favourite.objects.count() == 3
    Favourite.objects.unstar(takes[1:], artist)
    assert Favourite.objects.get().generation == takes[0]
