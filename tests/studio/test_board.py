"""The board as a page: what it shows, to whom, and what it costs."""

import re
import uuid
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from generations import pricing
from generations.catalogue import dollars
from generations.kinds import Kind
from generations.models import Account, Generation, LedgerEntry, State, Still
from generations.models.states import Reason
from generations.orders import Order
from studio.forms import ComposerForm
from studio.views.board import FIRST_PAGE, PAGE
from tests.bench.crowd import crowd
from tests.factories import AccountFactory, ProjectFactory, still, take, tiny_poster

WORDS = "A lighthouse in a storm at night"
ASKED = {
    "words": WORDS,
    "model": "ray-2",
    "ratio": "16:9",
    "resolution": "720p",
    "duration_s": "5",
    "shown_usd": "100",
}
HTMX = {"HX-Request": "true"}


def board(project):
    return reverse("board", args=[project.slug])


def generate(client, project, htmx=True, **changes):
    headers = HTMX if htmx else {}
    return client.post(reverse("generate", args=[project.slug]), ASKED | changes, headers=headers)


def text(response):
    return response.content.decode()


def test_a_stranger_finds_no_board(stranger, project):
    for name in ("board", "board_live", "compose", "quote"):
        assert stranger.get(reverse(name, args=[project.slug])).status_code == 404
    assert generate(stranger, project).status_code == 404
    assert not Generation.objects.exists()


def test_a_signed_out_person_is_sent_to_sign_in(project, anonymous):
    response = anonymous.get(board(project))
    assert response.status_code == 302
    assert response["Location"].startswith(reverse("account_login"))


def test_a_viewer_watches_the_board_and_cannot_generate(viewer, project):
    page = text(viewer.get(board(project)))
    assert 'id="composer"' not in page
    assert "needs the role of artist" in page
    refused = generate(viewer, project)
    assert refused.status_code == 403
    assert "yours in" in text(refused)
    assert not Generation.objects.exists()


def test_a_role_that_is_too_low_is_logged_without_a_traceback(viewer, project, caplog):
    generate(viewer, project)
    (line,) = [record for record in caplog.records if record.name == "django.request"]
    assert "Forbidden" in line.getMessage()
    assert line.exc_info is None


def test_an_empty_board_says_what_to_do(client, project):
    assert "Nothing shot yet" in text(client.get(board(project)))


def test_an_empty_board_offers_words_to_begin_with(client, project):
    composer = client.get(reverse("compose", args=[project.slug]), {"words": "A lighthouse"})
    assert ">A lighthouse</textarea>" in text(composer)
    assert "A lighthouse in a storm" in text(client.get(board(project)))


def test_a_submit_puts_the_new_card_on_top_and_keeps_the_settings(client, project):
    answer = generate(client, project, resolution="540p", duration_s="9", loop="on")
    made = Generation.objects.get()
    page = text(answer)
    assert made.prompt.words == WORDS
    assert made.prompt.loop
    assert answer["HX-Replace-Url"] == board(project)
    assert f'id="take-{made.uuid}"' in page
    assert 'hx-swap-oob="afterbegin:#takes"' in page
    assert "Next in line, starts when a slot frees" in page
    assert "<option selected>540p</option>" in page
    assert '<option value="9" selected>' in page
    assert WORDS not in page.split("</form>")[0]  # the composer is empty again
    assert LedgerEntry.objects.reserved_usd() == made.price_usd > 0


def test_a_camera_move_and_a_loop_belong_to_one_shot(client, project):
    generate(client, project, resolution="540p", concepts="pull_out", loop="on")
    composer = ComposerForm.blank(project, Generation.objects.get().author)
    assert composer["concepts"].value() == []
    assert not composer["loop"].value()
    assert composer["resolution"].value() == "540p"
    assert '<option value="pull_out" selected>' not in text(client.get(board(project)))


def test_the_same_works_as_a_plain_form(client, project):
    answer = generate(client, project, htmx=False)
    assert answer.status_code == 302
    assert answer["Location"] == board(project)
    assert WORDS in text(client.get(board(project)))


@pytest.mark.parametrize(
    ("changes", "field", "words"),
    [
        ({"words": "ab"}, "words", "at least 3 characters"),
        ({"words": "x" * 5001}, "words", "5,001 characters, and 5,000 is the limit. Shorten by 1."),
        ({"model": "sora"}, "model", "no model called sora"),
        ({"ratio": "2:1"}, "ratio", "doesn&#x27;t make 2:1"),
        ({"resolution": "8k"}, "resolution", "Choose one of: 540p"),
        ({"duration_s": "7"}, "duration_s", "Choose one of: 5 s, 9 s"),
        ({"duration_s": "long"}, "duration_s", "Choose how long the take should be"),
        ({"concepts": "moonwalk"}, "concepts", "no camera concept called moonwalk"),
    ],
)
@pytest.mark.parametrize("htmx", [True, False], ids=["htmx", "plain"])
def test_bad_input_is_refused_at_its_field_and_what_was_typed_is_kept(
    client, project, changes, field, words, htmx
):
    page = text(generate(client, project, htmx=htmx, **changes))
    assert f'id="{field}-error"' in page
    assert words in page
    assert (changes.get("words") or WORDS) in page
    assert not Generation.objects.exists()
    assert not LedgerEntry.objects.exists()


def test_a_loop_between_two_frames_is_refused(client, project):
    first, last = still(project), still(project)
    page = text(generate(client, project, loop="on", start_still=first.uuid, end_still=last.uuid))
    assert "A loop can&#x27;t have both a start and an end frame" in page
    assert str(first.uuid) in page
    assert not Generation.objects.exists()


def test_a_picture_becomes_the_start_frame(client, project):
    upload = SimpleUploadedFile("a.jpg", tiny_poster().read_bytes(), "image/jpeg")
    generate(client, project, start=upload)
    keyframe = Generation.objects.get().keyframes.get()
    assert (keyframe.position, keyframe.still.width) == ("start", 320)


def test_a_picture_is_kept_when_something_else_is_refused(client, project):
    upload = SimpleUploadedFile("a.jpg", tiny_poster().read_bytes(), "image/jpeg")
    page = text(generate(client, project, words="ab", start=upload, duration_s="7"))
    kept = Still.objects.get()
    assert f'name="start_still" value="{kept.uuid}"' in page
    generate(client, project, start_still=kept.uuid)
    assert Generation.objects.get().keyframes.get().still == kept


@pytest.mark.parametrize("data", [b"GIF89a not really", b"%PDF-1.4", b"\xff\xd8\xff cut"])
def test_a_file_that_is_no_picture_is_refused(client, project, data):
    upload = SimpleUploadedFile("a.jpg", data, "image/jpeg")
    page = text(generate(client, project, end=upload))
    assert 'id="end-error"' in page
    assert "isn&#x27;t a picture that can be read" in page
    assert not Generation.objects.exists()


def test_an_empty_file_is_refused(client, project):
    page = text(generate(client, project, start=SimpleUploadedFile("a.jpg", b"", "image/jpeg")))
    assert "This file is empty" in page


def test_a_picture_over_20_mb_is_refused(client, project):
    upload = SimpleUploadedFile("a.jpg", b"\xff\xd8" + bytes(20 * 1024 * 1024), "image/jpeg")
    assert "over 20 MB" in text(generate(client, project, start=upload))


@pytest.mark.parametrize(
    ("field", "thing"),
    [
        ("start_take", "take"),
        ("end_take", "take"),
        ("start_still", "picture"),
        ("end_still", "picture"),
    ],
)
@pytest.mark.parametrize("whose", ["another project's", "nobody's", "malformed"])
def test_a_frame_that_is_not_here_orders_nothing(client, project, field, thing, whose):
    if whose == "another project's":
        name = (take if thing == "take" else still)(ProjectFactory()).uuid
    else:
        name = uuid.uuid4() if whose == "nobody's" else "junk"
    ours = Generation.objects.filter(project=project)
    page = text(generate(client, project, **{field: name}))
    assert f'id="{field.split("_")[0]}-error"' in page
    assert f"That {thing} isn&#x27;t in this project any more. Choose another." in page
    assert WORDS in page
    assert str(name) not in page
    assert not ours.exists()
    draft = client.get(reverse("compose", args=[project.slug]), ASKED | {field: name})
    assert WORDS in text(draft)


def test_a_frame_for_a_real_provider_needs_a_public_address(client, project):
    project.team.accounts.update(simulated=False)
    page = text(generate(client, project, start_still=still(project).uuid))
    assert 'id="start-error"' in page
    assert "Set PUBLIC_URL" in page
    assert not Generation.objects.exists()


def test_a_team_without_an_account_is_told_how_to_get_one(client, project):
    project.team.accounts.all().delete()
    assert "Set LUMA_API_KEY" in text(generate(client, project))


@pytest.mark.parametrize(
    ("changes", "price"),
    [
        ({}, "$0.71"),
        ({"resolution": "1080p"}, "$1.60"),
        ({"duration_s": "9"}, "$1.28"),
        ({"model": "ray-flash-2"}, "$0.25"),
    ],
)
def test_the_price_is_quoted_for_exactly_this(client, project, changes, price):
    quoted = client.get(reverse("quote", args=[project.slug]), ASKED | changes, headers=HTMX)
    assert price in text(quoted)


def test_the_price_says_what_cannot_be_made(client, project):
    quoted = client.get(reverse("quote", args=[project.slug]), ASKED | {"ratio": "2:1"})
    assert "doesn&#x27;t make 2:1" in text(quoted)


@pytest.mark.parametrize(
    ("state", "extra", "said"),
    [
        (State.WAITING, {}, ["Waiting", "Next in line, starts when a slot frees", "Cancel"]),
        (State.SUBMITTING, {}, ["Sending"]),
        (State.QUEUED, {}, ["Queued", "so far"]),
        (State.DREAMING, {}, ["Dreaming", "<progress"]),
        (State.UNCONFIRMED, {}, ["Unconfirmed", "The answer was lost"]),
        (State.CANCELLED, {}, ["Cancelled", "Nothing was charged.", "Retry", "$0.00"]),
        (State.FAILED, {}, ["Not generated", "Nothing was charged.", "Retry", "$0.00"]),
        (State.FAILED, {"reason": Reason.LOST, "failure": "Gone."}, ["stays reserved", "$0.71"]),
        (State.COMPLETED, {"stored": False}, ["Fetching the file…"]),
        (State.COMPLETED, {}, ["Extend", "Remix", "Download", "/poster", "0:02", "$0.71"]),
    ],
)
def test_a_card_says_its_state_in_words(client, project, artist, state, extra, said):
    take(project, state, author=artist, **extra)
    page = text(client.get(board(project))).split('id="composer"')[0]
    for words in said:
        assert words in page


def test_what_moderation_refused_is_to_be_edited_not_retried(client, project):
    take(project, State.FAILED, reason=Reason.CONTENT)
    page = text(client.get(board(project)))
    assert "Edit prompt" in page
    assert ">Retry<" not in page


def test_an_extension_says_what_it_extends(client, project):
    parent = take(project, State.COMPLETED)
    take(project, extends=parent)
    assert "extends take 1" in text(client.get(board(project)))


def test_the_board_is_paged_by_take_number(client, project, monkeypatch):
    monkeypatch.setattr("studio.views.board.FIRST_PAGE", 2)
    monkeypatch.setattr("studio.views.board.PAGE", 2)
    for number in range(5):
        take(project, words=f"Wave number {number}")
    first = text(client.get(board(project)))
    assert ["Wave number 4" in first, "Wave number 2" in first] == [True, False]
    assert "?after=4" in first
    older = text(client.get(board(project) + "?after=4", headers=HTMX))
    assert ["Wave number 4" in older, "Wave number 2" in older] == [False, True]
    assert "<html" not in older
    assert "?after=2" in older
    assert "?after" not in text(client.get(board(project) + "?after=2", headers=HTMX))


def test_more_takes_cost_no_more_queries(
    client, project, artist, django_assert_num_queries, django_assert_max_num_queries
):
    account = Account.objects.get(team=project.team)
    crowd(project, account, artist, 20)
    client.get(board(project))
    with django_assert_max_num_queries(8) as few:
        client.get(board(project))
    large = ProjectFactory(team=project.team)
    crowd(large, account, artist, 300)
    with django_assert_num_queries(len(few)):
        opened = text(client.get(board(large)))
    assert opened.count('<article class="take"') == FIRST_PAGE
    with django_assert_num_queries(len(few)):
        page = text(client.get(board(large) + "?after=301"))
    assert page.count('<article class="take"') == PAGE == 60
    assert page.count("Retry, $0.50") == 3  # of those that failed, at the account's own price
    assert page.count("A producer decides.") == 2  # of those that were lost


def test_a_price_to_try_again_is_the_one_of_the_account_that_would_get_it(client, project):
    account = Account.objects.get(team=project.team)
    spare = AccountFactory(team=project.team, provider=account.provider, name="Spare", rank=1)
    pricing.set_own(account, "ray-2", Kind.VIDEO, price_usd=Decimal("0.5"))
    pricing.set_own(spare, "ray-2", Kind.VIDEO, rate_usd=Decimal("0.02"))
    take(project, State.FAILED)
    assert "Retry, $0.50" in text(client.get(board(project)))
    Account.objects.filter(pk=account.pk).update(paused_at=timezone.now())
    shown = text(client.get(board(project)))
    price = pricing.quote_usd(Order(words="Rain"), spare)
    assert f"Retry, {dollars(price)}" in shown
    assert price != Decimal("0.5")
    for each in (account, spare):
        pricing.forget_own(each, "ray-2", Kind.VIDEO)
    assert "Retry, $0.71" in text(client.get(board(project)))


def test_a_page_that_was_taken_out_comes_back_as_far_as_the_next_one(client, project, monkeypatch):
    monkeypatch.setattr("studio.views.board.PAGE", 3)
    for number in range(9):
        take(project, words=f"Wave number {number}")
    shown = text(client.get(board(project) + "?after=8&until=6", headers=HTMX))
    assert re.findall(r'data-take="(\d+)"', shown) == ["7", "6"]
    assert "data-older" not in shown
    shown = text(client.get(board(project) + "?after=&until=4", headers=HTMX))
    assert re.findall(r'data-take="(\d+)"', shown) == ["9", "8", "7"]
    assert 'data-older="7"' in shown


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("duration_s", "", "Choose how long the take should be."),
        ("duration_s", "soon", "Choose how long the take should be."),
        ("model", "", "Choose a model."),
        ("model", "ray\0", "Choose a model."),
        ("ratio", "", "Choose a ratio."),
        ("resolution", " ", "Choose a resolution."),
        ("concepts", "push\0in", "Choose a camera move from the list, or none."),
        ("words", "A light\0house", "Paste them as plain text."),
        ("start_take", "\0", "That take isn&#x27;t in this project any more. Choose another."),
        ("end_still", "x", "That picture isn&#x27;t in this project any more. Choose another."),
    ],
)
def test_an_impossible_value_is_answered_with_a_remedy(client, project, field, value, words):
    composer = text(generate(client, project, **{field: value}))
    assert words in composer
    assert composer.count('role="alert"') == 1
    assert not Generation.objects.exists()


@pytest.mark.parametrize("value", ["x", "\0", "1" * 5000])
def test_a_hidden_value_that_nobody_typed_is_ignored(client, project, value):
    generate(client, project, key=value, parent=value)
    assert Generation.objects.get().prompt.parent is None


def test_every_composer_that_was_not_sent_has_a_key_of_its_own(client, project):
    made = take(project, State.COMPLETED)
    pages = [text(client.get(board(project)))]
    for name in ("remix", "extend"):
        pages += [text(client.get(reverse(name, args=[made.uuid]))) for _ in range(2)]
    compose = reverse("compose", args=[project.slug])
    pages += [text(client.get(compose, {"words": WORDS, "key": key})) for key in ("", "x")]
    keys = [uuid.UUID(page.split('name="key" value="')[1].split('"')[0]) for page in pages]
    assert len(set(keys)) == len(pages)


def test_what_is_being_typed_keeps_its_key(client, project):
    typed = {"words": WORDS, "key": str(uuid.uuid4())}
    composer = client.post(reverse("compose", args=[project.slug]), typed, headers=HTMX)
    assert typed["key"] in text(composer)


@pytest.mark.parametrize("open_take", [True, False], ids=["open", "closed"])
def test_an_answer_leaves_the_address_alone_while_a_take_is_open(client, project, open_take):
    page = reverse("generation", args=[take(project).uuid]) if open_take else board(project)
    headers = HTMX | {"HX-Current-URL": f"http://testserver{page}"}
    url = reverse("generate", args=[project.slug])
    answer = client.post(url, ASKED | {"key": str(uuid.uuid4())}, headers=headers)
    assert f'data-take="{2 if open_take else 1}"' in text(answer)
    assert answer.get("HX-Replace-Url") == (None if open_take else board(project))
