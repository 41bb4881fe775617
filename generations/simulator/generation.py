"""One simulated generation: what was asked, what will become of it, and how it is told."""

import hashlib
import json
from dataclasses import asdict, dataclass, field, fields
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

TERMINAL = ("completed", "failed")
IMAGE_KINDS = ("image", "reframe_image")
AGENTS = "agents_"
"""How the kinds of Luma Agents begin, which counts all of them against one limit."""

GATEWAY = "gateway_video"
"""The kind of a gateway's clips."""
HOOK = "notifyHook"
"""What a gateway calls the address that it posts to (crazyrouter sheet §5)."""

OPENAI = "openai_image"
"""The kind of a picture of OpenAI's images API."""

QUEUED_S = (2.0, 5.0)
"""Between these it waits, before the speed is applied; Luma's real times are unconfirmed (§13)."""
DREAMING_S = (10.0, 30.0)
"""Between these it dreams, before the speed is applied."""


def bucket_of(kind: str) -> str:
    """Return which rate limit a kind counts against; versions share the video one (unconfirmed)."""
    if kind.startswith(AGENTS):
        return "agents"
    if kind == OPENAI:
        return "openai"
    return "image" if kind in IMAGE_KINDS else "video"


@dataclass(kw_only=True, eq=False)
class Generation:
    """What the simulator remembers of one generation; a journal line is this as JSON."""

    serial: int
    """Counts every generation ever accepted; an upscale under its parent's id has its own."""
    id: str
    account: str
    kind: str
    """Its `generation_type`, a key of catalogue.SHAPES."""
    request: dict[str, Any]
    """The echo."""
    model: str
    price_cents: Decimal
    created_at: float
    dreams_at: float
    ends_at: float
    failure: str | None = None
    """The reason that it is going to fail with."""
    fails_at: float | None = None
    refused_in_queue: bool = False
    """It fails without ever dreaming."""
    joined: bool = False
    inputs: dict[str, str] = field(default_factory=dict)
    """Input files by role: a URL, or a path in the simulator's directory."""
    parent: str | None = None
    """The id of what it upscales or adds sound to."""
    width: int
    height: int
    ratio: str | None = None
    duration_s: Decimal = Decimal(0)
    """Length of what comes out; 0 for a still."""
    state: str = "queued"
    ended_at: float | None = None
    file: str | None = None
    """The finished file's name among the renders."""
    refunded: bool = False
    deleted: bool = False
    rendered: str | None = None
    """The file's name as soon as it exists; not journalled, as an equal job finds it again."""
    version: int = 0
    """Counts its changes; not journalled."""
    told: tuple[int, str, bytes] | None = field(default=None, repr=False)
    """Its last JSON by version and address, so that a list needn't write it again."""

    @property
    def bucket(self) -> str:
        """Which rate limit it counts against (sheet §11)."""
        return bucket_of(self.kind)

    @property
    def is_video(self) -> bool:
        """Whether it gives a clip, not a still."""
        if self.is_agents:
            return self.kind.startswith(f"{AGENTS}video")
        return self.bucket == "video"

    @property
    def is_agents(self) -> bool:
        """Whether Luma Agents makes it, not Dream Machine."""
        return self.kind.startswith(AGENTS)

    @property
    def is_gateway(self) -> bool:
        """Whether it is a clip of the gateway's."""
        return self.kind == GATEWAY

    @property
    def in_flight(self) -> bool:
        """Whether anything can still happen to it."""
        return self.state not in TERMINAL

    @property
    def callback_url(self) -> str | None:
        """Where its changes are posted."""
        url: str | None = self.request.get(HOOK if self.is_gateway else "callback_url")
        return url

    def line(self) -> dict[str, Any]:
        """Return it for the journal."""
        line = asdict(self)
        del line["rendered"], line["version"], line["told"]
        return line

    @classmethod
    def from_line(cls, line: dict[str, Any]) -> "Generation":
        """Read it from the journal."""
        known = {each.name for each in fields(cls)}
        values = {name: value for name, value in line.items() if name in known}
        for amount in ("price_cents", "duration_s"):
            values[amount] = Decimal(values[amount])
        return cls(**values)

    def body(self, base_url: str, stamp: float | None = None) -> dict[str, Any]:
        """Return the Generation object of sheet §5.

        `stamp` is when the asset's URL was given out, if not at completion (epoch seconds).
        """
        assets = None
        if self.state == "completed":
            url = self.asset_url(base_url, stamp)
            assets = {
                "video": url if self.is_video else None,
                "image": None if self.is_video else url,
                "progress_video": None,
            }
        return {
            "id": self.id,
            "generation_type": "video" if self.is_video else "image",
            "state": self.state,
            "failure_reason": self.failure if self.state == "failed" else None,
            "created_at": datetime.fromtimestamp(self.created_at, UTC).isoformat(
                timespec="milliseconds"
            ),
            "assets": assets,
            "model": self.model,
            "request": self.request,
        }

    def asset_url(self, base_url: str, stamp: float | None) -> str:
        """Return where its file is; `stamp` as of `body`."""
        given_out = int((stamp or self.ended_at or 0) * 1000)
        suffix = (self.file or "").rpartition(".")[2]
        return f"{base_url}/assets/{self.id}/{self.serial}-{given_out:x}.{suffix}"


def pace(request: dict[str, Any], speed: float) -> tuple[float, float]:
    """Return the seconds that a request waits and dreams: equal requests take equally long."""
    asked = {n: value for n, value in request.items() if n not in ("callback_url", HOOK)}
    digest = hashlib.sha256(json.dumps(asked, sort_keys=True).encode()).digest()
    return _between(QUEUED_S, digest[0]) * speed, _between(DREAMING_S, digest[1]) * speed


def _between(limits: tuple[float, float], chance: int) -> float:
    least, most = limits
    return least + (most - least) * chance / 255
