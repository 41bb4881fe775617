"""Nonsense: what nobody sane would send, in place of what a form or a file holds."""

import json
import os
import random
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile

from tests.doors.harvest import Asking
from tests.doors.visitors import Visitor
from tests.factories import tiny_poster, tiny_video

HOW_MANY = int(os.environ.get("FUZZED", "150"))
SEED = int(os.environ.get("FUZZ_SEED", "0"))
HOSTILE = (
    *(
        "",
        " ",
        "\0",
        "a\0b",
        "\x1b[31m",
        "\ud83d".encode("utf-16", "surrogatepass").decode("latin1"),
    ),
    *("0", "-1", "1e309", "NaN", "inf", "-inf", "1_000", "٣", "0x10", "1.", ".", "1e-400", "00"),
    *("9" * 30, str(2**31), str(2**63), str(-(2**63) - 1), "5s", "720p", "16:9", "16:0", "0:0"),
    *("None", "null", "true", "[]", "{}", "[[[[", '{"a":', "[1e999]", '"', "'", "--", "%", "%s"),
    *("../../etc/passwd", "file:///etc/passwd", "http://169.254.169.254/", "javascript:alert(1)"),
    *("<script>alert(1)</script>", "{{ 7*7 }}", "{% now 'Y' %}", "{a|b|c}", "{" * 500, "}{"),
    *("00000000-0000-0000-0000-000000000000", "not-a-uuid", "x" * 256, "é" * 5001, "🙂" * 3000),
    *("0000-00-00", "9999-12-31T23:59:59Z", "2026-02-30", "24:60:60:99", "1969-12-31", "T"),
    *("a@b", "a@" + "b" * 300 + ".com", "\u202eabc", "\ufeff", "a\r\nSet-Cookie: x=1", ",,,,\n\n,"),
)
TYPES = ("application/json", "text/plain", "application/octet-stream", "multipart/form-data")
ODD_FILES = (
    b"",
    b"\0" * 10,
    b"GIF89a",
    b"\x89PNG\r\n\x1a\n",
    b"RIFF\xff\xff\xff\xffWAVE",
    b"PK\3\4",
)


class Fuzzer:
    """Puts nonsense into what a team's pages offer."""

    def __init__(self, chance: random.Random) -> None:
        self.chance = chance
        self.pool = [tiny_video().read_bytes()[:2000], tiny_poster().read_bytes(), *ODD_FILES]

    def value(self, old: str) -> str:
        """Return nonsense, or what was there a little changed."""
        turn = self.chance.random()
        if turn < 0.75 or not old:
            return self.chance.choice(HOSTILE)
        place = self.chance.randrange(len(old))
        return old[:place] + self.chance.choice(HOSTILE)[:20] + old[place + 1 :]

    def file(self) -> SimpleUploadedFile:
        """Return a file that is mostly not what its name says."""
        name = self.chance.choice(["a.png", "a.jpg", "b.mp4", "c.wav", "d.otio", "e.edl", "f"])
        kind = self.chance.choice(["image/png", "audio/wav", "text/plain", "", "x" * 200])
        data = bytearray(self.chance.choice(self.pool))
        for _ in range(self.chance.randrange(4)):
            if data:
                data[self.chance.randrange(len(data))] = self.chance.randrange(256)
        return SimpleUploadedFile(name, bytes(data), kind)

    def data(self, asking: Asking) -> dict[str, Any]:
        """Return what is said: some fields as they were, some nonsense, some missing or doubled."""
        said: dict[str, Any] = {}
        for name, value in asking.said:
            turn = self.chance.random()
            if turn < 0.1:
                continue
            new = value if turn < 0.5 else self.value(value)
            said.setdefault(name, []).append(new)
            if turn > 0.95:
                said[name].append(self.value(value))
        for name in asking.files:
            count = self.chance.choice((0, 1, 1, 1, 3))
            said[name] = [self.file() for _ in range(count)]
        if self.chance.random() < 0.1:
            said[self.chance.choice(HOSTILE)[:50] or "x"] = self.value("")
        return said

    def ask(self, visitor: Visitor, asking: Asking) -> Any:
        """Ask once, most often as a form would."""
        if asking.method == "POST" and self.chance.random() < 0.1:
            body = json.dumps({name: self.value(value) for name, value in asking.said})
            raw = body if self.chance.random() < 0.5 else body[: len(body) // 2]
            kind = self.chance.choice(TYPES)
            return visitor.ask("POST", asking.path, data=raw.encode(), content_type=kind)
        headers = {}
        if self.chance.random() < 0.2:
            headers = {
                "HX-Request": "true",
                "HX-Target": self.chance.choice(["x", "\x7f", "é"]).encode().decode("latin1"),
                "HX-Current-URL": self.chance.choice(["", "http://[", "/x", "http://a/?a=%ff"]),
                "Range": self.chance.choice(["bytes=", "bytes=9-1", "bytes=0-0,2-3", "x=1-2"]),
            }
        return visitor.ask(asking.method, asking.path, data=self.data(asking), headers=headers)
