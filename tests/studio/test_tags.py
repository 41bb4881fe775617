"""A team's tags: put on takes, taken off, shown on cards, and found by."""

import re

import pytest
from django.urls import reverse

from generations.models import State
from generations.refusal import Refused
from studio.models import Role, Tag, Tagging
from studio.models.tag import LONGEST, MOST, key_of, words_of
from tests.factories import ProjectFactory, member, take
from tests.studio.test_live import cards_in, live, newest_event

HTMX = {"HX-Request": "true"}


@pytest.fixture
def made(project, artist):
    return take(project, State.COMPLETED, author=artist)


def tag(client, made, words, headers=None):
    return client.post(reverse("tag", args=[made.uuid]), {"words": words}, headers=headers or {})


def board(client, project, **query):
    return client.get(reverse("board", args=[project.slug]), query).content.decode()


def on_card(page):
    return re.findall(r'take__tags">.*?</p>', page, re.DOTALL)


def test_a_tag_is_on_the_card_and_on_the_page(client, project, made):
    tag(client, made, "dusk, Hero shot")
    [tags] = on_card(board(client, project))
    assert tags.index(">dusk<") < tags.index(">Hero shot<")
    page = client.get(reverse("generation", args=[made.uuid])).content.decode()
    assert "Take the tag Hero shot off" in page


def test_case_spaces_and_a_hash_make_no_other_tag(client, project, made):
    tag(client, made, "  Golden   hour ,#golden HOUR")
    other = take(project, State.COMPLETED)
    tag(client, other, "GOLDEN hour")
    assert [each.word for each in Tag.objects.all()] == ["Golden hour"]
    assert Tagging.objects.count() == 2


def test_letters_of_every_script_fold():
    assert words_of("Straße, STRASSE, Dämmerung, DÄMMERUNG, 夜") == ["Straße", "Dämmerung", "夜"]


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("", "Write a tag"),
        (" , ,", "Write a tag"),
        ("!!!", "isn’t a tag".replace("’", "'")),
        ("a\x00b", "isn't a tag"),
        ("x" * (LONGEST + 1), f"at most {LONGEST} characters"),
        (", ".join(f"tag {n}" for n in range(MOST + 1)), f"over {MOST} tags at once"),
    ],
)
def test_nonsense_is_refused_in_words(typed, said):
    with pytest.raises(Refused, match=said):
        words_of(typed)


def test_what_was_refused_is_kept_beside_why(client, made):
    typed = "x" * (LONGEST + 1)
    for headers in ({}, HTMX):
        page = tag(client, made, typed, headers).content.decode()
        assert f'value="{typed}"' in page
        assert 'role="alert" id="tag-error"' in page
    assert not Tagging.objects.exists()


@pytest.mark.parametrize("length", [LONGEST + 1, 500])
def test_an_overlong_word_is_said_to_be_one_and_not_many_tags(client, made, length):
    page = tag(client, made, "x" * length, HTMX).content.decode()
    assert f"A tag has at most {LONGEST} characters" in page


def test_no_tag_is_looked_for_with_a_nul_that_a_database_refuses(client, made):
    """What anybody may send: PostgreSQL refuses the character, and it is no tag's."""
    tag(client, made, "dusk")
    assert "\0" not in key_of("du\0sk")
    off = client.post(reverse("untag", args=[made.uuid]), {"word": "dusk\0"})
    assert off.status_code == 302
    assert Tagging.objects.count() == 1


def test_a_take_has_only_so_many_tags(client, made):
    tag(client, made, ", ".join(f"tag {n}" for n in range(MOST)))
    page = tag(client, made, "one more", HTMX).content.decode()
    assert f"over {MOST} tags" in page
    assert Tagging.objects.count() == MOST
    assert not Tag.objects.filter(word="one more").exists()


def test_htmx_gets_the_tags_alone(client, made):
    page = tag(client, made, "dusk", HTMX).content.decode()
    assert page.lstrip().startswith('<section class="tags"')
    off = client.post(reverse("untag", args=[made.uuid]), {"word": "DUSK"}, headers=HTMX)
    assert "Take the tag" not in off.content.decode()


def test_a_tag_shows_on_every_open_page(client, project, made):
    since = newest_event(project)
    tag(client, made, "dusk")
    assert cards_in(live(client, project, since)) == ["1"]
    since = newest_event(project)
    client.post(reverse("untag", args=[made.uuid]), {"word": "dusk"})
    assert "take__tags" not in live(client, project, since).content.decode()
    since = newest_event(project)
    client.post(reverse("untag", args=[made.uuid]), {"word": "dusk"})  # it hasn't got it
    assert newest_event(project) == since


def test_what_the_team_uses_is_offered_and_what_nobody_uses_is_not(client, project, made, artist):
    tag(client, take(project, State.COMPLETED), "night, rain")
    elsewhere = take(ProjectFactory(), State.COMPLETED)
    Tag.objects.put("secret", [elsewhere], artist)
    client.post(reverse("untag", args=[made.uuid]), {"word": "rain"})
    page = client.get(reverse("generation", args=[made.uuid])).content.decode()
    assert re.findall(r'<option value="([^"]*)">', page.split('id="team-tags"')[1]) == [
        "night",
        "rain",
    ]
    Tagging.objects.filter(tag__word="rain").delete()
    assert '<option value="rain"' not in board(client, project)


def test_takes_are_found_by_tag_whatever_its_case(client, project, made):
    take(project, State.COMPLETED)
    tag(client, made, "Dusk")
    page = board(client, project, tag="dusk")
    assert re.findall(r'data-take="(\d+)"', page) == ["1"]
    assert '<option value="Dusk" selected>' in page or '<option value="dusk" selected>' in page


def test_a_tag_that_is_gone_finds_nothing_and_is_named(client, project, made):
    page = board(client, project, tag="Gone")
    assert "No take is like that" in page
    assert "selected>Gone</option>" in page


def test_another_teams_tag_of_the_same_word_finds_none_of_ours(client, project, made, artist):
    Tag.objects.put("dusk", [take(ProjectFactory(), State.COMPLETED)], artist)
    assert "No take is like that" in board(client, project, tag="dusk")


def test_who_may_tag(project, made, sign_in, stranger):
    assert tag(stranger, made, "dusk").status_code == 404
    assert tag(sign_in(member(project, Role.VIEWER)), made, "dusk").status_code == 403
    assert tag(sign_in(member(project, Role.REVIEWER)), made, "dusk").status_code == 302


def test_many_takes_are_tagged_in_one(project, made, artist, django_assert_max_num_queries):
    takes = [made, *(take(project, State.COMPLETED) for _ in range(9))]
    with django_assert_max_num_queries(15):
        assert Tag.objects.put("dusk, rain", takes, artist) == ["dusk", "rain"]
    assert Tagging.objects.count() == 20
    Tag.objects.take_off("dusk", takes)
    assert Tagging.objects.count() == 10


def test_a_word_that_folds_into_too_many_letters_is_too_long():
    with pytest.raises(Refused, match="at most 30 characters"):
        words_of("\ufdfa" * 30)
