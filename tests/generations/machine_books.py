"""What holds of every history: no take is lost or paid twice, and the ledger equals the books."""

from collections import Counter
from contextlib import suppress
from decimal import Decimal
from typing import Any, ClassVar

from django.db.models import Count, Q, QuerySet
from django.utils import timezone
from hypothesis.stateful import RuleBasedStateMachine, invariant

from generations import deciding, importing, queueing, sweeping
from generations.models import Account, Attempt, Event, Generation, LedgerEntry
from generations.models.states import SCHEDULED
from generations.refusal import Refused
from studio.models import Project, User
from tests.generations.worlds import World

_KINDS = {"upscale": "upscale_video", "audio": "add_audio"}
NOT_TAKEN = ("turned_away", "refused", "absent", "withdrawn")
A_HAIR = Decimal("0.0002")  # the simulator counts cents, with fewer places


def kind_of(attempt: Attempt) -> str:
    """Return what the simulator calls what an attempt asks for: several may have one id."""
    kind = str(attempt.generation.prompt.kind)
    return _KINDS.get(kind, kind)


class Books(RuleBasedStateMachine):
    """A team with its takes and accounts; after each step nothing is lost or paid twice."""

    world: ClassVar[World]
    nonces: bool
    project: Project
    person: User
    keys: dict[int, str]
    """The key of each of the team's accounts, by the account's id; the preferred first."""
    faults: dict[str, dict[str, Any]]
    ordered: int
    shown_usd: dict[int, Decimal]
    """What each take cost when it was ordered."""
    misled: set[int]
    """Attempts of which a person said that they weren't made, and that were."""

    def takes(self, *states: str) -> list[Generation]:
        mine = Generation.objects.filter(project=self.project).order_by("pk")
        return list(mine.filter(state__in=states) if states else mine)

    def films(self) -> list[Generation]:
        """The finished takes that are videos, without their versions."""
        done = self.takes("completed")
        return [each for each in done if not each.version_of_id and not each.prompt.is_picture]

    def unversioned(self) -> list[Generation]:
        """The finished videos of which nothing was asked yet: one version has its take's id."""
        return [each for each in self.films() if not each.versions.exists()]

    def strays(self) -> set[int]:
        """The takes that nobody ordered: jobs of attempts that were given up, come home."""
        told = Event.objects.filter(project=self.project, kind="stray")
        return {event.generation_id for event in told if "provider_id" in event.detail}

    def undecided(self) -> list[Generation]:
        return [each for each in self.takes("unconfirmed") if each.needs_decision]

    def jobs(self, account_id: int | None = None) -> list[dict[str, Any]]:
        """What the keys of all accounts made, or that of one."""
        keys = [self.keys[account_id]] if account_id else [*self.keys.values()]
        return [job for key in keys for job in self.world.simulator.books(key)["generations"]]

    def attempts(self) -> QuerySet[Attempt]:
        mine = Attempt.objects.filter(account__in=self.keys)
        return mine.select_related("generation__prompt")

    def unclaimed(self, take: Generation) -> list[str]:
        """The jobs that may be a take's: by its nonce, or no other attempt's."""
        attempt = take.attempt()
        claimed = {(each.provider_id, kind_of(each)) for each in self.attempts()}
        return [
            job["id"]
            for job in self.jobs(attempt.account_id)
            if (
                str(attempt.nonce) in job["callback_url"]
                if job["callback_url"]
                else (job["prompt"], job["model"]) == (take.prompt.words, take.prompt.model)
            )
            and job["kind"] == kind_of(attempt)
            and (job["id"], job["kind"]) not in claimed
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
        attempts = list(self.attempts().prefetch_related("ledger"))
        for attempt in attempts:
            kinds = tuple(sorted(entry.kind for entry in attempt.ledger.all()))
            assert kinds in _LEDGER[attempt.outcome], (attempt.outcome, kinds)
            assert attempt.is_reserved == (kinds == ("reserved",)), (attempt.outcome, kinds)
            if attempt.outcome in (*NOT_TAKEN, "failed") and attempt.pk not in self.misled:
                assert not self.money(attempt, jobs), attempt
            if attempt.outcome == "completed" and attempt.price_usd:
                kept = self.money(attempt, jobs)
                assert abs(attempt.price_usd - kept) < A_HAIR, (attempt, kept)
        if self.nonces:
            made = Counter(job["callback_url"] for job in jobs)
            assert all(times == 1 for times in made.values()), made
        doubtful = [a for a in attempts if a.outcome in ("sending", "unconfirmed", "lost")]
        claimed = {(attempt.provider_id, kind_of(attempt)) for attempt in attempts}
        kept = [job for job in jobs if not job["refunded"]]
        stray = [job for job in kept if (job["id"], job["kind"]) not in claimed]
        assert len(stray) <= len(doubtful) + len(self.misled), stray

    @invariant()
    def none_is_dearer_than_was_shown(self) -> None:
        """Neither another account nor another model that takes its place costs more."""
        if not hasattr(self, "project"):
            return
        mine = Generation.objects.filter(pk__in=self.shown_usd)
        for pk, price_usd in mine.values_list("pk", "price_usd"):
            assert price_usd <= self.shown_usd[pk], (pk, price_usd)

    def money(self, attempt: Attempt, jobs: list[dict[str, Any]] | None = None) -> Decimal:
        """What the simulator took for an attempt and keeps, in dollars."""
        mine = [
            Decimal(str(job["price_cents"]))
            for job in (self.jobs() if jobs is None else jobs)
            if not job["refunded"]
            and (
                (job["id"] == attempt.provider_id and job["kind"] == kind_of(attempt))
                or str(attempt.nonce) in (job["callback_url"] or "")
            )
        ]
        return sum(mine, Decimal(0)) / 100

    def import_from(self, account_id: int) -> None:
        """Bring in whatever an account's key made that no attempt claims."""
        account = Account.objects.get(pk=account_id)
        with suppress(Refused):
            looked = importing.look(self.project, account, self.person)
            self.world.working(importing.import_due)
            looked.refresh_from_db()
            if looked.state == "looked" and looked.ready:
                importing.bring(looked, self.person)
                self.world.working(importing.import_due)

    # --- and in the end ------------------------------------------------------------------------

    def teardown(self) -> None:
        """Let everything come to rest: the clocks right, the provider well, a person at hand."""
        if not hasattr(self, "project"):
            return
        self.world.simulator.faults()
        self.world.our_clock_jumps(-self.world.skew_s)
        Account.objects.filter(pk__in=self.keys).update(enabled=True)
        for take in self.takes("waiting"):
            queueing.resume(take, self.person)
        self.come_to_rest()
        self.world.all_arrives()  # what comes now was thought absent
        if self.nonces:
            self.world.pass_time(3600.0)  # whatever is at the provider is finished
            sweeping.work_once()
            for account_id in self.keys:
                self.import_from(account_id)
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
        lost = self.attempts().filter(outcome="lost")
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
            kind = "image" if take.prompt.is_picture else "video"
            assert take.assets.get(kind=kind).state == "stored"


_LEDGER: dict[str, tuple[tuple[str, ...], ...]] = {
    **dict.fromkeys(("prepared", "sending", "unconfirmed", "accepted"), (("reserved",),)),
    **dict.fromkeys(("failed", *NOT_TAKEN), (("released", "reserved"),)),
    "completed": (("charged", "reserved"),),
    "lost": (("reserved",), ("charged", "reserved"), ("released", "reserved")),
}
