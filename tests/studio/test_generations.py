"""A take's own page, and its verbs."""

import re

import pytest
from django.urls import reverse
from django.utils import timezone
from django.utils.html import strip_tags

from generations.kinds import Kind
from generations.models import Asset, Generation, Import, LedgerEntry, Prompt, State
from generations.ordering import accept
from generations.orders import Frame, made_from
from studio.models import Role
from tests.factories import AccountFactory, drawn, member, still, take, version

HTMX = {"HX-Request": "true"}


def url(name, generation):
    return reverse(name, args=[generation.uuid])


def text(response):
    return response.content.decode()


@pytest.mark.parametrize("name", ["generation", "generation_live", "extend", "remix"])
def test_a_stranger_finds_no_take(stranger, project, name):
    assert stranger.get(url(name, take(project, State.COMPLETED))).status_code == 404


@pytest.mark.parametrize("name", ["retry", "cancel", "fetch", "play"])
def test_a_stranger_cannot_touch_a_take(stranger, project, name):
    waiting = take(project)
    assert stranger.post(url(name, waiting)).status_code == 404
    waiting.refresh_from_db()
    assert waiting.state == State.WAITING


@pytest.mark.parametrize("name", ["retry", "cancel", "fetch", "play"])
def test_a_viewer_sees_a_take_and_cannot_touch_it(viewer, project, name):
    waiting = take(project)
    page = text(viewer.get(url("generation", waiting)))
    assert ">Cancel<" not in page
    refused = viewer.post(url(name, waiting))
    assert refused.status_code == 403
    assert "Making takes needs the role of artist or above" in text(refused)
    waiting.refresh_from_db()
    assert waiting.state == State.WAITING


@pytest.mark.parametrize("name", ["retry", "cancel"])
def test_a_verb_is_not_a_link(client, project, name):
    assert client.get(url(name, take(project))).status_code == 405


def test_cancelling_releases_the_money_and_answers_with_the_card(client, project, artist):
    waiting = take(project, author=artist)
    card = text(client.post(url("cancel", waiting), headers=HTMX))
    assert "Cancelled" in card
    assert "<html" not in card
    assert LedgerEntry.objects.reserved_usd() == 0


def test_only_its_author_or_a_producer_cancels_a_take(client, sign_in, project):
    theirs = take(project)
    assert ">Cancel<" not in text(client.get(url("generation", theirs)))
    assert client.post(url("cancel", theirs)).status_code == 403
    theirs.refresh_from_db()
    assert theirs.state == State.WAITING
    producer = sign_in(member(project, Role.PRODUCER))
    assert producer.post(url("cancel", theirs)).status_code == 302
    theirs.refresh_from_db()
    assert theirs.state == State.CANCELLED


def test_cancelling_too_late_says_so(client, project, artist):
    sent = take(project, State.DREAMING, author=artist)
    page = text(client.post(url("cancel", sent), headers=HTMX))
    assert "Take 1 was already sent and can&#x27;t be cancelled." in page
    assert 'id="notices"' in page
    assert "Dreaming" in page


def test_retrying_puts_a_failed_take_back_in_line(client, project):
    failed = take(project, State.FAILED)
    card = text(client.post(url("retry", failed), {"shown_usd": "100"}, headers=HTMX))
    assert "Next in line" in card
    assert failed.attempts.count() == 2


def test_a_file_that_was_given_up_is_fetched_again_when_somebody_asks(client, project):
    made = take(project, State.COMPLETED, stored=False)
    asset = made.assets.get()
    assert not asset.fetch_again()  # it is under way
    made.assets.update(state=Asset.State.FAILED, tries=20, next_at=None)
    page = text(client.get(reverse("board", args=[project.slug])))
    assert "The file couldn&#x27;t be fetched" in page
    assert "It is rendered and paid for." in page
    card = text(client.post(url("fetch", made), headers=HTMX))
    assert "Fetching the file…" in card
    assert list(Asset.objects.due(timezone.now())) == [asset]
    assert "nothing to fetch" in text(client.post(url("fetch", made), headers=HTMX))


def test_a_verb_works_as_a_plain_form(client, project, artist):
    waiting = take(project, author=artist)
    answer = client.post(url("cancel", waiting), follow=True)
    assert answer.redirect_chain == [(url("generation", waiting), 302)]
    assert "Cancelled" in text(answer)


def test_the_page_tells_everything_about_a_finished_take(client, project, artist):
    made = take(project, State.COMPLETED, author=artist, concepts=("push_in",), resolution="540p")
    page = text(client.get(url("generation", made)))
    video = made.assets.get(kind="video")
    for fact in (
        "Fog lifts through a pine valley",
        "5 s, 540p, 16:9",
        "320 × 180, 24 fps, h264",
        "2.00 s",
        video.sha256[:12],
        "$0.40 charged",
        "Push in",
        str(artist),
        reverse("media", args=[made.uuid, "video"]),
        "The file was fetched and checked",
        "Rendered and charged",
    ):
        assert fact in page


def test_the_page_says_where_the_money_of_an_unfinished_take_is(client, project):
    assert "$0.71 reserved" in text(client.get(url("generation", take(project, State.DREAMING))))
    assert "Nothing charged" in text(client.get(url("generation", take(project, State.FAILED))))


def test_the_page_shows_the_lineage(client, project, artist):
    parent = take(project, State.COMPLETED)
    child = take(project, extends=parent)
    remix = take(project, start=still(project), parent=parent.prompt)
    page = text(client.get(url("generation", parent))).split('class="tree"')[1]
    for made, words in ((child, "Take 2</b> <span>extends"), (remix, "Take 3</b> <span>remix of")):
        assert f'href="{url("generation", made)}"' in page
        assert words in page
    assert "Extends" not in text(client.get(url("generation", child)))
    assert "a still" in text(client.get(url("generation", remix)))


def test_the_page_refreshes_while_the_take_is_unfinished(client, project, artist):
    first, second = take(project), take(project)
    page = text(client.get(url("generation", second)))
    version = page.split('name="version" value="')[1].split('"')[0]
    ask = url("generation_live", second)
    assert client.get(ask, {"version": version}, headers=HTMX).status_code == 204
    first.cancel(artist)  # it moves up, though nothing happened to itself
    moved = client.get(ask, {"version": version}, headers=HTMX)
    assert "Next in line" in text(moved)


def test_the_drawer_shows_what_the_page_shows_without_the_page(client, project):
    made = take(project, State.COMPLETED)
    drawer = client.get(url("generation", made), headers=HTMX | {"HX-Target": "drawer"})
    assert drawer.context["in_drawer"]
    assert "<html" not in text(drawer)
    assert 'id="film"' in text(drawer)
    assert f'name="open" value="{made.uuid}"' in text(drawer)
    assert f'hx-post="{url("extend", made)}"' in text(drawer)
    assert f'hx-post="{url("extend", made)}"' not in text(client.get(url("generation", made)))


@pytest.mark.parametrize(("state", "verb", "says"), [(State.WAITING, "cancel", "Cancelled")])
def test_a_verb_on_the_page_answers_with_the_page(client, project, artist, state, verb, says):
    made = take(project, state, author=artist)
    asked = HTMX | {"HX-Target": "film"}
    film = text(client.post(url(verb, made), headers=asked))
    assert says in film
    assert 'id="film"' in film
    assert "<html" not in film
    assert 'id="opened"' not in film


def test_choosing_what_plays_answers_with_the_takes_page(client, project, artist):
    made = take(project, State.COMPLETED, author=artist)
    version(made, Kind.UPSCALE)
    asked = HTMX | {"HX-Target": "film"}
    film = text(client.post(url("play", made), headers=asked))
    assert f'data-film="{made.uuid}"' in film
    assert "Another version was chosen to play" in film


def test_an_unchanged_take_costs_two_queries(client, project, django_assert_num_queries):
    waiting = take(project)
    page = text(client.get(url("generation", waiting)))
    version = page.split('name="version" value="')[1].split('"')[0]
    with django_assert_num_queries(2):
        client.get(url("generation_live", waiting), {"version": version}, headers=HTMX)


def test_extending_puts_the_take_in_the_start_slot_at_its_own_size(client, project):
    parent = take(project, State.COMPLETED, ratio="9:16", resolution="540p")
    typed = {"words": "And then", "duration_s": "9", "resolution": "4k", "start_still": "x"}
    composer = text(client.get(url("extend", parent), typed, headers=HTMX))
    assert "Start: take 1" in strip_tags(composer)
    assert f'name="start_take" value="{parent.uuid}"' in composer
    assert "And then" in composer
    assert '<option value="9" selected>' in composer
    assert "<option selected>540p</option>" in composer
    assert "<option selected>9:16</option>" in composer
    assert "<html" not in composer


def test_extending_works_as_a_plain_link(client, project):
    page = text(client.get(url("extend", take(project, State.COMPLETED))))
    assert "<html" in page
    assert "Start: take 1" in strip_tags(page)


def test_remixing_brings_words_settings_and_frames(client, project):
    picture = still(project)
    made = take(project, State.COMPLETED, start=picture, ratio="21:9", loop=True, words="Old words")
    composer = text(client.get(url("remix", made), headers=HTMX))
    assert "Old words" in composer
    assert "<option selected>21:9</option>" in composer
    assert 'name="loop" checked' in composer
    assert f'name="start_still" value="{picture.uuid}"' in composer
    assert f'name="parent" value="{made.prompt.uuid}"' in composer


def test_a_remix_remembers_where_it_came_from(client, project):
    parent = take(project, State.COMPLETED)
    asked = {"words": "New words", "model": "ray-2", "ratio": "16:9", "resolution": "720p"}
    asked |= {"duration_s": "5", "parent": parent.prompt.uuid, "shown_usd": "100"}
    client.post(reverse("generate", args=[project.slug]), asked, headers=HTMX)
    assert parent.prompt.children.get().words == "New words"


def test_cancelling_has_the_rail_show_the_money_again(client, project, artist):
    answer = client.post(url("cancel", take(project, author=artist)), headers=HTMX)
    assert "money" in answer.headers["HX-Trigger"]


def test_a_request_says_who_asked_and_who_decides(client, project, artist):
    asked = take(project, State.REQUESTED, author=artist)
    page = text(client.get(url("generation", asked)))
    assert f"Asked for by {artist}; a producer has to approve it" in page


def test_what_was_free_was_rendered_and_not_charged(client, project, artist):
    free = take(project, State.COMPLETED, author=artist)
    Generation.objects.filter(pk=free.pk).update(price_usd=0)
    page = text(client.get(url("generation", free)))
    assert "<span>Rendered</span>" in page
    assert "Rendered and charged" not in page


def test_the_lineage_names_the_take_whose_picture_it_starts_on(client, project, artist):
    picture = drawn(project, author=artist)
    moving = take(project, start=picture.stills.get())
    page = text(client.get(url("generation", moving)))
    assert f'the picture</a> of <a href="{url("generation", picture)}">take 1</a>' in page


def test_a_take_without_words_is_called_by_what_it_was_made_from(client, project, artist):
    first = take(project, State.COMPLETED, author=artist)
    whole = still(project)
    titles = {
        "From a first frame": {"start": whole},
        "Between two frames": {"start": whole, "end": Frame(still=whole, as_is=True)},
        "Up to a last frame": {"end": Frame(still=whole, as_is=True)},
        "Continues take 1": {"extends": first, "end": Frame(still=whole, as_is=True)},
    }
    made = {words: take(project, author=artist, words="", **how) for words, how in titles.items()}
    board = text(client.get(reverse("board", args=[project.slug])))
    for words, each in made.items():
        assert f">{words}</p>" in text(client.get(url("generation", each)))
        assert words in board
    assert "pictures alone" not in board


@pytest.mark.parametrize(("kind", "duration_s"), [(Kind.VIDEO, 5), (Kind.IMAGE, 0)])
def test_a_take_that_came_without_words_or_pictures_is_called_so(
    client, project, artist, kind, duration_s
):
    """What was imported may say neither."""
    asked = Prompt.objects.create(
        project=project, author=artist, words="", kind=kind, duration_s=duration_s
    )
    account = AccountFactory(team=project.team)
    brought = Import.objects.create(project=project, account=account, author=artist)
    imported = brought.take_over(asked, "an-id", detail={})
    page = text(client.get(url("generation", imported)))
    assert ">Its words aren&#x27;t known</p>" in page
    assert "Its words aren&#x27;t known" in text(client.get(reverse("board", args=[project.slug])))


def test_what_is_modified_after_a_version_is_called_by_its_take(client, project, artist):
    larger = version(take(project, State.COMPLETED, author=artist))
    modified = accept(project, artist, made_from(larger, Kind.MODIFY_VIDEO, mode="flex_1"))
    assert ">Take 1, modified</p>" in text(client.get(url("generation", modified)))


def test_a_request_shows_its_price_before_anything_is_reserved(client, project, artist):
    asked = take(project, State.REQUESTED, author=artist)
    page = text(client.get(url("generation", asked)))
    assert "<dt>Cost</dt><dd>$0.71 once it is approved</dd>" in page


def test_what_moved_says_so_until_it_is_done_and_its_history_for_good(client, project, artist):
    moved = take(project, author=artist)
    words = "Moved to Spare: Simulator is out of credits."
    assert moved.move(moved.account, moved.price_usd, words)
    notice = f'<p class="take__notice">{words}</p>'
    board = reverse("board", args=[project.slug])
    for page in (board, url("generation", moved)):
        assert notice in text(client.get(page))
    assert moved.cancel(artist)
    for page in (board, url("generation", moved)):
        assert notice not in text(client.get(page))
    assert f"<span>{words}</span>" in text(client.get(url("generation", moved)))


def test_every_version_plays_in_the_pages_player_and_goes_on_playing(client, project, artist):
    made = take(project, State.COMPLETED, author=artist)
    larger = version(made, Kind.UPSCALE)
    page = url("generation", made)

    def video(generation):
        return f'src="{reverse("media", args=[generation.uuid, "video"])}"'

    assert video(larger) in text(client.get(page))
    assert f'href="{page}?show={made.uuid}" aria-label="Play it as it was made">' in text(
        client.get(page)
    )
    first = text(client.get(page, {"show": str(made.uuid)}))
    assert video(made) in first
    assert video(larger) not in first
    assert 'aria-current="true">Play' in first
    live = re.search(r'hx-get="([^"]+)" hx-trigger="live"', first).group(1)
    assert video(made) in text(client.get(live))
    assert "the upscaled version" in text(client.get(page, {"show": str(larger.uuid)}))
    other = take(project, State.COMPLETED, author=artist)
    assert video(larger) in text(client.get(page, {"show": str(other.uuid)}))
