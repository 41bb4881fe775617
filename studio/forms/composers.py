"""Which composer a mode has."""

from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.datastructures import MultiValueDict

from studio.forms.aside import change_mode, unkept
from studio.forms.composer import ComposerForm
from studio.forms.making_composer import MAKING, MakingComposer
from studio.forms.pinning import PIN_NAMES
from studio.models import Project, User

Composer = ComposerForm | MakingComposer
_FORMS: tuple[type[forms.Form], ...] = (ComposerForm, MakingComposer, *MAKING.values())
FIELDS = list(dict.fromkeys(name for form in _FORMS for name in form.base_fields))
FIELDS += PIN_NAMES
"""The names of what a composer holds in any of its modes."""


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
    held, kept = change_mode(typed, mode)
    composer: Composer
    if mode in MAKING:
        composer = MakingComposer.filled(project, user, mode, held, **changes)
    else:
        composer = ComposerForm.filled(project, user, held, **changes)
    composer.note = " ".join(filter(None, [kept, *unkept(typed, composer.frames), composer.note]))
    return composer


def blank_composer(project: Project, user: User, after: Composer) -> Composer:
    """Return the composer that follows one which was sent: of the same mode, without words.

    What is chosen in the other modes stays.
    """
    composer: Composer
    if isinstance(after, MakingComposer):
        composer = MakingComposer.blank(project, user, after.makes)
    else:
        composer = ComposerForm.blank(project, user)
    composer.initial["aside"] = after["aside"].value()
    return composer
