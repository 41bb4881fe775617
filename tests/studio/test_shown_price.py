"""What is charged is what was shown: the price travels with the button; a dearer one is told."""

import re
from datetime import timedelta
from decimal import Decimal

import pytest
from django.conf import settings
from django.urls import reverse
from django.utils import timezone

from generations import enrolling, pricing
from generations.kinds import Kind
from generations.models import Account, Generation, LedgerEntry, State
from studio.editing.cut import Clip, Cut
from studio.models import Sequence, Shot, Storyboard
from tests.factories import AccountFactory, take

HTMX = {"HX-Request": "true"}
ASKED = {
    "words": "Dunes at dawn",
    "model": "ray-2",
    "ratio": "16:9",
    "resolution": "720p",
    "duration_s": "5",
}
TOLD = "It costs $9.00, and $0.71 was shown. Look at it again"


@pytest.fixture
def preferred(project) -> Account:
    """The account whose price is shown first; its spare is dearer."""
    spare = AccountFactory(team=project.team, key="luma-other-key", rank=5)
    for kind in (Kind.VIDEO, Kind.MODIFY_VIDEO):
        pricing.set_own(spare, "ray-2", kind, price_usd=Decimal(9))
    return Account.objects.get(team=project.team, rank=0)


def shown(page: str, name: str = "shown_usd") -> str:
    return re.search(rf'name="{name}" value="([\d.]+)"', page)[1]


def text(response) -> str:
    return response.content.decode()


def url(name, generation):
    return reverse(name, args=[generation.uuid])


def test_the_price_is_of_who_gets_it_also_where_the_first_became_busy_since(
    client, project, preferred
):
    take(project, State.DREAMING)  # it was asked a moment ago
    since = timezone.now() - timedelta(seconds=settings.BUSY_LONG_S + 0.1)
    Account.objects.filter(pk=preferred.pk).update(problem="busy", problem_since=since)
    board, order = (reverse(name, args=[project.slug]) for name in ("board", "generate"))
    seen = shown(text(client.get(board)))
    assert Decimal(seen) == 9
    client.post(order, ASKED | {"shown_usd": seen})
    assert Generation.objects.latest("pk").price_usd == 9


def test_generating_at_a_dearer_price_than_shown_asks_again(client, project, preferred):
    board, order = (reverse(name, args=[project.slug]) for name in ("board", "generate"))
    seen = shown(text(client.get(board)))
    enrolling.switch_off(preferred)
    page = text(client.post(order, ASKED | {"shown_usd": seen}, headers=HTMX))
    assert TOLD in page
    assert ">Dunes at dawn</textarea>" in page
    assert not Generation.objects.exists()
    assert not LedgerEntry.objects.exists()
    assert shown(page) == "9.0000"
    client.post(order, ASKED | {"shown_usd": shown(page)}, headers=HTMX)
    assert Generation.objects.get().price_usd == 9


@pytest.mark.parametrize("sent", [{}, *({"shown_usd": it} for it in ("", "much", "NaN", "-1"))])
def test_what_was_shown_no_price_is_ordered_once_it_was(client, project, sent):
    order = reverse("generate", args=[project.slug])
    page = text(client.post(order, ASKED | sent, headers=HTMX))
    assert "It costs $0.71, which wasn" in page
    assert ">Dunes at dawn</textarea>" in page
    assert not Generation.objects.exists()
    assert not LedgerEntry.objects.exists()
    client.post(order, ASKED | {"shown_usd": shown(page)}, headers=HTMX)
    assert Generation.objects.exists()


def test_a_price_that_was_higher_when_it_was_shown_stops_nothing(client, project):
    client.post(reverse("generate", args=[project.slug]), ASKED | {"shown_usd": "100"})
    assert Generation.objects.exists()


def test_no_verb_spends_at_a_price_that_wasnt_shown(client, project, artist):
    made, failed, waits = (
        take(project, state, author=artist)
        for state in (State.COMPLETED, State.FAILED, State.WAITING)
    )
    sequence = Sequence.begin(
        project, artist, "Film", Cut((Clip("a", made.uuid), Clip("b", failed.uuid)))
    )
    Storyboard.begun(project).add(None, [Shot(words="Dunes at dusk")])
    shot = Shot.objects.get()
    before = LedgerEntry.objects.count(), Generation.objects.count(), waits.prompt
    on_clip = {"version": "1", "clip": "a", "words": "Dunes", "model": "ray-2", "duration_s": "5"}
    for address, sent in {
        url("retry", failed): {},
        url("edit", waits): ASKED | {"words": "Ice at noon", "editing": str(waits.uuid)},
        url("upscale", made): {"resolution": "1080p"},
        url("sound", made): {"words": "Waves"},
        url("modify", made): {"words": "In clay", "mode": "flex_2", "model": "ray-2"},
        url("extend_after", sequence): on_clip,
        url("extend_before", sequence): on_clip,
        url("retry_clip", sequence): {"version": "1", "clip": "b"},
        url("make_shot", shot): {},
        reverse("run_storyboard", args=[project.slug]): {},
        reverse("run_starter", args=[project.slug]): {"starter": "0"},
        reverse("make_several", args=[project.slug]): ASKED | {"list": "Dunes\nSea"},
    }.items():
        page = text(client.post(address, sent, follow=True))
        assert "which wasn" in page, address
        now = LedgerEntry.objects.count(), Generation.objects.count()
        assert now == before[:2], address
    waits.refresh_from_db()
    assert waits.prompt == before[2]


def test_the_quote_brings_the_price_that_is_sent(client, project):
    quote = text(client.get(reverse("quote", args=[project.slug]), ASKED | {"duration_s": "9"}))
    assert Decimal(shown(quote)) > Decimal("0.71")


def test_editing_at_a_dearer_price_than_shown_asks_again(client, project, artist, preferred):
    waiting = take(project, author=artist)
    page = text(client.get(url("edit", waiting), headers=HTMX))
    seen = {"shown_usd": shown(page), "editing": str(waiting.uuid)}
    enrolling.switch_off(preferred)
    page = text(client.post(url("edit", waiting), ASKED | seen, headers=HTMX))
    assert TOLD in page
    assert shown(page) == "9.0000"
    waiting.refresh_from_db()
    assert (waiting.price_usd < 1, waiting.prompt.words == "Dunes at dawn") == (True, False)
    seen["shown_usd"] = shown(page)
    client.post(url("edit", waiting), ASKED | seen, headers=HTMX)
    waiting.refresh_from_db()
    assert waiting.price_usd == 9


def test_an_edit_is_priced_where_the_take_waits(client, project, artist, preferred):
    waiting = take(project, author=artist)
    pricing.set_own(preferred, "ray-2", Kind.VIDEO, price_usd=Decimal(2))
    Account.objects.filter(pk=preferred.pk).update(rank=9)
    assert shown(text(client.get(url("edit", waiting), headers=HTMX))) == "2.0000"


def test_retrying_shows_todays_price_and_charges_no_more(client, project, preferred):
    failed = take(project, State.FAILED)
    page = text(client.get(url("generation", failed)))
    assert "Retry, $0.71" in page
    enrolling.switch_off(preferred)
    card = text(client.post(url("retry", failed), {"shown_usd": shown(page)}, headers=HTMX))
    assert TOLD in card
    assert "Retry, $9.00" in card
    failed.refresh_from_db()
    assert failed.state == State.FAILED
    client.post(url("retry", failed), {"shown_usd": shown(card)}, headers=HTMX)
    failed.refresh_from_db()
    assert (failed.state, failed.price_usd) == (State.WAITING, 9)


def test_modifying_at_a_dearer_price_than_shown_asks_again(client, project, preferred):
    made = take(project, State.COMPLETED)
    page = text(client.get(url("modify", made)))
    seen = {"shown_usd_ray-2": shown(page, "shown_usd_ray-2")}
    asked = {"words": "In clay", "mode": "flex_2", "model": "ray-2"}
    enrolling.switch_off(preferred)
    page = text(client.post(url("modify", made), asked | seen))
    assert "It costs $9.00, and" in page
    assert ">In clay</textarea>" in page
    assert Generation.objects.count() == 1
    assert shown(page, "shown_usd_ray-2") == "9.0000"
    client.post(url("modify", made), asked | {"shown_usd_ray-2": "9.0000"})
    assert Generation.objects.latest("pk").price_usd == 9
