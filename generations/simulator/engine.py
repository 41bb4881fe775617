"""What happens to a generation: accepted, queued, dreaming, and one of two ends."""

import logging
import threading
import uuid
from pathlib import Path

from generations.ffmpeg import FFmpegFailed
from generations.simulator import jobs, media, outbound
from generations.simulator.agents import beside, telling
from generations.simulator.agents.shelf import Shelf
from generations.simulator.callbacks import Callbacks
from generations.simulator.clock import Clock, Timeline
from generations.simulator.faults import Dice
from generations.simulator.gateway import telling as of_gateway
from generations.simulator.generation import AGENTS, Generation, pace
from generations.simulator.journal import Journal
from generations.simulator.moderation import (
    BUDGET_EXHAUSTED,
    JOB_FAILED,
    REFUSED_BY_MODERATION,
    UNREADABLE_INPUT,
    Verdict,
    judge,
)
from generations.simulator.plans import MOST_IMAGE_BYTES, MOST_REFRAMED_IMAGE_BYTES, Plan
from generations.simulator.renders import Renders
from generations.simulator.settings import Settings
from generations.simulator.store import Account, Store
from generations.simulator.workers import Workers

log = logging.getLogger(__name__)

FETCHERS = 4


class Engine:
    """Owns the store, the time, the renderer and the callbacks, and moves generations along."""

    def __init__(self, settings: Settings, clock: Clock, base_url: str) -> None:
        self.settings = settings
        self.base_url = base_url
        self.clock = clock
        self.dice = Dice(settings.faults)
        self.timeline = Timeline(clock)
        self.store = Store(settings, Journal(settings.directory / "journal.jsonl"))
        self.shelf = Shelf(settings.directory)
        """The files that keys have put up at Luma Agents."""
        self.renders = Renders(settings.renders, settings.renderers, settings.painted_pixels)
        self.callbacks = Callbacks(self.dice, self.timeline, clock, self.announced)
        self.inputs_directory = settings.directory / "inputs"
        self.changed = threading.Condition()
        """Notified whenever a generation ends or its file exists."""
        self._fetchers = Workers("fetch", FETCHERS)

    def start(self) -> None:
        """Take up what the journal left unfinished, and begin."""
        self.renders.start()
        self._fetchers.start()
        self.callbacks.start()
        self.timeline.start()
        for generation in self.store.unfinished():
            self._set_off(generation)

    def stop(self) -> None:
        """End every thread and render."""
        self.timeline.stop()
        self._fetchers.stop()
        self.renders.stop()
        self.callbacks.stop()
        self.store.close()
        self.shelf.close()

    def reset(self) -> None:
        """Forget every account and generation; what is under way ends unnoticed."""
        self.store.clear()
        self.shelf.clear()

    def describe(self, generation: Generation) -> bytes:
        """Return a generation's JSON, as its API tells it."""
        if generation.is_agents:
            return telling.told(generation, self.base_url, self.clock.now())
        if generation.is_gateway:
            return of_gateway.told(generation, self.base_url, self.clock.now())
        return self.store.json(generation, self.base_url)

    def announced(self, generation: Generation) -> bytes:
        """Return what its API posts when a generation changes: mostly what it tells anyway."""
        if generation.is_gateway:
            return of_gateway.hooked(generation, self.base_url, self.clock.now())
        return self.describe(generation)

    def path_of(self, generation: Generation) -> Path:
        """Return a completed generation's file."""
        assert generation.file is not None  # noqa: S101  # completed ones have a file
        return self.renders.path(generation.file)

    def accept(
        self, account: Account, plan: Plan, *, under_id: str | None = None
    ) -> tuple[Generation, bytes]:
        """Charge for a plan and set it off; raises Refused for limits and credits.

        Returns it with its JSON of this moment, still queued, however fast the clock is.
        `under_id` makes it answer under that id instead of a new one.
        """
        # Before the dice: a refused create must not use up a fault.
        self.check_limits(account, plan.bucket)
        now = self.clock.now()
        verdict = self._verdict(plan)
        queued_s, dreaming_s = pace(plan.request, self.settings.speed)
        dreams_at = now + queued_s
        fails_at = None
        if verdict:
            fails_at = dreams_at if verdict.in_queue else dreams_at + dreaming_s / 2
        extends = "continues" in plan.inputs or "precedes" in plan.inputs
        joined = extends and bool(self.dice.strike("joined_extension"))
        with self.store.lock:
            generation = Generation(
                serial=self.store.next_serial(),
                id=under_id or str(uuid.uuid4()),
                account=account.id,
                kind=plan.kind,
                request=plan.request,
                model=plan.model,
                price_cents=plan.price_cents,
                created_at=now,
                dreams_at=dreams_at,
                ends_at=dreams_at + dreaming_s,
                failure=verdict.reason if verdict else None,
                fails_at=fails_at,
                refused_in_queue=bool(verdict and verdict.in_queue),
                joined=joined,
                inputs=plan.inputs,
                parent=plan.parent,
                width=plan.width,
                height=plan.height,
                ratio=plan.ratio,
                duration_s=plan.duration_s,
            )
            self.store.accept(generation)
            told = self.describe(generation)
        log.info("%s accepted: %s", generation.id, generation.kind)
        self._set_off(generation)
        return generation, told

    def check_limits(self, account: Account, bucket: str) -> None:
        """Raise Refused (429) if one more create is too many, before work is put into it."""
        with self.store.lock:
            self.store.check_limits(account, bucket, self.clock.now())

    def wait(self, generation: Generation, timeout_s: float) -> bool:
        """Wait (machine time) until a generation has ended; return whether it has."""
        with self.changed:
            return self.changed.wait_for(lambda: not generation.in_flight, timeout_s)

    def wait_rendered(self, generation: Generation, timeout_s: float) -> bool:
        """Wait (machine time) until a generation's file exists; return whether it does."""
        with self.changed:
            return self.changed.wait_for(lambda: generation.rendered is not None, timeout_s)

    def _verdict(self, plan: Plan) -> Verdict | None:
        if verdict := judge(plan.request.get("prompt")):
            return verdict
        if self.dice.strike("moderation", _OPERATIONS[plan.kind]):
            return REFUSED_BY_MODERATION
        if self.dice.strike("fails_while_dreaming", _OPERATIONS[plan.kind]):
            return JOB_FAILED
        of_agents = plan.kind.startswith(AGENTS)
        if of_agents and self.dice.strike("budget_exhausted", _OPERATIONS[plan.kind]):
            return BUDGET_EXHAUSTED
        return None

    # Time

    def _set_off(self, generation: Generation) -> None:
        for when in (generation.dreams_at, generation.fails_at, generation.ends_at):
            if when is not None:
                self.timeline.at(when, lambda: self._step(generation))
        if generation.failure is None:
            self._fetchers.do(lambda: self._prepare(generation))

    def _step(self, generation: Generation) -> None:
        """Bring a generation as far as the clock allows."""
        now = self.clock.now()
        with self.store.lock:
            if generation.deleted or self.store.by_serial(generation.serial) is not generation:
                return
            fails = generation.fails_at is not None and now >= generation.fails_at
            if generation.state == "queued" and fails and generation.refused_in_queue:
                self._move(generation, "failed", now)
            if generation.state == "queued" and now >= generation.dreams_at:
                self._move(generation, "dreaming", now)
            if generation.state == "dreaming" and fails:
                self._move(generation, "failed", now)
            done = generation.rendered is not None and now >= generation.ends_at
            if generation.state == "dreaming" and done:
                self._move(generation, "completed", now)

    def _move(self, generation: Generation, state: str, now: float) -> None:
        file = generation.rendered if state == "completed" else None
        self.store.move(generation, state, now, file=file)
        log.info("%s %s", generation.id, state)
        self.callbacks.announce(generation)
        if not generation.in_flight:
            with self.changed:
                self.changed.notify_all()

    # Making

    def _prepare(self, generation: Generation) -> None:
        """Fetch what a generation is made from and order its render (on a fetcher's thread)."""
        try:
            for role, where in generation.inputs.items():
                if "://" in where:
                    self.store.keep_input(generation, role, str(self._fetch(generation, where)))
            files = {role: Path(where) for role, where in generation.inputs.items()}
            job = jobs.job_of(generation, files)
            self.renders.order(job, lambda name: self._rendered(generation, name))
        except (outbound.FetchFailed, media.UnreadableMedia, OSError) as error:
            log.info("%s: unreadable input: %s", generation.id, error)
            self._doom(generation, UNREADABLE_INPUT)

    def _fetch(self, generation: Generation, url: str) -> Path:
        reframed = generation.kind == "reframe_image"
        most_bytes = MOST_REFRAMED_IMAGE_BYTES if reframed else MOST_IMAGE_BYTES
        path = outbound.fetch(url, self.inputs_directory, most_bytes=most_bytes)
        media.check_image(path)
        return path

    def _rendered(self, generation: Generation, name: str | None) -> None:
        try:
            if name:
                beside.make(generation, self.renders.path(name))
        except (FFmpegFailed, OSError) as error:
            log.error("%s: what comes beside it failed: %s", generation.id, error)
            name = None
        if name is None:
            self._doom(generation, JOB_FAILED.reason)
        else:
            with self.changed:
                generation.rendered = name
                self.changed.notify_all()
            self.timeline.soon(lambda: self._step(generation))

    def _doom(self, generation: Generation, reason: str) -> None:
        generation.failure = reason
        generation.fails_at = generation.dreams_at
        self.timeline.soon(lambda: self._step(generation))


_OPERATIONS = {
    "video": "create",
    "image": "image",
    "reframe_image": "reframe",
    "reframe_video": "reframe",
    "modify_video": "modify",
    "upscale_video": "upscale",
    "add_audio": "audio",
    "agents_video": "create",
    "agents_video_edit": "modify",
    "agents_video_reframe": "reframe",
    "agents_image": "image",
    "agents_image_edit": "image",
    "agents_layering": "image",
    "openai_image": "image",
    "gateway_video": "create",
}
"""The name of the operation that makes each kind, as faults spell it."""
