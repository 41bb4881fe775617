"""Deleting takes on the site: who may, what leaves, and how it comes back."""

import re

import pytest
from django.urls import reverse
from django.utils import timezone

from generations import discarding
from generations.models import Asset, Erasure, Generation, LedgerEntry, State
from studio.models import Role
from tests.factories import drawn, member, take, version
from tests.studio.test_board import ASKED
from tests.studio.test_live import cards_in, live, newest_event

HTMX = {"HX-Request": "true"}


@pytest.fixture
def producer(project, sign_in):
    return sign_in(member(project, Role.PRODUCER))


@pytest.fixture
def made(project, artist):
    return take(project, State.COMPLETED, author=artist)


def act(client, verb, it, headers=None, **data):
    return client.post(reverse(verb, args=[it.uuid]), data, headers=headers or {})


def page_of(client, name, *args, **query):
    return client.get(reverse(name, args=args), query).content.decode()


def undo_address(page):
    found = re.search(r'action="([^"]*/trash/undo/\?at=[^"]*)"', page)
    assert found
    return found.group(1).replace("&amp;", "&")


def fresh(it):
    return Generation.objects.get(pk=it.pk)


def test_its_author_deletes_a_take_and_the_notice_undoes_it(client, project, made):
    answer = act(client, "discard", made)
    assert answer["Location"] == reverse("board", args=[project.slug])
    page = client.get(answer["Location"]).content.decode()
    assert f"Take {made.take_number} is in the trash." in page
    assert cards_in_page(page) == []
    assert client.post(undo_address(page)).status_code == 302
    page = page_of(client, "board", project.slug)
    assert cards_in_page(page) == [str(made.take_number)]
    assert "is back" in page


def cards_in_page(page):
    return re.findall(r'<article[^>]* data-take="(\d+)"', page)


def test_htmx_takes_the_card_out_and_counts_anew(client, project, made):
    take(project, State.COMPLETED)
    answer = act(client, "discard", made, HTMX)
    assert answer["HX-Reswap"] == "delete"
    page = answer.content.decode()
    assert "<article" not in page
    assert '<span id="take-count" hx-swap-oob="true">1 take</span>' in page
    assert "Undo" in page
    assert 'name="csrfmiddlewaretoken"' in page
    back = client.post(undo_address(page), headers=HTMX)
    assert cards_in(back) == [str(made.take_number)]
    assert 'hx-swap-oob="afterbegin:#takes"' in back.content.decode()
    assert "2 takes" in back.content.decode()


def test_the_last_card_leaves_the_page_of_an_empty_board(client, project, made):
    answer = act(client, "discard", made, HTMX)
    assert answer["HX-Redirect"] == reverse("board", args=[project.slug])


def test_what_cannot_go_stays_and_the_notice_says_why(client, project, artist):
    waiting = take(project, author=artist)
    answer = act(client, "discard", waiting, HTMX)
    assert "HX-Reswap" not in answer
    assert cards_in(answer) == ["1"]
    assert "Cancel it first" in answer.content.decode()
    assert fresh(waiting).trashed_at is None


@pytest.mark.parametrize("verb", ["discard", "restore", "erase"])
def test_only_its_author_and_producers_delete_and_restore(project, made, sign_in, producer, verb):
    if verb != "discard":
        discarding.discard([made], made.author)
    for role in (Role.VIEWER, Role.REVIEWER, Role.ARTIST):
        assert act(sign_in(member(project, role)), verb, made).status_code == 403
    assert act(producer, verb, made).status_code == 302


def test_only_a_producer_removes_files_at_once(client, producer, made):
    discarding.discard([made], made.author)
    assert act(client, "purge", made).status_code == 403
    assert "Delete for good now" not in page_of(client, "trash", made.project.slug)
    assert "Delete for good now" in page_of(producer, "trash", made.project.slug)
    act(producer, "purge", made)
    assert not Asset.objects.exists()
    assert "gone for good" in page_of(producer, "trash", made.project.slug)


def test_an_undo_restores_only_what_one_may(project, made, sign_in):
    discarding.discard([made, take(project, State.COMPLETED)], made.author)
    at = fresh(made).trashed_at.isoformat()
    address = reverse("undo_discard", args=[project.slug])
    sign_in(member(project)).post(f"{address}?at={at}".replace("+", "%2B"))
    assert Generation.objects.in_trash().count() == 2
    sign_in(made.author).post(f"{address}?at={at}".replace("+", "%2B"))
    assert Generation.objects.in_trash().count() == 1
    for nonsense in ("", "yesterday", "2026-99-99T99:99", "0001-01-01T00:00:00%2B23:59"):
        assert sign_in(made.author).post(f"{address}?at={nonsense}").status_code == 302


def test_it_leaves_every_open_page_and_comes_back_to_its_place(client, project, artist, made):
    newer = take(project, State.COMPLETED, author=artist)
    since = newest_event(project)
    discarding.discard([made], artist)
    page = live(client, project, since, last=newer.take_number).content.decode()
    assert f'<article id="take-{made.uuid}" hx-swap-oob="delete"></article>' in page
    assert ">1 take<" in page
    since = newest_event(project)
    discarding.restore([made], artist)
    answer = live(client, project, since, last=newer.take_number)
    assert cards_in(answer) == [str(made.take_number)]
    assert 'hx-swap-oob="afterbegin:#takes"' in answer.content.decode()


def test_what_is_in_the_trash_is_nowhere_else(client, project, made):
    assert f"/media/{made.uuid}/poster" in page_of(client, "home")
    discarding.discard([made], made.author)
    home = page_of(client, "home")
    assert str(made.uuid) not in home
    assert "0 takes" in home
    assert cards_in_page(page_of(client, "board", project.slug, find="fog")) == []
    found = page_of(client, "trash", project.slug)
    assert str(made.uuid) in found
    assert "goes for good on" in found


def test_its_own_page_says_where_it_is_and_offers_only_what_helps(client, made):
    discarding.discard([made], made.author)
    page = page_of(client, "generation", made.uuid)
    assert "is in the trash" in page
    assert reverse("restore", args=[made.uuid]) in page
    assert reverse("extend", args=[made.uuid]) not in page
    assert reverse("discard", args=[made.uuid]) not in page
    assert client.get(reverse("media", args=[made.uuid, "video"])).status_code == 200
    assert "Put in the trash by" in page


def test_after_it_went_for_good_its_page_and_the_books_stay(client, producer, project, made):
    before = LedgerEntry.objects.all().spent_usd()
    spend = page_of(client, "spend")
    discarding.discard([made], made.author)
    discarding.purge(fresh(made), made.author)
    page = page_of(client, "generation", made.uuid)
    assert "was deleted for good" in page
    assert "Its files were removed for good by" in page
    assert reverse("restore", args=[made.uuid]) not in page
    assert client.get(reverse("media", args=[made.uuid, "video"])).status_code == 404
    assert LedgerEntry.objects.all().spent_usd() == before
    money = re.compile(r"\$[\d.,]+")
    assert money.findall(page_of(client, "spend")) == money.findall(spend)


def test_a_version_is_deleted_on_its_own_page(client, made):
    larger = version(made)
    assert reverse("discard", args=[larger.uuid]) in page_of(client, "generation", larger.uuid)
    answer = act(client, "discard", larger)
    assert answer["Location"] == reverse("generation", args=[made.uuid])
    assert "Upscaled" not in page_of(client, "generation", made.uuid).split("<h2>History")[0]
    act(client, "restore", larger)
    assert "Upscaled" in page_of(client, "generation", made.uuid)


def test_a_version_of_a_take_in_the_trash_says_so(client, made):
    larger = version(made)
    discarding.discard([made], made.author)
    page = page_of(client, "generation", larger.uuid)
    assert "and this version with it" in page


def test_a_picture_is_deleted_and_listed_too(client, project, artist):
    made = drawn(project, author=artist)
    act(client, "discard", made)
    assert str(made.uuid) in page_of(client, "trash", project.slug)


def test_deleting_at_luma_is_a_choice_of_its_own(client, made):
    assert "Also delete it at Luma" in page_of(client, "generation", made.uuid)
    act(client, "discard", made)
    assert not Erasure.objects.exists()
    assert "Also delete at Luma" in page_of(client, "trash", made.project.slug)
    act(client, "erase", made)
    assert Erasure.objects.get().attempt == made.attempt()
    page = page_of(client, "trash", made.project.slug)
    assert "Also delete at Luma" not in page
    assert "as its history says" in page
    assert "To be deleted at Luma by" in page_of(client, "generation", made.uuid)


def test_deleting_here_and_at_luma_goes_in_one(client, made):
    act(client, "discard", made, at_provider="on")
    assert Erasure.objects.get().next_at > timezone.now()


def test_what_is_not_in_the_trash_is_not_deleted_at_luma(client, made):
    act(client, "erase", made)
    assert not Erasure.objects.exists()


def test_the_trash_is_paged(client, project, artist, monkeypatch):
    monkeypatch.setattr("studio.views.trash.PAGE", 2)
    takes = [take(project, State.CANCELLED, author=artist) for _ in range(3)]
    for each in takes:
        discarding.discard([each], artist)
    first, second = (page_of(client, "trash", project.slug, page=n) for n in (1, 2))
    assert str(takes[2].uuid) in first
    assert "Older" in first
    assert str(takes[0].uuid) in second
    assert str(takes[0].uuid) not in first


def test_the_trash_costs_no_more_queries_for_more_takes(
    client, project, artist, django_assert_max_num_queries
):
    for _ in range(5):
        each = take(project, State.CANCELLED, author=artist)
        discarding.discard([each], artist)
    page_of(client, "trash", project.slug)
    with django_assert_max_num_queries(10):
        page_of(client, "trash", project.slug)


def test_a_failed_take_is_deleted_on_its_card(client, project, artist):
    failed = take(project, State.FAILED, author=artist)
    page = page_of(client, "board", project.slug)
    assert reverse("discard", args=[failed.uuid]) in page


def test_a_new_take_counts_those_that_are_left(client, project, made, settings):
    discarding.discard([made], made.author)
    newer = take(project, State.COMPLETED)
    assert newer.take_number == 2
    assert ">1 take<" in page_of(client, "board", project.slug)


def test_nothing_continues_a_take_that_went_into_the_trash_meanwhile(client, made):
    discarding.discard([made], made.author)
    order = {**ASKED, "start_take": str(made.uuid)}
    answer = client.post(reverse("generate", args=[made.project.slug]), order)
    assert "is in the trash. Restore it, or choose another take." in answer.content.decode()


def test_a_picture_in_the_trash_is_not_among_the_stills(client, project, artist):
    made = drawn(project, author=artist)
    there = reverse("still", args=[made.stills.get().uuid])
    assert there in page_of(client, "stills", project.slug)
    discarding.discard([made], artist)
    assert there not in page_of(client, "stills", project.slug)


def test_deleted_in_the_drawer_it_leaves_the_board_behind_it(client, project, artist, made):
    other = take(project, State.COMPLETED, author=artist)
    answer = act(client, "discard", made, HTMX, open=str(made.uuid))
    assert answer["HX-Trigger"] == '{"take-gone": {}}'
    said = answer.content.decode()
    assert f'<article id="take-{made.uuid}" hx-swap-oob="delete">' in said
    assert "1 take" in said
    assert cards_in_page(page_of(client, "board", project.slug)) == [str(other.take_number)]


def test_a_take_in_the_trash_offers_none_of_its_frames(client, made):
    assert "Use this frame" in page_of(client, "generation", made.uuid)
    act(client, "discard", made)
    assert "Use this frame" not in page_of(client, "generation", made.uuid)
