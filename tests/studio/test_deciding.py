"""Decisions about takes whose answer was lost: who may take them, and what the page says."""

import pytest
from django.urls import reverse
from django.utils import timezone

from generations.models import Account, Generation, LedgerEntry, State
from generations.models.states import Reason
from generations.providers import provider_for
from generations.requesting import request_of
from generations.simulator.testing import running
from studio.models import AuditEntry, Role
from tests.factories import member, take

HTMX = {"HX-Request": "true"}
DECISIONS = ("made", "again", "give_up", "release", "release_anyway")
SOME_ID = "3fa85f64-5717-4562-b3fc-2c963f66afa6"


def url(name, generation):
    return reverse(name, args=[generation.uuid])


def text(response):
    return response.content.decode()


@pytest.fixture
def producer(project, sign_in):
    return sign_in(member(project, Role.PRODUCER))


@pytest.fixture
def undecided(project):
    """A take that listing can't settle."""
    asked = take(project, State.UNCONFIRMED)
    asked.note(Reason.UNDECIDED, "A person decides.", next_at=timezone.now())
    return Generation.objects.get(pk=asked.pk)


@pytest.fixture
def lost(project):
    """A take that the provider took and never finished."""
    return take(project, State.FAILED, reason=Reason.LOST, failure="Never seen again.")


@pytest.mark.parametrize("name", DECISIONS)
def test_only_a_producer_decides_and_never_by_a_link(
    producer, client, viewer, stranger, anonymous, undecided, name
):
    address = url(name, undecided)
    assert stranger.post(address).status_code == 404
    assert anonymous.post(address)["Location"].startswith(reverse("account_login"))
    assert viewer.post(address).status_code == 403
    refused = client.post(address, {"provider_id": SOME_ID})
    assert refused.status_code == 403
    assert "needs the role of producer or above" in text(refused)
    assert producer.get(address).status_code == 405
    undecided.refresh_from_db()
    assert undecided.needs_decision


@pytest.mark.parametrize("where", ["board", "generation"])
def test_a_producer_is_told_what_is_known_and_what_can_be_done(producer, client, undecided, where):
    address = (
        reverse("board", args=[undecided.project.slug])
        if where == "board"
        else url("generation", undecided)
    )
    shown = text(producer.get(address))
    sent_at = undecided.attempt().sent_at
    for words in (
        f'datetime="{sent_at.isoformat()}',
        f"to {undecided.account} for $0.71.",
        "list doesn't say whether it was made",
        undecided.words,
        "It was made",
        "It wasn't: send again ($0.71)",
        "Give up (booked as spent)",
    ):
        assert words in shown
    for name in ("made", "again", "give_up"):
        assert f'action="{url(name, undecided)}"' in shown
    assert "A producer decides" not in shown
    artists = text(client.get(address))
    assert "A producer decides" in artists
    assert "send again" not in artists
    assert url("give_up", undecided) not in artists


def test_an_answer_that_is_still_looked_for_asks_nobody(producer, project):
    looked_for = take(project, State.UNCONFIRMED)
    page = text(producer.get(url("generation", looked_for)))
    assert "send again" not in page
    told = producer.post(url("again", looked_for), headers=HTMX)
    assert "Something else has happened" in text(told)
    looked_for.refresh_from_db()
    assert (looked_for.state, looked_for.attempts.count()) == (State.UNCONFIRMED, 1)


def test_it_was_not_made_so_it_waits_again(producer, undecided):
    card = text(producer.post(url("again", undecided), headers=HTMX))
    assert "Waiting" in card
    assert "<html" not in card
    assert "send again" not in card
    assert undecided.attempts.count() == 2
    assert LedgerEntry.objects.reserved_usd() == undecided.price_usd


def test_given_up_it_is_spent_and_may_be_tried_again(producer, undecided):
    answer = producer.post(url("give_up", undecided), follow=True)
    assert answer.redirect_chain == [(url("generation", undecided), 302)]
    page = text(answer)
    assert "its price is booked as spent" in page
    assert "Given up, its price booked as spent" in page
    assert "$0.71 charged" in page
    assert "Nothing was charged" not in page
    board = text(producer.get(reverse("board", args=[undecided.project.slug])))
    card = board.split("<article")[1].split("</article>")[0]
    assert ">$0.71<" in card
    assert "Nothing was charged" not in card
    assert "Retry, $0.71" in card
    producer.post(url("retry", undecided), {"shown_usd": "100"})
    assert "$0.71 charged, $0.71 reserved" in text(producer.get(url("generation", undecided)))


@pytest.mark.parametrize("htmx", [True, False], ids=["htmx", "plain"])
@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("", "Copy its id from"),
        ("../credits", "letters, digits and hyphens only"),
        ("a\x00b", "Null characters are not allowed"),
        (SOME_ID, "know this id"),
    ],
)
def test_an_id_that_is_none_is_refused_at_its_field(
    producer, undecided, simulator, htmx, typed, said
):
    headers = HTMX if htmx else {}
    answer = producer.post(url("made", undecided), {"provider_id": typed}, headers=headers)
    page = text(answer)
    assert ("<html" in page) != htmx
    assert said in page
    assert f'id="made-error-{undecided.uuid}"' in page
    assert f'value="{typed}"' in page
    undecided.refresh_from_db()
    assert undecided.needs_decision


def test_on_its_page_the_decision_is_answered_in_place(producer, undecided):
    asked = HTMX | {"HX-Target": "film"}
    typed = {"provider_id": "no id", "open": str(undecided.uuid)}
    refused = producer.post(url("made", undecided), typed, headers=asked)
    assert 'id="film"' in text(refused)
    assert 'value="no id"' in text(refused)
    assert 'role="alert"' in text(refused)
    assert refused.context["in_drawer"]
    waiting = text(producer.post(url("again", undecided), headers=asked))
    assert 'id="film"' in waiting
    assert "Waiting" in waiting


def test_no_id_is_asked_for_where_none_can_be_looked_up(producer, undecided):
    Account.objects.update(provider="openai")
    page = text(producer.get(reverse("generation", args=[undecided.uuid])))
    assert 'name="provider_id"' not in page
    assert "It wasn't: send again" in page
    assert "Give up (booked as spent)" in page


def test_it_was_made_under_this_id(producer, undecided, simulator):
    job = provider_for(undecided.account).create(request_of(undecided.attempt()))
    card = text(
        producer.post(url("made", undecided), {"provider_id": job.provider_id}, headers=HTMX)
    )
    assert "Queued" in card
    assert undecided.attempts.get().provider_id == job.provider_id
    said = f"Said that {undecided.name} of {undecided.project} was made after all"
    assert AuditEntry.objects.get().words == said


@pytest.fixture
def simulator(undecided, settings, tmp_path):
    """The account of the undecided take, at a simulator."""
    settings.OUTBOUND_LOOPBACK = True
    with running(tmp_path / "simulator", renderers=1) as simulator:
        Account.objects.update(base_url=simulator.url)
        undecided.account.refresh_from_db()
        yield simulator


def test_what_is_lost_is_not_retried_before_its_price_is_released(producer, client, lost):
    board = reverse("board", args=[lost.project.slug])
    for page in (board, url("generation", lost)):
        assert "Release $0.71" in text(producer.get(page))
        assert "Release $0.71" not in text(client.get(page))
        assert "A producer decides" in text(client.get(page))
        assert ">Retry" not in text(producer.get(page))
    told = text(client.post(url("retry", lost), headers=HTMX))
    assert "retrying would pay twice" in told
    assert lost.attempts.count() == 1

    card = text(producer.post(url("release_anyway", lost), headers=HTMX))
    assert "Release" not in card
    assert "Retry, $0.71" in card
    assert LedgerEntry.objects.reserved_usd() == 0
    assert LedgerEntry.objects.spent_usd() == 0
    assert "its price released" in text(client.get(url("generation", lost)))


@pytest.mark.parametrize("where", ["board", "generation"])
def test_a_producer_sees_what_is_known_of_a_lost_take(producer, lost, where):
    board = reverse("board", args=[lost.project.slug])
    shown = text(producer.get(board if where == "board" else url("generation", lost)))
    attempt, heard = lost.attempt(), lost.events.get(kind="dreaming")
    for words in (
        f'Sent <time datetime="{attempt.sent_at.isoformat()}',
        f"to {lost.account} for $0.71.",
        f"<code>{attempt.provider_id}</code>",
        f'last said <time datetime="{heard.at.isoformat()}',
        "that it was dreaming",
        "is asked for it once more first",
    ):
        assert words in shown


@pytest.mark.parametrize("htmx", [True, False], ids=["htmx", "plain"])
def test_what_luma_cannot_say_is_said_and_the_price_released_all_the_same(producer, lost, htmx):
    headers = HTMX if htmx else {}
    Account.objects.update(base_url="http://127.0.0.1:9")
    page = text(producer.post(url("release", lost), headers=headers))
    assert ("<html" in page) != htmx
    assert 'role="alert">Luma can&#x27;t be asked now' in page
    assert "Ask again" in page
    assert "Release $0.71 all the same" in page
    assert LedgerEntry.objects.reserved_usd() == lost.price_usd
    after = text(producer.post(url("release_anyway", lost), headers=headers, follow=True))
    assert "its price was released" in after
    assert LedgerEntry.objects.reserved_usd() == 0


def test_what_luma_finished_after_all_is_not_released(producer, lost, simulated):
    job = provider_for(lost.account).create(request_of(lost.attempt()))
    lost.attempts.update(provider_id=job.provider_id)
    simulated.wait_for_end(job.provider_id)
    page = text(producer.post(url("release", lost), follow=True))
    assert "Take 1 was finished after all. It is charged and fetched now." in page
    assert "$0.71 charged" in page
    assert lost.attempts.get().outcome == "completed"
    said = f"Found that {lost.name} of {lost.project} was finished after all, and is charged"
    assert AuditEntry.objects.get().words == said


@pytest.fixture
def simulated(lost, settings, tmp_path):
    """The account of the lost take, at a simulator."""
    settings.OUTBOUND_LOOPBACK = True
    with running(tmp_path / "simulator", renderers=1) as simulator:
        Account.objects.update(base_url=simulator.url)
        lost.account.refresh_from_db()
        yield simulator


def test_retrying_without_a_usable_account_says_so(client, project):
    failed = take(project, State.FAILED)
    Account.objects.update(enabled=False)
    told = text(client.post(url("retry", failed), headers=HTMX))
    assert "no usable account" in told
    assert "Not generated" in told
    assert failed.attempts.count() == 1
