"""An account's own prices, on the accounts' page: given, shown, refused."""

from decimal import Decimal

import pytest
from django.urls import reverse

from generations import pricing
from generations.kinds import Kind
from generations.models import ModelFallback, PriceOverride
from studio.models import Role
from tests.factories import UserFactory, member, take


@pytest.fixture
def producer(project, sign_in):
    return sign_in(member(project, Role.PRODUCER))


@pytest.fixture
def account(project):
    return project.team.accounts.get()


def do(client, verb, account, **data):
    return client.post(reverse(verb, args=[account.uuid]), data)


def test_an_own_rate_is_what_the_button_says_and_what_is_reserved_whatever_the_size(
    client, producer, project, account, artist
):
    kept = do(producer, "own_price", account, what="ray-2:video", rate_usd="0.0045")
    said = "$0.0045 for every million pixels of every frame, so $0.50 for 5 s at 720p"
    page = producer.get(kept.url).content.decode()
    assert f"are kept. Here: {said}." in page
    assert f"<li>Ray 2, video: {said}</li>" in page
    board = client.get(reverse("board", args=[project.slug])).content.decode()
    assert "$0.50" in board
    assert str(take(project, author=artist).price_usd) == "0.4977"
    large = take(project, author=artist, duration_s=9, resolution="4k")
    assert str(large.price_usd) == "8.0622"
    do(producer, "own_price", account, what="ray-2:video", rate_usd="")
    assert not PriceOverride.objects.exists()
    answer = do(producer, "own_price", account, what="ray-9:video", rate_usd="1")
    error = f'id="price-{account.uuid}-what_error">Choose what it is the price of'
    assert error in answer.content.decode()


@pytest.mark.parametrize("what", ["ray-2:video", "photon-1:image", "ray-2:audio"])
def test_no_page_takes_a_price_that_is_blind_to_length_and_size(producer, account, what):
    do(producer, "own_price", account, what=what, price_usd="0.55")
    assert not PriceOverride.objects.exists()


@pytest.mark.parametrize(
    ("what", "rate_usd", "words"),
    [
        ("ray-2:video", "", "Published: $0.0064 for every million pixels of every frame, so $0.71"),
        ("ray-2:video", "0.01", "Here: $0.01 for every million pixels of every frame, so $1.11"),
        ("ray-2:audio", "0.05", "Here: $0.05 for every second, so $0.25 for 5 s."),
        ("photon-1:image", "0.01", "so $0.03 for a picture at 1080p."),
        ("ray-1-6:video", "0.3", "Here: $0.3 for every take."),
        ("ray-2:video", "cheap", "Give dollars like 0.0055"),
        ("ray-9:video", "1", "Choose what it is the price of."),
    ],
)
def test_a_price_says_what_it_makes_of_a_take_while_it_is_typed(
    producer, viewer, account, what, rate_usd, words
):
    url = reverse("price_example", args=[account.uuid])
    asked = {"what": what, "rate_usd": rate_usd}
    assert words in producer.get(url, asked).content.decode()
    assert viewer.get(url, asked).status_code == 403


def test_a_price_of_a_whole_take_says_what_it_doesnt_see(producer, account):
    pricing.set_own(account, "ray-2", Kind.VIDEO, price_usd=Decimal("0.5"))
    page = producer.get(reverse("accounts")).content.decode()
    assert "Ray 2, video: $0.50 a take, however long or large. Give its rate instead." in page


def test_an_accounts_own_price_may_make_the_dearer_model_the_cheaper(producer, account):
    do(producer, "own_price", account, what="ray-2:video", rate_usd="0.0001")
    producer.post(reverse("model_fallback"), {"from_model": "ray-flash-2", "to_model": "ray-2"})
    assert ModelFallback.objects.get().to_model == "ray-2"


@pytest.mark.parametrize(
    ("rate_usd", "says"),
    [
        *((free, "A price must be above $0") for free in ("0", "0.000000", "-0.5")),
        *((wrong, "Give dollars like 0.0055") for wrong in ("cheap", "0.00000001", "NaN")),
    ],
)
def test_an_own_price_that_is_none_is_refused_at_its_field(producer, account, rate_usd, says):
    answer = do(producer, "own_price", account, what="ray-2:video", rate_usd=rate_usd)
    error = f'id="price-{account.uuid}-rate_usd_error">{says}'
    assert error in answer.content.decode()
    assert not PriceOverride.objects.exists()


def test_the_admin_keeps_no_price_of_nothing_either(sign_in, account):
    admin = sign_in(UserFactory(is_staff=True, is_superuser=True))
    given = {"account": account.pk, "model": "ray-2", "kind": "video"}
    for free in ({"price_usd": "0"}, {"rate_usd": "0"}, {"price_usd": "-1"}):
        answer = admin.post(reverse("admin:generations_priceoverride_add"), given | free)
        assert "A price must be above $0" in answer.content.decode()
    assert not PriceOverride.objects.exists()
