"""Everything that the simulator knows: accounts, their generations, their money."""

import hashlib
import json
import threading
from collections import Counter, deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from http import HTTPStatus
from typing import Any

from generations.simulator.generation import Generation
from generations.simulator.journal import Journal
from generations.simulator.messages import Refused
from generations.simulator.settings import Settings

MINUTE_S = 60.0


def account_of(key: str) -> str:
    """Return the name of a key's account: a hash, so that no key is written anywhere.

    What follows a tilde tells keys of one account apart: `luma-mine` and `luma-mine~2`.
    """
    return hashlib.sha256(key.partition("~")[0].encode()).hexdigest()[:12]


@dataclass(kw_only=True)
class Account:
    """One key's generations and money, in US cents."""

    id: str
    granted: Decimal
    charged: Decimal = Decimal(0)
    refunded: Decimal = Decimal(0)
    accepted: list[Generation] = field(default_factory=list)
    """Every generation ever accepted, oldest first, also deleted and replaced ones."""
    listed: list[Generation] = field(default_factory=list)
    """What the list shows, oldest first."""
    in_flight: Counter[str] = field(default_factory=Counter)
    recent: dict[str, deque[float]] = field(default_factory=dict)
    """When the creates of the last minute were accepted, by bucket."""

    @property
    def balance(self) -> Decimal:
        """What is left."""
        return self.granted - self.charged + self.refunded

    def creates_in_last_minute(self, bucket: str, now: float) -> int:
        """Return how many creates were accepted within the minute before `now`."""
        times = self.recent.setdefault(bucket, deque())
        while times and times[0] <= now - MINUTE_S:
            times.popleft()
        return len(times)


class Store:
    """The accounts, behind one lock that is held for microseconds."""

    def __init__(self, settings: Settings, journal: Journal) -> None:
        self._settings = settings
        self._journal = journal
        self.lock = threading.RLock()
        self._forget()
        self._replay()

    # Reading

    def find(self, account_id: str, generation_id: str) -> Generation | None:
        """Return the generation that an id stands for now, if it is this account's."""
        found = self._by_id.get(generation_id)
        return found if found and found.account == account_id and not found.deleted else None

    def latest(self, generation_id: str) -> Generation:
        """Return what an id stands for now, whoever owns it; raises KeyError."""
        return self._by_id[generation_id]

    def by_serial(self, serial: int) -> Generation | None:
        """Return a generation by its serial number."""
        return self._by_serial.get(serial)

    def page(
        self,
        account: Account,
        limit: int,
        offset: int,
        *,
        before: float | None = None,
        order: Callable[[str], Any] | None = None,
    ) -> tuple[list[Generation], bool]:
        """Return up to `limit` generations, newest first, and whether there are more.

        `before` leaves out what was created at that time or later (epoch seconds). `order` gives
        another order, by the generations' ids.
        """
        with self.lock:
            listed = account.listed
            if before is not None:
                listed = [each for each in listed if each.created_at < before]
            if order:
                listed = sorted(listed, key=lambda each: order(each.id))
            end = max(len(listed) - offset, 0)
            start = max(end - limit, 0)
            return listed[start:end][::-1], start > 0

    def unfinished(self) -> list[Generation]:
        """Return every generation in flight."""
        with self.lock:
            every = self._by_serial.values()
            return [each for each in every if each.in_flight and not each.deleted]

    def account(self, account_id: str, *, granted: Decimal | None = None) -> Account:
        """Return an account, opened at first sight with what is granted to it."""
        with self.lock:
            if account_id not in self._accounts:
                cents = self._settings.credits_cents if granted is None else granted
                self._accounts[account_id] = Account(id=account_id, granted=cents)
            return self._accounts[account_id]

    def json(self, generation: Generation, base_url: str) -> bytes:
        """Return a generation's JSON, written once per change."""
        told = generation.told
        if told and told[:2] == (generation.version, base_url):
            return told[2]
        with self.lock:
            text = json.dumps(generation.body(base_url)).encode()
            generation.told = (generation.version, base_url, text)
        return text

    def books(self) -> Iterator[dict[str, Any]]:
        """Yield every account with its generations and money, in cents, for JSON."""
        with self.lock:
            for account in self._accounts.values():
                yield {
                    "account": account.id,
                    "creates_accepted": len(account.accepted),
                    "granted_cents": float(account.granted),
                    "charged_cents": float(account.charged),
                    "refunded_cents": float(account.refunded),
                    "balance_cents": float(account.balance),
                    "in_flight": dict(+account.in_flight),
                    "generations": [_entry(each) for each in account.accepted],
                }

    # Changing

    def next_serial(self) -> int:
        """Return the serial number of the next generation; hold the lock until it is accepted."""
        return len(self._by_serial) + 1

    def check_limits(self, account: Account, bucket: str, now: float) -> None:
        """Raise Refused (429) if one more create is too many (sheet §11)."""
        if bucket == "agents":
            self._check_agents(account, now)
            return
        image = bucket in ("image", "openai")
        settings = self._settings
        concurrent = settings.image_concurrent if image else settings.concurrent
        per_minute = settings.image_per_minute if image else settings.per_minute
        if account.in_flight[bucket] >= concurrent:
            raise Refused(429, f"Too many concurrent generations, the limit is {concurrent}")
        if account.creates_in_last_minute(bucket, now) >= per_minute:
            recent = account.recent[bucket]
            wait = recent[0] + MINUTE_S - now if recent else MINUTE_S
            raise Refused(
                429,
                f"Rate limit exceeded, the limit is {per_minute} generations per minute",
                {"Retry-After": str(max(1, round(wait)))},
            )

    def _check_agents(self, account: Account, now: float) -> None:
        """Raise one of the two kinds of 429 of Luma Agents (luma-agents-v1 sheet §6)."""
        if account.in_flight["agents"] >= self._settings.agents_concurrent:
            raise Refused(429, "Too many concurrent jobs", {"Retry-After": "60"})
        limit = self._settings.agents_per_minute
        if account.creates_in_last_minute("agents", now) < limit:
            return
        recent = account.recent["agents"]
        wait = recent[0] + MINUTE_S - now if recent else MINUTE_S
        headers = {
            "Retry-After": str(max(1, round(wait))),
            "X-RateLimit-Limit": str(limit),
            "X-RateLimit-Remaining": "0",
            "X-RateLimit-Reset": str(int(now + wait)),
        }
        raise Refused(429, "Rate limit exceeded", headers)

    def accept(self, generation: Generation) -> None:
        """Charge for a generation and remember it, if limits and credits allow.

        Raises Refused: 429, or 402 (status and text unconfirmed, §10).
        """
        with self.lock:
            account = self.account(generation.account)
            self.check_limits(account, generation.bucket, generation.created_at)
            if account.balance < generation.price_cents:
                more = ". Please add credits to continue." if generation.is_agents else ""
                raise Refused(HTTPStatus.PAYMENT_REQUIRED, f"Insufficient credits{more}")
            self._journal.append("accepted", **generation.line())
            self._take_in(generation)

    def move(
        self, generation: Generation, state: str, at: float, *, file: str | None = None
    ) -> None:
        """Bring a generation into a state; failure gives the whole price back (§11)."""
        with self.lock:
            change = {"serial": generation.serial, "state": state, "at": at, "file": file}
            if state == "failed":
                change["failure"] = generation.failure
            self._journal.append("moved", **change)
            self._apply(generation, change)

    def keep_input(self, generation: Generation, role: str, path: str) -> None:
        """Note that an input is on disk now, so that a restart needn't fetch it again."""
        with self.lock:
            self._journal.append("fetched", serial=generation.serial, role=role, path=path)
            generation.inputs[role] = path

    def delete(self, generation: Generation) -> None:
        """Hide a generation and stop it; its price is not given back (unconfirmed, §11)."""
        with self.lock:
            self._journal.append("deleted", serial=generation.serial)
            self._hide(generation)

    def close(self) -> None:
        """Close the journal; nothing can change any more."""
        with self.lock:
            self._journal.close()

    def clear(self) -> None:
        """Forget every account and generation."""
        with self.lock:
            self._journal.clear()
            self._forget()

    # Shared by change and replay

    def _forget(self) -> None:
        self._accounts: dict[str, Account] = {}
        self._by_id: dict[str, Generation] = {}
        self._by_serial: dict[int, Generation] = {}

    def _take_in(self, generation: Generation) -> None:
        account = self.account(generation.account)
        account.charged += generation.price_cents
        account.accepted.append(generation)
        account.in_flight[generation.bucket] += 1
        account.recent.setdefault(generation.bucket, deque()).append(generation.created_at)
        replaced = self._by_id.get(generation.id)
        if replaced is None or replaced.deleted:
            account.listed.append(generation)
        else:
            account.listed[account.listed.index(replaced)] = generation
        self._by_id[generation.id] = generation
        self._by_serial[generation.serial] = generation

    def _apply(self, generation: Generation, change: dict[str, Any]) -> None:
        generation.state = change["state"]
        generation.version += 1
        if generation.in_flight:
            return
        account = self._accounts[generation.account]
        generation.ended_at = change["at"]
        generation.file = change["file"]
        if not generation.deleted:
            account.in_flight[generation.bucket] -= 1
        if generation.state == "failed":
            generation.failure = change["failure"]
            generation.refunded = True
            account.refunded += generation.price_cents

    def _hide(self, generation: Generation) -> None:
        account = self._accounts[generation.account]
        account.listed.remove(generation)
        if generation.in_flight:
            account.in_flight[generation.bucket] -= 1
        generation.deleted = True
        generation.version += 1

    def _replay(self) -> None:
        for fact in self._journal.facts():
            if fact["fact"] == "accepted":
                self._take_in(Generation.from_line(fact))
            elif fact["fact"] == "moved":
                self._apply(self._by_serial[fact["serial"]], fact)
            elif fact["fact"] == "fetched":
                self._by_serial[fact["serial"]].inputs[fact["role"]] = fact["path"]
            elif fact["fact"] == "deleted":
                self._hide(self._by_serial[fact["serial"]])


def _entry(generation: Generation) -> dict[str, Any]:
    return {
        "id": generation.id,
        "serial": generation.serial,
        "kind": generation.kind,
        "model": generation.model,
        "parent": generation.parent,
        "state": generation.state,
        "failure_reason": generation.failure if generation.state == "failed" else None,
        "price_cents": float(generation.price_cents),
        "refunded": generation.refunded,
        "deleted": generation.deleted,
        "callback_url": generation.callback_url,
        "prompt": generation.request.get("prompt"),
        "created_at": generation.created_at,
        "ended_at": generation.ended_at,
    }
