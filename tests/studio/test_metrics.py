"""/metrics: what Prometheus reads, who may, and what a scrape costs."""

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from generations import collecting, measuring
from generations.models import Account, Generation, Heartbeat, Measure, State
from generations.providers import provider_for
from generations.providers.base import ProviderError
from tests.factories import take

MOST_QUERIES = 8


@pytest.fixture(autouse=True)
def _nothing_seen(db):
    """This process also called in earlier tests, and hasn't written that down yet."""
    measuring.flush()
    Measure.objects.all().delete()


@pytest.fixture
def scrape(db):
    def get(**headers):
        return Client().get("/metrics", **{"HTTP_HOST": "localhost:8000"} | headers)

    return get


def value(text, name, **labels):
    """The value of the one sample with these labels."""
    wanted = [f'{key}="{word}"' for key, word in labels.items()]
    found = [
        float(line.rsplit(" ", 1)[1])
        for line in text.splitlines()
        if re.match(rf"{name}(\{{|\s)", line) and all(label in line for label in wanted)
    ]
    assert len(found) == 1, (name, labels, found)
    return found[0]


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1:8000", "[::1]:8000"])
def test_whoever_is_on_this_machine_may_read_them(scrape, host):
    assert scrape(HTTP_HOST=host).status_code == 200


@pytest.mark.parametrize(
    "request_",
    [
        {"REMOTE_ADDR": "192.168.1.7"},
        {"REMOTE_ADDR": "2001:db8::1"},
        {"REMOTE_ADDR": ""},
        {"HTTP_X_FORWARDED_FOR": "8.8.8.8"},
        {"HTTP_X_FORWARDED_FOR": "127.0.0.1"},
        {"HTTP_X_REAL_IP": "8.8.8.8"},
        {"HTTP_FORWARDED": "for=8.8.8.8"},
        {"HTTP_HOST": "dailies.example.com"},
        {"HTTP_HOST": "192.168.1.2:8000"},
    ],
)
def test_nobody_else_may_without_the_token(scrape, settings, request_):
    settings.ALLOWED_HOSTS = ["*"]
    answer = scrape(**request_)
    assert answer.status_code == 403
    assert b"METRICS_TOKEN" in answer.content
    assert b"dailies_" not in answer.content


def test_an_installation_with_an_address_outside_needs_the_token(scrape, settings):
    settings.PUBLIC_URL = "https://dailies.example.com"
    assert scrape().status_code == 403


def test_the_token_opens_them_from_anywhere_and_nothing_else_does(scrape, settings):
    settings.METRICS_TOKEN = "a long token"
    away = {"REMOTE_ADDR": "192.168.1.7"}
    assert scrape(HTTP_AUTHORIZATION="Bearer a long token", **away).status_code == 200
    for wrong in (
        "Bearer a wrong token",
        "Bearer",
        "Basic a long token",
        "a long token",
        "Bearer é",
    ):
        assert scrape(HTTP_AUTHORIZATION=wrong).status_code == 403
    assert scrape().status_code == 403  # also on this machine


def test_they_tell_the_line_the_outcomes_and_the_money(project, scrape):
    waiting, late = take(project), take(project, State.QUEUED)
    take(project, State.COMPLETED, stored=False)
    take(project, State.FAILED)
    Generation.objects.filter(pk=late.pk).update(next_at=timezone.now() - timedelta(seconds=90))
    Heartbeat.beat("sweep", timezone.now() - timedelta(seconds=5))
    text = scrape().content.decode()
    account = str(waiting.account.uuid)
    assert value(text, "dailies_generations", state="waiting", account=account) == 1
    assert value(text, "dailies_generations", state="queued", account=account) == 1
    assert value(text, "dailies_oldest_due_poll_seconds", account=account) == pytest.approx(
        90, abs=5
    )
    assert value(text, "dailies_submits_total", provider="luma") == 3
    assert value(text, "dailies_attempts", outcome="completed") == 1
    assert value(text, "dailies_attempts", outcome="failed") == 1
    price = float(waiting.price_usd)
    assert value(text, "dailies_money_usd", kind="reserved") == pytest.approx(price * 4)
    assert value(text, "dailies_money_usd", kind="charged") == pytest.approx(price)
    assert value(text, "dailies_files_pending") == 1
    assert value(text, "dailies_heartbeat_age_seconds", loop="sweep") == pytest.approx(5, abs=3)


def test_a_scrape_costs_few_queries_however_much_there_is(
    project, scrape, django_assert_max_num_queries
):
    for state in (State.WAITING, State.QUEUED, State.FAILED, State.COMPLETED):
        for _ in range(3):
            take(project, state, stored=False)
    for status in ("2xx", "4xx", "5xx"):
        measuring.called("luma", "GET /generations", status, 0.3)
    measuring.flush()
    with django_assert_max_num_queries(MOST_QUERIES):
        scrape()


def test_calls_of_all_processes_are_added_up(scrape):
    for _ in range(2):  # as two processes would
        for seconds in (0.05, 0.3, 0.4, 99.0):
            measuring.called("luma", "GET /generations", "2xx", seconds)
        measuring.flush()
    text = scrape().content.decode()
    of = {"provider": "luma", "endpoint": "GET /generations", "status": "2xx"}
    name = "dailies_provider_call_seconds"
    assert value(text, f"{name}_bucket", le="0.1", **of) == 2
    assert value(text, f"{name}_bucket", le="0.25", **of) == 2
    assert value(text, f"{name}_bucket", le="0.5", **of) == 6
    assert value(text, f"{name}_bucket", le="60.0", **of) == 6
    assert value(text, f"{name}_bucket", le="+Inf", **of) == 8
    assert value(text, f"{name}_count", **of) == 8
    assert value(text, f"{name}_sum", **of) == pytest.approx(199.5)


def test_a_call_that_was_made_is_counted_with_how_long_it_took(simulator, project, scrape):
    provider = provider_for(Account.objects.get())
    provider.ping()
    simulator.faults(error_before_accept={"on": ["ping"]})
    with pytest.raises(ProviderError):
        provider.ping()
    measuring.flush()
    text = scrape().content.decode()
    for status in ("2xx", "5xx"):
        of = {"provider": "luma", "endpoint": "GET /ping", "status": status}
        assert value(text, "dailies_provider_call_seconds_count", **of) == 1
        assert 0 < value(text, "dailies_provider_call_seconds_sum", **of) < 60


def test_what_could_not_be_written_is_written_the_next_time(db, monkeypatch):
    from django.db import DatabaseError

    def fail(*args):
        raise DatabaseError("away")

    measuring.couldnt_collect("file")
    with monkeypatch.context() as patch:
        patch.setattr(measuring, "_add", fail)
        measuring.flush()
    assert not Measure.objects.exists()
    measuring.flush()
    assert Measure.objects.get().count == 1


def test_a_file_that_could_not_be_kept_is_counted(project, scrape):
    take(project, State.COMPLETED, stored=False)
    assert collecting.collect_due() == 0
    measuring.flush()
    assert value(scrape().content.decode(), "dailies_collect_failures_total", why="file") == 1
