"""A storyboard's runs with several people and several workers at the same moment."""

from uuid import uuid4

import pytest
from django.urls import reverse

from generations.models import LedgerEntry, State
from studio.models import Role, Run, RunStep, Shot, ShotTake
from studio.storyboarding import following
from tests.factories import ProjectFactory, member
from tests.generations.test_at_once import at_once
from tests.studio.test_storyboard import planned, shot_of, write
from tests.studio.test_storyboard_runs import PRICE, press, stages, take_to, takes

WORKERS = 4


@pytest.fixture
def pairs(transactional_db, project):
    """Three shots, and one that continues from each of them."""
    board = planned(project)
    words = ("Dunes", "The dunes at dusk", "Sea", "The sea at dusk", "Ice", "The ice at dusk")
    shots = [Shot(words=each, continues="dusk" in each) for each in words]
    board.add(None, shots)
    return board


def asked(project):
    return sorted(take.prompt.words for take in takes(project))


def test_workers_that_follow_the_same_run_order_each_shot_once(client, project, pairs):
    press(client, project)
    for take in takes(project):
        take_to(take, State.COMPLETED)
    at_once(*[following.follow_all] * WORKERS)
    following.follow_all()  # what the losers of a race left
    assert asked(project) == sorted(pairs.shots.values_list("words", flat=True))
    assert stages(project) == ["done", "ordered"] * 3
    assert ShotTake.objects.count() == 6
    assert LedgerEntry.objects.reserved_usd() == PRICE * 3
    for take in takes(project)[3:]:
        assert take.keyframes.get().source.prompt.words == take.prompt.words[4:-8].capitalize()


def test_several_takes_of_a_shot_are_all_ordered_and_none_twice(client, project, pairs):
    write(client, shot_of(project, 2), words="The dunes at dusk", count=3)
    press(client, project)
    take_to(takes(project)[0], State.COMPLETED)
    at_once(*[following.follow_all] * WORKERS)
    following.follow_all()
    assert asked(project).count("The dunes at dusk") == 3
    assert len(takes(project)) == 6


def test_two_who_press_run_at_once_begin_it_once(client, project, pairs, sign_in):
    other = sign_in(member(project, Role.PRODUCER))
    at_once(lambda: press(client, project), lambda: press(other, project))
    assert Run.objects.count() == 1
    assert RunStep.objects.count() == 6
    assert len(takes(project)) == 3


def test_the_same_press_sent_twice_at_once_begins_it_once(client, project, pairs, artist, sign_in):
    key, again = uuid4(), sign_in(artist)
    at_once(*[lambda it=it: press(it, project, key=key) for it in (client, again)])
    assert Run.objects.count() == 1
    assert len(takes(project)) == 3


def test_whoever_chooses_and_writes_while_workers_follow_loses_nothing(
    client, project, pairs, artist, sign_in
):
    write(client, shot_of(project, 1), words="Dunes", count=2)
    press(client, project)
    for take in takes(project):
        take_to(take, State.COMPLETED)
    second = takes(project)[1]
    chosen = reverse("choose_take", args=[shot_of(project, 1).uuid])
    last, writer = shot_of(project, 6), sign_in(artist)
    at_once(
        lambda: client.post(chosen, {"take": str(second.uuid)}),
        lambda: write(writer, last, words="The ice by night"),
        *[following.follow_all] * WORKERS,
    )
    following.follow_all()
    assert shot_of(project, 1).chosen.generation == second
    assert shot_of(project, 6).words == "The ice by night"
    assert len(takes(project)) == 7
    assert stages(project) == ["done", "ordered"] * 3


def test_a_choice_of_a_person_who_saw_none_stands(client, project, artist):
    planned(project, "Dunes")
    write(client, shot_of(project, 1), words="Dunes", count=2)
    press(client, project)
    seen = shot_of(project, 1)
    for take in takes(project):
        take_to(take, State.COMPLETED)
    following.follow_all()
    first, second = seen.takes.all()
    assert shot_of(project, 1).chosen == first
    by_itself = shot_of(project, 1)
    assert seen.choose(second, artist)
    assert not by_itself.choose(first)
    assert shot_of(project, 1).chosen == second


def test_a_storyboard_that_cant_be_followed_holds_up_no_other(client, project, caplog, monkeypatch):
    films = project, ProjectFactory(team=project.team, name="Second film", slug="second-film")
    boards = [planned(film, "Lift-off", "Clouds") for film in films]
    for film in films:
        press(client, film)
        take_to(takes(film)[0], State.COMPLETED)
    usual = following.follow

    def follow(storyboard):
        if storyboard.pk == boards[0].pk:
            raise RuntimeError("an unforeseen plan")
        usual(storyboard)

    with monkeypatch.context() as broken:
        broken.setattr(following, "follow", follow)
        following.follow_all()
    assert [stages(film) for film in films] == [["ordered", "waiting"], ["done", "ordered"]]
    assert f"storyboard {boards[0].pk} couldn't be followed" in caplog.text
    following.follow_all()
    assert stages(project) == ["done", "ordered"]
