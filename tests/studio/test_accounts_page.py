"""The accounts' page: keys are tested and never shown, ordered, switched, priced."""

import re

import pytest
from django.urls import reverse

from generations import limits, submitting
from generations.models import Account, Generation, ModelFallback
from generations.simulator.testing import running
from studio.models import Role
from tests.factories import AccountFactory, ProjectFactory, UserFactory, member, take

SECRET = "luma-a-very-secret-key-wxyz"


@pytest.fixture
def simulator(tmp_path, settings):
    settings.OUTBOUND_LOOPBACK = True
    with running(tmp_path / "simulator", renderers=1) as simulator:
        yield simulator


@pytest.fixture
def producer(project, sign_in):
    return sign_in(member(project, Role.PRODUCER))


@pytest.fixture
def account(project):
    return project.team.accounts.get()


def given(simulator, **changes):
    return {
        "name": "Studio key",
        "key": SECRET,
        "provider": "luma",
        "base_url": simulator.url,
    } | changes


def page_after(client, answer):
    assert answer.status_code == 302
    return client.get(answer.url).content.decode()


def do(client, verb, account, **data):
    return client.post(reverse(verb, args=[account.uuid]), data)


def test_a_key_is_tested_kept_and_shown_by_its_end_only(producer, simulator, project):
    answer = producer.post(reverse("add_account"), given(simulator))
    page = page_after(producer, answer)
    assert "Studio key" in page
    assert "…wxyz" in page
    assert SECRET not in page
    kept = Account.objects.get(name="Studio key")
    assert (kept.enabled, kept.team) == (True, project.team)
    assert "left when it was tested" in page


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"key": "bad-key-wxyz"}, "refused this key"),
        ({"key": "broke-wxyz"}, "no credits"),
        ({"key": ""}, "Paste the key"),
        ({"key": "luma-api-wxyz"}, "a key of Luma Agents, by how it begins"),
        ({"key": "sk-proj-wxyz"}, "a key of OpenAI images, by how it begins"),
        ({"provider": "luma-agents"}, "a key of Luma Dream Machine, by how it begins"),
        ({"price_factor": "1000"}, "Give a number like 0.8"),
        ({"price_factor": "0.001"}, "from 0.01 to 100"),
        ({"name": ""}, "Give it a name"),
        ({"base_url": "http://10.0.0.1/v1"}, "begins with https:"),
        ({"base_url": "http://127.0.0.1:9/v1"}, "doesn&#x27;t answer"),
        ({"concurrent_limit": "0"}, "at least 1"),
    ],
)
def test_what_is_wrong_is_said_and_all_but_the_key_stays_typed(producer, simulator, changes, says):
    typed = given(simulator, **changes)
    page = producer.post(reverse("add_account"), typed).content.decode()
    assert says in page
    assert "has to be pasted again" in page
    if typed["name"]:
        assert f'value="{typed["name"]}"' in page
    assert not typed["key"] or typed["key"] not in page
    assert not Account.objects.filter(name="Studio key").exists()


def test_a_server_of_ones_own_is_added_with_its_models_name(producer, simulator):
    typed = given(simulator, key="gateway-wxyz", provider="images", base_url=simulator.openai_url)
    refused = producer.post(reverse("add_account"), typed).content.decode()
    assert "Say what the server calls its model" in refused
    named = typed | {"model_name": "flux.1-dev"}
    page = page_after(producer, producer.post(reverse("add_account"), named))
    assert f"{simulator.openai_url}, flux.1-dev" in page
    assert Account.objects.get(name="Studio key").enabled


def test_a_gateway_offers_nothing_before_its_list_names_lumas_models_and_a_price_is_given(
    producer, client, simulator, project
):
    simulator.faults(unlisted=True)
    url = f"{simulator.gateway_url}/v1"
    typed = given(simulator, key="sk-wxyz", provider="crazyrouter", base_url=url)
    page = page_after(producer, producer.post(reverse("add_account"), typed))
    assert "Its price list doesn&#x27;t name Luma&#x27;s models, so that none is offered" in page
    assert "it was looked at" in page
    account = Account.objects.get(name="Studio key")
    assert "offers nothing yet" in page
    simulator.faults(prices_unreadable=True)
    page = page_after(producer, do(producer, "look_at_account", account))
    assert "can&#x27;t be read just now" in page
    simulator.faults()
    page = page_after(producer, do(producer, "look_at_account", account))
    assert "Its price list names Luma&#x27;s models" in page
    assert "asks for Ray 2 at the gateway and Ray 1 at the gateway: put in what you pay" in page
    board = reverse("board", args=[project.slug])
    assert not offered_at_the_gateway(client, board)
    kept = do(producer, "own_price", account, what="ray-v2:video", rate_usd="0.45")
    page = page_after(producer, kept)
    assert "asks for Ray 1 at the gateway: put in" in page
    assert offered_at_the_gateway(client, board) == ["ray-v2"]
    simulator.faults(unlisted=True)
    page_after(producer, do(producer, "look_at_account", account))
    assert not offered_at_the_gateway(client, board)


def test_a_gateway_that_has_lumas_models_takes_work_once_it_has_a_price(producer, simulator):
    typed = given(simulator, key="sk-wxyz", provider="crazyrouter", base_url=simulator.gateway_url)
    page = page_after(producer, producer.post(reverse("add_account"), typed))
    assert "takes work once you have put in what you pay there" in page
    assert "Waits for its prices" in page


def offered_at_the_gateway(client, board):
    models = client.get(board).context["composer"].choices["models"]
    return [each.key for each in models if each.provider == "crazyrouter"]


def test_a_server_that_speaks_lumas_api_has_an_address_keys_and_a_price_factor_of_its_own(
    client, producer, project, account, simulator, artist
):
    Account.objects.filter(pk=account.pk).update(enabled=False)
    typed = given(simulator, key="sk-wxyz", price_factor="0.8")
    page = page_after(producer, producer.post(reverse("add_account"), typed))
    kept = Account.objects.get(name="Studio key")
    assert simulator.url in page
    assert re.search(rf'value="0.8"[^>]* id="factor-{kept.uuid}-price_factor"', page)
    board = reverse("board", args=[project.slug])
    assert "$0.57" in client.get(board).content.decode()  # of 0.7078
    assert str(take(project, author=artist).price_usd) == "0.5662"
    page = page_after(producer, do(producer, "price_factor", kept, price_factor="1.5"))
    assert "pays the published prices times 1.5, but where it has its own" in page
    assert str(take(project, author=artist).price_usd) == "1.0617"
    do(producer, "own_price", kept, what="ray-2:video", rate_usd="0.0045")
    assert str(take(project, author=artist).price_usd) == "0.4977"
    for wrong in ("0", "-1", "101", "cheap", "0.00001"):
        answer = do(producer, "price_factor", kept, price_factor=wrong).content.decode()
        assert f'id="factor-{kept.uuid}-price_factor_error">' in answer
    page_after(producer, do(producer, "price_factor", kept, price_factor=""))
    assert Account.objects.get(pk=kept.pk).price_factor == 1


def test_a_failing_key_is_kept_off_where_that_is_wanted(producer, simulator):
    typed = given(simulator, key="broke-wxyz", keep_anyway="on")
    page = page_after(producer, producer.post(reverse("add_account"), typed))
    assert "it is kept, off" in page
    assert not Account.objects.get(name="Studio key").enabled


def test_only_those_who_manage_money_come_in(
    client, viewer, stranger, anonymous, project, account, simulator
):
    assert anonymous.get(reverse("accounts")).status_code == 302
    verbs = ("switch_off", "test_account", "prefer_account", "remove_account", "replace_key")
    for person in (client, viewer):
        assert person.get(reverse("accounts")).status_code == 403
        assert person.post(reverse("add_account"), given(simulator)).status_code == 403
        assert person.post(reverse("model_fallback")).status_code == 403
        assert person.post(reverse("no_model_fallback")).status_code == 403
        for verb in verbs:
            assert do(person, verb, account).status_code == 403
    for verb in verbs:
        assert do(stranger, verb, account).status_code == 404
    assert account.name not in stranger.get(reverse("accounts")).content.decode()


def test_the_rail_leads_there_for_producers(client, producer, project):
    link = f'href="{reverse("accounts")}"'
    assert link in producer.get("/").content.decode()
    assert link not in client.get("/").content.decode()


def test_an_account_is_switched_paused_preferred_and_removed(producer, project, account, simulator):
    Account.objects.filter(pk=account.pk).update(base_url=simulator.url)
    spare = AccountFactory(team=project.team, name="Spare", key="luma-spare", rank=4)
    assert "takes no work" in page_after(producer, do(producer, "switch_off", account))
    assert not Account.objects.get(pk=account.pk).enabled
    assert "takes work" in page_after(producer, do(producer, "switch_on", account))
    assert Account.objects.get(pk=account.pk).enabled
    assert "is paused" in page_after(producer, do(producer, "pause_account", account))
    assert Account.objects.get(pk=account.pk).paused_at
    page_after(producer, do(producer, "resume_account", account))
    page_after(producer, do(producer, "prefer_account", spare))
    assert Account.objects.filter(team=project.team).usable().first() == spare
    assert "is removed" in page_after(producer, do(producer, "remove_account", spare))
    take(project)
    assert "Switch it off instead" in page_after(producer, do(producer, "remove_account", account))


def test_a_key_is_replaced_by_one_that_answers(producer, project, account, simulator):
    Account.objects.filter(pk=account.pk).update(base_url=simulator.url)
    refused = do(producer, "replace_key", account, key="bad-key")
    assert "refused this key" in refused.content.decode()
    assert "bad-key" not in refused.content.decode()
    another = do(producer, "replace_key", account, key="luma-api-wxyz").content.decode()
    assert "This is a key of Luma Agents, by how it begins" in another
    page = page_after(producer, do(producer, "replace_key", account, key=SECRET))
    assert "…wxyz" in page
    assert SECRET not in page
    assert not Account.objects.get(pk=account.pk).enabled


def test_a_key_of_the_same_account_goes_into_it(producer, account, simulator):
    Account.objects.filter(pk=account.pk).update(base_url=simulator.url)
    assert re.search(
        r'name="same"[^>]* checked', producer.get(reverse("accounts")).content.decode()
    )
    page = page_after(producer, do(producer, "replace_key", account, key=SECRET, same="on"))
    assert "has another key" in page
    assert SECRET not in page
    kept = Account.objects.get()
    assert (kept.pk, kept.enabled, kept.reveal_key()) == (account.pk, True, SECRET)


def test_a_key_of_the_settings_is_changed_there(producer, account, simulator):
    Account.objects.filter(pk=account.pk).update(base_url=simulator.url, managed="now")
    refused = do(producer, "replace_key", account, key=SECRET, same="on")
    assert "comes from the settings" in refused.content.decode()


def test_an_account_is_tested_again(producer, account, simulator):
    Account.objects.filter(pk=account.pk).update(base_url=simulator.url)
    assert "answers, and has $" in page_after(producer, do(producer, "test_account", account))


def test_limits_are_set_in_words(producer, account):
    do(producer, "limit_account", account, concurrent_limit="3", per_minute_limit="9")
    kept = Account.objects.get(pk=account.pk)
    assert (kept.concurrent_limit, kept.per_minute_limit) == (3, 9)
    for wrong in ("0", "-1", "x", "", "9" * 30):
        answer = do(producer, "limit_account", account, concurrent_limit=wrong, per_minute_limit=9)
        assert "at least 1" in page_after(producer, answer)


def test_limits_of_pictures_are_set_beside_those_of_videos(producer, account):
    page = producer.get(reverse("accounts")).content.decode()
    assert "Ray: takes at once" in page
    assert re.search(r'Photon: takes at once <input[^>]* value="" placeholder="40">', page)
    answer = do(producer, "limit_account", account, bucket="photon", concurrent_limit="7")
    page = page_after(producer, answer)
    assert re.search(r'Photon: takes at once <input[^>]* value="7" placeholder="40">', page)
    assert limits.limits_of(account, "photon") == (7, 80)
    kept = Account.objects.get(pk=account.pk)
    assert limits.limits_of(kept, "") == (account.concurrent_limit, account.per_minute_limit)
    for wrong in ("0", "-1", "x", "9" * 30):
        given = {"bucket": "photon", "concurrent_limit": wrong}
        assert "at least 1" in page_after(producer, do(producer, "limit_account", account, **given))
    page_after(producer, do(producer, "limit_account", account, bucket="photon"))
    assert limits.limits_of(account, "photon") == (40, 80)
    answer = do(producer, "limit_account", account, bucket="gone", concurrent_limit="1")
    assert "no such limits" in page_after(producer, answer)


def test_a_replaced_key_keeps_the_limits_of_pictures(producer, account, simulator):
    Account.objects.filter(pk=account.pk).update(base_url=simulator.url)
    limits.set_limits(account, 3, 9, "photon")
    page_after(producer, do(producer, "replace_key", account, key=SECRET))
    made = Account.objects.get(name=account.name)
    assert made.pk != account.pk
    assert limits.limits_of(made, "photon") == (3, 9)


def test_the_admin_sets_limits_of_what_the_provider_has(sign_in, account):
    admin = sign_in(UserFactory(is_staff=True, is_superuser=True))
    url = reverse("admin:generations_accountbucket_add")
    for wrong, says in (
        ({"bucket": "ray", "concurrent_limit": "5"}, "has these beside its first: photon"),
        ({"bucket": "photon", "concurrent_limit": "0"}, "at least 1"),
    ):
        page = admin.post(url, {"account": account.pk, **wrong}).content.decode()
        assert says in page
    admin.post(url, {"account": account.pk, "bucket": "photon", "concurrent_limit": "5"})
    assert limits.limits_of(account, "photon") == (5, 80)


def test_no_model_is_chosen_before_a_person_chooses(producer):
    page = producer.get(reverse("accounts")).content.decode()
    assert page.count('<option value="" selected>a model</option>') == 2
    answer = producer.post(reverse("model_fallback"), {"from_model": "", "to_model": "ray-2"})
    assert "Choose two models from the lists." in answer.content.decode()
    assert not ModelFallback.objects.exists()


def test_a_producer_names_the_model_that_may_stand_in(producer, project):
    url = reverse("model_fallback")
    page = page_after(
        producer, producer.post(url, {"from_model": "ray-2", "to_model": "ray-flash-2"})
    )
    assert "Ray 2 Flash instead of Ray 2" in page
    assert 'aria-label="Remove Ray 2 Flash instead of Ray 2"' in page
    for sent in ("ray\0", "ray-2"):
        page_after(producer, producer.post(reverse("no_model_fallback"), {"from_model": sent}))
    assert not ModelFallback.objects.exists()


@pytest.mark.parametrize(
    ("before", "instead", "says"),
    [
        ("ray-2", "ray-2", "Choose another model"),
        ("ray-2", "photon-1", "Photon makes nothing that Ray 2 makes"),
        ("ray-flash-2", "ray-2", "Ray 2 always costs more than Ray 2 Flash"),
        ("photon-flash-1", "photon-1", "always costs more"),
        ("ray-2", "", "Choose two models"),
    ],
)
def test_a_model_that_could_never_stand_in_is_refused(producer, before, instead, says):
    answer = producer.post(reverse("model_fallback"), {"from_model": before, "to_model": instead})
    assert re.search(rf'id="fallback-to_model_error">[^<]*{says}', answer.content.decode())
    assert answer.context["keys"].fallback["from_model"].value() == before
    assert not ModelFallback.objects.exists()


def test_what_waits_moves_when_its_account_is_switched_off_by_hand(producer, project, account):
    spare = AccountFactory(team=project.team, name="Spare", key="luma-spare", rank=4)
    waiting = take(project)
    do(producer, "switch_off", account)
    submitting.submit_due(account.pk)
    assert Generation.objects.get(pk=waiting.pk).account == spare


@pytest.mark.parametrize(
    ("key", "says"), [("bad-key-wxyz", "refused this key"), ("broke-wxyz", "no credits")]
)
def test_an_account_that_fails_its_test_stays_switched_off(
    producer, project, account, simulator, key, says
):
    spare = AccountFactory(
        team=project.team, name="Spare", key=key, base_url=simulator.url, enabled=False
    )
    page = page_after(producer, do(producer, "switch_on", spare))
    assert "Spare (…wxyz) stays switched off." in page
    assert says in page
    waiting = take(project)
    do(producer, "switch_off", account)
    submitting.submit_due(account.pk)
    assert Generation.objects.get(pk=waiting.pk).account == account


def test_an_account_without_a_key_is_offered_nothing_and_gets_nothing(producer, project, account):
    booked = AccountFactory(team=project.team, name="Demo takes")
    no_key = {"sealed_key": "", "key_suffix": "", "key_print": ""}
    Account.objects.filter(pk=booked.pk).update(**no_key)  # even where it is switched on
    assert "Demo takes" not in producer.get(reverse("accounts")).content.decode()
    for verb in ("switch_on", "test_account", "replace_key", "remove_account"):
        assert do(producer, verb, booked).status_code == 404
    waiting = take(project)
    do(producer, "switch_off", account)
    submitting.submit_due(account.pk)
    assert Generation.objects.get(pk=waiting.pk).account == account


def test_another_teams_account_is_no_place_to_be(producer):
    theirs = AccountFactory(team=ProjectFactory().team, key="luma-theirs")
    assert do(producer, "switch_off", theirs).status_code == 404
    assert theirs.name not in producer.get(reverse("accounts")).content.decode()


def test_an_account_is_named_with_the_end_of_a_key_that_a_person_gave(producer, project):
    mine = AccountFactory(team=project.team, name="Spare", key="luma-spare")
    assert str(mine) == "Spare (…pare)"
    ours = AccountFactory(
        team=project.team, name="Simulator", key="simulator", managed=Account.Managed.NOW
    )
    assert str(ours) == "Simulator"
    page = producer.get(reverse("accounts")).content.decode()
    assert "…pare" in page
    assert "…ator" not in page
    mine.retire()
    assert str(mine).count("…pare") == 1


@pytest.mark.parametrize(
    ("address", "words"),
    [
        ("file:///etc/passwd", "One begins with https:// and the server's name"),
        ("javascript:alert(1)", "One begins with https:// and the server's name"),
        ("http://[", "One begins with https:// and the server's name"),
        ("https://me:secret@api.example.com", "An address has no user or password in it"),
        ("https://api.example.com:8443/v1", "Take “:8443” out"),
    ],
)
def test_an_address_that_is_none_is_refused_with_the_remedy(producer, project, address, words):
    sent = {"name": "Studio key", "key": SECRET, "provider": "luma", "base_url": address}
    page = producer.post(reverse("add_account"), sent).content.decode().replace("&#x27;", "'")
    assert words in page
    assert project.team.accounts.count() == 1
