"""The live refresh: what it sends, and what it costs."""

import re
from datetime import timedelta

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from generations import queueing
from generations.models import Account, Counter, Generation, State
from tests.bench.crowd import crowd as write
from tests.factories import ProjectFactory, keep_files, take

HTMX = {"HX-Request": "true"}


def live(client, project, since, first=1, last=10_000):
    url = reverse("board_live", args=[project.slug])
    return client.get(url, {"since": since, "first": first, "last": last}, headers=HTMX)


def newest_event(project):
    return Counter.objects.get(project=project).events


def cards_in(answer):
    return re.findall(r'<article[^>]* data-take="(\d+)"', answer.content.decode())


@pytest.fixture
def crowd(project, artist):
    """Sixty takes that are on their way, in every unfinished state."""
    states = [State.WAITING, State.SUBMITTING, State.QUEUED, State.DREAMING, State.UNCONFIRMED]
    return [take(project, states[n % len(states)], author=artist) for n in range(60)]


def test_a_page_that_missed_too_much_is_loaded_anew(client, project, artist, monkeypatch):
    monkeypatch.setattr("studio.refreshing.MOST_CHANGED", 2)
    for _ in range(2):
        take(project, author=artist)
    url = reverse("board_live", args=[project.slug])
    assert "HX-Refresh" not in client.get(url, {"since": 0, "first": 0, "last": 0})
    take(project, author=artist)
    answer = client.get(url, {"since": 0, "first": 0, "last": 0})
    assert answer["HX-Refresh"] == "true"
    assert not answer.content


def test_an_unchanged_page_of_sixty_costs_three_queries_at_most_and_no_bytes(
    client, project, crowd, django_assert_num_queries
):
    since = newest_event(project)
    live(client, project, since)  # the session is in the cache now
    with django_assert_num_queries(2):
        answer = live(client, project, since)
    assert answer.status_code == 204
    assert answer.content == b""


def test_a_changed_page_of_sixty_costs_three_queries(
    client, project, crowd, django_assert_num_queries
):
    since = newest_event(project)
    live(client, project, since)
    dreaming = next(each for each in crowd if each.state == State.QUEUED)
    assert dreaming.dream(next_at=timezone.now())
    with django_assert_num_queries(3):
        answer = live(client, project, since)
    assert answer.status_code == 200
    assert cards_in(answer) == [str(dreaming.take_number)]


def test_a_page_that_saw_nothing_yet_costs_three_queries_too(
    client, project, crowd, django_assert_num_queries
):
    live(client, project, newest_event(project))
    with django_assert_num_queries(3):
        assert len(cards_in(live(client, project, 0))) == 60


def test_failed_and_lost_takes_at_an_own_price_cost_no_more_queries(
    client, project, artist, django_assert_num_queries
):
    account = Account.objects.get(team=project.team)
    write(project, account, artist, 80)
    live(client, project, 80, first=21, last=80)
    with django_assert_num_queries(3):
        page = live(client, project, 0, first=21, last=80).content.decode()
    assert page.count("Retry, $0.50") == 3
    assert page.count("A producer decides.") == 2


def test_a_changed_card_replaces_its_old_self(client, project):
    changed = take(project, State.QUEUED)
    since = newest_event(project)
    changed.dream(next_at=timezone.now())
    page = live(client, project, since).content.decode()
    assert re.search(rf'id="take-{changed.uuid}"[^>]* hx-swap-oob="morph"', page)
    assert f'id="since" name="since" value="{newest_event(project)}"' in page


def test_a_card_that_others_made_comes_on_top(client, project):
    take(project)
    since = newest_event(project)
    take(project, words="Rain over the harbour")
    page = live(client, project, since, first=1, last=1).content.decode()
    assert 'hx-swap-oob="afterbegin:#takes"' in page
    assert "Rain over the harbour" in page


def test_cards_older_than_the_page_are_left_out(client, project):
    for _ in range(3):
        take(project, State.DREAMING)
    assert cards_in(live(client, project, 0, first=2)) == ["2", "3"]


def test_places_in_line_move_up_when_one_leaves_it(client, project, artist):
    first, second, third = (take(project) for _ in range(3))
    since = newest_event(project)
    first.cancel(artist)
    answer = live(client, project, since)
    page = answer.content.decode()
    assert cards_in(answer) == ["1"]  # the others only get a new line
    places = dict(re.findall(r'id="line-([\w-]+)" hx-swap-oob="true">([^<]+)<', page))
    assert places[str(second.uuid)].startswith("Next in line")
    assert places[str(third.uuid)].startswith("2nd in line")


def lines_in(answer):
    return re.findall(r'id="line-([\w-]+)" hx-swap-oob="true">', answer.content.decode())


def test_only_places_on_the_page_are_told_and_the_nearest_first(
    client, project, artist, monkeypatch
):
    first, *others = (take(project) for _ in range(6))
    since = newest_event(project)
    first.cancel(artist)
    on_page = [str(each.uuid) for each in others]
    assert lines_in(live(client, project, since, first=2, last=4)) == on_page[:3]
    monkeypatch.setattr("studio.refreshing.LINES", 2)
    assert lines_in(live(client, project, since)) == on_page[:2]


def test_a_finished_take_is_announced_once_its_file_is_here(client, project):
    finished = take(project, State.COMPLETED, stored=False)
    since = newest_event(project)
    keep_files(finished)
    assert "Take 1 is ready." in live(client, project, since).content.decode()
    assert live(client, project, newest_event(project)).status_code == 204


def test_the_page_asks_again_only_while_something_may_change(client, project):
    board = reverse("board", args=[project.slug])
    take(project, State.COMPLETED)
    take(project, State.FAILED)
    assert "data-unfinished" not in client.get(board).content.decode()
    fetching = take(project, State.COMPLETED, stored=False)
    assert "data-unfinished" in client.get(board).content.decode()
    keep_files(fetching)
    assert "data-unfinished" not in client.get(board).content.decode()


def test_a_signed_out_poll_sends_the_whole_page_to_sign_in(anonymous, project):
    url = reverse("board_live", args=[project.slug])
    here = f"http://testserver{reverse('board', args=[project.slug])}"
    answer = anonymous.get(url, headers=HTMX | {"HX-Current-URL": here})
    assert answer.status_code == 200
    assert answer["HX-Redirect"] == "/accounts/login/?next=%2Fprojects%2Fdesert-light%2F"
    for elsewhere in ("http://[", "https://example.com/projects/desert-light/", ""):
        answer = anonymous.get(url, headers=HTMX | {"HX-Current-URL": elsewhere})
        assert answer["HX-Redirect"] == "/accounts/login/?next=%2F"


@pytest.mark.parametrize("since", ["", "x", "-1", "9" * 40, "²"])
def test_nonsense_from_outside_is_taken_for_the_beginning(client, project, since):
    take(project)
    answer = live(client, project, since, first="?", last="")
    assert cards_in(answer) == ["1"]


@pytest.mark.parametrize("huge", ["9" * 10, "9" * 18])
def test_numbers_that_no_row_can_have_are_no_trouble(client, project, huge):
    take(project)
    assert cards_in(live(client, project, 0, first=huge, last=huge)) == []
    assert cards_in(live(client, project, 0, first=1, last=huge)) == ["1"]
    assert cards_in(live(client, project, huge, first=1, last=0)) == []
    board = client.get(reverse("board", args=[project.slug]), {"before": huge})
    assert cards_in(board) == ["1"]


def test_progress_is_estimated_from_the_last_takes_of_its_kind(client, project):
    dreaming = take(project, State.DREAMING)
    now = timezone.now()
    started = now - timedelta(seconds=20)
    usual = {"expected_s": 32, "usual_from_s": 24, "usual_to_s": 48}
    Generation.objects.filter(pk=dreaming.pk).update(accepted_at=started, **usual)
    with time_machine.travel(now, tick=False):
        page = client.get(reverse("board", args=[project.slug])).content.decode()
    assert "about 12 s left, usually 24 to 48 s" in page
    assert 'data-expected-s="32.0" data-from-s="24.0" data-to-s="48.0" max="48.0"' in page
    assert '<rect x="50.0%"' in page
    assert ">0:20<" in page


def test_a_waiting_take_says_about_how_long(client, project, artist):
    waiting = [take(project, author=artist) for _ in range(40)]
    account = waiting[0].account
    for _ in range(3):
        account.note_pace(60)
    page = client.get(reverse("board", args=[project.slug]) + "?after=41").content.decode()
    assert "Next in line, in a moment" in page
    assert "20th in line, about 2 min" in page
    assert "40th in line, about 4 min" in page


def test_why_the_line_stands_is_on_every_card_in_it(client, project, artist):
    waiting = [take(project, author=artist) for _ in range(2)]
    since = newest_event(project)
    queueing.pause_line(project.team, artist)
    page = live(client, project, since).content.decode()
    lines = dict(re.findall(r'id="line-([\w-]+)"[^>]*>([^<]+)<', page))
    assert lines[str(waiting[0].uuid)].startswith("The team&#x27;s line is paused. Next in line")
    assert lines[str(waiting[1].uuid)].startswith("The team&#x27;s line is paused. 2nd in line")


def test_a_card_that_was_touched_comes_again_without_an_event(client, project):
    changed, same = take(project, State.COMPLETED), take(project, State.COMPLETED)
    since, told = newest_event(project), changed.events.count()
    Generation.objects.filter(pk=changed.pk).touch()
    changed.refresh_from_db()
    assert newest_event(project) == changed.last_event == since + 1
    assert changed.events.count() == told
    assert cards_in(live(client, project, since)) == [str(changed.take_number)]
    Generation.objects.filter(pk__in=[changed.pk, same.pk]).touch()
    assert newest_event(project) == since + 2
    assert len(cards_in(live(client, project, since + 1))) == 2


def opened(client, project, since, it, **shown):
    url = reverse("board_live", args=[project.slug])
    asked = {"since": since, "first": 1, "last": 10_000, "open": str(it.uuid), **shown}
    return client.get(url, asked, headers=HTMX)


def version_of(client, it):
    page = client.get(reverse("generation", args=[it.uuid])).content.decode()
    return re.search(r'name="version" value="([^"]+)"', page).group(1)


def test_the_boards_poll_carries_the_take_that_is_open_over_it(
    client, project, artist, django_assert_num_queries
):
    dreaming = take(project, State.QUEUED, author=artist)
    since, version = newest_event(project), version_of(client, dreaming)
    with django_assert_num_queries(3):
        answer = opened(client, project, since, dreaming, version=version)
    assert answer.status_code == 204
    dreaming.dream(next_at=timezone.now())
    page = opened(client, project, since, dreaming, version=version).content.decode()
    assert f'id="film" data-film="{dreaming.uuid}" data-unfinished hx-swap-oob="morph"' in page
    assert page.count('name="version"') == 1
    assert page.count(f'id="take-{dreaming.uuid}"') == 1


def test_a_take_that_was_opened_before_the_board_knew_of_its_change_is_shown_anew(
    client, project, artist
):
    dreaming = take(project, State.QUEUED, author=artist)
    version = version_of(client, dreaming)
    dreaming.dream(next_at=timezone.now())
    answer = opened(client, project, newest_event(project), dreaming, version=version)
    assert 'id="film"' in answer.content.decode()


def test_an_open_take_that_is_gone_or_not_theirs_leaves_the_board_its_poll(
    client, stranger, project, artist
):
    waiting, elsewhere = take(project, author=artist), take(ProjectFactory())
    since = newest_event(project)
    assert opened(client, project, since, elsewhere).status_code == 204
    url = reverse("board_live", args=[project.slug])
    assert client.get(url, {"since": since, "open": "no-take"}).status_code == 204
    assert stranger.get(url, {"since": 0, "open": str(waiting.uuid)}).status_code == 404
