"""A file that somebody brings becomes a sequence."""

from pathlib import PurePath

from studio.editing.cut import FPS
from studio.editing.interchange.bringing import Brought, bring
from studio.editing.interchange.reading import read
from studio.editing.interchange.telling import one_line
from studio.models import Project, Sequence, Sound, User

LONGEST_NAME = 80


def arrive(
    project: Project, author: User, file: str, data: bytes, rate: float = FPS, name: str = ""
) -> tuple[Sequence, Brought]:
    """Begin a sequence with what a file shows, and return it with what to tell.

    Its name is `name`, or the file's own. Raises NotReadable and Refused; then nothing is begun.
    """
    shown = read(file, data, rate)
    sounds = {each.uuid: each.frames for each in Sound.objects.for_list(project)}
    brought = bring(shown, project, sounds)
    called = one_line(name) or brought.name or one_line(PurePath(file).stem) or "Brought in"
    return Sequence.begin(project, author, called[:LONGEST_NAME], brought.cut), brought
