"""The finder of the board: what the address says is what is shown."""

import re

import pytest
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from generations.models import Asset, Counter, Generation, State
from studio.views.board import FIRST_PAGE
from tests.factories import AccountFactory, drawn, member, take, version

HTMX = {"HX-Request": "true", "HX-Target": "takes"}


def look(client, project, **query):
    return client.get(reverse("board", args=[project.slug]), query)


def numbers(response):
    return [int(n) for n in re.findall(r'data-take="(\d+)"', response.content.decode())]


def test_words_and_filters_narrow_the_board(client, project, artist):
    take(project, State.COMPLETED, author=artist, words="Dunes at dawn")
    take(project, State.FAILED, author=member(project), words="Dunes by night")
    take(project, author=artist, words="A lighthouse", ratio="9:16", model="ray-flash-2")
    assert numbers(look(client, project)) == [3, 2, 1]
    assert numbers(look(client, project, find="dunes")) == [2, 1]
    assert numbers(look(client, project, find="dunes", state="ready")) == [1]
    assert numbers(look(client, project, state="failed")) == [2]
    assert numbers(look(client, project, state="working")) == [3]
    assert numbers(look(client, project, who="me")) == [3, 1]
    assert numbers(look(client, project, model="ray-flash-2")) == [3]
    assert numbers(look(client, project, ratio="16:9")) == [2, 1]


def test_a_person_is_named_in_the_finder_and_finds_their_takes(client, project, artist):
    other = member(project)
    take(project, author=artist)
    take(project, author=other)
    page = look(client, project, who=str(other.pk))
    assert numbers(page) == [2]
    assert f'<option value="{other.pk}" selected>{other}</option>' in page.content.decode()


def test_takes_of_a_person_who_left_are_still_found(client, project):
    gone = member(project)
    take(project, author=gone)
    gone.memberships.all().delete()
    page = look(client, project, who=str(gone.pk))
    assert numbers(page) == [1]
    assert "Someone who left" in page.content.decode()


def test_a_take_that_plays_with_sound_is_found_by_its_sound(client, project, artist):
    for _ in range(3):
        take(project, State.COMPLETED, author=artist)
    first, second, _ = project.generations.order_by("take_number")
    first.assets.filter(kind=Asset.Kind.VIDEO).update(has_sound=True)
    loud = version(second)
    loud.assets.filter(kind=Asset.Kind.VIDEO).update(has_sound=True)
    second.best_version = loud
    second.save(update_fields=["best_version"])
    assert numbers(look(client, project, sound="with")) == [2, 1]
    assert numbers(look(client, project, sound="without")) == [3]


def test_the_order_may_be_the_oldest_or_the_dearest_first(client, project, artist):
    take(project, author=artist, duration_s=5)
    take(project, author=artist, duration_s=9)
    take(project, author=artist, duration_s=5)
    assert numbers(look(client, project, sort="oldest")) == [1, 2, 3]
    assert numbers(look(client, project, sort="dearest")) == [2, 3, 1]


@pytest.mark.parametrize("sort", ["newest", "oldest", "dearest"])
def test_page_follows_page_without_a_gap_or_a_double(client, project, artist, sort, monkeypatch):
    monkeypatch.setattr("studio.views.board.FIRST_PAGE", 2)
    monkeypatch.setattr("studio.views.board.PAGE", 2)
    for seconds in (5, 9, 5, 9, 5):
        take(project, author=artist, duration_s=seconds)
    seen, address = [], f"{reverse('board', args=[project.slug])}?sort={sort}&find=fog"
    while address:
        page = client.get(address, headers=HTMX)
        seen += numbers(page)
        onward = re.search(r'class="button older" href="([^"]+)"', page.content.decode())
        address = onward and onward[1].replace("&amp;", "&")
    expected = {"newest": [5, 4, 3, 2, 1], "oldest": [1, 2, 3, 4, 5], "dearest": [4, 2, 5, 3, 1]}
    assert seen == expected[sort]


@pytest.mark.parametrize("after", ["x", "1~2~3", "nan", "inf", "9" * 400, "-", "1e999999999"])
def test_a_cursor_that_is_none_shows_the_first_page(client, project, artist, after):
    take(project, author=artist)
    assert numbers(look(client, project, after=after)) == [1]


@pytest.mark.parametrize("price", ["999999999", "99999999.9999", "1.00001"])
def test_a_cursor_of_a_price_that_no_take_has_is_a_cursor_all_the_same(
    client, project, artist, price
):
    take(project, author=artist)
    assert numbers(look(client, project, sort="dearest", after=f"{price}~1")) == [1]


def test_what_the_finder_does_not_know_is_left_out(client, project, artist):
    take(project, author=artist)
    for query in ({"state": "x"}, {"who": "x"}, {"model": "x"}, {"sort": "x"}):
        page = look(client, project, **query)
        assert numbers(page) == [1]
        assert "No take is like that" not in page.content.decode()


def menu(page, name):
    """Return the values that a menu of the finder offers, beside none."""
    inner = re.search(rf'<select[^>]* name="{name}".*?</select>', page.content.decode(), re.DOTALL)
    return [it for it in re.findall(r'<option value="([^"]*)"', inner[0]) if it]


def test_the_finder_offers_models_that_the_team_has_used_or_can_order(client, project, artist):
    ordered = ["ray-2", "ray-flash-2", "ray-1-6", "photon-1", "photon-flash-1"]
    assert menu(look(client, project), "model") == ordered
    assert "2:3" not in menu(look(client, project), "ratio")
    asked = look(client, project, model="gpt-image-2", ratio="2:3")  # as somebody saved it
    assert menu(asked, "model") == [*ordered, "gpt-image-2"]
    assert "2:3" in menu(asked, "ratio")
    assert numbers(asked) == []
    AccountFactory(team=project.team, provider="luma-agents", name="Newer")
    drawn(project, author=artist, model="uni-1", ratio="2:3")
    project.team.accounts.update(enabled=False)
    cache.clear()
    page = look(client, project)
    assert (menu(page, "model"), menu(page, "ratio")) == (["uni-1"], ["2:3"])
    other = look(client, project, model="ray-2")
    assert menu(other, "model") == ["ray-2", "uni-1"]
    gallery = client.get(reverse("gallery"))
    assert (menu(gallery, "model"), menu(gallery, "ratio")) == (["uni-1"], ["2:3"])


def test_nothing_found_says_so_with_a_way_back(client, project, artist):
    take(project, author=artist)
    page = look(client, project, find="submarine").content.decode()
    assert "No take is like that" in page
    assert "Nothing shot yet" not in page


def test_the_address_keeps_only_what_is_asked_for(client, project, artist):
    answer = client.get(
        reverse("board", args=[project.slug]),
        {"find": "dune sea", "state": "", "who": "me", "sort": "newest"},
        headers=HTMX,
    )
    assert answer["HX-Replace-Url"] == "/projects/desert-light/?find=dune+sea&who=me"


def test_an_order_leaves_what_is_looked_for_in_the_address(client, project, artist):
    take(project, author=artist)
    path = reverse("board", args=[project.slug])
    order = {"words": "More dunes", "model": "ray-2", "ratio": "16:9", "resolution": "720p"}
    for shown, left in (("?find=dunes&state=&x=1", "?find=dunes"), ("?words=x", ""), ("", "")):
        answer = client.post(
            reverse("generate", args=[project.slug]),
            order | {"duration_s": "5", "shown_usd": "100"},
            headers={"HX-Request": "true", "HX-Current-URL": f"http://testserver{path}{shown}"},
        )
        assert answer["HX-Replace-Url"] == path + left


def test_pictures_are_found_too(client, project, artist):
    drawn(project, words="A teal lighthouse", author=artist)
    assert numbers(look(client, project, find="teal", state="ready")) == [1]


def live(client, project, since=0, first=1, last=0, **query):
    query |= {"since": since, "first": first, "last": last}
    return client.get(reverse("board_live", args=[project.slug]), query).content.decode()


def test_a_new_take_comes_to_a_narrowed_page_only_if_it_is_looked_for(client, project, artist):
    take(project, author=artist, words="Dunes")
    take(project, author=artist, words="A lighthouse")
    page = live(client, project, last=0, find="dunes")
    assert 'data-take="1"' in page
    assert 'data-take="2"' not in page


def test_a_take_that_comes_to_be_looked_for_is_put_on_the_page(client, project, artist):
    take(project, State.COMPLETED, author=artist)
    take(project, State.COMPLETED, author=artist)
    page = live(client, project, first=1, last=2, state="ready")
    assert page.count("afterbegin:#takes") == 2
    page = live(client, project, first=1, last=2, state="working")
    assert page.count('hx-swap-oob="morph"') >= 2
    assert "afterbegin" not in page


def test_in_another_order_a_new_take_comes_and_a_change_out_of_the_page_doesnt(
    client, project, artist
):
    take(project, author=artist)
    behind = take(project, author=artist)
    since = Counter.objects.get(project=project).events
    behind.begin(timezone.now())
    take(project, author=artist)
    page = live(client, project, since=since, last=1, sort="oldest")
    assert 'data-take="2"' not in page
    assert 'data-take="3"' in page


def test_what_was_looked_for_before_is_not_told_of_as_new(client, project, artist):
    old, done = take(project, author=artist), take(project, author=artist)
    since = Counter.objects.get(project=project).events
    take(project, State.FAILED, author=artist)
    old.begin(timezone.now())
    done.cancel(artist)
    after = 'data-known hx-swap-oob="after'
    known = [
        live(client, project, since=since, last=9, sort="dearest", **query).count(after)
        for query in ({"who": "me"}, {"state": "working"}, {"state": "failed"})
    ]
    assert known == [2, 1, 0]


def test_what_is_back_from_the_trash_comes_only_where_it_is_looked_for(client, project, artist):
    dunes = take(project, State.FAILED, author=artist, words="Dunes")
    assert dunes.discard(timezone.now(), artist)
    assert dunes.restore(artist)
    for sort in ("newest", "oldest"):
        found = live(client, project, find="dunes", last=1, sort=sort)
        assert 'data-take="1"' in found
        other = live(client, project, find="harbour", last=1, sort=sort)
        assert "afterbegin" not in other
        assert "afterbegin" in live(client, project, last=1, sort=sort)


def test_a_page_ends_where_the_next_begins_in_every_order(client, project, artist):
    prices = {1: "2.0000", 2: "1.0000", 3: "2.0000", 4: "3.0000", 5: "1.0000"}
    for _ in prices:
        take(project, author=artist)
    for number, price in prices.items():
        Generation.objects.filter(take_number=number).update(price_usd=price)
    assert numbers(look(client, project, sort="oldest", after="1", until="4")) == [2, 3, 4]
    dearest = look(client, project, sort="dearest", after="3.0000~4", until="1.0000~5")
    assert numbers(dearest) == [3, 1, 5]
    assert numbers(look(client, project, after="4", until="x")) == [3, 2, 1]


def test_what_cards_tell_is_asked_of_the_pages_takes_alone(client, project, artist):
    """Either database would read all of a hundred thousand takes otherwise."""
    take(project, State.COMPLETED, author=artist)
    with CaptureQueriesContext(connection) as captured:
        client.get(reverse("board", args=[project.slug]))
    telling = [each["sql"] for each in captured if "is_favourite" in each["sql"]]
    assert len(telling) == 1
    asked = r"= ANY \(ARRAY" if connection.vendor == "postgresql" else "IN "
    ids = rf'"generations_generation"."id" {asked}\(SELECT .* LIMIT {FIRST_PAGE + 1}\)'
    picked = re.search(ids, telling[0])
    assert picked
    assert "is_favourite" not in picked[0]
    assert "LIMIT" not in telling[0][picked.end() :]
