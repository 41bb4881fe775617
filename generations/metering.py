"""What Prometheus is told: read from the rows at each scrape, in few queries, for all processes."""

import json
from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.db.models import Count, Min, Q, Sum
from django.utils import timezone
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import (
    CounterMetricFamily,
    GaugeMetricFamily,
    HistogramMetricFamily,
    Metric,
)

from generations import measuring
from generations.models import Asset, Attempt, Generation, Heartbeat, LedgerEntry, Measure
from generations.models.states import AT_PROVIDER, UNFINISHED


def exposition() -> bytes:
    """Return all metrics in Prometheus' text format."""
    registry = CollectorRegistry()
    registry.register(_Engine())
    return generate_latest(registry)


class _Engine:
    """Collects everything, with one query for each kind of row."""

    def describe(self) -> list[Metric]:
        """Name nothing beforehand: that would ask the database."""
        return []

    def collect(self) -> Iterator[Metric]:
        now = timezone.now()
        yield from _queue(now)
        yield from _outcomes()
        yield _money()
        yield from _files(now)
        yield from _measured()
        yield from _heartbeats(now)


def _queue(now: datetime) -> Iterator[Metric]:
    depth = GaugeMetricFamily(
        "dailies_generations",
        "Generations on their way, by account and state",
        labels=["provider", "account", "state"],
    )
    oldest: dict[tuple[str, str], float] = {}
    rows = (
        Generation.objects.filter(state__in=UNFINISHED)
        .order_by()
        .values("account__provider", "account__uuid", "state")
        .annotate(n=Count("pk"), due=Min("next_at", filter=Q(next_at__lte=now)))
    )
    for row in rows:
        account = (row["account__provider"], str(row["account__uuid"]))
        depth.add_metric([*account, row["state"]], row["n"])
        if row["state"] in AT_PROVIDER:
            oldest[account] = max(oldest.get(account, 0.0), _age_s(row["due"], now))
    yield depth
    due = GaugeMetricFamily(
        "dailies_oldest_due_poll_seconds",
        "For how long the oldest poll has been due; rises when nobody polls",
        labels=["provider", "account"],
    )
    for account, age_s in oldest.items():
        due.add_metric([*account], age_s)
    yield due


def _outcomes() -> Iterator[Metric]:
    submits = CounterMetricFamily(
        "dailies_submits",
        "Creates that were sent to a provider, each once it was answered or given up",
        labels=["provider"],
    )
    outcomes = GaugeMetricFamily(
        "dailies_attempts", "Attempts by what became of them", labels=["provider", "outcome"]
    )
    sent: dict[str, int] = defaultdict(int)
    rows = (
        Attempt.objects.order_by()
        .values("account__provider", "outcome")
        .annotate(n=Count("pk"), sent=Count("sent_at"))
    )
    for row in rows:
        outcomes.add_metric([row["account__provider"], row["outcome"]], row["n"])
        # One that is being sent may be found not to have begun: a counter never falls.
        is_over = row["outcome"] != Attempt.Outcome.SENDING
        sent[row["account__provider"]] += row["sent"] if is_over else 0
    for provider, number in sent.items():
        submits.add_metric([provider], number)
    yield submits
    yield outcomes


def _money() -> Metric:
    # A gauge: a correction may take some back.
    money = GaugeMetricFamily(
        "dailies_money_usd", "Dollars in the ledger, by kind of entry", labels=["kind"]
    )
    for row in LedgerEntry.objects.order_by().values("kind").annotate(usd=Sum("amount_usd")):
        money.add_metric([row["kind"]], float(row["usd"]))
    return money


def _files(now: datetime) -> Iterator[Metric]:
    found = Asset.objects.filter(state=Asset.State.PENDING).aggregate(
        n=Count("pk"), due=Min("next_at", filter=Q(next_at__lte=now))
    )
    yield GaugeMetricFamily("dailies_files_pending", "Files to be fetched", value=found["n"])
    yield GaugeMetricFamily(
        "dailies_oldest_due_file_seconds",
        "For how long the oldest fetch has been due",
        value=_age_s(found["due"], now),
    )


def _measured() -> Iterator[Metric]:
    latency = HistogramMetricFamily(
        "dailies_provider_call_seconds",
        "How long a provider took to answer",
        labels=["provider", "endpoint", "status"],
    )
    failures = CounterMetricFamily(
        "dailies_collect_failures", "Files that couldn't be kept at a try", labels=["why"]
    )
    calls: dict[tuple[str, ...], dict[str, Measure]] = defaultdict(dict)
    for measure in Measure.objects.all():
        labels: dict[str, Any] = json.loads(measure.labels)
        if measure.name == measuring.CALLS:
            key = (labels["provider"], labels["endpoint"], labels["status"])
            calls[key][labels["le"]] = measure
        elif measure.name == measuring.COLLECT_FAILURES:
            failures.add_metric([labels["why"]], measure.count)
    for called, by_bound in calls.items():
        latency.add_metric([*called], *_cumulated(by_bound))
    yield latency
    yield failures


def _cumulated(by_bound: dict[str, Measure]) -> tuple[list[tuple[str, float]], float]:
    """Return a histogram's buckets, each with all below it, and the sum in seconds."""
    buckets, so_far = [], 0
    for bound in (*map(str, measuring.BUCKETS_S), "+Inf"):
        so_far += by_bound[bound].count if bound in by_bound else 0
        buckets.append((bound, float(so_far)))
    return buckets, sum(measure.total_s for measure in by_bound.values())


def _heartbeats(now: datetime) -> Iterator[Metric]:
    ages = GaugeMetricFamily(
        "dailies_heartbeat_age_seconds", "How long ago a loop last ran", labels=["loop"]
    )
    for heartbeat in Heartbeat.objects.all():
        ages.add_metric([heartbeat.name], _age_s(heartbeat.at, now))
    yield ages


def _age_s(then: datetime | None, now: datetime) -> float:
    return max((now - then).total_seconds(), 0.0) if then else 0.0
