"""Files: authorised, seekable, cached by the browser for good."""

from pathlib import Path
from uuid import UUID

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_safe
from whitenoise.middleware import WhiteNoiseFileResponse
from whitenoise.responders import MissingFileError, StaticFile

from generations import frames, publishing
from generations.media import NotMedia
from generations.models import Asset, Generation, Still
from studio import auditing
from studio.access import asset_for, export_for, sound_for, still_for
from studio.http import Request
from studio.models import AuditEntry, Export, Project
from studio.naming import export_name, file_name, sound_name

_FOR_GOOD = "private, max-age=31536000, immutable"  # a stored file never changes


@require_safe
def media(request: Request, uuid: UUID, kind: str) -> HttpResponseBase:
    """Send a file of a take, or a still; `?download=1` gives it a readable name.

    A still of before there were small copies is sent whole in place of one.
    """
    if kind == "still":
        still = still_for(request, uuid)
        return send(request, still.file, still.content_type, f"still-{still.uuid}")
    if kind == "still-small":
        still = still_for(request, uuid)
        small = (still.small_file, "image/webp")
        which = small if still.small_file.exists() else (still.file, still.content_type)
        return send(request, *which, f"still-{still.uuid}")
    if kind == "export":
        return _export(request, uuid)
    if kind == "sound":
        sound = sound_for(request, uuid)
        return send(request, sound.file, sound.content_type, sound_name(sound))
    try:
        asset = asset_for(request, uuid, kind)
    except Http404:
        return _in_place_of_small(request, uuid, kind)
    name, take = file_name(asset.generation), asset.generation
    if asset.kind in Asset.BESIDE:
        name = f"{name}-{asset.named}"
    return _note_download(request, send(request, asset.file, asset.content_type, name), take)


def _export(request: Request, uuid: UUID) -> HttpResponseBase:
    """Send an export's file. Raises Http404 while there is none."""
    export = export_for(request, uuid)
    if export.state != export.State.DONE:
        raise Http404("The film isn't there yet.")
    answer = send(request, export.file, export.content_type, export_name(export))
    return _note_download(request, answer, export)


def _note_download(
    request: Request, answer: HttpResponseBase, of: Generation | Export
) -> HttpResponseBase:
    """Write down who takes a file along, and return the answer; to look at one isn't noted."""
    if "download" in request.GET and was_sent(request, answer):
        project, what = _called(of)
        auditing.note_in(project, AuditEntry.Kind.EXPORT, f"Downloaded {what}")
    return answer


def was_sent(request: HttpRequest, answer: HttpResponseBase) -> bool:
    """Tell whether an answer holds a file, or a part of it."""
    return request.method == "GET" and answer.status_code in (200, 206)


def _called(of: Generation | Export) -> tuple[Project, str]:
    """Return whose a take or an export is, and what it is called there."""
    if isinstance(of, Generation):
        return of.project, of.name
    return of.sequence.project, f"“{of.sequence}” as {Export.Kind(of.kind).label}"


def _in_place_of_small(request: Request, uuid: UUID, kind: str) -> HttpResponseBase:
    """Lead to a take's own file where a small one of it couldn't be made yet. Raises Http404."""
    own = {"preview": Asset.Kind.VIDEO, "poster": Asset.Kind.IMAGE}.get(kind)
    if own is None:
        raise Http404("no such file")
    asset_for(request, uuid, own)
    return redirect("media", uuid, own)


@require_safe
def frame(request: Request, uuid: UUID, file: str, number: int) -> HttpResponseBase:
    """Send a small picture of a frame of a take's video. `file` is the beginning of its sha256."""
    video = asset_for(request, uuid, Asset.Kind.VIDEO)
    if not video.sha256.startswith(file) or number >= frames.count(video):
        raise Http404("no such frame")
    try:
        picture = frames.small(video, number)
    except NotMedia as error:
        raise Http404("the video can't be read") from error
    return send(request, picture, "image/webp", f"frame-{number}")


@login_not_required
@require_safe
def published_still(request: HttpRequest, token: str) -> HttpResponseBase:
    """Send the still that a signed URL names: for the provider, which has no account here."""
    try:
        still = publishing.published(token)
    except Still.DoesNotExist:
        raise Http404 from None
    return send(request, still.file, still.content_type, f"still-{still.uuid}")


@login_not_required
@require_safe
def published_asset(request: HttpRequest, token: str) -> HttpResponseBase:
    """Send the stored file that a signed URL names: for the provider, in parts if it wants."""
    try:
        asset = publishing.published_asset(token)
    except Asset.DoesNotExist:
        raise Http404 from None
    return send(request, asset.file, asset.content_type, file_name(asset.generation))


def send(
    request: HttpRequest, file: Path, content_type: str, name: str, cached: str = _FOR_GOOD
) -> HttpResponseBase:
    """Send a file of MEDIA_ROOT, or the asked part of it; `?download=1` gives it a name.

    `cached` is what caches are told of it. Raises Http404 where the file is gone.
    """
    headers = {
        "Content-Type": content_type,
        "Cache-Control": cached,
        "Accept-Ranges": "bytes",
        "X-Content-Type-Options": "nosniff",
    }
    if "download" in request.GET:
        disposition = content_disposition_header(True, f"{name}{file.suffix}")
        headers["Content-Disposition"] = disposition or "attachment"
    if settings.MEDIA_ACCEL_PREFIX:
        inside = file.relative_to(settings.MEDIA_ROOT).as_posix()
        accel = f"{settings.MEDIA_ACCEL_PREFIX.rstrip('/')}/{inside}"
        return HttpResponse(headers={**headers, "X-Accel-Redirect": accel})
    return _send_from_here(request, file, headers)


def send_nameless(request: HttpRequest, file: Path, content_type: str) -> HttpResponseBase:
    """Send a file, or the asked part of it, with nothing that tells it from its likes.

    Neither when it was stored nor what a cache calls it: a server in front would tell both.
    Raises Http404 where the file is gone.
    """
    headers = {"Content-Type": content_type, "Cache-Control": _FOR_GOOD, "Accept-Ranges": "bytes"}
    response = _send_from_here(request, file, headers | {"X-Content-Type-Options": "nosniff"})
    for telling in ("Last-Modified", "ETag"):
        del response[telling]
    return response


def _send_from_here(request: HttpRequest, file: Path, headers: dict[str, str]) -> HttpResponseBase:
    """Send the file or the asked part of it."""
    try:
        static = StaticFile(str(file), list(headers.items()))
    except MissingFileError:
        raise Http404("The file is gone from this server.") from None
    answer = static.get_response(request.method, request.META)
    response = WhiteNoiseFileResponse(answer.file or (), status=answer.status)
    del response["Content-Type"]
    for header, value in answer.headers:
        response[header] = value
    return response
