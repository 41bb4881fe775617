"""The line before an account: everybody's turn, places, pauses, and limits that keys share."""

from datetime import timedelta

import pytest
from django.utils import timezone

from generations import limits, lining, queueing, submitting
from generations.models import Account, Attempt, Generation
from generations.ordering import accept
from generations.orders import Order, image
from generations.refusal import Refused
from tests.factories import AccountFactory, ProjectFactory, UserFactory, member, take


def order(project, author, words="Dunes at dawn"):
    return accept(project, author, Order(words=words, resolution="540p"))


def line(project):
    return list(Generation.objects.filter(project=project).waiting())


def authors(project):
    return [each.author for each in line(project)]


@pytest.fixture
def people(project):
    return [member(project) for _ in range(3)]


def test_one_persons_200_takes_delay_anothers_single_one_by_one_turn(project, people):
    many, few, _ = people
    for _ in range(200):
        order(project, many)
    single = order(project, few)
    assert line(project).index(single) == 1
    assert carded(single).ahead_in_line == 1


def test_everybody_takes_turns(project, people):
    a, b, c = people
    for person in (a, a, a, b, b, c):
        order(project, person)
    assert authors(project) == [a, b, c, a, b, a]


def test_who_comes_late_joins_the_turn_that_is_being_taken(project, people):
    a, b, _ = people
    takes = [order(project, a) for _ in range(6)]
    for done in takes[:3]:
        assert done.begin(timezone.now())
    order(project, b)
    order(project, b)
    assert authors(project) == [a, b, a, b, a]


def test_a_take_turned_away_keeps_its_place(project, people):
    a, b, _ = people
    first = order(project, a)
    order(project, b)
    attempt = first.begin(timezone.now())
    order(project, b)
    first.turn_away(attempt, "busy", "", next_at=timezone.now())
    assert line(project)[0] == first


def test_a_preferred_take_late_in_its_authors_line_pushes_nobody_back(project, people):
    a, b, _ = people
    takes = [order(project, a) for _ in range(20)]
    queueing.to_front(takes[-1], a)
    assert line(project)[0] == takes[-1]
    takes[-1].refresh_from_db()
    assert takes[-1].begin(timezone.now())
    single = order(project, b)
    assert line(project).index(single) == 1


def test_the_place_on_a_card_is_the_place_in_line(project, people):
    a, b, c = people
    for person in (a, a, a, b, c, b):
        order(project, person)
    queueing.to_front(line(project)[4], a)
    cards = {each.pk: each for each in Generation.objects.for_cards()}
    assert [cards[each.pk].ahead_in_line for each in line(project)] == [0, 1, 2, 3, 4, 5]


def test_an_author_puts_an_own_take_before_another_of_theirs(project, people):
    a, b, _ = people
    first, second = order(project, a), order(project, a)
    others = order(project, b)
    queueing.move_up(second, a, over_others=False)
    assert line(project) == [second, others, first]
    queueing.move_down(second, a, over_others=False)
    assert line(project) == [first, others, second]
    with pytest.raises(Refused, match="last already"):
        queueing.move_down(second, a, over_others=False)


def test_a_producer_puts_a_take_before_anybodys(project, people):
    a, b, _ = people
    first, second = order(project, a), order(project, b)
    assert line(project) == [first, second]
    queueing.move_up(second, a, over_others=True)
    assert line(project) == [second, first]
    with pytest.raises(Refused, match="first already"):
        queueing.move_up(second, a, over_others=True)


def test_priority_can_be_taken_back(project, people):
    first, second, third = (order(project, person) for person in people)
    queueing.to_front(second, people[0])
    queueing.to_front(third, people[0])
    assert line(project) == [third, second, first]
    queueing.take_its_turn(third, people[0])
    assert line(project) == [second, first, third]


@pytest.mark.parametrize("verb", [queueing.pause, queueing.resume, queueing.to_front])
def test_what_was_sent_cant_be_held_back_or_preferred(project, people, verb):
    sent = take(project, "queued", author=people[0])
    with pytest.raises(Refused, match="isn't waiting any more"):
        verb(sent, people[0])


def test_a_paused_take_is_passed_and_keeps_its_place_and_money(studio):
    first, second = studio.order(), studio.order()
    queueing.pause(first, studio.person)
    assert submitting.submit_due(studio.account.pk) == 1
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.state, second.state) == ("waiting", "queued")
    assert first.ledger.reserved_usd() == first.price_usd
    assert Generation.objects.due(timezone.now()).filter(pk=first.pk).exists() is False
    queueing.resume(first, studio.person)
    studio.work(first, until="completed")
    kinds = [event.kind for event in first.events.all()]
    assert kinds[:3] == ["waiting", "paused", "resumed"]


def test_pausing_many_and_going_on_later_starves_nobody(project, people):
    a, b, _ = people
    held = [order(project, a) for _ in range(5)]
    for each in held:
        queueing.pause(each, a)
    passing = [order(project, b) for _ in range(4)]
    for each in passing[:2]:
        assert each.begin(timezone.now())
    for each in held:
        queueing.resume(each, a)
    assert authors(project)[:4] == [a, b, a, b]


def test_a_begun_take_is_paused_by_nobody_and_a_paused_one_begun_by_nobody(project, people):
    waiting = order(project, people[0])
    stale = Generation.objects.get(pk=waiting.pk)
    queueing.pause(waiting, people[0])
    assert stale.begin(timezone.now()) is None


def test_a_teams_line_stands_still_until_it_goes_on(studio):
    take = studio.order()
    queueing.pause_line(studio.project.team, studio.person)
    queueing.pause_line(studio.project.team, studio.person)
    assert submitting.submit_due(studio.account.pk) == 0
    assert Generation.objects.for_cards().get().line_is_paused
    queueing.resume_line(studio.project.team, studio.person)
    studio.work(take, until="completed")
    kinds = [event.kind for event in take.events.all()]
    assert kinds[:3] == ["waiting", "line_paused", "line_resumed"]


def test_one_accounts_line_stands_still_until_it_goes_on(studio):
    take = studio.order()
    queueing.pause_account(studio.account, studio.person)
    assert submitting.submit_due(studio.account.pk) == 0
    queueing.resume_account(studio.account, studio.person)
    studio.work(take, until="completed")


# --- pictures have limits of their own -------------------------------------------------------


def draw(project, author):
    return accept(project, author, image("A teal lighthouse at dawn"))


def carded(take):
    return Generation.objects.for_cards().get(pk=take.pk)


def test_a_picture_has_no_place_among_the_videos(project, people):
    videos = [order(project, people[0]) for _ in range(30)]
    pictures = [draw(project, people[0]) for _ in range(2)]
    assert [carded(each).ahead_in_line for each in pictures] == [0, 1]
    assert carded(videos[-1]).ahead_in_line == 29


def test_what_left_the_catalogue_has_its_place_among_the_videos(project, people):
    gone, video = order(project, people[0]), order(project, people[0])
    leave_the_catalogue(gone)
    assert carded(video).ahead_in_line == 1


def test_a_picture_waits_as_long_as_pictures_take_and_for_their_slots(project, people):
    account = limited(project, concurrent_limit=1, pace_s=600)
    for _ in range(30):
        order(project, people[0])
    pictures = [draw(project, people[0]) for _ in range(3)]
    assert lining.wait_s(carded(pictures[0])) is None  # no picture has been made yet
    account.note_pace(20, "photon")
    assert lining.wait_s(carded(pictures[2])) == 20 * 3 / 40  # the catalogue's slots
    limits.set_limits(account, 2, 1, "photon")
    assert lining.wait_s(carded(pictures[0])) == 20 / 2
    assert lining.wait_s(carded(pictures[2])) == 60 * 2  # a create a minute
    account.refresh_from_db()
    assert account.pace_s == 600


def test_the_pace_of_pictures_is_learnt_from_pictures(studio):
    picture = draw(studio.project, studio.person)
    studio.work(picture, until="completed")
    studio.account.refresh_from_db()
    assert studio.account.pace_s is None
    assert studio.account.buckets.get().pace_s > 0
    studio.work(studio.order(), until="completed")
    studio.account.refresh_from_db()
    assert studio.account.pace_s > 0


def test_an_accounts_own_limits_of_pictures_are_kept(studio):
    limits.set_limits(studio.account, 2, None, "photon")
    pictures = [draw(studio.project, studio.person) for _ in range(3)]
    videos = [studio.order() for _ in range(3)]
    assert submitting.submit_due(studio.account.pk) == 5
    assert Generation.objects.waiting().get() == pictures[2]
    assert {each.state for each in Generation.objects.filter(pk__in=[v.pk for v in videos])} == {
        "queued"
    }


def test_many_videos_push_nobodys_pictures_back(project, people):
    a, b, _ = people
    for _ in range(20):
        order(project, a)
    theirs = [draw(project, b) for _ in range(5)]
    mine = draw(project, a)
    together = [each for each in line(project) if each.prompt.is_picture]
    assert together.index(mine) == 1
    assert set(together) == {mine, *theirs}


def test_a_picture_changes_places_with_pictures_only(project, people):
    author = people[0]
    first = draw(project, author)
    video = order(project, author)
    second = draw(project, author)
    queueing.move_up(second, author, over_others=False)
    assert [carded(each).ahead_in_line for each in (first, video, second)] == [1, 0, 0]
    with pytest.raises(Refused, match="first already"):
        queueing.move_up(video, author, over_others=True)


def test_a_project_of_its_own_has_a_line_of_its_own(project, people):
    other = ProjectFactory()
    AccountFactory(team=other.team)
    for _ in range(5):
        order(project, people[0])
    mine = order(other, UserFactory())
    assert Generation.objects.for_cards().get(pk=mine.pk).ahead_in_line == 0


# --- rooms that are full ---------------------------------------------------------------------


def limited(project, **limits):
    account = Account.objects.get(team=project.team)
    Account.objects.filter(pk=account.pk).update(**limits)
    return account


def leave_the_catalogue(take):
    prompt = take.prompt.changed(model="ray-1-gone")
    prompt.save()
    Generation.objects.filter(pk=take.pk).update(prompt=prompt)


def test_a_model_that_left_the_catalogue_waits_for_a_videos_slot(project):
    account = limited(project, concurrent_limit=1)
    flying = take(project, "queued")
    gone = take(project)
    leave_the_catalogue(gone)
    due_at = gone.next_at
    assert lining.claim(account.pk) is None
    gone.refresh_from_db()
    assert gone.next_at > due_at

    leave_the_catalogue(flying)
    Generation.objects.filter(pk=gone.pk).update(next_at=timezone.now())
    assert lining.claim(account.pk) is None  # the slot of one that left is taken as well


def test_a_clock_that_was_set_back_stalls_no_creates(project):
    account = limited(project, per_minute_limit=2)
    for _ in range(2):
        take(project, "queued")
    ahead = timezone.now() + timedelta(hours=1)
    Attempt.objects.filter(sent_at__isnull=False).update(sent_at=ahead)
    waiting = take(project)
    assert lining.claim(account.pk).generation == waiting


def test_servers_whose_clocks_differ_a_little_keep_the_creates_of_a_minute(project):
    account = limited(project, per_minute_limit=1)
    take(project, "queued")
    ahead = timezone.now() + timedelta(seconds=2)
    Attempt.objects.filter(sent_at__isnull=False).update(sent_at=ahead)
    waiting = take(project)
    assert lining.claim(account.pk) is None
    waiting.refresh_from_db()
    assert waiting.next_at <= timezone.now() + timedelta(seconds=60)
