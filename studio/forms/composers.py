"""Which composer a mode has."""

from typing import Any

from django.http import QueryDict
from django.utils.datastructures import MultiValueDict

from studio.forms.composer import ComposerForm
from studio.forms.making_composer import MAKING, MakingComposer
from studio.models import Project, User

Composer = ComposerForm | MakingComposer


def sent_composer(
    project: Project,
    user: User,
    data: QueryDict,
    files: MultiValueDict[str, Any] | None = None,
) -> Composer:
    """Return the composer that was sent, to be judged."""
    mode = data.get("kind", "")
    if mode in MAKING:
        return MakingComposer(project, user, mode, data, files)
    return ComposerForm(project, user, data, files)


def filled_composer(project: Project, user: User, typed: QueryDict, **changes: Any) -> Composer:
    """Return a composer that holds what is being typed, with some changes, to be shown."""
    mode = str(changes.get("kind") or typed.get("kind", ""))
    if mode in MAKING:
        return MakingComposer.filled(project, user, mode, typed, **changes)
    return ComposerForm.filled(project, user, typed, **changes)


def blank_composer(project: Project, user: User, after: Composer) -> Composer:
    """Return the composer that follows one which was sent: of the same mode, without words."""
    if isinstance(after, MakingComposer):
        return MakingComposer.blank(project, user, after.makes)
    return ComposerForm.blank(project, user)
