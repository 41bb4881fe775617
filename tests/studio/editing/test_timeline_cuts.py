"""Takes come to the timeline from elsewhere, and its cuts are named, compared and restored."""

import pytest
from django.urls import reverse

from generations.models import State
from studio.editing import operations
from studio.editing.comparing import compare
from studio.editing.cut import Clip, Cut, Into, Join, Lengths
from studio.models import NamedCut, Role, Sequence
from tests.factories import ProjectFactory, drawn, member, take

HTMX = {"HX-Request": "true", "HX-Target": "notice-1"}


def said(answer):
    return answer.content.decode().replace("&#x27;", "'")


def takes_in(sequence):
    return [clip.take for clip in Sequence.objects.get(pk=sequence.pk).cut.clips]


@pytest.fixture
def made(project, artist):
    return [take(project, State.COMPLETED, author=artist) for _ in range(3)]


@pytest.fixture
def sequence(project, artist, made):
    clips = tuple(Clip(key, each.uuid) for key, each in zip("abc", made, strict=True))
    return Sequence.begin(project, artist, "Teaser", Cut(clips))


def test_a_card_adds_its_take_and_the_notice_undoes_it(client, project, made):
    board = said(client.get(reverse("board", args=[project.slug])))
    assert "Add take 1 to the timeline" in board
    url = reverse("add_to_timeline", args=[project.slug])
    answer = said(client.post(url, {"take": made[0].uuid}, headers=HTMX))
    begun = Sequence.objects.get()
    page = reverse("sequence", args=[begun.uuid])
    assert f'Take 1 is at the end of <a class="notice__link" href="{page}">Rough cut</a>.' in answer
    undo = f"{reverse('undo', args=[begun.uuid])}?version=2"
    assert undo in answer
    assert "Undo: added take 1." in said(client.post(undo, headers=HTMX))
    assert takes_in(begun) == []
    late = said(client.post(undo, headers=HTMX))
    assert "Your change wasn't saved" in late


def test_many_takes_are_added_in_their_order_and_what_cant_be_is_said(
    client, project, artist, made, sequence
):
    picture = drawn(project, author=artist)
    failed = take(project, State.FAILED, author=artist)
    chosen = {"take": [each.uuid for each in (made[2], picture, made[0], failed)]}
    bar = said(client.post(reverse("chosen", args=[project.slug]), chosen, headers=HTMX))
    assert "Add to timeline (2)" in bar
    assert "2 of 4 can be added: 1 was never generated, 1 is a picture." in bar
    client.post(reverse("add_chosen", args=[project.slug]), chosen)
    assert takes_in(sequence)[3:] == [made[0].uuid, made[2].uuid]


def test_who_may_not_cut_adds_nothing(viewer, project, made, sequence):
    url = reverse("add_to_timeline", args=[project.slug])
    assert viewer.post(url, {"take": made[0].uuid}).status_code == 403
    assert len(takes_in(sequence)) == 3


def test_cuts_are_named_one_after_the_other(client, project, sequence):
    url = reverse("save_cut", args=[sequence.uuid])
    client.post(url, {"version": 1, "name": "v1"})
    page = said(client.post(url, {"version": 1, "name": ""}, follow=True))
    assert [each.name for each in NamedCut.objects.all()] == ["v2", "v1"]
    assert 'value="v3"' in page
    again = said(client.post(url, {"version": 1, "name": "v1"}, follow=True))
    assert "There is a cut called “v1” already." in again
    assert client.post(url, {"version": 7, "name": "late"}).status_code == 409
    assert "Cut v2" in said(client.get(reverse("sequence", args=[sequence.uuid])))


def test_a_cut_is_compared_and_restored_which_can_be_undone(client, sign_in, project, sequence):
    other = member(project)
    sequence.name_cut(1, other, "v1")
    sequence.change(1, other, "Removed clip 2", lambda cut: operations.remove(cut, ["b"]))
    named = NamedCut.objects.get()
    page = said(client.get(reverse("cuts", args=[sequence.uuid])))
    assert "Removed" in page.partition("<table")[2]
    same = client.get(reverse("cuts", args=[sequence.uuid]), {"before": "now", "after": "now"})
    assert "They are the same." in said(same)
    url = reverse("restore_cut", args=[sequence.uuid])
    viewer = sign_in(member(project, Role.VIEWER))
    assert viewer.post(url, {"version": 2, "cut": named.pk}).status_code == 403
    gone = client.post(url, {"version": 2, "cut": named.pk + 1}, follow=True)
    assert "That cut isn't there any more." in said(gone)
    answer = said(client.post(url, {"version": 2, "cut": named.pk}, follow=True))
    assert "It is as in “v1” again." in answer
    assert "Undo: restored v1" in answer
    assert len(takes_in(sequence)) == 3
    client.post(reverse("undo", args=[sequence.uuid]), {"version": 3})
    assert len(takes_in(sequence)) == 2


def test_comparing_says_what_became_of_every_clip(made):
    first, second, third = (each.uuid for each in made)
    lengths = Lengths(dict.fromkeys((first, second, third), 48))
    before = Cut((Clip("a", first), Clip("b", second), Clip("c", third), Clip("d", first)))
    after = Cut(
        (
            Clip("b", second, 6, 30, Into(Join.CROSSFADE, 4)),
            Clip("c", first, muted=True),
            Clip("a", first, 12),
            Clip("e", third),
        )
    )
    rows = compare(before, after, lengths)
    told = [(row.place_before, row.place_after, row.what) for row in rows]
    assert told == [
        (1, None, ("moved to 3",)),
        (2, 1, ("trimmed", "joined otherwise")),
        (3, 2, ("swapped", "sound changed")),
        (4, None, ("removed",)),
        (None, 3, ("moved from 1", "trimmed")),
        (None, 4, ("added",)),
    ]
    assert all(not row.what for row in compare(before, before, lengths))


def test_a_take_of_another_project_or_team_is_refused(client, project, sequence):
    before = takes_in(sequence)
    refusal = "That take isn't there to be added"
    for other in (ProjectFactory(team=project.team), ProjectFactory()):
        theirs = take(other, State.COMPLETED).uuid
        for verb, more in (("add_clip", {}), ("swap_clip", {"clip": "a"})):
            sent = {"version": 1, "take": theirs, **more}
            answer = client.post(reverse(verb, args=[sequence.uuid]), sent, follow=True)
            assert refusal in said(answer), verb
        url = reverse("add_to_timeline", args=[project.slug])
        assert refusal in said(client.post(url, {"take": theirs}, follow=True))
    assert takes_in(sequence) == before


def test_a_cut_of_another_sequence_is_not_restored(client, project, artist, sequence):
    for other in (project, ProjectFactory(team=project.team), ProjectFactory()):
        theirs = Sequence.begin(other, artist, "Theirs").name_cut(1, artist, "v1")
        sent = {"version": 1, "cut": theirs.pk}
        answer = client.post(reverse("restore_cut", args=[sequence.uuid]), sent, follow=True)
        assert "That cut isn't there any more." in said(answer)
        assert len(takes_in(sequence)) == 3
