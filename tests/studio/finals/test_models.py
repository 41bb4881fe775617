"""Finals with other models, and of edits: what a model can't do is said before it is paid for."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from generations.kinds import Kind
from generations.models import State
from generations.ordering import accept
from generations.orders import Frame, Pinned, made_from
from tests.factories import AccountFactory, bring, member, still
from tests.studio.finals.steps import approve, arrive, draft, look, made, make, said, use

CONTROLS = {"pose": {"enabled": True, "strength": "precise"}}


@pytest.fixture(autouse=True)
def agents(project):
    """Have the project's team have an account where Ray 3.2 is made."""
    return AccountFactory(team=project.team, provider="luma-agents")


def edit(project, **settings):
    """Return an approved edit of a draft, at 360p."""
    asked = {"model": "ray-3.2", "resolution": "360p", "mode": "flex_2", "words": "At dusk"}
    order = made_from(draft(project), Kind.MODIFY_VIDEO, **asked | settings)
    edited = accept(project, member(project), order)
    bring(edited, State.COMPLETED)
    approve(edited)
    return edited


# --- edits ---------------------------------------------------------------------------------------


def test_an_edit_is_made_again_on_its_own_source_with_all_that_was_chosen(client, project):
    pins = tuple(Pinned(number, Frame(still=still(project))) for number in (0, 30))
    one = edit(project, keyframes=pins, options={"controls": CONTROLS})
    page = said(look(client, project, [one]))
    assert "Ray 3.2, 1080p, 2 s" in page
    assert "Made from take 1 again, not from a final of it." in page
    assert "Make 1 final, $0.87" in page
    (final,) = made(client, project, [one])
    prompt = final.take.prompt
    assert (prompt.kind, prompt.resolution, prompt.words) == ("modify_video", "1080p", "At dusk")
    assert (prompt.mode, prompt.options) == ("flex_2", {"controls": CONTROLS})
    assert list(final.take.keyframes.values_list("frame", flat=True)) == [0, 30]
    assert final.take.references.get(role="source").source == one.references.get().source
    take = arrive(final)
    assert f"Take {take.take_number} is accepted." in said(use(client, final))


def test_an_edit_whose_source_gets_a_final_too_waits_for_nothing(client, project):
    one = edit(project)
    source = one.references.get(role="source").source
    of_source, of_edit = made(client, project, [source, one])
    assert of_edit.take.references.get(role="source").source == source
    assert not of_edit.waits_for.exists()
    assert of_source.take


def test_where_edits_have_one_size_it_is_said_and_which_model_has_more(client, project):
    one = edit(project, model="ray-2", resolution="720p")
    page = said(look(client, project, [one]))
    assert (
        "It was made from another video, which Ray 2 does at 720p alone. Choose another model"
        in page
    )
    assert "for it: Ray 3.2." in page
    assert "Ray 3.2, 1080p, 2 s" in said(look(client, project, [one], model="ray-3.2"))
    page = said(look(client, project, [one], model="ray-1-6"))
    assert "It was made from another video, which Ray 1.6 doesn't do." in page


def test_an_edit_without_words_is_none_for_a_model_that_wants_some(client, project):
    one = edit(project, model="ray-2", resolution="720p", words="")
    page = said(look(client, project, [one], model="ray-3.2"))
    assert "Ray 3.2 wants words, and it has none. No other model does it at 1080p, either." in page


def test_many_edits_cost_no_more_queries_than_a_few(client, project, django_assert_num_queries):
    many = [edit(project) for _ in range(6)]
    with CaptureQueriesContext(connection) as seen:
        look(client, project, many[:2])
    with django_assert_num_queries(len(seen)):
        assert "Make 6 finals" in said(look(client, project, many))


# --- other models --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("asked", "model", "without", "left"),
    [
        (
            {"model": "ray-3.2", "resolution": "720p", "options": {"hdr": True, "exr": True}},
            "ray-2",
            "Ray 2 makes no HDR and no EXR.",
            {"options": {}},
        ),
        (
            {"concepts": ("push_in",)},
            "ray-3.2",
            "Ray 3.2 takes no camera moves.",
            {"concepts": []},
        ),
    ],
)
def test_a_setting_that_a_model_doesnt_know_is_left_out_and_that_is_told_before(
    client, project, asked, model, without, left
):
    one = draft(project, **asked)
    page = said(look(client, project, [one]))
    assert "is made without" not in page, "its own model knows it"
    page = said(look(client, project, [one], model=model))
    assert f"{without} The final is made without." in page
    assert "Make 1 final" in page
    (final,) = made(client, project, [one], model=model)
    assert {name: getattr(final.take.prompt, name) for name in left} == left


@pytest.mark.parametrize(
    ("asked", "model", "why", "instead"),
    [
        (
            {"model": "ray-3.2", "resolution": "360p", "pinned": True},
            "ray-2",
            "Ray 2 takes pictures at its start and end alone.",
            "Ray 3.2",
        ),
        ({"ratio": "9:21"}, "ray-3.2", "Ray 3.2 doesn't make 9:21.", "Ray 2, Ray 2 Flash"),
        (
            {"duration_s": 9, "framed": True},
            "ray-3.2",
            "Ray 3.2 can't combine a start frame with 10 s.",
            "Ray 2, Ray 2 Flash",
        ),
    ],
)
def test_what_a_model_cant_make_names_those_that_can(client, project, asked, model, why, instead):
    if asked.pop("pinned", False):
        asked["keyframes"] = (Pinned(30, Frame(still=still(project))),)
    if asked.pop("framed", False):
        asked["start"] = still(project)
    one = draft(project, **asked)
    page = said(look(client, project, [one], model=model))
    assert f"Take 1</a>: {why} Choose another model for it: {instead}." in page
    assert make(client, project, [one], model=model).status_code == 200
    assert "Make 1 final" in said(look(client, project, [one]))


def test_its_own_model_is_no_other_where_that_would_make_the_same(client, project):
    one = draft(project, model="ray-2", resolution="1080p", ratio="9:21")
    page = said(look(client, project, [one], model="ray-3.2"))
    assert "doesn't make 9:21. Choose another model for it: Ray 2 Flash." in page


def test_a_smaller_size_than_the_drafts_names_no_other_model(client, project):
    one = draft(project, model="ray-3.2", resolution="720p", options={"hdr": True})
    page = said(look(client, project, [one], resolution="540p"))
    assert "Take 1</a>: It is 720p already.<" in page
