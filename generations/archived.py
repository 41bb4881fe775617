"""A film that is over: its project takes no new work."""

from typing import Any

from generations.refusal import Refused

_CLOSED = (
    "{project} is archived and takes no new work. A producer can take it out of the archive, in "
    "the project's settings."
)


def refuse_archived(project: Any) -> None:
    """Raise Refused where a project is archived; what waits there already goes on."""
    if project.archived_at:
        raise Refused({"": _CLOSED.format(project=project)})
