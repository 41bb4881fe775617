"""Pinning a still to a frame of what the composer holds."""

from django.contrib import messages
from django.http import HttpResponse

from generations.canvas import FPS
from generations.kinds import Kind
from generations.models import Still
from generations.refusal import Refused
from studio.forms.aside import change_mode
from studio.forms.offering import pinning_models
from studio.forms.pinning import KEYFRAMES, MOST_PINS, pinned_too, pins_in
from studio.http import Request
from studio.models import Project
from studio.views.board import composer_content, put_in_composer

_NO_MODEL = "No model that your accounts can run takes pinned pictures."
_CHOSEN = "{model} is chosen, which takes pinned pictures."


def pin_in_composer(request: Request, project: Project, still: Still) -> HttpResponse:
    """Show the composer with a still pinned at the first whole second that is free.

    A take that is to be modified stays; else it is of a video. Another model is chosen where that
    of the composer can't.
    """
    typed = composer_content(request)
    mode = "modify" if typed.get("kind") == "modify" else "video"
    kind = Kind.MODIFY_VIDEO if mode == "modify" else Kind.VIDEO
    held, _ = change_mode(typed, mode)
    models, pins = pinning_models(kind, project), pins_in(held)
    taken = {each.number for each in pins}
    at = next(second * FPS for second in range(MOST_PINS + 1) if second * FPS not in taken)
    try:
        if not models:
            raise Refused({"": _NO_MODEL})
        changes = {"kind": mode, KEYFRAMES: pinned_too(pins, still, str(at), MOST_PINS)}
    except Refused as refused:
        messages.info(request, str(refused))
        return put_in_composer(request, project)
    if held.get("model") not in models:
        model = next(iter(models.values()))
        messages.info(request, _CHOSEN.format(model=model.title))
        changes["model"] = model.key
    return put_in_composer(request, project, **changes)
