"""Exporting a cut here and now."""

from collections.abc import Callable

import pytest

from studio.editing import exporting
from studio.editing.cut import Cut
from studio.models import Export, Sequence


@pytest.fixture
def exported(project, artist) -> Callable[..., Export]:
    """Export a cut and return what became of it."""

    def export(cut: Cut, *, name: str = "Film", **asked) -> Export:
        sequence = Sequence.begin(project, artist, name, cut)
        asked = {"kind": "mp4"} | asked
        made = Export.objects.create(sequence=sequence, edit=sequence.head, author=artist, **asked)
        exporting.export_due()
        made.refresh_from_db()
        assert made.state == Export.State.DONE, made.words
        return made

    return export
