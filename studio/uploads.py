"""What an upload may cost before anybody has looked at it: reading stops where refusing is sure."""

from collections.abc import Callable

from django.core.files.uploadhandler import FileUploadHandler
from django.http import HttpRequest, HttpResponse

from generations.stills import MAX_BYTES

# Two frames of 20 MB and their form, with room to spare: the form itself refuses above 20 MB.
MAX_BODY_BYTES = 64 * 1024 * 1024
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
        """Give the chunk to the next handler, or nothing once there were more than MAX_BYTES."""
        return raw_data if start <= MAX_BYTES else None

    def file_complete(self, file_size: int) -> None:
        """Leave the file to the next handler."""
        return


class RefuseLargeBodies:
    """Answers 413 to a request over MAX_BODY_BYTES, by its Content-Length, without reading it.

    Stands before whatever reads forms, as the CSRF check does. A body without a Content-Length
    isn't read at all.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer the request."""
        length = request.META.get("CONTENT_LENGTH") or "0"
        if length.isdecimal() and int(length) > MAX_BODY_BYTES:
            return HttpResponse(_TOO_LARGE, status=413, content_type="text/plain; charset=utf-8")
        return self.get_response(request)
