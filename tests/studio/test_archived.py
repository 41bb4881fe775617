"""An archived project stays as it is: its plan, cut and sounds are read, and not changed."""

import pytest
from django.urls import reverse

from generations.models import State
from studio.editing.cut import Clip, Cut, Title
from studio.models import Edit, Export, NamedCut, Role, Sequence, Sound
from tests.factories import member, sound, take

VERSION = {"version": "1"}


@pytest.fixture
def made(project):
    return take(project, State.COMPLETED)


@pytest.fixture
def sequence(project, made):
    clips = (Clip("a", made.uuid), Clip("b", made.uuid))
    return Sequence.begin(project, None, "Trailer", Cut(clips, (Title("t", 0, 24, "Dunes"),)))


@pytest.fixture
def owner(project, sign_in):
    return sign_in(member(project, Role.OWNER))


def changes(made, sequence):
    """What can be sent to a sequence's addresses, by their names."""
    piece, clip = VERSION | {"piece": "t"}, VERSION | {"clip": "a"}
    named = NamedCut.objects.create(sequence=sequence, edit=sequence.head, name="v1")
    return {
        "add_clip": VERSION | {"take": str(made.uuid)},
        "move_clip": clip | {"by": "1"},
        "trim_clip": clip | {"in": "2"},
        "split_clip": clip | {"at": "3"},
        "duplicate_clip": clip,
        "remove_clip": clip,
        "swap_clip": clip | {"take": str(made.uuid)},
        "join_clip": clip | {"join": "crossfade", "frames": "6"},
        "sound_clip": clip | {"muted": "on"},
        "add_title": VERSION | {"words": "Dawn"},
        "change_title": piece | {"words": "Dawn"},
        "add_card": VERSION | {"words": "Dawn"},
        "shift_piece": piece | {"at": "9"},
        "reach_piece": piece | {"begins": "0", "ends": "9"},
        "remove_piece": piece,
        "duck": VERSION | {"duck_db": "3"},
        "undo": VERSION,
        "redo": VERSION,
        "save_cut": VERSION | {"name": "v2"},
        "restore_cut": VERSION | {"cut": str(named.pk)},
        "rename_sequence": {"name": "Teaser"},
        "copy_sequence": {},
        "discard_sequence": {},
    }


def test_an_archived_projects_sequence_is_seen_and_stays_as_it_is(project, owner, made, sequence):
    sent = changes(made, sequence)
    before = sequence.cut
    project.archive()
    for name, data in sent.items():
        answer = owner.post(reverse(name, args=[sequence.uuid]), data)
        assert answer.status_code == 403, name
        assert "This project is archived" in answer.content.decode(), name
    there = Sequence.objects.select_related("head").get()
    assert (there.cut, there.name, there.version) == (before, "Trailer", 1)
    assert (Edit.objects.count(), NamedCut.objects.count()) == (1, 1)
    page = owner.get(reverse("sequence", args=[sequence.uuid])).content.decode()
    assert "data-may-cut" not in page
    assert reverse("rename_sequence", args=[sequence.uuid]) not in page


def test_no_sequence_is_begun_in_an_archived_project(project, owner, made, sequence):
    export = Export.objects.create(sequence=sequence, edit=sequence.head, kind=Export.Kind.MP4)
    project.archive()
    of_project = ("begin_sequence", "add_to_timeline", "add_chosen", "import_sequence")
    for address in (
        *(reverse(name, args=[project.slug]) for name in of_project),
        reverse("open_export_cut", args=[export.uuid]),
    ):
        assert owner.post(address, {"take": str(made.uuid)}).status_code == 403, address
    assert (Sequence.objects.count(), Edit.objects.count()) == (1, 1)


def test_an_archived_projects_empty_timeline_offers_nothing(project, owner):
    project.archive()
    page = owner.get(reverse("timeline", args=[project.slug])).content.decode()
    assert "This project is archived." in page
    assert reverse("begin_sequence", args=[project.slug]) not in page


def test_an_archived_projects_sounds_stay(project, owner):
    kept = sound(project)
    project.archive()
    for name in ("rename_sound", "discard_sound"):
        answer = owner.post(reverse(name, args=[kept.uuid]), {"name": "Other"})
        assert answer.status_code == 403
    assert Sound.objects.get().name == kept.name
    page = owner.get(reverse("sounds", args=[project.slug])).content.decode()
    assert reverse("discard_sound", args=[kept.uuid]) not in page


def test_a_film_is_exported_from_an_archived_project(project, owner, sequence):
    project.archive()
    asked = {"kind": "mp4", "height": "", "loudness": "-14"}
    owner.post(reverse("begin_export", args=[sequence.uuid]), asked)
    assert Export.objects.get().state == Export.State.WAITING
