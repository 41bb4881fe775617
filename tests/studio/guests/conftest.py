import pytest

from generations.models import State
from studio.editing import exporting
from studio.editing.cut import Clip, Cut
from studio.models import Collection, Export, Role, Sequence
from tests.factories import member, take
from tests.studio.shared import approve


@pytest.fixture
def producer(project):
    return member(project, Role.PRODUCER)


@pytest.fixture
def made(project, artist, producer):
    """An approved take."""
    made = take(project, State.COMPLETED, author=artist, words="Fog over a secret harbour")
    approve(made, producer)
    return made


@pytest.fixture
def waiting(project, artist):
    """A take that nobody has judged."""
    return take(project, State.COMPLETED, author=artist, words="A fox in the snow")


@pytest.fixture
def reel(project, artist, made, waiting):
    found = Collection.begin(project.team, artist, "Best of autumn", "For the client")
    found.add([made, waiting], artist)
    return found


@pytest.fixture
def sequence(project, artist, made, waiting):
    clips = (Clip("a", made.uuid, in_frame=12, out_frame=36), Clip("b", waiting.uuid))
    return Sequence.begin(project, artist, "Trailer", Cut(clips=clips))


@pytest.fixture
def film(sequence, artist):
    """A finished export of the sequence."""
    Export.objects.create(
        sequence=sequence, edit=sequence.head, author=artist, kind=Export.Kind.MP4
    )
    assert exporting.export_due() == 1
    return Export.objects.get()
