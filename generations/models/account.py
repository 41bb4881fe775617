"""A team's key at a provider."""

import uuid
from datetime import datetime, timedelta
from decimal import Decimal
from itertools import chain, count
from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.crypto import salted_hmac

from generations import buckets
from generations.addresses import plain
from generations.models.account_access import AccountAccess
from generations.models.account_bucket import AccountBucket
from generations.models.account_queries import AccountQuerySet, busy_for_long
from generations.sealing import seal, unseal

_PROBE_AT_MOST_S = 300.0
_PROBES_COUNTED = 1_000
_A_NEW_JOB_WEIGHS = 0.2


class Account(AccountAccess):
    """A team's key at a provider, stored encrypted and shown only as a suffix.

    `rank` is the team's order of preference, the lowest first. `concurrent_limit` counts
    generations in flight, `per_minute_limit` creates in any 60 s (luma-dream-machine-v1 sheet
    §11); accounts with the same key share them, known by `key_print`. `echoed_at` is when this
    account's list first showed us one of our nonces: only since then does absence from the list
    prove anything. `key_since` is when its key was put in. `pace_s` is how long its last takes
    were in flight, in seconds. Limits and pace are those of its provider's first bucket; of the
    others an AccountBucket tells. `credits_usd` is its balance when it was tested last.
    `model_name` is what a server of one's own calls its model. `price_factor` is what the published
    prices are times here.

    Where its provider may be without the catalogue's models, `lacks_models` is what its price list
    said when it was read last, at `looked_at`; it is read again at `look_at`.

    Until `quiet_until` nothing is sent with it, since it turned work away; until `full_until`
    nothing of its first bucket, which was at its limit; until `unasked_until` nobody asks after
    its jobs (generations.respites).

    After `failures` in a row it is left alone (`opened_at`: the circuit breaker is open) until a
    probe, due at `probe_at`, finds that it works again; `probes` counts those that didn't.
    """

    class Problem(models.TextChoices):
        """Why the account can't take work at the moment."""

        NONE = "", "none"
        KEY = "key", "the key was refused"
        CREDITS = "credits", "out of credits"
        UNREACHABLE = "unreachable", "can't be reached"
        BUSY = "busy", "at its limit"

    class Managed(models.TextChoices):
        """Whether the installation's settings made it, and ask for it still."""

        NO = "", "by people"
        NOW = "now", "the settings ask for it"
        BEFORE = "before", "the settings asked for it earlier"

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    team = models.ForeignKey("studio.Team", on_delete=models.CASCADE, related_name="accounts")
    provider = models.CharField(max_length=40)
    name = models.CharField(max_length=80)
    base_url = models.URLField(blank=True, help_text="Empty for the provider's own address")
    model_name = models.CharField(max_length=120, blank=True)
    sealed_key = models.TextField()
    key_suffix = models.CharField(max_length=4)
    key_print = models.CharField(max_length=64, blank=True)
    simulated = models.BooleanField(default=False)
    enabled = models.BooleanField(default=True)
    managed = models.CharField(
        max_length=6, choices=Managed.choices, default=Managed.NO, blank=True, editable=False
    )
    paused_at = models.DateTimeField(null=True, blank=True)
    rank = models.PositiveSmallIntegerField(default=0)
    concurrent_limit = models.PositiveIntegerField(default=10)
    per_minute_limit = models.PositiveIntegerField(default=20)
    problem = models.CharField(
        max_length=12, choices=Problem.choices, default=Problem.NONE, blank=True
    )
    problem_since = models.DateTimeField(null=True, blank=True)
    failures = models.PositiveIntegerField(default=0)
    opened_at = models.DateTimeField(null=True, blank=True)
    probe_at = models.DateTimeField(null=True, blank=True)
    probes = models.PositiveSmallIntegerField(default=0)
    pace_s = models.FloatField(null=True, blank=True)
    credits_usd = models.DecimalField(max_digits=12, decimal_places=4, null=True, blank=True)
    tested_at = models.DateTimeField(null=True, blank=True)
    price_factor = models.DecimalField(max_digits=7, decimal_places=4, default=Decimal(1))
    lacks_models = models.BooleanField(default=False)
    looked_at = models.DateTimeField(null=True, blank=True)
    look_at = models.DateTimeField(null=True, blank=True)
    quiet_until = models.DateTimeField(null=True, editable=False)
    full_until = models.DateTimeField(null=True, editable=False)
    unasked_until = models.DateTimeField(null=True, editable=False)
    echoed_at = models.DateTimeField(null=True, blank=True)
    key_since = models.DateTimeField(default=timezone.now)
    created_at = models.DateTimeField(auto_now_add=True)

    objects: ClassVar[AccountQuerySet] = AccountQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["team", "name"], name="account_name_once_per_team"),
            models.CheckConstraint(
                condition=Q(concurrent_limit__gt=0, per_minute_limit__gt=0),
                name="account_limits_positive",
            ),
            models.CheckConstraint(
                condition=Q(opened_at__isnull=True, probe_at__isnull=True)
                | Q(opened_at__isnull=False, probe_at__isnull=False),
                name="account_open_is_probed",
            ),
            models.CheckConstraint(
                condition=Q(problem__in=("", "key", "credits", "unreachable", "busy")),
                name="account_known_problem",
            ),
            models.CheckConstraint(
                condition=Q(managed__in=("", "now", "before")), name="account_known_managed"
            ),
            models.CheckConstraint(
                condition=Q(price_factor__gt=0), name="account_factor_above_zero"
            ),
            models.CheckConstraint(
                condition=Q(hdr__in=("", "yes", "no")), name="account_known_hdr"
            ),
        ]
        indexes = [
            # sharing(): who has the same key
            models.Index(fields=["key_print"], name="account_same_key"),
            # due_for_look()
            models.Index(
                fields=["look_at"], name="account_due_look", condition=Q(look_at__isnull=False)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} (…{self.key_end})" if self.key_end else self.name

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Keep the account, its address in the one spelling by which `sharing` compares it."""
        self.base_url = plain(self.base_url)
        super().save(*args, **kwargs)

    @property
    def key_end(self) -> str:
        """The end of the key that a person gave, or nothing where nobody did or the name has it.

        The simulator that the settings ask for has a key of ours, which means nothing to people.
        """
        is_ours = self.simulated and self.managed != self.Managed.NO
        return "" if is_ours or f"…{self.key_suffix}" in self.name else self.key_suffix

    def set_key(self, key: str) -> None:
        """Put a key in the account, encrypted; the caller saves.

        Another key may be another organisation's: its list says nothing of earlier jobs.
        """
        self.sealed_key = seal(key)
        self.key_suffix = key[-4:]
        self.key_print = print_of(key)
        self.key_since = timezone.now()
        self.hdr, self.hdr_told_at = self.Access.UNKNOWN, None
        for name, value in (_CLOSED | {"full_until": None, "unasked_until": None}).items():
            setattr(self, name, value)

    def reveal_key(self) -> str:
        """Return the key in the clear, for a request header only. Raises CannotUnseal."""
        return unseal(self.sealed_key)

    # --- the circuit breaker -----------------------------------------------------------------

    @property
    def is_open(self) -> bool:
        """Whether it is left alone until a probe finds that it works again."""
        return self.opened_at is not None

    @property
    def trouble(self) -> str:
        """Why its work goes to another account, in words that follow its name, or nothing."""
        if not self.enabled:
            return "is switched off"
        if self.is_open:
            return _TROUBLES[self.problem or self.Problem.UNREACHABLE]
        return _TROUBLES[self.Problem.BUSY] if self._is_busy_for_long else ""

    @property
    def _is_busy_for_long(self) -> bool:
        """Whether it has been at its limit for long, by an answer that isn't an old one.

        When all its work has moved, nobody asks it any more: then the next order finds out.
        """
        if self.problem != self.Problem.BUSY:
            return False
        return Account.objects.filter(busy_for_long(), pk=self.pk).exists()

    @property
    def has_credits_left(self) -> bool:
        """Whether it is out of credits for what it was asked, and not for everything."""
        short = self.is_open and self.problem == self.Problem.CREDITS
        return short and self.credits_usd is not None and self.credits_usd > 0

    def forget_key(self) -> None:
        """Erase its key for good, also from the database; what was booked stays under its name."""
        self._set(sealed_key="", key_print="", look_at=None, **_CLOSED)

    def note_problem(self, problem: str) -> None:
        """Remember why the account can't take work, or (empty) that it has just taken some.

        At its limit it is not failing: it answers. What is said of a key that it has no more says
        nothing of the one that was put in meanwhile.
        """
        if not problem:
            if self.problem or self.failures or self.opened_at:
                self._set(**_CLOSED)
            return
        mine = self._mine(problem)
        news = mine.exclude(problem=problem)
        if problem not in _GRAVE:
            # What its own probe asks about stays until that finds it mended.
            news = news.exclude(opened_at__isnull=False, problem__in=_GRAVE)
        news.update(problem=problem, problem_since=timezone.now())
        if problem == self.Problem.BUSY:
            self.refresh_from_db(fields=_JUDGED)
        else:
            self._note_failure(problem)

    def note_lost_answer(self) -> None:
        """Remember that an answer was lost: several in a row look like an API that is down."""
        self._note_failure()
        if self.is_open and self.problem in (self.Problem.NONE, self.Problem.BUSY):
            self._set(problem=self.Problem.UNREACHABLE, problem_since=timezone.now())

    def take_probe(self, now: datetime) -> bool:
        """Claim the one probe that is due now; the next one, if it fails, is due later."""
        again_s = self._next_probe_s()
        mine = Account.objects.due_for_probe(now).filter(pk=self.pk, probe_at=self.probe_at)
        probes = min(self.probes + 1, _PROBES_COUNTED)
        return bool(mine.update(probe_at=now + timedelta(seconds=again_s), probes=probes))

    def close(self) -> None:
        """Learn from a probe that it works again: work may go to it.

        Its failures are forgotten only when it takes work: the next one opens it at once.
        """
        kept = ("failures", "probes")
        self._set(**{name: value for name, value in _CLOSED.items() if name not in kept})

    def _note_failure(self, problem: str = "") -> None:
        mine = self._mine(problem)
        counted = mine.update(failures=F("failures") + 1)
        self.refresh_from_db(fields=_JUDGED)
        if not counted or self.is_open or not self._has_failed_enough():
            return
        now = timezone.now()
        mine.update(opened_at=now, probe_at=now + timedelta(seconds=self._next_probe_s()))
        self.refresh_from_db(fields=[*_JUDGED, "probe_at"])

    def _mine(self, problem: str) -> AccountQuerySet:
        """Return its row, to be changed for a problem: of its key only while that is still its."""
        mine = Account.objects.filter(pk=self.pk)
        return mine.filter(key_print=self.key_print) if problem == self.Problem.KEY else mine

    def _next_probe_s(self) -> float:
        """Return in how many seconds it is asked, the longer the more probes have failed."""
        return min(settings.BREAKER_PROBE_S * 2 ** min(self.probes, 8), _PROBE_AT_MOST_S)

    def _has_failed_enough(self) -> bool:
        if self.problem in _GRAVE:
            return True  # the next take would fare no better
        return self.failures >= settings.BREAKER_FAILURES

    # --- its pace and balance ----------------------------------------------------------------

    def note_pace(self, seconds: float, bucket: str = buckets.FIRST) -> None:
        """Learn how long a job of a bucket took; the newest ones weigh most."""
        grown = F("pace_s") * (1 - _A_NEW_JOB_WEIGHS) + seconds * _A_NEW_JOB_WEIGHS
        pace = {"pace_s": Coalesce(grown, seconds)}
        if bucket == buckets.FIRST:
            Account.objects.filter(pk=self.pk).update(**pace)
            return
        mine, _ = AccountBucket.objects.get_or_create(account=self, bucket=bucket)
        AccountBucket.objects.filter(pk=mine.pk).update(**pace)

    def note_test(self, credits_usd: Decimal | None) -> None:
        """Keep its balance in dollars, if it has just told it, also before it is saved."""
        self._set(credits_usd=credits_usd, tested_at=timezone.now())

    def note_models(self, *, there: bool) -> None:
        """Keep what its price list just said of our models, also before it is saved."""
        self._set(lacks_models=not there, looked_at=timezone.now())

    def look_again(self, at: datetime) -> None:
        """Have its price list read at a time, also before it is saved."""
        self._set(look_at=at)

    def retire(self) -> None:
        """Switch it off under another name; what was sent with it is still watched."""
        today = timezone.localdate()
        name = f"{self.name[:40]} …{self.key_suffix}, until {today.day} {today:%b %Y}"
        mine = Account.objects.filter(team=self.team_id)
        taken = set(mine.values_list("name", flat=True))
        numbered = (f"{name} ({number})" for number in count(2))
        free = next(each for each in chain([name], numbered) if each not in taken)
        self._set(name=free, enabled=False)

    def expect(self, price_usd: Decimal) -> None:
        """Count on its balance being less by a price; if it is short, have it asked again now."""
        balance = F("credits_usd") - price_usd
        Account.objects.filter(pk=self.pk, credits_usd__gte=price_usd).update(credits_usd=balance)
        Account.objects.filter(pk=self.pk, probe_at__isnull=False).update(probe_at=timezone.now())

    def _set(self, **fields: Any) -> None:
        Account.objects.filter(pk=self.pk).update(**fields)
        for name, value in fields.items():
            setattr(self, name, value)


BUSY_FOR_LONG = "has been at its limit for long"
_TROUBLES: dict[str, str] = {
    Account.Problem.KEY: "had its key refused",
    Account.Problem.CREDITS: "is out of credits",
    Account.Problem.UNREACHABLE: "can't be reached",
    Account.Problem.BUSY: BUSY_FOR_LONG,
}
# The next take would fare no better, and a ping proves nothing of it.
_GRAVE = (Account.Problem.KEY, Account.Problem.CREDITS)
_JUDGED = ("problem", "problem_since", "failures", "opened_at")
_CLOSED: dict[str, Any] = {
    "problem": Account.Problem.NONE,
    "problem_since": None,
    "failures": 0,
    "opened_at": None,
    "probe_at": None,
    "probes": 0,
    "quiet_until": None,
}


def print_of(key: str) -> str:
    """Return what tells whether two keys are the same, and nothing else about a key."""
    return salted_hmac("generations.account", key, algorithm="sha256").hexdigest()
