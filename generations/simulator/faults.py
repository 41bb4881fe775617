"""How the simulator misbehaves on purpose, so that a client can prove that it copes.

Faults are switched by SIMULATOR_FAULTS (a JSON object) and by `POST /_control/faults`. A value is
`true` (always), a number (its probability) or an object with the fields of `Fault`:

    {"lost_answer": 0.2, "slow_answer": {"seconds": 3, "times": 2, "on": ["list"]}, "seed": 7}
"""

import hashlib
import json
import random
import threading
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Annotated, Any, get_type_hints

CREATES = ("create", "image", "reframe", "modify", "upscale", "audio")
READS = (
    *("get", "list", "credits", "concepts", "camera_motion", "ping", "delete", "files"),
    "pricing",
)


@dataclass(frozen=True, kw_only=True)
class Fault:
    """One way to misbehave, and how often."""

    probability: float = 1.0
    """Chance of striking, 0 to 1, drawn from a sequence that the seed fixes."""
    times: int | None = None
    """Strikes at most this often, then never again; None is without end."""
    seconds: float | None = None
    """The delay, age or lifetime that the fault speaks of; None is its default."""
    on: tuple[str, ...] | None = None
    """The operations it may strike (names as in CREATES and READS); None is its default."""

    @classmethod
    def parse(cls, name: str, value: object) -> "Fault | None":
        """Understand a switch's value; raises ValueError with what is wrong."""
        if value is None or value is False:
            return None
        if value is True:
            return cls()
        if isinstance(value, int | float):
            value = {"probability": value}
        if not isinstance(value, dict):
            raise ValueError(f"{name}: expected true, false, a probability or an object")
        known = [each.name for each in fields(cls)]
        if unknown := sorted(set(value) - set(known)):
            raise ValueError(f"{name}: unknown {', '.join(unknown)}; known: {', '.join(known)}")
        on = value.get("on") or []
        if not isinstance(on, list) or not all(isinstance(each, str) for each in on):
            raise ValueError(f"{name}: on must be a list of operations")
        fault = cls(**{**value, "on": tuple(on) or None})
        fault._check(name)
        return fault

    def _check(self, name: str) -> None:
        if not isinstance(self.probability, int | float) or not 0 <= self.probability <= 1:
            raise ValueError(f"{name}: probability must be between 0 and 1")
        if not isinstance(self.times, int | None) or isinstance(self.times, bool):
            raise ValueError(f"{name}: times must be a whole number")
        if not isinstance(self.seconds, int | float | None):
            raise ValueError(f"{name}: seconds must be a number")
        if self.times is not None and self.times < 0:
            raise ValueError(f"{name}: times must not be negative")
        if self.seconds is not None and self.seconds < 0:
            raise ValueError(f"{name}: seconds must not be negative")
        if unknown := sorted(set(self.on or ()) - {*CREATES, *READS}):
            raise ValueError(
                f"{name}: unknown operation {', '.join(unknown)}; "
                f"known: {', '.join((*CREATES, *READS))}"
            )


@dataclass(frozen=True)
class Switch:
    """What a fault does, and its defaults where a `Fault` leaves them open."""

    doc: str
    seconds: float = 0.0
    on: tuple[str, ...] = ()
    """Operations; empty if the fault is not about an operation."""


@dataclass(frozen=True, kw_only=True)
class Faults:
    """Every fault that can be switched on; None is off."""

    seed: int = 0
    """Fixes what the probabilities draw, so that a run repeats."""
    slow_answer: Annotated[
        Fault | None, Switch("Answers `seconds` late.", seconds=2.0, on=(*CREATES, *READS))
    ] = None
    error_before_accept: Annotated[
        Fault | None, Switch("500, and nothing was created.", on=CREATES)
    ] = None
    error_after_accept: Annotated[
        Fault | None, Switch("500, yet it was created and charged.", on=CREATES)
    ] = None
    lost_answer: Annotated[
        Fault | None,
        Switch("Created and charged, then the connection closes without a byte.", on=CREATES),
    ] = None
    too_many_requests: Annotated[Fault | None, Switch("429 without Retry-After.", on=CREATES)] = (
        None
    )
    too_many_requests_retry_after: Annotated[
        Fault | None, Switch("429 with Retry-After of `seconds`.", seconds=1.0, on=CREATES)
    ] = None
    too_many_jobs: Annotated[
        Fault | None,
        Switch("429 for jobs at once, as Luma Agents has it.", seconds=60.0, on=CREATES),
    ] = None
    out_of_credits: Annotated[Fault | None, Switch("402, and nothing was created.", on=CREATES)] = (
        None
    )
    model_not_found: Annotated[
        Fault | None, Switch("The gateway doesn't have the model: 404.", on=("create",))
    ] = None
    no_channel: Annotated[
        Fault | None, Switch("The gateway has nobody who makes it: 503.", on=("create",))
    ] = None
    unlisted: Annotated[
        Fault | None, Switch("The gateway's price list names none of Luma's.", on=("pricing",))
    ] = None
    prices_unreadable: Annotated[
        Fault | None, Switch("The gateway's price list isn't JSON.", on=("pricing",))
    ] = None
    other_states: Annotated[
        Fault | None, Switch("The gateway says pending and processing.", on=("create", "get"))
    ] = None
    malformed_json: Annotated[Fault | None, Switch("Half of a JSON body.", on=("get", "list"))] = (
        None
    )
    unknown_state: Annotated[
        Fault | None, Switch("A state word that the schema doesn't know.", on=("get", "list"))
    ] = None
    moderation: Annotated[
        Fault | None, Switch("Refused by moderation out of the queue.", on=CREATES)
    ] = None
    fails_while_dreaming: Annotated[
        Fault | None, Switch('"Job failed" halfway through.', on=CREATES)
    ] = None
    budget_exhausted: Annotated[
        Fault | None,
        Switch("The key's budget is used up: Luma Agents fails it out of the queue.", on=CREATES),
    ] = None
    asset_expires: Annotated[
        Fault | None,
        Switch(
            "An asset's URL is refused with 403 `seconds` after it was given out.", seconds=600.0
        ),
    ] = None
    file_slow: Annotated[
        Fault | None,
        Switch("A file that went up to Luma Agents is pending for `seconds` more.", seconds=30.0),
    ] = None
    file_fails: Annotated[
        Fault | None, Switch("A file that went up to Luma Agents can't be read there.")
    ] = None
    download_cut: Annotated[
        Fault | None, Switch("The connection closes halfway through an asset.")
    ] = None
    wrong_length: Annotated[
        Fault | None, Switch("Content-Length of an asset is half of what it is.")
    ] = None
    callback_lost: Annotated[Fault | None, Switch("A callback is never sent.")] = None
    callback_doubled: Annotated[Fault | None, Switch("A callback is sent twice.")] = None
    callback_forged: Annotated[
        Fault | None,
        Switch(
            "Before a callback, somebody else posts a false one: completed, with a foreign asset."
        ),
    ] = None
    callback_late: Annotated[
        Fault | None, Switch("A callback is sent `seconds` late.", seconds=5.0)
    ] = None
    list_without_echo: Annotated[
        Fault | None, Switch("The list leaves `request` out.", on=("list",))
    ] = None
    list_lags: Annotated[
        Fault | None,
        Switch("The list doesn't show what is younger than `seconds`.", seconds=10.0, on=("list",)),
    ] = None
    list_shuffled: Annotated[
        Fault | None,
        Switch("The list comes in any order, the same on all its pages.", on=("list",)),
    ] = None
    upscale_parent_id: Annotated[
        Fault | None, Switch("An upscale answers under its parent's id.")
    ] = None
    audio_parent_id: Annotated[
        Fault | None, Switch("Added audio answers under its parent's id.")
    ] = None
    no_retry_after: Annotated[Fault | None, Switch("429s of the limits lack Retry-After.")] = None
    no_status_prefix: Annotated[Fault | None, Switch('400s lack "400: " in their detail.')] = None
    camera_motion_missing: Annotated[Fault | None, Switch("The camera motion list is 404.")] = None
    joined_extension: Annotated[
        Fault | None, Switch("An extension comes joined to its parent.")
    ] = None

    @classmethod
    def names(cls) -> list[str]:
        """Return the names of all faults."""
        return [each.name for each in fields(cls) if each.name != "seed"]

    @classmethod
    def parse(cls, switches: Mapping[str, object]) -> "Faults":
        """Understand a JSON object of switches; raises ValueError with what is wrong."""
        known = cls.names()
        if unknown := sorted(set(switches) - {*known, "seed"}):
            raise ValueError(f"unknown fault {', '.join(unknown)}; known: {', '.join(known)}")
        seed = switches.get("seed", 0)
        if not isinstance(seed, int):
            raise ValueError("seed must be a whole number")
        chosen = {name: Fault.parse(name, switches[name]) for name in known if name in switches}
        return cls(seed=seed, **chosen)

    @classmethod
    def from_json(cls, text: str) -> "Faults":
        """Understand the value of SIMULATOR_FAULTS; raises ValueError with what is wrong."""
        switches = json.loads(text)
        if not isinstance(switches, dict):
            raise ValueError("faults must be a JSON object")
        return cls.parse(switches)


SWITCHES: dict[str, Switch] = {
    name: hint.__metadata__[0]
    for name, hint in get_type_hints(Faults, include_extras=True).items()
    if name != "seed"
}
"""Every fault's meaning by its name."""


@dataclass(frozen=True)
class Strike:
    """A fault that strikes now."""

    seconds: float


class Dice:
    """Decides which fault strikes when; safe to use from many threads."""

    def __init__(self, faults: Faults) -> None:
        self._lock = threading.Lock()
        self.switch(faults)

    def switch(self, faults: Faults) -> None:
        """Replace the faults and begin their sequences and counts anew."""
        with self._lock:
            self._faults = faults
            self._struck = dict.fromkeys(Faults.names(), 0)
            # Not a secret: a run is repeatable because this is predictable.
            self._random = {
                name: random.Random(f"{faults.seed} {name}")  # noqa: S311
                for name in Faults.names()
            }

    def strike(self, name: str, operation: str = "") -> Strike | None:
        """Return a strike if the fault happens to this operation now."""
        fault = self._active(name, operation)
        if fault is None:
            return None
        with self._lock:
            spent = fault.times is not None and self._struck[name] >= fault.times
            if spent or self._random[name].random() >= fault.probability:
                return None
            self._struck[name] += 1
        return Strike(seconds=_seconds(name, fault))

    def possible(self, name: str) -> Strike | None:
        """Return what a strike would be if the fault is on and not used up, without striking."""
        fault = self._active(name, "")
        if fault is None or (fault.times is not None and self._struck[name] >= fault.times):
            return None
        return Strike(seconds=_seconds(name, fault))

    def any_order(self, name: str) -> bytes:
        """Return a name's place in an order that means nothing.

        The same at each request, so that its pages together have everything once: of a list whose
        order changes from page to page nobody can tell what isn't in it.
        """
        return hashlib.blake2b(f"{self._faults.seed} {name}".encode(), digest_size=8).digest()

    def report(self) -> dict[str, Any]:
        """Return the switches, how often each struck, and the names that exist, for JSON."""
        with self._lock:
            on = {name: value for name, value in asdict(self._faults).items() if value is not None}
            struck = {name: times for name, times in self._struck.items() if times}
        known = {name: switch.doc for name, switch in SWITCHES.items()}
        return {"faults": on, "struck": struck, "known": known}

    def _active(self, name: str, operation: str) -> Fault | None:
        fault: Fault | None = getattr(self._faults, name)
        if fault is None:
            return None
        where = fault.on or SWITCHES[name].on
        return fault if not operation or not where or operation in where else None


def _seconds(name: str, fault: Fault) -> float:
    return float(SWITCHES[name].seconds if fault.seconds is None else fault.seconds)
