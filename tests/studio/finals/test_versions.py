"""What a draft's version adds, its final comes without: that is said before it is lost."""

import pytest

from generations.kinds import Kind
from studio.editing.cut import Clip
from studio.models import Role
from tests.factories import member, version
from tests.studio.finals.steps import arrive, cut_of, draft, look, made, said, use

WITHOUT = "In the cut a version of it plays ({}): its final comes without."


@pytest.fixture
def one(project):
    return draft(project)


@pytest.fixture
def sequence(project, one):
    return cut_of(project, Clip("a", one.uuid), Clip("b", one.uuid))


def test_before_paying_it_is_said_that_a_final_comes_without_sound(client, project, one):
    assert "its final comes without" not in said(look(client, project, [one]))
    version(one, Kind.AUDIO)
    assert WITHOUT.format("with sound") in said(look(client, project, [one]))


def test_an_upscaled_draft_loses_something_only_to_a_smaller_final(client, project, one):
    version(one, Kind.UPSCALE, resolution="4k")
    assert WITHOUT.format("at 4k") in said(look(client, project, [one]))
    page = said(look(client, project, [one], resolution="4k"))
    assert "its final comes without" not in page


def test_swapped_in_it_is_said_and_stays_said_on_the_finals_page(client, project, one, sequence):
    version(one, Kind.AUDIO)
    (final,) = made(client, project, [one], into=[str(sequence.uuid)])
    take = arrive(final)
    told = f"Take 1 played with sound there: take {take.take_number} comes without"
    assert f"“Rough cut” now. {told}" in said(use(client, final))
    assert told in said(client.get(f"/projects/{project.slug}/finals/"))


def test_who_approves_it_is_told_so_before(client, project, one, sequence, sign_in):
    version(one, Kind.AUDIO)
    (final,) = made(client, project, [one], into=[str(sequence.uuid)])
    take = arrive(final)
    page = said(sign_in(member(project, Role.REVIEWER)).get(f"/review/?take={take.uuid}"))
    assert "take 1 in “Rough cut”, which plays with sound there: it comes without." in page


def test_a_final_that_was_given_sound_before_it_was_used_loses_nothing(
    client, project, one, sequence
):
    version(one, Kind.AUDIO)
    (final,) = made(client, project, [one], into=[str(sequence.uuid)])
    version(arrive(final), Kind.AUDIO)
    page = said(use(client, final))
    assert "stands in 2 clips of “Rough cut” now." in page
    assert "comes without" not in page


def test_many_clips_that_end_earlier_are_told_of_as_far_as_there_is_room(client, project, one):
    clips = [Clip(f"clip{number}", one.uuid) for number in range(40)]
    sequence = cut_of(project, *clips, name="Long cut")
    (final,) = made(client, project, [one], into=[str(sequence.uuid)])
    arrive(final, seconds=1)
    page = said(use(client, final))
    assert "stands in 40 clips of “Long cut” now." in page
    assert len(final.places.get().words) == 500
