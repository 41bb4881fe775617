"""Bake-offs: ordered at one press, judged blind, told at last."""

import re
from decimal import Decimal
from uuid import uuid4

import pytest

from generations import discarding
from generations.models import Budget, Generation, LedgerEntry, SpendingRules, State
from studio.models import (
    AuditEntry,
    BakeOff,
    Ballot,
    Entrant,
    Mark,
    Pick,
    Score,
)
from tests.factories import ProjectFactory, bring, still
from tests.studio.bakeoffs.steps import (
    TELLING,
    THREE,
    TWO,
    TWO_USD,
    WORDS,
    begin,
    begun,
    judge_all,
    look,
    lots,
    main,
    of,
    page,
    score,
)

# --- choosing and ordering -----------------------------------------------------------------------


def test_every_model_and_setting_has_its_price_and_the_composers_own_are_chosen(client, project):
    said = look(client, project)
    chosen = re.findall(r'value="([^"]+)" id="entrant-[^>]+ checked', said)
    assert chosen == ["ray-2 720p 5", "ray-flash-2 720p 5", "ray-1-6 720p 5"]
    assert '<span>1080p, 9 s</span><span class="num">$' in said
    assert WORDS in said
    assert "Make 3, $" in said
    assert not Generation.objects.exists()


def test_what_is_ticked_is_added_up(client, project):
    said = look(client, project, entrant=TWO, bakeoff_key=uuid4())
    assert "Make 2, $0.96 in all" in said
    assert f'name="shown_usd" value="{TWO_USD}"' in said
    one = look(client, project, entrant=TWO[:1], bakeoff_key=uuid4())
    assert "Choose two to eight" in one
    assert "disabled>Choose two to eight" in one


def test_what_a_model_cant_do_isnt_offered(client, project):
    said = look(client, project, loop="on", concepts="orbit_left")
    offered = re.findall(r'name="entrant" value="(\S+)', said)
    assert set(offered) == {"ray-2", "ray-flash-2"}
    assert "Ray 1.6 takes no camera concepts" in said
    picture = look(client, project, kind="image", model="photon-1", image_format="jpg")
    assert picture.count('name="entrant"') == 2
    assert "Make 2, $" in picture


def test_one_press_orders_all_of_it_once(client, project):
    key = uuid4()
    first = begin(client, project, key=key)
    again = begin(client, project, key=key)
    assert first["Location"] == again["Location"]
    bakeoff = BakeOff.objects.get()
    takes = Generation.objects.all()
    assert {it.entrant.bakeoff for it in takes} == {bakeoff}
    assert sorted(it.prompt.model for it in takes) == ["ray-2", "ray-flash-2"]
    assert LedgerEntry.objects.reserved_usd() == TWO_USD
    other = begin(client, project, THREE, key=key)
    assert other["Location"] != first["Location"], "changed, it is another one"
    assert Generation.objects.count() == 5


def test_frames_of_the_composer_are_those_of_all(client, project, artist):
    picture = still(project, author=artist)
    begin(client, project, start_still=picture.uuid, start_as_is="1")
    starts = [it.keyframes.get(position="start").still for it in Generation.objects.all()]
    assert starts == [picture, picture]


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"entrants": TWO[:1]}, "Choose 2 to 8"),
        ({"entrants": []}, "Choose 2 to 8"),
        ({"entrants": ["ray-9 720p 5", "x", "ray-2 720p 5"]}, "Choose 2 to 8"),
        ({"shown_usd": "0.50"}, "and $0.50 was shown"),
        ({"shown_usd": ""}, "which wasn&#x27;t shown before"),
        ({"words": ""}, "error"),
        ({"words": "{dawn|dusk}"}, "These words make 2 prompts"),
    ],
)
def test_what_cant_be_is_refused_in_words_and_nothing_is_ordered(client, project, fields, said):
    response = begin(client, project, **fields)
    assert response.status_code == 200
    assert 'role="alert"' in response.content.decode()
    assert said in response.content.decode()
    assert not Generation.objects.exists()
    assert not BakeOff.objects.exists()


def test_nine_are_too_many(client, project):
    sizes = ("540p", "720p", "1080p")
    nine = [f"{it} {size} {s}" for it in ("ray-2", "ray-flash-2") for size in sizes for s in (5, 9)]
    assert "At most 8" in begin(client, project, nine[:9]).content.decode()
    assert begin(client, project, nine[:8]).status_code == 302


def test_a_budget_without_room_orders_none_of_it(client, project):
    Budget.objects.create(team=project.team, project=project, limit_usd=Decimal("0.80"))
    said = begin(client, project).content.decode()
    assert "budget" in said.lower()
    assert not Generation.objects.exists()
    assert not BakeOff.objects.exists()


def test_a_producer_is_asked_about_all_of_it_together(client, project):
    SpendingRules.objects.create(team=project.team, approval_above_usd=Decimal("0.80"))
    assert "Request 2, $0.96 in all" in look(client, project, entrant=TWO, bakeoff_key=uuid4())
    begin(client, project)
    assert {it.state for it in Generation.objects.all()} == {State.REQUESTED}
    assert "2 waiting for approval" in page(client, BakeOff.objects.get())


def test_an_archived_project_takes_none(client, project):
    project.archive()
    assert begin(client, project).status_code == 403


def test_a_key_of_another_project_is_another_press(client, project):
    other = ProjectFactory(team=project.team)
    key = uuid4()
    first, second = begin(client, project, key=key), begin(client, other, key=key)
    assert first["Location"] != second["Location"]
    assert BakeOff.objects.count() == 2


# --- while it is made ----------------------------------------------------------------------------


def test_while_it_is_made_its_page_tells_how_far_it_is_and_names_nobody(client, project):
    bakeoff = begun(client, project, THREE, State.COMPLETED, State.DREAMING, State.WAITING)
    said = page(client, bakeoff)
    assert "1 of 3</strong> are ready, 1 dreaming, 1 in line" in re.sub(r"\s+", " ", said) or (
        "1 of 3</strong> are ready, 1 in line, 1 dreaming" in said
    )
    assert not [word for word in TELLING if word in main(said)]
    version = re.search(r'name="version" value="(\w+)"', said)[1]
    live = f"/bake-offs/{bakeoff.uuid}/live/"
    assert client.get(live, {"version": version}).status_code == 204
    bring(Generation.objects.get(state=State.WAITING), State.FAILED)
    assert "1 came to nothing" in client.get(live, {"version": version}).content.decode()


# --- judging -------------------------------------------------------------------------------------


def test_who_has_scored_each_is_told_and_what_they_said_stands(judge, reviewer, project, client):
    bakeoff = begun(client, project)
    first, second = lots(judge, bakeoff)
    score(judge, bakeoff, first, "8")
    early = judge.post(f"/bake-offs/{bakeoff.uuid}/reveal/", follow=True).content.decode()
    assert "Score each of them" in early
    assert "Who was who" not in early
    score(judge, bakeoff, second, "3")
    score(judge, bakeoff, second, "4", by="Physics")
    assert "2 of 2 scored" in page(judge, bakeoff)
    assert not Score._default_manager.exists(), "nobody is told before"
    said = judge.post(f"/bake-offs/{bakeoff.uuid}/reveal/", follow=True).content.decode()
    assert "Who was who" in said
    assert "Ray 2 Flash, 720p, 5 s" in said
    assert f"Judged blind by {reviewer}" in said
    best = of(first, reviewer, bakeoff)
    assert Score._default_manager.get(generation=best).value == 8
    assert said.index(f"/generations/{best.uuid}/") < said.index(
        f"/generations/{of(second, reviewer, bakeoff).uuid}/"
    )
    late = score(judge, bakeoff, second, "10").content.decode()
    assert "stands as it is" in late
    assert sorted(Mark.objects.values_list("value", flat=True)) == [3, 4, 8]
    assert "Who was who" not in page(client, bakeoff), "others still judge blind"
    assert AuditEntry.objects.filter(kind="verdict", words__startswith="Judged all").count() == 1


def test_the_scores_are_on_the_scoreboard(judge, client, project):
    bakeoff = begun(client, project)
    judge_all(judge, bakeoff, 9)
    board = client.get("/scoreboard/").context["board"]
    assert (board.whole.scores, board.whole.mean) == (2, 9)


def test_two_at_a_time_are_decided_until_none_is_left(judge, reviewer, client, project):
    bakeoff = begun(client, project, THREE)
    best = bakeoff.entrants.first()
    for number in range(1, 4):
        said = page(judge, bakeoff, "pairs/")
        assert f"Pair {number} of 3" in said
        left, right = (
            re.search(rf'name="{it}" value="(\w+)"', said)[1] for it in ("left", "right")
        )
        mine = [lot for lot in (left, right) if of(lot, reviewer, bakeoff) == best.generation]
        better = mine[0] if mine else "same"
        sent = {"left": left, "right": right, "better": better}
        judge.post(f"/bake-offs/{bakeoff.uuid}/pick/", sent)
    assert judge.get(f"/bake-offs/{bakeoff.uuid}/pairs/").status_code == 302
    assert 'aria-pressed="true"' in page(judge, bakeoff, "pairs/?pair=1"), "it can be changed"
    assert Pick.objects.filter(better=best).count() == 2
    said = judge.post(f"/bake-offs/{bakeoff.uuid}/reveal/", follow=True).content.decode()
    assert "2 of 2 (100 %)" in said
    assert "0.5 of 2 (25 %)" in said


@pytest.mark.parametrize("asked", ["00019", "9" * 5000, "0", "4", "-1", "1.0", "²", ""])
def test_a_pair_that_isnt_there_shows_the_first_undecided(judge, client, project, asked):
    bakeoff = begun(client, project, THREE)
    said = judge.get(f"/bake-offs/{bakeoff.uuid}/pairs/", {"pair": asked})
    assert said.status_code == 200
    assert "Pair 1 of 3" in said.content.decode()


def test_nonsense_is_refused_in_words(judge, client, project):
    bakeoff = begun(client, project)
    first, second = lots(judge, bakeoff)
    for value in ("0", "11", "00101", "x", "1.5", "²"):
        assert "from 1 to 10" in score(judge, bakeoff, first, value).content.decode()
    sent = {"lot": first, "criterion": "999999", "value": "3"}
    url = f"/bake-offs/{bakeoff.uuid}/score/"
    assert "doesn&#x27;t score by" in judge.post(url, sent, follow=True).content.decode()
    for pair in ({}, {"left": first, "right": first, "better": first}, {"left": first}):
        answer = judge.post(f"/bake-offs/{bakeoff.uuid}/pick/", pair, follow=True)
        assert answer.status_code == 200
    wrong = {"left": first, "right": second, "better": "x"}
    told = judge.post(f"/bake-offs/{bakeoff.uuid}/pick/", wrong, follow=True).content.decode()
    assert "Say which of the two is better" in told
    assert not Mark.objects.exists()
    assert not Pick.objects.exists()


def test_a_producer_closes_it_for_all_and_what_was_said_counts(
    judge, producer, client, project, reviewer
):
    bakeoff = begun(client, project)
    score(judge, bakeoff, lots(judge, bakeoff)[0], "6")
    assert client.post(f"/bake-offs/{bakeoff.uuid}/close/").status_code == 403
    producer.post(f"/bake-offs/{bakeoff.uuid}/close/")
    for each in (judge, client, producer):
        assert "Who was who" in page(each, bakeoff)
    assert Score._default_manager.get().author == reviewer
    again = producer.post(f"/bake-offs/{bakeoff.uuid}/close/", follow=True).content.decode()
    assert "Somebody closed it before" in again
    assert AuditEntry.objects.filter(kind="verdict", words__startswith="Closed the").count() == 1
    late = score(judge, bakeoff, "0" * 24, "6")
    assert late.status_code == 200
    assert Mark.objects.count() == 1


def test_one_that_failed_is_left_out_and_named_at_the_end(judge, producer, client, project):
    bakeoff = begun(client, project, THREE, State.COMPLETED, State.COMPLETED, State.FAILED)
    said = main(page(judge, bakeoff))
    assert "1 of 3 came to nothing" in said
    assert not [word for word in TELLING if word in said]
    told = judge_all(judge, bakeoff).content.decode()
    assert "Luma failed this job" in told
    assert "Ray 2 Flash, 1080p, 9 s" in told


def test_with_one_left_there_is_nothing_to_judge_and_a_way_out(client, producer, project, artist):
    bakeoff = begun(client, project, TWO, State.COMPLETED, State.FAILED)
    said = page(client, bakeoff)
    assert "nothing to hold against each other" in said
    assert "<video" not in said
    assert client.get(f"/bake-offs/{bakeoff.uuid}/pairs/").status_code == 302
    assert "Close it to see" in page(producer, bakeoff)
    discarding.discard([Generation.objects.get(state=State.COMPLETED)], artist)
    producer.post(f"/bake-offs/{bakeoff.uuid}/close/")
    assert "Deleted" in page(producer, bakeoff)
    assert "Nobody judged it" in page(producer, bakeoff)


# --- who may -------------------------------------------------------------------------------------


def test_roles_are_held_to(client, viewer, judge, stranger, anonymous, newcomer, project):
    bakeoff = begun(client, project)
    here = f"/bake-offs/{bakeoff.uuid}/"
    assert "You are watching" in page(viewer, bakeoff)
    assert 'name="value"' not in page(viewer, bakeoff)
    for verb in ("score", "pick", "reveal", "close"):
        assert viewer.post(f"{here}{verb}/").status_code == 403
        assert stranger.post(f"{here}{verb}/").status_code == 404
        assert judge.get(f"{here}{verb}/").status_code == 405
    for path in ("", "live/", "pairs/", f"media/{'0' * 24}/film"):
        assert stranger.get(here + path).status_code == 404
        assert anonymous.get(here + path).status_code == 302
    assert viewer.get(f"{here}pairs/").status_code == 302
    for verb in ("bake-off/", "bake-off/begin/"):
        assert judge.post(f"/projects/{project.slug}/{verb}").status_code == 403
        assert stranger.post(f"/projects/{project.slug}/{verb}").status_code == 404
    assert newcomer.get("/bake-offs/").status_code == 404
    project.is_private = True
    project.save()
    assert judge.get(here).status_code == 404
    assert not Ballot.objects.exists()


def test_the_list_tells_what_is_open_and_where_another_begins(client, judge, stranger, project):
    assert "No bake-off yet" in client.get("/bake-offs/").content.decode()
    bakeoff = begun(client, project)
    said = client.get("/bake-offs/").content.decode()
    assert WORDS in said
    assert "2 entrants" in said
    assert f"/projects/{project.slug}/bake-off/" in said
    assert f"/projects/{project.slug}/bake-off/" not in judge.get("/bake-offs/").content.decode()
    judge_all(judge, bakeoff)
    assert "You have judged it, 1 judged it" in judge.get("/bake-offs/").content.decode()
    assert WORDS not in stranger.get("/bake-offs/").content.decode()
    other = ProjectFactory(team=project.team)
    assert Entrant.objects.filter(bakeoff__project=other).count() == 0
