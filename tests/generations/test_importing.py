"""Import: what a key made before Dailies knew it, once and without money."""

from dataclasses import replace
from datetime import timedelta
from io import StringIO
from uuid import uuid4

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from generations import importing, sweeping
from generations.models import Account, Attempt, Generation, Import, LedgerEntry, State
from generations.providers import provider_for
from generations.providers.base import GenerationFrame, ImageRequest, VideoRequest
from generations.refusal import Refused
from studio.imports import in_words
from tests.factories import AccountFactory


def job(studio, words, **request):
    """A job that somebody made with the same key, elsewhere. Returns its id once it is done."""
    provider = provider_for(studio.account)
    asked = VideoRequest("ray-2", words, "16:9", "540p", 5, **request)
    made = provider.create(asked).provider_id
    studio.simulator.wait_for_end(made)
    return made


def bring(studio):
    looked = importing.look(studio.project, studio.account, studio.person)
    importing.import_due()
    looked.refresh_from_db()
    if looked.ready:
        importing.bring(looked, studio.person)
        importing.import_due()
        looked.refresh_from_db()
    return looked


def test_what_the_key_made_before_comes_with_its_lineage_and_without_money(studio):
    first = job(studio, "A harbour at dawn", concepts=("orbit_left",))
    second = job(studio, "And then it rains", start=GenerationFrame(first))
    done = bring(studio)
    assert (done.state, done.done) == ("done", 2)
    takes = list(Generation.objects.order_by("take_number"))
    assert [take.prompt.words for take in takes] == ["A harbour at dawn", "And then it rains"]
    assert [take.take_number for take in takes] == [1, 2]
    assert takes[0].prompt.concepts == ["orbit_left"]
    assert {take.author for take in takes} == {studio.person}
    assert takes[1].keyframes.get().source == takes[0]
    assert [take.attempt().provider_id for take in takes] == [first, second]
    assert {take.attempt().outcome for take in takes} == {"completed"}
    assert LedgerEntry.objects.count() == 0
    assert {take.price_usd for take in takes} == {0}
    studio.work(*takes, until="stored")
    assert [event.kind for event in takes[0].events.order_by("number")] == ["imported", "stored"]
    assert studio.books()["generations"][0]["id"] in (first, second)  # nothing was sent


def test_importing_again_brings_nothing(studio):
    job(studio, "A harbour at dawn")
    assert bring(studio).done == 1
    again = bring(studio)
    assert again.counts == {"known": 1, "other": 0}
    assert Generation.objects.count() == 1
    assert in_words(again) == "Nothing new is there. 1 are here already."


def test_our_own_takes_are_never_imported(studio, settings):
    settings.LOCAL_URL = "http://127.0.0.1:9"
    take = studio.order()
    studio.work(take, until="completed")
    assert bring(studio).counts == {"known": 1, "other": 0}
    # Also where the answer was lost and only the nonce tells.
    Attempt.objects.update(provider_id="", outcome=Attempt.Outcome.UNCONFIRMED)
    assert bring(studio).counts == {"known": 1, "other": 0}


def test_a_take_of_another_account_with_the_same_key_is_known(studio, simulator):
    take = studio.order()
    studio.work(take, until="completed")
    studio.account.name = "Earlier"
    studio.account.save()
    other = make_another(studio)
    looked = importing.look(studio.project, other, studio.person)
    importing.import_due()
    looked.refresh_from_db()
    assert looked.counts == {"known": 1, "other": 0}


def make_another(studio):
    from generations.models import Account

    other = Account.objects.get(pk=studio.account.pk)
    other.pk, other.uuid, other.name = None, uuid4(), "Again"
    other.save()
    return other


def test_a_job_that_may_be_a_lost_answer_waits_until_that_is_settled(studio):
    settled = job(studio, "Made long ago")
    take = studio.order()
    attempt = take.begin(timezone.now() + timedelta(seconds=60))
    assert take.lose_answer(attempt, next_at=timezone.now() + timedelta(hours=1), words="lost")
    Attempt.objects.update(sent_at=timezone.now() - timedelta(hours=1))
    looked = bring(studio)
    assert looked.counts["unfinished"] == 1
    assert Generation.objects.count() == 1
    take.refresh_from_db()
    assert take.state == "unconfirmed"
    Attempt.objects.update(sent_at=timezone.now() + timedelta(hours=1))  # it was sent after that
    assert bring(studio).done == 1
    assert Generation.objects.latest("id").attempt().provider_id == settled


def test_a_job_that_became_ours_between_looking_and_bringing_is_left(studio):
    made = job(studio, "A harbour at dawn")
    looked = importing.look(studio.project, studio.account, studio.person)
    importing.import_due()
    take = studio.order("Another")
    attempt = take.begin(timezone.now() + timedelta(seconds=60))
    looked.refresh_from_db()
    jobs = importing.sorted_jobs(studio.account, studio.project)
    assert take.accept(attempt, made, next_at=timezone.now() + timedelta(hours=1))
    importing.bring(looked, studio.person)
    looked.refresh_from_db()
    assert importing._bring(looked, jobs) == 0
    assert Generation.objects.count() == 1
    assert studio.project.counter.takes == 1  # no number is used up


def test_pictures_come_as_pictures(studio):
    provider = provider_for(studio.account)
    made = provider.create(ImageRequest("photon-1", "A red lantern", "1:1", "jpg")).provider_id
    studio.simulator.wait_for_end(made)
    assert bring(studio).done == 1
    take = Generation.objects.get()
    assert take.prompt.is_picture
    for _ in range(3):
        sweeping.work_once()
    assert take.assets.get(kind="image").state == "stored"


def test_a_failed_job_and_one_under_way_stay_there(studio):
    studio.simulator.faults(fails_while_dreaming={"times": 1})
    job(studio, "It fails")
    provider_for(studio.account).create(VideoRequest("ray-2", "Just now", "16:9", "540p", 5))
    studio.simulator.faults()
    looked = importing.look(studio.project, studio.account, studio.person)
    importing.import_due()
    looked.refresh_from_db()
    assert looked.counts["failed"] == 1
    assert looked.counts.get("unfinished", 0) + looked.counts.get("ready", 0) == 1


def test_a_list_that_cannot_be_read_is_said(studio):
    studio.account.base_url = "http://127.0.0.1:9"
    studio.account.save()
    looked = importing.look(studio.project, studio.account, studio.person)
    importing.import_due()
    looked.refresh_from_db()
    assert looked.state == "failed"
    assert "can't be read" in looked.words


def test_one_import_at_a_time_and_only_with_the_team_s_own_account(studio):
    importing.look(studio.project, studio.account, studio.person)
    with pytest.raises(Refused, match="under way"):
        importing.look(studio.project, studio.account, studio.person)

    with pytest.raises(Refused, match="another team"):
        importing.look(studio.project, AccountFactory(), studio.person)


@pytest.mark.parametrize("duration_s", [99_999, 10**30])
def test_a_length_that_nobody_believes_is_taken_for_the_usual_one(studio, monkeypatch, duration_s):
    made = job(studio, "A harbour at dawn")
    real = importing.sorted_jobs

    def odd(account, project):
        jobs = real(account, project)
        ready = [
            replace(each, echo=replace(each.echo, duration_s=duration_s)) for each in jobs.ready
        ]
        return replace(jobs, ready=ready)

    monkeypatch.setattr(importing, "sorted_jobs", odd)
    assert (bring(studio).state, Generation.objects.get().attempt().provider_id) == ("done", made)
    assert Generation.objects.get().prompt.duration_s == 5


def test_a_job_that_no_column_takes_is_left_and_the_others_come(studio, monkeypatch):
    left = job(studio, "A harbour at dawn")
    job(studio, "And then it rains")
    real = importing.asked

    def odd(each, source):
        asked = real(each, source)
        return asked | {"words": "\udc00"} if each.provider_id == left else asked

    monkeypatch.setattr(importing, "asked", odd)
    done = bring(studio)
    assert (done.state, done.done) == ("done", 1)
    assert done.counts == {"ready": 1, "other": 1}
    assert Generation.objects.get().prompt.words == "And then it rains"
    assert studio.project.counter.takes == 1


def test_an_import_whose_worker_died_is_taken_up_and_brings_nothing_twice(studio, monkeypatch):
    for words in ("One harbour", "Two harbours", "Three harbours"):
        job(studio, words)
    looked = importing.look(studio.project, studio.account, studio.person)
    importing.import_due()
    looked.refresh_from_db()
    importing.bring(looked, studio.person)
    real, calls = importing._bring_one, []

    def die_at_the_second(*args):
        calls.append(args)
        if len(calls) == 2:
            raise SystemExit
        return real(*args)

    with monkeypatch.context() as patch:
        patch.setattr(importing, "_bring_one", die_at_the_second)
        with pytest.raises(SystemExit):
            importing.import_due()
    assert Generation.objects.count() == 1
    assert importing.import_due() == 0  # its lease holds
    Import.objects.update(next_at=timezone.now())
    assert importing.import_due() == 2
    assert Generation.objects.count() == 3
    looked.refresh_from_db()
    assert (looked.state, looked.done) == ("done", 3)


def run(*arguments):
    out = StringIO()
    call_command("import_luma", *arguments, stdout=out)
    return out.getvalue()


def test_the_command_says_what_would_come_and_brings_it(studio):
    job(studio, "A harbour at dawn")
    assert "1 take would come" in run("--project", "film", "--dry-run")
    assert Generation.objects.count() == 0
    assert "1 take brought in" in run("--project", "film", "--account", "Simulator")
    assert Generation.objects.get().state == State.COMPLETED
    assert "Nothing new" in run("--project", "film")
    with pytest.raises(CommandError, match="no project called nothing"):
        run("--project", "nothing")


def test_the_command_waits_for_the_worker_that_came_first(studio, monkeypatch):
    job(studio, "A harbour at dawn")
    claimed = []

    def come_first(name):
        """Do as the worker of a running Dailies: claim it as soon as it is woken."""
        if name == "import_due" and (mine := importing._claim()):
            claimed.append(mine)

    monkeypatch.setattr(importing, "wake", come_first)
    monkeypatch.setattr(importing, "sleep", lambda _: importing.go_on(claimed.pop()))
    said = run("--project", "film")
    assert [line for line in said.splitlines() if line] == [
        "A worker looks through the list.",
        "1 take would come.",
        "A worker brings them in: 0 of 1 so far.",
        "1 take brought in. They were paid for before Dailies knew them, so the ledger has nothing "
        "of them.",
        "Their files are fetched while Dailies runs (make run).",
    ]
    assert Generation.objects.get().state == State.COMPLETED


def test_the_command_asks_a_key_whose_provider_keeps_a_list(studio):
    job(studio, "A harbour at dawn")
    newer = Account(team=studio.project.team, provider="luma-agents", name="Agents", rank=0)
    newer.set_key("luma-api-x")
    newer.save()
    Account.objects.filter(pk=studio.account.pk).update(rank=1)
    assert "1 take brought in" in run("--project", "film")
    with pytest.raises(CommandError, match="no usable account Agents whose provider keeps a list"):
        run("--project", "film", "--account", "Agents")
    with pytest.raises(CommandError, match="no usable account Nobody"):
        run("--project", "film", "--account", "Nobody")
