"""Multipart forms, as clients send files."""

from dataclasses import dataclass
from email.parser import BytesParser
from email.policy import HTTP

from generations.simulator.messages import Request

MULTIPART = "multipart/form-data"


@dataclass(frozen=True)
class Part:
    """One part of a form; `filename` and `content_type` are a file's."""

    name: str
    content: bytes
    filename: str | None
    content_type: str

    @property
    def text(self) -> str:
        """What a field says."""
        return self.content.decode(errors="replace")


def is_form(request: Request) -> bool:
    """Tell whether a body is a multipart form."""
    return (request.headers.get("Content-Type") or "").startswith(MULTIPART)


def parts_of(request: Request) -> list[Part]:
    """Return the parts of a form, in their order."""
    head = f"Content-Type: {request.headers.get('Content-Type')}\r\n\r\n".encode()
    found = []
    for part in BytesParser(policy=HTTP).parsebytes(head + request.body).iter_parts():
        content = part.get_payload(decode=True)
        found.append(
            Part(
                name=str(part.get_param("name", header="content-disposition")),
                content=content if isinstance(content, bytes) else b"",
                filename=part.get_filename(),
                content_type=part.get_content_type(),
            )
        )
    return found
