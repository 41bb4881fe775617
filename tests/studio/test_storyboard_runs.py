"""Running a storyboard: what is ordered when, what stops it, and that nothing is paid twice."""

from decimal import Decimal
from uuid import uuid4

import pytest
from django.urls import reverse
from django.utils import timezone

from generations.models import Account, Asset, Budget, Generation, LedgerEntry, SpendingRules, State
from generations.models.states import Reason
from studio.models import Role, Run, RunStep, Shot, ShotTake, Storyboard
from studio.storyboarding import following
from studio.storyboarding.planning import Plan
from tests.factories import keep_files, member
from tests.studio.test_storyboard import HTMX, planned, shot_of, url, write

PRICE = Decimal("0.7078")  # Ray 2, 5 s, 720p


def press(client, project, usd=None, name="run_storyboard", key=None):
    sent = {"shown_usd": "100" if usd is None else str(usd), "key": str(key or uuid4())}
    return client.post(url(project, name), sent, follow=True)


def press_on(client, shot, verb="make_shot", **sent):
    typed = {"shown_usd": "100", "key": str(uuid4())} | sent
    return client.post(reverse(verb, args=[shot.uuid]), typed, follow=True)


def take_to(take, state):
    """Do what the engine does with a take until it is in a state, its file here."""
    take.refresh_from_db()
    if state == State.CANCELLED:
        assert take.cancel(take.author)
        return
    attempt = take.begin(timezone.now())
    assert take.accept(attempt, str(uuid4()), next_at=timezone.now())
    assert take.dream(next_at=timezone.now())
    if state == State.FAILED:
        assert take.fail(attempt, Reason.PROVIDER, "Luma failed this job. Nothing was charged.")
    elif state == State.COMPLETED:
        assert take.complete(attempt, Asset.Kind.VIDEO, "https://example.com/video.mp4")
        keep_files(take)


def takes(project):
    return list(Generation.objects.filter(project=project).order_by("take_number"))


def newest(project):
    return takes(project)[-1]


def finish(project, state=State.COMPLETED):
    """Have the newest take come out so, and the storyboard follow."""
    take_to(newest(project), state)
    following.follow_all()


def stages(project):
    steps = RunStep.objects.filter(run__storyboard__project=project)
    return list(steps.order_by("run", "shot__position").values_list("stage", flat=True))


def plan_of(project):
    project.own_prices = None
    return Plan(project, Storyboard.of(project))


def states(project):
    """How each shot is: made, stale, going or missing."""
    return [
        "going" if it.is_going else "stale" if it.is_stale else "made" if it.is_made else "missing"
        for it in plan_of(project).shots
    ]


def chain(client, project, *words):
    """A chain of shots, all made."""
    planned(project, *words)
    press(client, project)
    for _ in words:
        finish(project)
    assert states(project) == ["made"] * len(words)


def test_the_bar_says_what_run_costs_and_run_orders_what_waits_for_nothing(client, project):
    board = planned(project, "Lift-off", "Clouds")
    board.add(None, [Shot(words="A far speck", continues=False)])
    page = client.get(url(project)).content.decode()
    assert "$2.13" in page
    assert "3 shots, 0:15" in page
    press(client, project, PRICE * 3)
    assert [take.prompt.words for take in takes(project)] == ["Lift-off", "A far speck"]
    assert stages(project) == ["ordered", "waiting", "ordered"]
    assert LedgerEntry.objects.count() == 2


def test_each_shot_grows_from_the_one_before_once_that_is_here(client, project):
    planned(project, "Lift-off", "Clouds", "Orbit")
    press(client, project)
    finish(project)
    lift_off, clouds = takes(project)
    assert clouds.keyframes.get().source == lift_off
    finish(project)
    finish(project)
    assert [take.prompt.words for take in takes(project)] == ["Lift-off", "Clouds", "Orbit"]
    assert stages(project) == ["done"] * 3
    assert states(project) == ["made"] * 3
    assert "all made" in client.get(url(project)).content.decode()


def test_what_is_dearer_than_was_shown_is_refused_in_words(client, project):
    planned(project, "Lift-off", "Clouds")
    page = press(client, project, PRICE).content.decode()
    assert "It costs $1.42, and $0.71 was shown." in page
    assert not Run.objects.exists()
    assert not takes(project)


def test_the_budget_must_have_room_for_the_whole(client, project):
    planned(project, "Lift-off", "Clouds", "Orbit")
    Budget.objects.set_limit(project.team, None, Decimal(2), None)
    page = press(client, project).content.decode()
    assert "This costs $2.13" in page
    assert not Run.objects.exists()
    assert not takes(project)
    Budget.objects.set_limit(project.team, None, Decimal(3), None)
    press(client, project)
    assert stages(project) == ["ordered", "waiting", "waiting"]


def test_a_run_above_the_threshold_is_requested_take_by_take(client, project):
    planned(project, "Lift-off", "Clouds")
    SpendingRules.objects.create(team=project.team, approval_above_usd=Decimal(1))
    assert "Request, $1.42" in client.get(url(project)).content.decode()
    press(client, project)
    first = newest(project)
    assert (first.state, Run.objects.get().needs_approval) == (State.REQUESTED, True)
    assert not LedgerEntry.objects.exists()
    first.approve(first.account, first.price_usd, member(project, Role.PRODUCER))
    finish(project)
    assert newest(project).prompt.words == "Clouds"
    assert newest(project).state == State.REQUESTED


def test_a_declined_request_stops_what_waits_for_it(client, project):
    planned(project, "Lift-off", "Clouds")
    SpendingRules.objects.create(team=project.team, approval_above_usd=Decimal(1))
    press(client, project)
    newest(project).decline("Too dear.", member(project, Role.PRODUCER))
    following.follow_all()
    assert stages(project) == ["stopped", "stopped"]
    assert "declined it: Too dear." in client.get(url(project)).content.decode()


def test_pressing_twice_orders_once(client, project):
    planned(project, "Lift-off", "Clouds")
    key = uuid4()
    press(client, project, key=key)
    press(client, project, key=key)
    assert len(takes(project)) == 1
    page = press(client, project).content.decode()
    assert "There is nothing to make here any more." in page
    assert len(takes(project)) == 1


def test_a_failure_stops_only_what_depends_on_it_and_is_retried_from_there(client, project):
    board = planned(project, "Lift-off", "Clouds", "Orbit")
    board.add(None, [Shot(words="A far speck", continues=False)])
    press(client, project)
    first, other = takes(project)
    take_to(first, State.COMPLETED)
    take_to(other, State.COMPLETED)
    following.follow_all()
    finish(project, State.FAILED)
    assert stages(project) == ["done", "stopped", "stopped", "done"]
    page = client.get(url(project)).content.decode()
    assert "Luma failed this job." in page
    assert "Shot 2 wasn&#x27;t made. Luma failed this job." in page
    assert "Retry from here, $1.42" in page
    press_on(client, shot_of(project, 2), "make_onward", shown_usd=str(PRICE * 2))
    assert newest(project).keyframes.get().source == first
    finish(project)
    finish(project)
    assert states(project) == ["made"] * 4
    assert len(takes(project)) == 5


def test_a_budget_that_is_used_up_stops_the_rest_with_the_reason(client, project):
    planned(project, "Lift-off", "Clouds")
    press(client, project)
    Budget.objects.set_limit(project.team, None, Decimal(1), None)
    finish(project)
    assert stages(project) == ["done", "stopped"]
    assert "$0.29 is left" in client.get(url(project)).content.decode()


@pytest.mark.parametrize("how", ["cancelled", "deleted shot", "moved", "changed", "left the team"])
def test_what_takes_the_ground_from_under_a_shot_stops_it(client, project, artist, how):
    board = planned(project, "Lift-off", "Clouds")
    press(client, project)
    if how == "deleted shot":
        client.post(reverse("delete_shot", args=[shot_of(project, 1).uuid]))
    elif how == "moved":
        board.move(shot_of(project, 2), None, 0)
    elif how == "changed":
        write(client, shot_of(project, 1), words="Lift-off at night")
    elif how == "left the team":
        artist.memberships.all().delete()
    finish(project, State.CANCELLED if how == "cancelled" else State.COMPLETED)
    assert len(takes(project)) == 1
    step = RunStep.objects.get(shot__words="Clouds")
    says = {
        "cancelled": "Shot 1 wasn't made. Take 1 was cancelled.",
        "deleted shot": "The shot that it continues from was deleted.",
        "moved": "The shot before it is another one than when the run began.",
        "changed": "Shot 1 doesn't fit any more. Its words changed after this was made.",
        "left the team": "Who started the run may not make takes in this team any more.",
    }[how]
    assert (step.stage, step.words) == ("stopped", says)


def test_a_run_is_stopped_after_what_is_running(client, project, artist):
    planned(project, "Lift-off", "Clouds", "Orbit")
    press(client, project)
    run = Run.objects.get()
    assert "Stop after what is running" in client.get(url(project)).content.decode()
    client.post(reverse("stop_run", args=[run.uuid]))
    finish(project)
    assert stages(project) == ["done", "cancelled", "cancelled"]
    assert len(takes(project)) == 1
    assert f"{artist} stopped the run" in client.get(url(project)).content.decode()


def test_of_several_takes_the_first_that_is_here_goes_on(client, project):
    planned(project, "Lift-off", "Clouds")
    write(client, shot_of(project, 1), words="Lift-off", count=2)
    press(client, project)
    first, second = takes(project)
    take_to(second, State.COMPLETED)
    following.follow_all()
    assert newest(project).keyframes.get().source == second
    assert stages(project) == ["ordered", "ordered"]
    take_to(first, State.COMPLETED)
    following.follow_all()
    assert shot_of(project, 1).chosen.generation == second
    assert stages(project) == ["done", "ordered"]


def test_the_chain_goes_on_from_the_take_that_a_person_chose(client, project):
    planned(project, "Lift-off", "Clouds")
    write(client, shot_of(project, 1), words="Lift-off", count=2)
    press(client, project)
    first, second = takes(project)
    take_to(first, State.COMPLETED)
    take_to(second, State.COMPLETED)
    sent = {"take": str(second.uuid)}
    client.post(reverse("choose_take", args=[shot_of(project, 1).uuid]), sent)
    following.follow_all()
    assert newest(project).keyframes.get().source == second
    assert shot_of(project, 1).chosen.generation == second


def test_choosing_another_take_makes_what_follows_stale_and_quotes_it(client, project):
    chain(client, project, "Lift-off", "Clouds", "Orbit")
    press_on(client, shot_of(project, 1))  # another take
    finish(project)
    assert states(project) == ["made", "stale", "stale"]
    page = client.get(url(project)).content.decode()
    assert "Shot 1 changed after this was made. Making it again costs $0.71." in page
    assert "Make 2 stale shots again, $1.42" in page
    assert "Make shots 2 to 3 again, $1.42" in page
    first = takes(project)[0]
    sent = {"take": str(first.uuid)}
    client.post(reverse("choose_take", args=[shot_of(project, 1).uuid]), sent)
    assert states(project) == ["made", "made", "made"]
    assert len(takes(project)) == 4


def test_making_stale_shots_again_orders_just_those(client, project):
    chain(client, project, "Lift-off", "Clouds", "Orbit")
    write(client, shot_of(project, 2), words="Clouds at night")
    assert states(project) == ["made", "stale", "stale"]
    assert "Its words changed after this was made." in client.get(url(project)).content.decode()
    press(client, project, PRICE * 2, "make_stale_again")
    finish(project)
    finish(project)
    assert states(project) == ["made"] * 3
    asked = [take.prompt.words for take in takes(project)]
    assert asked == ["Lift-off", "Clouds", "Orbit", "Clouds at night", "Orbit"]


def test_a_change_that_is_taken_back_leaves_nothing_stale(client, project):
    chain(client, project, "Lift-off", "Clouds")
    write(client, shot_of(project, 1), words="Lift-off", concepts=["push_in"])
    assert states(project) == ["stale", "stale"]
    write(client, shot_of(project, 1), words="Lift-off")
    assert states(project) == ["made", "made"]


def test_a_deleted_take_isnt_in_the_film_any_more(client, project):
    chain(client, project, "Lift-off", "Clouds")
    first = takes(project)[0]
    first.discard(timezone.now(), None)
    assert states(project) == ["missing", "stale"]
    assert "Shot 1 has no take any more." in client.get(url(project)).content.decode()


def test_what_isnt_written_is_left_out_with_what_continues_from_it(client, project):
    planned(project, "Lift-off", "", "Orbit")
    page = client.get(url(project)).content.decode()
    assert "1 to make, 1 behind one that isn&#x27;t, 1 not written yet" in page
    press(client, project, PRICE)
    assert [take.prompt.words for take in takes(project)] == ["Lift-off"]


def test_a_refused_shot_stops_the_whole_press_and_is_named(client, project):
    planned(project, "Lift-off", "Clouds")
    Account.objects.update(enabled=False)
    page = press(client, project).content.decode()
    assert "Nothing was ordered. Shot 1:" in page
    assert not Run.objects.exists()


# --- never twice ---------------------------------------------------------------------------------


def test_the_same_events_twice_order_nothing_twice(client, project):
    planned(project, "Lift-off", "Clouds")
    press(client, project)
    take_to(newest(project), State.COMPLETED)
    for _ in range(3):
        Storyboard.objects.update(followed=0)
        following.follow_all()
    assert len(takes(project)) == 2
    assert ShotTake.objects.count() == 2


def test_a_follower_that_dies_between_order_and_note_orders_once(client, project, monkeypatch):
    planned(project, "Lift-off", "Clouds")
    press(client, project)
    take_to(newest(project), State.COMPLETED)

    class Killed(BaseException):
        pass

    def die(*args):
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(following, "keep_takes", die)
        with pytest.raises(Killed):
            following.follow_all()
    assert stages(project) == ["done", "waiting"]
    assert len(takes(project)) == 1
    following.follow_all()
    following.follow_all()
    assert stages(project) == ["done", "ordered"]
    assert len(takes(project)) == 2


def test_a_project_without_a_run_costs_the_follower_one_query(
    client, project, django_assert_num_queries
):
    chain(client, project, "Lift-off")
    with django_assert_num_queries(1):
        assert following.follow_all() == 0


def test_a_run_of_another_page_is_answered_in_place(client, project):
    planned(project, "Lift-off")
    sent = {"key": str(uuid4()), "shown_usd": str(PRICE)}
    answer = client.post(url(project, "run_storyboard"), sent, headers=HTMX)
    assert 'id="storyboard"' in answer.content.decode()
    assert "money" in answer["HX-Trigger"]


def test_sixty_shots_cost_as_many_queries_as_three(client, project, django_assert_max_num_queries):
    planned(project, *("Lift-off" for _ in range(60)))
    for shot in Storyboard.of(project).shots.kept():
        shot.continues = False
        shot.save()
    press(client, project)
    for take in takes(project)[:40]:
        take_to(take, State.COMPLETED)
    following.follow_all()
    client.get(url(project))
    with django_assert_max_num_queries(16):
        page = client.get(url(project)).content.decode()
    assert page.count("data-shot ") == 60


def test_a_file_that_could_not_be_fetched_is_fetched_again_from_its_shot(client, project, viewer):
    planned(project, "Lift-off")
    press(client, project)
    (made,) = takes(project)
    take_to(made, State.COMPLETED)
    files = made.assets.filter(kind=Asset.Kind.VIDEO)
    files.update(state=Asset.State.FAILED, source_url="https://example.com/film.mp4", next_at=None)
    made.announce("store_failed")
    following.follow_all()
    page = client.get(url(project)).text
    assert "The file of take 1 couldn&#x27;t be fetched. Fetch it again: it is paid for." in page
    assert "Fetch again" not in viewer.get(url(project)).text
    again = reverse("fetch_shot", args=[Shot.objects.get().uuid])
    assert again in page
    page = client.post(again, {"take": made.uuid}, follow=True).text
    assert files.get().state == Asset.State.PENDING
    assert "Fetching the file" in page
    assert "couldn&#x27;t be fetched" not in page
    assert "Retry from here" not in page
    files.update(state=Asset.State.STORED)
    made.announce("stored")
    assert states(project) == ["made"]
    page = client.post(again, {"take": made.uuid}, follow=True).text
    assert "There is nothing to fetch for this shot." in page
    assert LedgerEntry.objects.filter(kind="charged").count() == 1
