"""A bucket on this machine that lets nobody in without a right signature (SigV4).

It checks a presigned address with botocore's own signer, and the other calls by their header.
"""

from contextlib import suppress
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler
from urllib.parse import parse_qsl, urlencode, urlsplit

from botocore.auth import S3SigV4QueryAuth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from tests.loopback import Loopback, Quiet

KEY, SECRET, REGION = "AKIATESTTESTTESTTEST", "a secret key", "eu-test-1"


class FakeS3(Loopback):
    """One bucket: `objects` by name, each with its bytes and when it was put."""

    def __init__(self) -> None:
        self.objects: dict[str, tuple[bytes, datetime]] = {}
        self.puts = 0
        self.fails_with = 0
        super().__init__(_handler(self))

    def admits(self, method: str, host: str, target: str, authorization: str) -> bool:
        """Tell whether the signature is right and hasn't expired."""
        query = dict(parse_qsl(urlsplit(target).query))
        if "X-Amz-Signature" not in query:
            return f"Credential={KEY}/" in authorization
        signature = query.pop("X-Amz-Signature")
        signed_at = datetime.strptime(query["X-Amz-Date"], "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
        if datetime.now(UTC) > signed_at + timedelta(seconds=int(query["X-Amz-Expires"])):
            return False
        url = f"http://{host}{urlsplit(target).path}?{urlencode(query)}"
        request = AWSRequest(method, url, headers={"host": host})
        request.context["timestamp"] = query["X-Amz-Date"]
        signer = S3SigV4QueryAuth(Credentials(KEY, SECRET), "s3", REGION)
        canonical = signer.canonical_request(request)
        return signer.signature(signer.string_to_sign(request, canonical), request) == signature


def _handler(fake: FakeS3) -> type[BaseHTTPRequestHandler]:
    class Handler(Quiet, BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def _answer(self, status: int, body: bytes = b"", **headers: str) -> None:
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name.replace("_", "-"), value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            if self.command != "HEAD":
                with suppress(OSError):
                    self.wfile.write(body)

        def _name(self) -> str | None:
            """Return the object's name, or answer why not."""
            length = int(self.headers.get("Content-Length", 0))
            self.body = self.rfile.read(length)
            if fake.fails_with:
                self._answer(fake.fails_with, b"<Error><Code>SlowDown</Code></Error>")
                return None
            authorization = self.headers.get("Authorization", "")
            if not fake.admits(self.command, self.headers["Host"], self.path, authorization):
                self._answer(403, b"<Error><Code>AccessDenied</Code></Error>")
                return None
            return urlsplit(self.path).path.removeprefix("/stills").lstrip("/")

        def do_PUT(self) -> None:
            if (name := self._name()) is not None:
                fake.objects[name] = (self.body, datetime.now(UTC))
                fake.puts += 1
                self._answer(200, ETag='"x"')

        def do_HEAD(self) -> None:
            if (name := self._name()) is not None:
                self._answer(200 if name in fake.objects else 404)

        def do_DELETE(self) -> None:
            if (name := self._name()) is not None:
                fake.objects.pop(name, None)
                self._answer(204)

        def do_GET(self) -> None:
            name = self._name()
            if name is None:
                return
            if not name:
                self._list()
            elif name in fake.objects:
                self._answer(200, fake.objects[name][0])
            else:
                self._answer(404)

        def _list(self) -> None:
            rows = "".join(
                f"<Contents><Key>{name}</Key><Size>{len(data)}</Size>"
                f"<LastModified>{at:%Y-%m-%dT%H:%M:%S.000Z}</LastModified></Contents>"
                for name, (data, at) in fake.objects.items()
            )
            body = f"<ListBucketResult><IsTruncated>false</IsTruncated>{rows}</ListBucketResult>"
            self._answer(200, body.encode(), Content_Type="application/xml")

    return Handler
