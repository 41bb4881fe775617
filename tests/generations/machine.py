"""A studio, its people, its workers and the simulator's faults, in any order."""

import itertools
from collections import Counter
from contextlib import suppress
from decimal import Decimal
from typing import Any, ClassVar

from django.db.models import Count, Q
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
)

from generations import (
    collecting,
    deciding,
    importing,
    polling,
    queueing,
    settling,
    submitting,
    sweeping,
)
from generations.models import Account, Attempt, Event, Generation, LedgerEntry
from generations.models.states import SCHEDULED
from generations.ordering import accept, retry
from generations.orders import Frame, Order
from generations.refusal import Refused
from studio.models import Project
from tests.factories import ProjectFactory, member, still
from tests.generations.worlds import Death, Meanwhile, World

WORDS = ("A lighthouse in a storm", "Dunes at dawn")
CREATE = ["create"]
FAULTS: dict[str, dict[str, Any]] = {
    **{name: {} for name in ("lost_answer", "error_before_accept", "error_after_accept")},
    **{name: {} for name in ("too_many_requests", "too_many_requests_retry_after")},
    **{name: {} for name in ("out_of_credits", "moderation", "fails_while_dreaming")},
    **{name: {} for name in ("malformed_json", "unknown_state", "list_without_echo")},
    **{name: {} for name in ("list_shuffled", "download_cut", "wrong_length", "asset_expires")},
    **{name: {} for name in ("callback_lost", "callback_doubled", "callback_forged")},
    "callback_late": {"seconds": 90},
    "list_lags": {"seconds": 60},
    "busy_reads": {"fault": "too_many_requests_retry_after", "on": ["list", "get"], "seconds": 30},
    "failing_reads": {"fault": "error_before_accept", "on": ["list", "get"]},
    "malformed_create": {"fault": "malformed_json", "on": CREATE},
    # By the time it is made, its sender has given up, and the lease has ended as well.
    "slow_create": {"fault": "slow_answer", "on": CREATE, "seconds": 100},
    "slow_reads": {"fault": "slow_answer", "on": ["list", "get"], "seconds": 30},
}
WORK = ("submit", "poll", "settle", "collect", "sweep")
JUMPS = st.sampled_from([-86_400.0, -600.0, -20.0, 20.0, 600.0, 86_400.0])
NOT_TAKEN = ("turned_away", "refused", "absent", "withdrawn")
ANY = st.integers(0, 1000)
A_HAIR = Decimal("0.0002")  # the simulator counts cents, with fewer places


class Machine(RuleBasedStateMachine):
    """Any history; after each step nothing is lost and nothing paid twice."""

    world: ClassVar[World]
    settings: ClassVar[Any]
    serial = itertools.count()

    # --- who and where -------------------------------------------------------------------------

    @initialize(
        nonces=st.booleans(),
        slots=st.sampled_from([1, 3, 10]),
        orders=st.integers(1, 4),
        faults=st.lists(st.sampled_from(sorted(FAULTS)), max_size=2, unique=True),
    )
    def open(self, nonces: bool, slots: int, orders: int, faults: list[str]) -> None:
        """A new team with a key of its own, whose provider calls back or not, and has its ways."""
        self.world.begin()
        self.nonces = nonces
        self.settings.LOCAL_URL = self.world.local_url if nonces else ""
        self.key = f"machine-{next(self.serial)}"
        self.project: Project = ProjectFactory()
        self.person = member(self.project)
        self.account = Account(team=self.project.team, provider="luma", name="It", simulated=True)
        self.account.base_url, self.account.concurrent_limit = self.world.simulator.url, slots
        self.account.set_key(self.key)
        self.account.save()
        self.faults: dict[str, dict[str, Any]] = {}
        self.ordered = 0
        self.misled: set[int] = set()
        """Attempts of which a person said that they weren't made, and that were."""
        for number in range(orders):
            self.order(WORDS[number % 2], "", 0)
        for name in faults:
            self.misbehave(name, 2)

    def takes(self, *states: str) -> list[Generation]:
        mine = Generation.objects.filter(project=self.project).order_by("pk")
        return list(mine.filter(state__in=states) if states else mine)

    def strays(self) -> set[int]:
        """The takes that nobody ordered: jobs of attempts that were given up, come home."""
        told = Event.objects.filter(project=self.project, kind="stray")
        return {event.generation_id for event in told if "provider_id" in event.detail}

    def undecided(self) -> list[Generation]:
        return [each for each in self.takes("unconfirmed") if each.needs_decision]

    def jobs(self) -> list[dict[str, Any]]:
        return list(self.world.simulator.books(self.key)["generations"])

    # --- people --------------------------------------------------------------------------------

    @precondition(lambda self: self.ordered < 12)
    @rule(words=st.sampled_from(WORDS), start=st.sampled_from(["", "", "still", "take"]), which=ANY)
    def order(self, words: str, start: str, which: int) -> None:
        frame = None
        if start == "still" and self.nonces:
            frame = Frame(still=still(self.project))
        elif start == "take" and (done := self.takes("completed")):
            frame = Frame(source=done[which % len(done)])
        try:
            accept(self.project, self.person, Order(words=words, resolution="540p", start=frame))
        except Refused:
            return  # the account is switched off
        self.ordered += 1

    @precondition(lambda self: self.takes("waiting", "submitting"))
    @rule(which=ANY)
    def cancel(self, which: int) -> None:
        found = self.takes("waiting", "submitting")
        found[which % len(found)].cancel(self.person)

    @precondition(lambda self: self.takes("waiting"))
    @rule(which=ANY, held=st.booleans())
    def hold_back(self, which: int, held: bool) -> None:
        found = self.takes("waiting")
        (queueing.pause if held else queueing.resume)(found[which % len(found)], self.person)

    @precondition(lambda self: self.nonces)
    @rule()
    def bring_in(self) -> None:
        """Whatever the key made that no attempt claims comes home."""
        with suppress(Refused):
            looked = importing.look(self.project, self.account, self.person)
            self.world.working(importing.import_due)
            looked.refresh_from_db()
            if looked.state == "looked" and looked.ready:
                importing.bring(looked, self.person)
                self.world.working(importing.import_due)

    @precondition(lambda self: self.takes("failed", "cancelled"))
    @rule(which=ANY)
    def retry(self, which: int) -> None:
        found = self.takes("failed", "cancelled")
        with suppress(Refused):
            retry(found[which % len(found)], self.person)

    @precondition(lambda self: self.undecided())
    @rule(which=ANY, how=st.sampled_from(["truth", "truth", "truth", "again", "give up", "wrong"]))
    def decide(self, which: int, how: str) -> None:
        found = self.undecided()
        take = found[which % len(found)]
        if how == "truth":
            self.say_the_truth(take)
        elif how == "again":
            self.world.all_arrives()
            if self.unclaimed(take):
                self.misled.add(take.attempt().pk)
            deciding.send_again(take, self.person)
        elif how == "give up":
            deciding.give_up(take, self.person)
        else:
            claimed = Attempt.objects.exclude(provider_id="").values_list("provider_id", flat=True)
            try:
                deciding.it_was_made(take, self.person, claimed.first() or "none")
            except Refused:
                return
            raise AssertionError("another take's job was taken")

    def unclaimed(self, take: Generation) -> list[str]:
        """The jobs that may be a take's: by its nonce, or no other attempt's."""
        attempt = take.attempt()
        claimed = set(Attempt.objects.values_list("provider_id", flat=True))
        return [
            job["id"]
            for job in self.jobs()
            if (
                str(attempt.nonce) in job["callback_url"]
                if job["callback_url"]
                else job["prompt"] == take.prompt.words
            )
            and job["id"] not in claimed
        ]

    def say_the_truth(self, take: Generation) -> None:
        """Decide as somebody does who sees the provider's own page, and has waited for it."""
        self.world.all_arrives()
        try:
            if made := self.unclaimed(take):
                # Its time says nothing where our clock was set.
                deciding.it_was_made(take, self.person, made[0], anyway=True)
            else:
                deciding.send_again(take, self.person)
        except Refused:
            pass  # the provider can't be asked now

    @precondition(lambda self: any(take.is_unreleased for take in self.takes("failed")))
    @rule()
    def release(self) -> None:
        for take in self.takes("failed"):
            if take.is_unreleased:
                # Asked for once more; unless it is known, only somebody who knows lets it go.
                unpaid = not self.money(take.attempt())
                with suppress(deciding.NotKnown):
                    deciding.release(take, self.person, anyway=unpaid)

    @rule(enabled=st.booleans())
    def switch(self, enabled: bool) -> None:
        Account.objects.filter(pk=self.account.pk).update(enabled=enabled)

    # --- workers -------------------------------------------------------------------------------

    def work(self, what: str) -> None:
        {
            "submit": lambda: submitting.submit_due(self.account.pk),
            "poll": lambda: polling.poll_due(self.account.pk),
            "settle": lambda: settling.settle_due(self.account.pk),
            "collect": collecting.collect_due,
            "sweep": sweeping.work_once,
        }[what]()

    @rule(what=st.sampled_from(WORK))
    def a_worker_works(self, what: str) -> None:
        self.world.working(lambda: self.work(what))

    @rule(what=st.sampled_from(WORK), commits=st.integers(1, 6), after=st.booleans())
    def a_worker_dies_at_a_commit(self, what: str, commits: int, after: bool) -> None:
        self.world.death = Death(commits, after)
        self.world.working(lambda: self.work(what))

    @rule(what=st.sampled_from(WORK), method=st.sampled_from(["POST", "GET"]), after=st.booleans())
    def a_worker_dies_at_a_call(self, what: str, method: str, after: bool) -> None:
        from tests.generations.worlds import Died

        def die() -> None:
            raise Died

        self.world.meanwhile = [Meanwhile(method, after, die)]
        self.world.working(lambda: self.work(what))

    @rule(
        what=st.sampled_from(WORK),
        method=st.sampled_from(["POST", "GET"]),
        after=st.booleans(),
        passes_s=st.sampled_from([0.0, 5.0, 50.0]),
        jump_s=st.one_of(st.just(0.0), JUMPS),
        others=st.lists(st.sampled_from(WORK), max_size=4),
    )
    def others_work_during_a_call(
        self, what: str, method: str, after: bool, passes_s: float, jump_s: float, others: list[str]
    ) -> None:
        """While one worker waits for an answer, time passes, clocks are set, others work."""

        def meanwhile() -> None:
            self.world.pass_time(passes_s)
            if jump_s:
                self.world.our_clock_jumps(jump_s)
            for each in others:
                self.work(each)

        self.world.meanwhile = [Meanwhile(method, after, meanwhile)]
        self.world.working(lambda: self.work(what))

    # --- the provider, and time ----------------------------------------------------------------

    @rule(name=st.sampled_from(sorted(FAULTS)), times=st.integers(1, 3))
    def misbehave(self, name: str, times: int) -> None:
        """The next calls that a fault may strike are struck by it."""
        fault = {**FAULTS[name], "times": times}
        self.faults[str(fault.pop("fault", name))] = fault
        self.world.simulator.faults(**self.faults)

    @rule()
    def behave(self) -> None:
        self.faults = {}
        self.world.simulator.faults()

    @rule(seconds=st.sampled_from([1.0, 10.0, 10.0, 60.0, 60.0, 300.0, 4000.0, 90_000.0]))
    def time_passes(self, seconds: float) -> None:
        self.world.pass_time(seconds)

    @precondition(lambda self: self.world.skew_s == 0.0)
    @rule(seconds=JUMPS)
    def our_clock_is_set(self, seconds: float) -> None:
        self.world.our_clock_jumps(seconds)

    @rule()
    def our_clock_is_right(self) -> None:
        self.world.our_clock_jumps(-self.world.skew_s)

    @rule(forged=st.booleans())
    def callbacks_arrive(self, forged: bool) -> None:
        """What the simulator sent, twice; or somebody's who knows a path."""
        letters = 2 * [*self.world.letters]
        self.world.letters.clear()
        if forged:
            nonces = Attempt.objects.filter(account=self.account).values_list("nonce", flat=True)
            letters += [reverse("callback", args=["luma", nonce]) for nonce in nonces]
        for path in letters:
            body = '{"state": "completed", "assets": {"video": "https://forged.example/x.mp4"}}'
            assert Client().post(path, body, content_type="application/json").status_code == 200

    # --- what always holds ---------------------------------------------------------------------

    @invariant()
    def no_take_is_lost(self) -> None:
        if not hasattr(self, "project"):
            return
        opened = Count("attempts", filter=Q(attempts__outcome__in=Attempt.OPEN))
        mine = Generation.objects.filter(project=self.project).annotate(opened=opened)
        takes = list(mine.values_list("state", "next_at", "opened"))
        assert len(takes) == self.ordered + len(self.strays())
        for state, next_at, attempts in takes:
            unfinished = state in SCHEDULED
            assert unfinished == (next_at is not None), state
            assert attempts == int(unfinished), (state, attempts)

    @invariant()
    def none_is_paid_twice(self) -> None:
        if not hasattr(self, "project"):
            return
        jobs = self.jobs()
        attempts = list(Attempt.objects.filter(account=self.account).prefetch_related("ledger"))
        for attempt in attempts:
            kinds = tuple(sorted(entry.kind for entry in attempt.ledger.all()))
            assert kinds in _LEDGER[attempt.outcome], (attempt.outcome, kinds)
            if attempt.outcome in (*NOT_TAKEN, "failed") and attempt.pk not in self.misled:
                assert not self.money(attempt, jobs), attempt
            if attempt.outcome == "completed" and attempt.price_usd:
                kept = self.money(attempt, jobs)
                assert abs(attempt.price_usd - kept) < A_HAIR, (attempt, kept)
        if self.nonces:
            made = Counter(job["callback_url"] for job in jobs)
            assert all(times == 1 for times in made.values()), made
        doubtful = [a for a in attempts if a.outcome in ("sending", "unconfirmed", "lost")]
        claimed = {attempt.provider_id for attempt in attempts}
        stray = [job for job in jobs if job["id"] not in claimed and not job["refunded"]]
        assert len(stray) <= len(doubtful) + len(self.misled), stray

    def money(self, attempt: Attempt, jobs: list[dict[str, Any]] | None = None) -> Decimal:
        """What the simulator took for an attempt and keeps, in dollars."""
        mine = [
            Decimal(str(job["price_cents"]))
            for job in (self.jobs() if jobs is None else jobs)
            if not job["refunded"]
            and (
                job["id"] == attempt.provider_id
                or str(attempt.nonce) in (job["callback_url"] or "")
            )
        ]
        return sum(mine, Decimal(0)) / 100

    # --- and in the end ------------------------------------------------------------------------

    def teardown(self) -> None:
        """Let everything come to rest: the clocks right, the provider well, a person at hand."""
        if not hasattr(self, "project"):
            return
        self.behave()
        self.our_clock_is_right()
        self.switch(enabled=True)
        for take in self.takes("waiting"):
            queueing.resume(take, self.person)
        self.come_to_rest()
        self.world.all_arrives()  # what comes now was thought absent
        if self.nonces:
            self.world.pass_time(3600.0)  # whatever is at the provider is finished
            sweeping.work_once()
            self.bring_in()
        self.come_to_rest()
        self.no_take_is_lost()
        self.none_is_paid_twice()
        self.the_books_agree()

    def come_to_rest(self) -> None:
        for _ in range(120):
            sweeping.work_once()
            for take in self.undecided():
                self.say_the_truth(take)
            pending = Generation.objects.filter(project=self.project).exclude(
                assets__state__in=("stored", "failed")
            )
            if not pending.filter(state="completed").exists() and not self.takes(*SCHEDULED):
                break
            self.world.pass_time(120.0)
        else:
            stuck = [(t.pk, t.state, t.reason, t.next_at) for t in self.takes(*SCHEDULED)]
            raise AssertionError(f"not at rest at {timezone.now()}: {stuck}")

    def the_books_agree(self) -> None:
        """Everything is decided and brought in: what was charged is what the simulator keeps.

        But for what was given up and never made, or failed: that is booked as possibly spent.
        """
        jobs = self.jobs()
        lost = Attempt.objects.filter(account=self.account, outcome="lost")
        if not self.nonces and (lost.exists() or self.misled):
            return  # nothing tells for certain what is whose
        for_nothing = sum(
            (each.price_usd for each in lost if each.is_booked() and not self.money(each, jobs)),
            Decimal(0),
        )
        held = sum(
            (each.price_usd for each in lost if not each.ledger.exclude(kind="reserved")),
            Decimal(0),
        )
        kept_in_all = sum(
            (Decimal(str(j["price_cents"])) for j in jobs if not j["refunded"]), Decimal(0)
        )
        entries = LedgerEntry.objects.filter(project=self.project)
        assert entries.reserved_usd() == held
        assert abs(entries.spent_usd() - for_nothing - kept_in_all / 100) < 10 * A_HAIR
        for take in self.takes("completed"):
            assert take.assets.get(kind="video").state == "stored"


_LEDGER: dict[str, tuple[tuple[str, ...], ...]] = {
    **dict.fromkeys(("prepared", "sending", "unconfirmed", "accepted"), (("reserved",),)),
    **dict.fromkeys(("failed", *NOT_TAKEN), (("released", "reserved"),)),
    "completed": (("charged", "reserved"),),
    "lost": (("reserved",), ("charged", "reserved"), ("released", "reserved")),
}
