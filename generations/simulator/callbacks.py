"""Posts a generation to its callback URL whenever its state changes (sheet §9)."""

import http.client
import json
import logging
import threading
import uuid
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from generations.simulator import outbound
from generations.simulator.clock import Clock, Timeline
from generations.simulator.faults import Dice
from generations.simulator.generation import Generation
from generations.simulator.workers import Workers

log = logging.getLogger(__name__)

TIMEOUT_S = 5.0
RETRIES = 3
RETRY_AFTER_S = 0.1
GATEWAY_AGAIN_AFTER_S = (10.0, 30.0, 60.0)
SENDERS = 16


@dataclass(frozen=True, kw_only=True)
class _Letter:
    url: str
    body: bytes
    about: str
    again_after_s: tuple[float, ...] = ()
    """A gateway tries again after each of these, by the clock (crazyrouter sheet §5)."""


class Callbacks:
    """Senders with a queue each; one generation's callbacks keep their order."""

    def __init__(
        self, dice: Dice, timeline: Timeline, clock: Clock, describe: Callable[[Generation], bytes]
    ) -> None:
        self._dice = dice
        self._timeline = timeline
        self._clock = clock
        self._describe = describe
        self._stopping = threading.Event()
        self._senders = [Workers(f"callbacks-{n}", 1) for n in range(SENDERS)]

    def start(self) -> None:
        """Start the senders."""
        for sender in self._senders:
            sender.start()

    def stop(self) -> None:
        """Stop after what is being sent; the rest is dropped, as Luma redelivers nothing."""
        self._stopping.set()
        for sender in self._senders:
            sender.stop()

    def announce(self, generation: Generation) -> None:
        """Queue the generation as it is now; doesn't wait for the network."""
        url = generation.callback_url
        if url is None or self._dice.strike("callback_lost"):
            return
        if self._dice.strike("callback_forged"):
            self._queue(generation, url, _forgery(json.loads(self._describe(generation))))
        body = self._describe(generation)
        copies = 2 if self._dice.strike("callback_doubled") else 1
        late = self._dice.strike("callback_late")
        for _ in range(copies):
            if late is None:
                self._queue(generation, url, body)
            else:
                when = self._clock.now() + late.seconds
                self._timeline.at(when, lambda: self._queue(generation, url, body))

    def _queue(self, generation: Generation, url: str, body: bytes) -> None:
        again_after_s = GATEWAY_AGAIN_AFTER_S if generation.is_gateway else ()
        about = f"{generation.id} {generation.state}"
        letter = _Letter(url=url, body=body, about=about, again_after_s=again_after_s)
        sender = self._senders[generation.serial % SENDERS]
        if generation.is_gateway:
            sender.do(lambda: self._send_patiently(letter, sender))
        else:
            sender.do(lambda: self._send(letter))

    def _send_patiently(self, letter: _Letter, sender: Workers) -> None:
        sent_at, outcome = self._clock.now(), _post(letter)
        log.info("callback %s: %s", letter.about, outcome)
        if outcome == "200" or not letter.again_after_s:
            return
        next_s, *rest = letter.again_after_s
        again = replace(letter, again_after_s=tuple(rest))
        when = sent_at + next_s
        self._timeline.at(when, lambda: sender.do(lambda: self._send_patiently(again, sender)))

    def _send(self, letter: _Letter) -> None:
        for attempt in range(1 + RETRIES):
            if attempt and self._stopping.wait(RETRY_AFTER_S):
                return
            outcome = _post(letter)
            log.info("callback %s: %s", letter.about, outcome)
            if outcome == "200":
                return


def _post(letter: _Letter) -> str:
    try:
        return str(outbound.post_json(letter.url, letter.body, timeout_s=TIMEOUT_S))
    except (OSError, http.client.HTTPException, ValueError) as error:
        return type(error).__name__


def _forgery(body: dict[str, Any]) -> bytes:
    """Return what somebody who knows the callback URL could post."""
    foreign = f"https://forged.example/{uuid.uuid4()}.mp4"
    return json.dumps(
        {**body, "state": "completed", "failure_reason": None, "assets": {"video": foreign}}
    ).encode()
