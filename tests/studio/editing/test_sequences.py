"""Sequences: every change is kept, can be undone, and is never written over by somebody else's."""

import pytest

from generations.models import Generation, State
from generations.refusal import Refused
from studio.editing import operations
from studio.editing.cut import Clip
from studio.editing.footage import footage_of, lengths_of
from studio.models import Edit, NamedCut, Overtaken, Sequence
from studio.models.sequence import KEPT_EDITS
from tests.factories import ProjectFactory, member, take
from tests.generations.test_at_once import at_once


def add(take, key):
    """A change that puts a take at the end."""
    return lambda cut: operations.insert(cut, [Clip(key, take.uuid)])


def takes_of(sequence):
    return [clip.key for clip in Sequence.objects.get(pk=sequence.pk).cut.clips]


@pytest.fixture
def sequence(project, artist):
    return Sequence.begin(project, artist, "Rough cut")


def test_changes_can_be_undone_and_done_again(sequence, project, artist):
    made = take(project)
    first = sequence.change(1, artist, "Added a", add(made, "a"))
    sequence.change(2, artist, "Added b", add(made, "b"))
    assert takes_of(sequence) == ["a", "b"]

    assert sequence.undo(3).said == "Added b"
    assert sequence.undo(4) == first
    assert takes_of(sequence) == []
    assert sequence.undo(5) is None

    sequence = Sequence.objects.get(pk=sequence.pk)  # as after a reload
    assert sequence.redo(5) == first
    assert sequence.redo(6).said == "Added b"
    assert sequence.redo(7) is None
    assert takes_of(sequence) == ["a", "b"]


def test_what_is_done_after_undoing_is_what_is_done_again(sequence, project, artist):
    made = take(project)
    sequence.change(1, artist, "Added a", add(made, "a"))
    sequence.undo(2)
    sequence.change(3, artist, "Added b", add(made, "b"))
    sequence.undo(4)
    sequence.redo(5)
    assert takes_of(sequence) == ["b"]


def test_the_second_of_two_who_save_is_told_and_nothing_is_lost(sequence, project, artist):
    made = take(project)
    other = member(project)
    theirs = Sequence.objects.get(pk=sequence.pk)
    sequence.change(1, artist, "Added a", add(made, "a"))
    for late in (
        lambda: theirs.change(1, other, "Added b", add(made, "b")),
        lambda: theirs.undo(1),
        lambda: theirs.redo(1),
    ):
        with pytest.raises(Overtaken) as error:
            late()
        assert (error.value.edit.said, error.value.edit.author) == ("Added a", artist)
    assert takes_of(sequence) == ["a"]


def test_a_change_that_is_refused_or_changes_nothing_is_no_edit(sequence, artist):
    def refuse(cut):
        raise Refused({"": "no"})

    with pytest.raises(Refused):
        sequence.change(1, artist, "Refused", refuse)
    assert sequence.change(1, artist, "Nothing", lambda cut: cut) == sequence.head
    assert Edit.objects.count() == 1
    assert Sequence.objects.get(pk=sequence.pk).version == 1


def test_old_states_are_forgotten_but_those_with_a_name(sequence, project, artist):
    made = take(project)
    named = sequence.change(1, artist, "Added a", add(made, "a"))
    NamedCut.objects.create(sequence=sequence, edit=named, name="v1", author=artist)
    Edit.objects.filter(pk=named.pk).update(number=2)
    last = sequence.change(2, artist, "Added b", add(made, "b"))
    Edit.objects.filter(pk=last.pk).update(number=KEPT_EDITS + 10)
    sequence.change(3, artist, "Added c", add(made, "c"))
    kept = Edit.objects.filter(sequence=sequence).values_list("said", flat=True)
    assert list(kept) == ["Added a", "Added b", "Added c"]


@pytest.mark.django_db(transaction=True)
def test_of_many_who_save_at_once_one_does(project, artist):
    sequence = Sequence.begin(project, artist, "Rough cut")
    made = take(project)
    saved = []

    def save():
        mine = Sequence.objects.get(pk=sequence.pk)
        try:
            saved.append(mine.change(1, artist, "Added", add(made, "a")))
        except Overtaken:
            return

    at_once(*[save] * 6)
    assert len(saved) == 1
    assert takes_of(sequence) == ["a"]
    assert Sequence.objects.get(pk=sequence.pk).version == 2


def test_footage_knows_what_there_is_of_a_take(project, django_assert_num_queries):
    here, coming = take(project, State.COMPLETED), take(project, State.DREAMING)
    failed = take(project, State.FAILED)
    uuids = [here.uuid, coming.uuid, failed.uuid]
    with django_assert_num_queries(2):
        found = footage_of(project, uuids)
    assert [found[uuid].is_here for uuid in uuids] == [True, False, False]
    assert [found[uuid].is_coming for uuid in uuids] == [False, True, False]
    assert found[coming.uuid].frames == 120
    Generation.objects.filter(pk=here.pk).update(trashed_at=here.created_at)
    assert not footage_of(project, uuids)[here.uuid].is_here


def test_a_take_of_another_project_is_no_footage(project, sequence):
    other = take(project)
    elsewhere = ProjectFactory(team=project.team)
    assert footage_of(elsewhere, [other.uuid]) == {}
    cut = operations.insert(sequence.cut, [Clip("a", other.uuid)])
    assert lengths_of(elsewhere, cut).of(cut.clips[0]) == 1
