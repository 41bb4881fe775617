"""A project's sounds: listed, uploaded, renamed, deleted."""

import errno
import logging
from uuid import UUID

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from generations.refusal import Refused
from studio import auditing
from studio.access import editable, may_edit, project_for, sound_for
from studio.editing import sounds as taking_in
from studio.http import Request
from studio.models import AuditEntry, Project, Role, Sound

log = logging.getLogger(__name__)

_NO_ROOM = (
    "There is no room for it: the disk that holds the media is full, so nothing was kept. Make "
    "room there, and upload it again."
)
_NOT_WRITTEN = "It couldn't be written to the disk that holds the media, so nothing was kept."


@require_safe
def sounds(request: Request, slug: str) -> HttpResponse:
    """List a project's sounds, and take another in."""
    return _page(request, project_for(request, slug))


@require_POST
def upload(request: Request, slug: str) -> HttpResponse:
    """Keep the sound that was sent, or say at its field why not."""
    project = project_for(request, slug, Role.ARTIST)
    try:
        kept = taking_in.keep_upload(project, request.user, request.FILES.get("sound"))
    except Refused as refused:
        return _page(request, project, error=str(refused), status=422)
    except OSError as error:
        log.warning("a sound couldn't be kept: %s", error)
        return _page(request, project, error=_words(error), status=422)
    messages.success(request, f"“{kept}” is kept.")
    return redirect("sounds", slug)


@require_safe
def peaks(request: Request, uuid: UUID) -> HttpResponse:
    """Give the peaks for drawing: a number from 0 to 255 for every frame."""
    answer = JsonResponse({"peaks": list(bytes(sound_for(request, uuid).peaks))})
    answer["Cache-Control"] = "private, max-age=31536000, immutable"
    return answer


@require_POST
def rename(request: Request, uuid: UUID) -> HttpResponse:
    """Give a sound another name."""
    sound = sound_for(request, uuid, Role.ARTIST)
    editable(sound.project)
    longest = Sound._meta.get_field("name").max_length
    name = request.POST.get("name", "").replace("\0", "").strip()[:longest]
    if name and name != sound.name:
        words = f"“{sound}” is called “{name}” now."
        sound.rename(name)
        messages.success(request, words)
    elif not name:
        messages.info(request, "Write a name; the sound keeps the one it has.")
    return redirect("sounds", sound.project.slug)


@require_http_methods(["GET", "HEAD", "POST"])
def discard(request: Request, uuid: UUID) -> HttpResponse:
    """Ask whether to delete a sound, and do so."""
    sound = sound_for(request, uuid, Role.ARTIST)
    editable(sound.project)
    if request.method != "POST":
        return render(request, "delete_sound.html", {"sound": sound, "project": sound.project})
    with transaction.atomic():
        auditing.note_in(sound.project, AuditEntry.Kind.DELETION, f"Deleted the sound “{sound}”")
        sound.delete()
    messages.success(request, f"“{sound}” is deleted.")
    return redirect("sounds", sound.project.slug)


def _words(error: OSError) -> str:
    is_full = error.errno in (errno.ENOSPC, errno.EDQUOT)
    return _NO_ROOM if is_full else _NOT_WRITTEN


def _page(
    request: Request, project: Project, *, error: str = "", status: int = 200
) -> HttpResponse:
    context = {
        "project": project,
        "sounds": Sound.objects.for_list(project),
        "error": error,
        "may_upload": may_edit(project),
    }
    template = "sounds.html#list" if request.htmx else "sounds.html"
    return render(request, template, context, status=status)
