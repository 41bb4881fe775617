"""A pasted script becomes shots; the chosen takes become a sequence."""

import re

import pytest
from django.urls import reverse

from generations.models import Asset
from studio.demo import storyboard as demo
from studio.editing.cut import FPS, length_of
from studio.editing.footage import lengths_of
from studio.models import Role, Sequence, Storyboard
from tests.factories import member
from tests.studio.test_storyboard import HTMX, planned, url, written
from tests.studio.test_storyboard_runs import chain, plan_of, takes

TEXT = "Lift-off at\ndawn\n\n\n  The clouds  \r\n\r\nOrbit"


def send(client, project, name, **sent):
    return client.post(url(project, name), {"script": TEXT, "continues": "on"} | sent, follow=True)


def undo_of(page):
    return re.search(r'action="([^"]+/undo/[^"]+)"', page.content.decode()).group(1)


def test_a_script_is_looked_at_before_anything_is_kept(client, project):
    page = client.post(url(project, "script"), {"script": TEXT}, headers=HTMX).content.decode()
    assert "3 shots, 0:15" in page
    assert "Lift-off at dawn" in page
    assert "continues from the last frame" not in page
    assert not Storyboard.objects.exists()


def test_it_is_added_behind_what_is_there_and_undone(client, project):
    planned(project, "Before")
    page = send(client, project, "add_script")
    assert written(project) == ["Before", "Lift-off at dawn", "The clouds", "Orbit"]
    assert all(shot.continues for shot in Storyboard.of(project).shots.kept())
    client.post(undo_of(page))
    assert written(project) == ["Before"]


def test_it_takes_the_place_of_what_is_there_and_undo_brings_that_back(client, project):
    planned(project, "One", "Two")
    seen = Storyboard.of(project).edited
    page = send(client, project, "replace_by_script", version=seen, continues="")
    assert written(project) == ["Lift-off at dawn", "The clouds", "Orbit"]
    client.post(undo_of(page))
    assert written(project) == ["One", "Two"]


def test_nothing_that_somebody_wrote_meanwhile_is_replaced(client, project, sign_in):
    planned(project, "One")
    seen, other = Storyboard.of(project).edited, member(project)
    sign_in(other).post(url(project, "add_shot"), {"words": "Two"})
    page = send(client, project, "replace_by_script", version=seen).content.decode()
    assert f"{other} changed the storyboard meanwhile." in page
    assert written(project) == ["One", "Two"]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (" \n \n", "There is no paragraph here yet."),
        ("Dunes\n\nab", "Shot 2: Write at least 3 characters."),
        ("x" * 5001, "Shot 1: These are 5,001 characters, and 5,000 is the limit for a shot."),
        ("A shot\n\n" * 100, "of which 1 are there. Take 1 out."),
        ("x" * 200_001, "A script has at most 200,000 characters."),
        ("Dunes\0", "An invisible null character is in the script."),
    ],
)
def test_limits_are_told_in_words_and_nothing_is_kept(client, project, text, says):
    planned(project, "One")
    assert says in send(client, project, "add_script", script=text).content.decode()
    assert written(project) == ["One"]


def test_the_example_is_offered_where_nothing_is_planned(client, project):
    assert "?example=1" in client.get(url(project)).content.decode()
    page = client.get(url(project, "script"), {"example": 1}).content.decode()
    assert "5 shots, 0:25" in page


def test_who_watches_pastes_nothing(project, sign_in):
    watching = sign_in(member(project, Role.VIEWER))
    assert send(watching, project, "add_script").status_code == 403
    assert watching.get(url(project, "script")).status_code == 403


def test_the_chosen_takes_become_a_sequence_in_their_order(client, project):
    chain(client, project, "Lift-off", "Clouds")
    page = client.post(url(project, "to_timeline"))
    made = Sequence.objects.get(project=project)
    assert page["Location"] == reverse("sequence", args=[made.uuid])
    assert [clip.take for clip in made.cut.clips] == [take.uuid for take in takes(project)]
    client.post(url(project, "to_timeline"))
    names = set(Sequence.objects.values_list("name", flat=True))
    assert names == {"From the storyboard", "From the storyboard 2"}


def test_what_came_joined_to_the_shot_before_isnt_shown_twice(client, project):
    chain(client, project, "Lift-off", "Clouds", "Orbit")
    # A provider may answer an extension with all that was there before it, too.
    for take, seconds in zip(takes(project), (5, 10, 15), strict=True):
        Asset.objects.filter(generation=take, kind="video").update(duration_s=seconds)
    client.post(url(project, "to_timeline"))
    cut = Sequence.objects.get(project=project).cut
    lengths = lengths_of(project, cut)
    shown = [lengths.ends_of(clip) for clip in cut.clips]
    assert shown == [(0, 5 * FPS), (5 * FPS, 10 * FPS), (10 * FPS, 15 * FPS)]
    assert length_of(cut, lengths) == 15 * FPS


def test_without_a_take_there_is_no_sequence_and_it_says_so(client, project):
    planned(project, "Lift-off")
    page = client.post(url(project, "to_timeline"), follow=True).content.decode()
    assert "No shot is made yet." in page
    assert not Sequence.objects.exists()


def test_the_demo_has_a_chain_of_five_written_and_not_made(project):
    demo.plan(project)
    demo.plan(project)
    plan = plan_of(project)
    assert (len(plan.missing), plan.duration_s) == (5, 25)
    assert all(each.before for each in plan.shots[1:])
