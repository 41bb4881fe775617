"""What an upload may cost before anybody has looked at it: reading stops where refusing is sure."""

from collections.abc import Callable
from importlib import import_module

from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.core.files.uploadhandler import FileUploadHandler
from django.http import HttpRequest, HttpResponse

from generations.stills import MAX_BYTES

# Two frames of 20 MB and their form, with room to spare: the form itself refuses above 20 MB.
MAX_BODY_BYTES = 64 * 1024 * 1024
# Half an hour of uncompressed sound; only of somebody who is signed in.
MAX_SOUND_BYTES = 300 * 1024 * 1024
_FORM_BYTES = 1024 * 1024
_TOO_LARGE = (
    "This is over 64 MB, more than Dailies takes at once. A picture may have 20 MB: save it "
    "smaller or as a JPEG. Nothing was kept or ordered.\n"
)


class DropTheRest(FileUploadHandler):
    """Passes on as much of each file as shows that it is too large, and drops what follows.

    First in FILE_UPLOAD_HANDLERS. The form's fields are read, and files kept on disk meanwhile,
    before it is known who sends them.
    """

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes | None:
        """Give the chunk to the next handler, or nothing once there were more than it may have."""
        most = MAX_SOUND_BYTES if getattr(self.request, "brings_a_sound", False) else MAX_BYTES
        return raw_data if start <= most else None

    def file_complete(self, file_size: int) -> None:
        """Leave the file to the next handler."""
        return


class RefuseLargeBodies:
    """Answers 413 to a request over MAX_BODY_BYTES, by its Content-Length, without reading it.

    Stands before whatever reads forms, as the CSRF check does. A body without a Content-Length
    isn't read at all. A sound may be larger, where somebody who is signed in sends it.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer the request."""
        length = request.META.get("CONTENT_LENGTH") or "0"
        if length.isdecimal() and int(length) > _most(request):
            return HttpResponse(_TOO_LARGE, status=413, content_type="text/plain; charset=utf-8")
        return self.get_response(request)


def _most(request: HttpRequest) -> int:
    """Return how large a request's body may be, and note on it when it may bring a sound."""
    if not (request.method == "POST" and request.path.endswith("/sounds/upload/")):
        return MAX_BODY_BYTES
    key = request.COOKIES.get(settings.SESSION_COOKIE_NAME, "")
    session = import_module(settings.SESSION_ENGINE).SessionStore(key)
    if not key or not session.get(SESSION_KEY):
        return MAX_BODY_BYTES
    request.brings_a_sound = True  # type: ignore[attr-defined]
    return MAX_SOUND_BYTES + _FORM_BYTES
