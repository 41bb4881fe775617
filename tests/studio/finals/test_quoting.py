"""The page of new finals: what is offered at which price, and what is left out and why."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from generations import discarding
from generations.kinds import Kind
from generations.models import Generation, State
from generations.orders import Frame, Pinned
from studio.editing.cut import Clip
from studio.models import Role, Sequence
from tests.factories import AccountFactory, ProjectFactory, drawn, member, still, take, version
from tests.studio.finals.steps import cut_of, draft, look, made, make, said


def offered(page: str) -> int:
    return page.count('name="offered"')


def test_a_sequence_lists_each_of_its_drafts_once_with_its_price_and_the_total(client, project):
    first, second = draft(project, words="Dunes at dawn"), draft(project, words="A caravan")
    clips = [Clip("a", second.uuid), Clip("b", first.uuid), Clip("c", second.uuid)]
    sequence = cut_of(project, *clips)
    page = said(client.get(f"/projects/{project.slug}/finals/new/?sequence={sequence.uuid}"))
    assert offered(page) == 2
    assert page.index("A caravan") < page.index("Dunes at dawn"), "in the order of the cut"
    assert "Take 2, clips 1, 3" in page
    assert "Ray 2 Flash, 540p, 5 s" in page
    assert "Ray 2, 1080p, 5 s" in page
    assert "Make 2 finals, $3.19" in page
    assert "there is no seed" in page
    assert "Rough cut <" in page, "it is swapped in there"
    assert re.search(rf'name="into" value="{sequence.uuid}" checked', page)
    assert not Generation.objects.filter(prompt__model="ray-2").exists()


def test_model_and_size_are_chosen_for_all(client, project):
    drafts = [draft(project), draft(project, model="ray-2", resolution="720p")]
    page = said(look(client, project, drafts, resolution="4k"))
    assert page.count("Ray 2, 4k, 5 s") == 2
    page = said(look(client, project, drafts, model="ray-flash-2", resolution="720p"))
    assert "Ray 2 Flash, 720p, 5 s" in page
    assert page.count("Ray 2 Flash, 720p, 5 s") == 2
    assert "Make 2 finals, $0.49" in page


def test_what_nobody_approved_is_taken_only_when_that_is_said(client, project):
    drafts = [draft(project), draft(project, approved=False)]
    page = said(look(client, project, drafts))
    assert "Take 2</a>: It isn't approved." in page
    assert "Also those that nobody approved (1)" in page
    assert "Make 1 final, $1.60" in page
    page = said(look(client, project, drafts, unapproved="on"))
    assert "not approved" in page
    assert "Make 2 finals, $3.19" in page


def test_each_that_cant_be_made_says_why(client, project):
    picture = drawn(project)
    coming = take(project, State.DREAMING)
    large = draft(project, model="ray-2", resolution="1080p")
    small = draft(project, model="ray-1-6", resolution="720p")
    parent = draft(project)
    child = draft(project, extends=parent)
    discarding.discard([parent], parent.author)
    page = said(look(client, project, [picture, coming, large, small, child]))
    for each, why in [
        (picture, "It is a picture."),
        (coming, "It isn't made yet."),
        (large, "It is 1080p already."),
        (small, "Ray 1.6 makes no 1080p: it makes 720p."),
        (child, f"Take {parent.take_number} is in the trash."),
    ]:
        assert f"Take {each.take_number}</a>: {why}" in page
    assert offered(page) == 0
    assert "disabled>Make finals" in page


def test_one_that_has_a_final_is_left_out(client, project):
    one = draft(project)
    (final,) = made(client, project, [one])
    page = said(look(client, project, [one]))
    assert f"It has a final: {final.take.name}, being made." in page


@pytest.fixture
def agents(project):
    """Have the project's team have an account where Ray 3.2 is made."""
    return AccountFactory(team=project.team, provider="luma-agents")


def test_a_model_with_other_lengths_takes_the_next_longer_and_says_so(client, project, agents):
    nine = draft(project, duration_s=9)
    page = said(look(client, project, [nine], model="ray-3.2"))
    assert "Ray 3.2, 1080p, 10 s" in page
    assert "10 s instead of 9 s: the model makes no other length." in page


def test_a_360p_draft_keeps_its_pictures_and_is_never_made_smaller(client, project, agents):
    pins = tuple(Pinned(number, Frame(still=still(project))) for number in (0, 60))
    small = draft(project, model="ray-3.2", resolution="360p", keyframes=pins)
    assert "Ray 3.2, 1080p, 5 s" in said(look(client, project, [small]))
    (final,) = made(client, project, [small], resolution="720p")
    assert list(final.take.keyframes.values_list("frame", flat=True)) == [0, 60]
    again = said(look(client, project, [final.take], resolution="540p", unapproved="on"))
    assert "It isn't made yet." in again
    page = said(look(client, project, [draft(project, resolution="720p")], resolution="540p"))
    assert "It is 720p already." in page


def test_what_is_unticked_is_left_out_of_the_price(client, project):
    one, other = draft(project), draft(project)
    sent = {"offered": [str(one.uuid), str(other.uuid)], "pick": [str(one.uuid)]}
    page = said(look(client, project, [one, other], **sent))
    assert "Make 1 final, $1.60" in page
    assert offered(page) == 2


def test_what_goes_on_from_another_draft_waits_for_its_final(client, project):
    one = draft(project)
    other = draft(project, extends=one)
    page = said(look(client, project, [one, other]))
    assert "Goes on from the final of take 1: it is ordered once that is accepted." in page
    page = said(look(client, project, [other]))
    assert "Goes on from take 1, the draft: that has no final." in page
    between = draft(project, extends=one, end=Frame(source=other))
    page = said(look(client, project, [one, between]))
    assert "Goes on from the final of take 1: it is ordered once that is accepted." in page
    assert "Leads up to take 2, the draft: that has no final." in page


@pytest.mark.parametrize("model", ["", "ray-3.2"])
def test_many_drafts_cost_no_more_queries_than_a_few(client, project, agents, model):
    one, other = draft(project), draft(project)
    settings = {"extends": one, "end": Frame(source=other), "approved": False}
    many = [draft(project, **settings) for _ in range(12)]
    for each in many[:2]:
        version(each, Kind.AUDIO)

    def queries(drafts) -> int:
        with CaptureQueriesContext(connection) as seen:
            page = said(look(client, project, drafts, unapproved="on", model=model))
        assert f"Make {len(drafts)} finals" in page
        return len(seen)

    assert queries(many[:3]) == queries(many)
    made(client, project, [one, other])
    assert queries(many[:3]) == queries(many), "which wait for finals"


def test_only_who_makes_takes_sees_it_and_strangers_find_nothing(
    project, client, viewer, stranger, sign_in
):
    one = draft(project)
    sequence = cut_of(project, Clip("a", one.uuid))
    url = reverse("new_finals", args=[project.slug])
    reviewer = sign_in(member(project, Role.REVIEWER))
    for who, status in ((client, 200), (viewer, 403), (reviewer, 403), (stranger, 404)):
        assert who.get(url, {"sequence": sequence.uuid}).status_code == status
    other = Sequence.begin(ProjectFactory(team=project.team), None, "Elsewhere")
    assert client.get(url, {"sequence": other.uuid}).status_code == 404


@pytest.mark.parametrize("name", ["finals_chosen"])
def test_the_bar_of_the_board_leads_there(client, project, name):
    one, other = draft(project), draft(project)
    sent = {"take": [str(one.uuid), str(other.uuid)]}
    page = said(client.post(reverse(name, args=[project.slug]), sent))
    assert "Make 2 finals, $3.19" in page
    gallery = f"/gallery/chosen/finals/?team={project.team.uuid}"
    assert "Make 2 finals, $3.19" in said(client.post(gallery, sent))
    elsewhere = draft(ProjectFactory(team=project.team))
    sent["take"].append(str(elsewhere.uuid))
    page = said(client.post(gallery, sent, follow=True))
    assert "one project at a time" in page


@pytest.mark.parametrize("named", ["nonsense", "x\0", "1"])
def test_what_names_no_take_is_no_draft(client, project, named):
    page = client.get(f"/projects/{project.slug}/finals/new/", {"draft": named})
    assert offered(said(page)) == 0
    assert make(client, project, draft=named).status_code == 200
