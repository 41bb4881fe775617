"""A studio, its people, its workers and the simulator's faults, in any order."""

import itertools
from contextlib import suppress
from decimal import Decimal
from typing import Any, ClassVar

from django.test import Client
from django.urls import reverse
from hypothesis import strategies as st
from hypothesis.stateful import (
    initialize,
    precondition,
    rule,
)

from generations import (
    collecting,
    deciding,
    polling,
    probing,
    queueing,
    settling,
    submitting,
    sweeping,
)
from generations.kinds import Kind
from generations.models import Account, Attempt, ModelFallback
from generations.ordering import accept, retry
from generations.orders import Frame, Order, image, made_from
from generations.refusal import Refused
from tests.factories import ProjectFactory, member, still
from tests.generations.machine_books import Books
from tests.generations.worlds import Death, Meanwhile

WORDS = ("A lighthouse in a storm", "Dunes at dawn")
MODELS = ("ray-2", "ray-flash-2")
FALLS = ("off", "out_of_credits", "out_of_credits", "error_before_accept")
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
    **{name: {} for name in ("upscale_parent_id", "audio_parent_id")},
    # By the time it is made, its sender has given up, and the lease has ended as well.
    "slow_create": {"fault": "slow_answer", "on": CREATE, "seconds": 100},
    "slow_reads": {"fault": "slow_answer", "on": ["list", "get"], "seconds": 30},
}
WORK = (
    *("submit", "poll", "settle", "probe", "collect", "sweep"),
    *("submit 2", "poll 2", "settle 2", "probe 2"),
)
JUMPS = st.sampled_from([-86_400.0, -600.0, -20.0, 20.0, 600.0, 86_400.0])
ANY = st.integers(0, 1000)


class Machine(Books):
    """Any history; after each step nothing is lost and nothing paid twice."""

    settings: ClassVar[Any]
    serial = itertools.count()

    # --- who and where -------------------------------------------------------------------------

    @initialize(
        nonces=st.booleans(),
        slots=st.sampled_from([1, 3, 10]),
        orders=st.integers(1, 4),
        begun=st.sampled_from(["", "take", Kind.UPSCALE, Kind.AUDIO]),
        spare=st.booleans(),
        stands_in=st.sampled_from([(), MODELS, MODELS[::-1]]),
        faults=st.lists(st.sampled_from(sorted(FAULTS)), max_size=2, unique=True),
    )
    def open(
        self,
        nonces: bool,
        slots: int,
        orders: int,
        begun: str,
        spare: bool,
        stands_in: tuple[str, ...],
        faults: list[str],
    ) -> None:
        """A new team, whose provider calls back or not, and has its ways.

        It has one key or two, and may let another model take one's place, cheaper or dearer. A take
        may be there already, and a version of it be asked for.
        """
        self.world.begin()
        self.nonces = nonces
        self.settings.LOCAL_URL = self.world.local_url if nonces else ""
        self.project = ProjectFactory()
        self.person = member(self.project)
        self.keys = {}
        for rank in range(1 + spare):
            self.enrol(rank, slots)
        if stands_in:
            named = dict(zip(("from_model", "to_model"), stands_in, strict=True))
            ModelFallback.objects.create(team=self.project.team, **named)
        self.faults = {}
        self.ordered = 0
        self.shown_usd = {}
        self.misled = set()
        if begun:
            self.finish_a_take()
        for number in range(orders):
            self.order(WORDS[number % 2], MODELS[number // 2 % 2], "", 0)
        for name in faults:
            self.misbehave(name, 2)
        if nonces and begun in (Kind.UPSCALE, Kind.AUDIO):
            self.order_a_version(Kind(begun), 0)

    def finish_a_take(self) -> None:
        """Order a take and have it made, before anything goes wrong."""
        self.order(WORDS[0], MODELS[0], "", 0)
        while not self.unversioned():
            sweeping.work_once()
            self.world.pass_time(60.0)
        sweeping.work_once()  # its file

    def enrol(self, rank: int, slots: int) -> None:
        """Give the team an account with a key of its own."""
        account = Account(team=self.project.team, provider="luma", name=f"Key {rank}", rank=rank)
        account.simulated, account.base_url = True, self.world.simulator.url
        account.concurrent_limit, account.credits_usd = slots, Decimal(100)
        key = f"machine-{next(self.serial)}"
        account.set_key(key)
        account.save()
        self.keys[account.pk] = key

    def account_of(self, which: int) -> int:
        """One of the team's accounts."""
        return [*self.keys][which % len(self.keys)]

    # --- people --------------------------------------------------------------------------------

    @precondition(lambda self: self.ordered < 12)
    @rule(
        words=st.sampled_from(WORDS),
        model=st.sampled_from(MODELS),
        start=st.sampled_from(["", "", "still", "take"]),
        which=ANY,
    )
    def order(self, words: str, model: str, start: str, which: int) -> None:
        frame = None
        if start == "still" and self.nonces:
            frame = Frame(still=still(self.project))
        elif start == "take" and (done := self.films()):
            frame = Frame(source=done[which % len(done)])
        order = Order(words=words, model=model, resolution="540p", start=frame)
        self._order(order)

    @precondition(lambda self: self.ordered < 12)
    @rule(words=st.sampled_from(WORDS), flash=st.booleans())
    def order_a_picture(self, words: str, flash: bool) -> None:
        """It counts against a limit of its own, and gives a still."""
        self._order(image(words, "photon-flash-1" if flash else "photon-1"))

    @precondition(lambda self: self.nonces and self.ordered < 12 and self.unversioned())
    @rule(kind=st.sampled_from([Kind.UPSCALE, Kind.AUDIO]), which=ANY)
    def order_a_version(self, kind: Kind, which: int) -> None:
        """It may be answered under its take's own id, in which both are told of (sheet §2)."""
        found = self.unversioned()
        how = {"resolution": "720p"} if kind is Kind.UPSCALE else {"words": "Waves"}
        with suppress(Refused):  # its file isn't here yet, or its account is off
            self._order(made_from(found[which % len(found)], kind, **how))

    def _order(self, order: Order) -> None:
        with suppress(Refused):  # every account is off, or the other's take can't be continued
            take = accept(self.project, self.person, order)
            self.ordered += 1
            self.shown_usd[take.pk] = take.price_usd

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
    @rule(which=ANY)
    def bring_in(self, which: int) -> None:
        """Whatever a key made that no attempt claims comes home."""
        self.import_from(self.account_of(which))

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

    @precondition(lambda self: any(take.is_unreleased for take in self.takes("failed")))
    @rule()
    def release(self) -> None:
        for take in self.takes("failed"):
            if take.is_unreleased:
                # Asked for once more; unless it is known, only somebody who knows lets it go.
                unpaid = not self.money(take.attempt())
                with suppress(deciding.NotKnown):
                    deciding.release(take, self.person, anyway=unpaid)

    @rule(which=ANY, enabled=st.booleans())
    def switch(self, which: int, enabled: bool) -> None:
        Account.objects.filter(pk=self.account_of(which)).update(enabled=enabled)

    # --- workers -------------------------------------------------------------------------------

    def work(self, what: str) -> None:
        """Do what one task does; for an account, the preferred one or (`… 2`) the other."""
        verb, _, which = what.partition(" ")
        account_id = self.account_of(int(which or 1) - 1)
        {
            "submit": lambda: submitting.submit_due(account_id),
            "poll": lambda: polling.poll_due(account_id),
            "settle": lambda: settling.settle_due(account_id),
            "probe": lambda: probing.probe_due(account_id),
            "collect": collecting.collect_due,
            "sweep": sweeping.work_once,
        }[verb]()

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

    @precondition(lambda self: self.takes("waiting"))
    @rule(which=ANY, how=st.sampled_from(FALLS))
    def an_account_falls_out(self, which: int, how: str) -> None:
        """What waits for it may go to another, or be made with another model."""
        if how == "off":
            self.switch(which, enabled=False)
        else:
            self.misbehave(how, 3)
        account_id = self.account_of(which)
        for _ in range(3):  # so often it fails before it is left alone
            self.world.working(lambda: submitting.submit_due(account_id))
            self.world.pass_time(20.0)

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
            nonces = self.attempts().values_list("nonce", flat=True)
            letters += [reverse("callback", args=["luma", nonce]) for nonce in nonces]
        for path in letters:
            body = '{"state": "completed", "assets": {"video": "https://forged.example/x.mp4"}}'
            assert Client().post(path, body, content_type="application/json").status_code == 200
