"""Several prompts at once: each row judged by itself, all made or none."""

from decimal import Decimal
from html import unescape
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from generations.models import Budget, Generation, Keyframe, LedgerEntry, SpendingRules, Still
from generations.preflight import Fit
from studio.models import Role
from tests.factories import member, still, take

PRICE = Decimal("0.7078")  # Ray 2, 5 s, 720p
SETTINGS = {
    "kind": "video",
    "model": "ray-2",
    "ratio": "16:9",
    "resolution": "720p",
    "duration_s": "5",
    "shown_usd": "100",
}
TABLE = 'prompt,duration,ratio\n"Dunes, at dawn",9,1:1\nA lighthouse in a storm,,\n'


def look(client, project, text, **fields):
    url = reverse("several", args=[project.slug])
    return client.post(url, SETTINGS | {"list": text} | fields).content.decode()


def make(client, project, text, **fields):
    url = reverse("make_several", args=[project.slug])
    return client.post(url, SETTINGS | {"list": text} | fields)


def made():
    return [
        (each.prompt.words, each.prompt.duration_s, each.prompt.ratio)
        for each in Generation.objects.order_by("take_number").select_related("prompt")
    ]


def test_a_table_is_looked_at_with_every_price_before_it_is_made(client, project):
    page = look(client, project, TABLE)
    assert "Ray 2, 1:1, 9 s, 720p" in page
    assert "Ray 2, 16:9, 5 s, 720p" in page
    assert "$1.28" in page
    assert "$0.71" in page
    assert "Make 2 takes, $1.99" in page
    assert not Generation.objects.exists()


def test_all_of_a_list_is_made_with_what_each_row_says(client, project):
    assert make(client, project, TABLE).status_code == 302
    assert made() == [("Dunes, at dawn", 9, "1:1"), ("A lighthouse in a storm", 5, "16:9")]


def test_one_bad_row_is_said_at_it_and_nothing_is_made(client, project):
    text = TABLE + "Fog in the pines,7,16:9\nA rider {at dusk,5,16:9\nNo {subject},5,\nDusk,five,\n"
    page = look(client, project, text)
    for said in (
        "Ray 2 doesn&#x27;t make 7 s. Choose one of: 5 s, 9 s.",
        "The brace before “at dusk” is never closed.",
        "Fill in {subject} first",
        "“five” is no length.",
        "4 rows can't be made yet",
        "The others are 2 takes for $1.99.",
        "Correct 4 rows first",
    ):
        assert said in page
    again = make(client, project, text, shown_usd="1.99").content.decode()
    assert "Nothing was made. Correct the marked rows" in again
    assert "Fog in the pines,7,16:9" in again
    assert not Generation.objects.exists()


def test_a_choice_in_a_row_makes_a_row_for_each_way_and_takes_are_counted(client, project):
    page = look(client, project, "Dunes at {dawn|noon}\nFog", count="2")
    assert "2 takes of each." in page
    assert "Make 6 takes, $4.25" in page
    make(client, project, "Dunes at {dawn|noon}\nFog", count="2")
    assert [words for words, _, _ in made()] == [
        *["Dunes at dawn"] * 2,
        *["Dunes at noon"] * 2,
        *["Fog"] * 2,
    ]


def test_a_list_that_is_sent_twice_is_made_once(client, project):
    key = str(uuid4())
    for _ in range(2):
        make(client, project, TABLE, list_key=key)
    assert Generation.objects.count() == 2


def test_more_than_a_hundred_are_refused_in_words(client, project):
    text = "\n".join(f"Shot {place}" for place in range(101))
    page = make(client, project, text).content.decode()
    assert "These are more than 100 takes, the most at once. Take some out." in page
    assert not Generation.objects.exists()


def test_the_budget_is_told_before_and_refuses_the_whole(client, project):
    Budget.objects.create(team=project.team, limit_usd=PRICE * 2)
    page = look(client, project, "One shot\nTwo shots\nThree shots")
    assert "Over budget." in page
    refused = make(client, project, "One shot\nTwo shots\nThree shots").content.decode()
    assert "2 of these 3 takes would fit." in refused
    assert not LedgerEntry.objects.exists()


def test_a_price_that_rose_since_it_was_shown_makes_nothing(client, project):
    page = make(client, project, "One shot\nTwo shots", shown_usd="1.40").content.decode()
    assert "It costs $1.42, and $1.40 was shown." in page
    assert not Generation.objects.exists()


def test_what_needs_approval_is_said_and_asked_for(client, project):
    SpendingRules.objects.create(team=project.team, approval_above_usd="1")
    assert "Request 1 take, $1.28" in look(client, project, '"Dunes, at dawn",9,1:1\n')
    make(client, project, TABLE)
    states = Generation.objects.order_by("take_number").values_list("state", flat=True)
    assert list(states) == ["requested", "requested"]


def test_a_list_that_would_make_millions_is_refused_and_shows_no_more_than_it_may(client, project):
    page = look(client, project, "\n".join(["{a|b}" * 20] * 50))
    assert "These are more than 100 takes" in page or "more than a million" in page
    assert page.count("<tr") <= 110


def test_one_press_is_held_against_the_threshold_as_a_whole(client, project):
    SpendingRules.objects.create(team=project.team, approval_above_usd="1")
    assert "Request" in quote(client, project, "A fox in the {a|b|c} snow")
    generate(client, project, "A fox in the {a|b|c} snow")
    assert set(Generation.objects.values_list("state", flat=True)) == {"requested"}
    assert not LedgerEntry.objects.exists()


def test_a_picture_has_no_length_to_choose(client, project):
    image = {"kind": "image", "model": "photon-1", "image_format": "jpg"}
    page = look(client, project, "A lighthouse,5,1:1\n", **image)
    assert "This has no length to choose." in page
    assert make(client, project, "A lighthouse\nA fox", **image).status_code == 302
    assert Generation.objects.count() == 2


def test_pictures_of_another_ratio_than_a_rows_are_kept_or_cut_once_that_is_chosen(
    client, project, artist
):
    frame = {"start_still": str(still(project, author=artist).uuid)}
    page = look(client, project, TABLE, **frame)
    assert "The picture is 16:9 and the take 1:1." in page
    assert "Keep them as they are" in page
    assert "Correct 1 row first" in page
    assert "Keep them" not in look(client, project, "A lighthouse", **frame)
    kept = look(client, project, TABLE, pictures="as-is", **frame)
    assert "Make 2 takes, $1.99" in kept
    assert 'value="as-is" id="several-pictures-as-is" checked' in kept
    make(client, project, TABLE, pictures="as-is", **frame)
    used = Still.objects.get()
    assert set(Keyframe.objects.values_list("still", flat=True)) == {used.pk}
    text = TABLE + "Fog,5,1:1\n"
    budget = Budget.objects.create(team=project.team, limit_usd=PRICE * 3)
    assert "Over budget." in make(client, project, text, pictures="cut", **frame).content.decode()
    assert Still.objects.get() == used
    budget.delete()
    make(client, project, text, pictures="cut", list_key=str(uuid4()), **frame)
    newest = Keyframe.objects.order_by("-pk").values_list("still", flat=True)[:3]
    cut = Still.objects.exclude(pk=used.pk).get()
    assert list(newest) == [cut.pk, used.pk, cut.pk]
    assert Fit(cut, "1:1").is_right
    assert cut.cut_from == used


@pytest.mark.parametrize("tool", ["several", "new_bakeoff"])
@pytest.mark.parametrize("htmx", [True, False])
def test_nothing_is_offered_without_a_picture_that_cant_be_read(client, project, tool, htmx):
    broken = SimpleUploadedFile("start.png", b"\x89PNG\r\n\x1a\nnothing more", "image/png")
    sent = SETTINGS | {"words": "One dune\nTwo dunes", "start": broken}
    headers = {"HX-Request": "true", "HX-Target": "desk-content"} if htmx else {}
    answer = client.post(reverse(tool, args=[project.slug]), sent, headers=headers)
    page = unescape(answer.content.decode())
    assert "The start frame: " in page
    assert "Make 2 takes" not in page
    assert "Make 3" not in page
    assert answer.get("HX-Reswap") == ("none" if htmx else None)
    assert htmx or "One dune" in page
    assert not Still.objects.exists()


def test_opened_by_a_link_it_has_the_settings_used_last(client, project, artist):
    take(project, author=artist, model="ray-flash-2", ratio="9:16", resolution="540p")
    page = client.get(reverse("several", args=[project.slug]), {"words": "Dunes {a|b}"})
    assert "Ray 2 Flash, 9:16, 5 s, 540p" in page.content.decode()


@pytest.mark.parametrize(
    ("words", "begins"),
    [
        ("A fox at dawn", False),
        ("A fox\nAn owl", True),
        ("A {fox|owl}", True),
        ("A {fox", True),  # what is wrong with it is said there
    ],
)
def test_a_list_begins_with_words_that_are_several_alone(client, project, words, begins):
    url = reverse("several", args=[project.slug])
    page = unescape(client.post(url, SETTINGS | {"words": words}).content.decode())
    pasted = page[page.index('id="several-list"') :]
    assert (f">{words}</textarea>" in pasted) == begins
    assert begins or "></textarea>" in pasted


def test_an_empty_list_says_so(client, project):
    assert "There is no prompt in the list yet." in make(client, project, " ").content.decode()


def test_the_answer_puts_the_takes_on_the_board_and_leaves_other_words_alone(client, project):
    htmx = {"HX-Request": "true", "HX-Target": "desk-content"}
    url = reverse("make_several", args=[project.slug])
    other = client.post(url, SETTINGS | {"list": TABLE, "words": "Half a thought"}, headers=htmx)
    assert (other["HX-Reswap"], "desk-done" in other["HX-Trigger"]) == ("none", True)
    assert 'id="composer"' not in other.content.decode()
    own = client.post(url, SETTINGS | {"list": "Dunes", "words": "Dunes"}, headers=htmx)
    assert (own["HX-Retarget"], own["HX-Reswap"]) == ("#composer", "morph")
    assert "data-fresh" in own.content.decode()


def test_who_only_watches_makes_nothing(project, sign_in):
    watching = sign_in(member(project, Role.VIEWER))
    assert make(watching, project, TABLE).status_code == 403


# --- choices in the composer's own words --------------------------------------------------------


def generate(client, project, words, **fields):
    return client.post(
        reverse("generate", args=[project.slug]), SETTINGS | {"words": words} | fields
    )


def quote(client, project, words, **fields):
    url = reverse("quote", args=[project.slug])
    return client.post(url, SETTINGS | {"words": words} | fields).content.decode()


def test_the_button_says_how_many_takes_the_words_make_and_what_they_cost(client, project):
    page = quote(client, project, "Dunes at {dawn|noon|night}", count="2")
    assert "6 takes, $4.25" in page
    assert "These words make 3 prompts." in page
    assert "takes," not in quote(client, project, "Dunes at dawn")


def test_generate_makes_every_prompt_of_the_words_or_none(client, project):
    assert (
        generate(client, project, "{x|Dunes} at {dawn|noon}", shown_usd="0.7078").status_code == 200
    )
    assert not Generation.objects.exists()
    assert generate(client, project, "Dunes at {dawn|noon}").status_code == 302
    assert [words for words, _, _ in made()] == ["Dunes at dawn", "Dunes at noon"]


@pytest.mark.parametrize(
    ("words", "says"),
    [
        ("A {time} shot", "Fill in {time} first"),
        ("Dunes at {dawn|noon", "is never closed"),
        ("{a|b}" * 7, "100 is the most at once"),
    ],
)
def test_braces_that_cant_be_made_are_refused_at_the_words(client, project, words, says):
    page = generate(client, project, words).content.decode()
    assert says in page
    assert 'id="words-error"' in page
    assert words in page
    assert says in quote(client, project, words)
    assert not Generation.objects.exists()


def test_braces_of_their_own_are_made_and_a_remix_writes_them_so_again(client, project):
    generate(client, project, r"A sign that says \{open\}")
    kept = Generation.objects.get()
    assert kept.prompt.words == "A sign that says {open}"
    remix = client.get(reverse("remix", args=[kept.uuid])).content.decode()
    assert r">A sign that says \{open\}</textarea>" in remix
    history = client.get(reverse("history", args=[project.slug])).content.decode()
    assert r'data-put="A sign that says \{open\}">A sign that says {open}<' in history


def test_a_take_that_is_changed_stays_one(client, project, artist):
    waits = take(project, author=artist)
    url = reverse("edit", args=[waits.uuid])
    page = client.post(
        url, SETTINGS | {"words": "Dunes at {dawn|noon}", "editing": str(waits.uuid)}
    )
    assert "These words make 2 prompts, and 1 is the most at once." in page.content.decode()


def test_a_pasted_list_is_offered_to_be_made_and_not_forced(client, project):
    assert "Make 2 takes of this list?" in quote(client, project, TABLE)
    assert "Make 3 takes of this list?" in quote(client, project, "One shot\nTwo\nThree")
    assert "of this list?" not in quote(client, project, "A shot\nof two lines")
    assert generate(client, project, TABLE).status_code == 302
    assert Generation.objects.get().prompt.words == TABLE.strip()


def filed(client, project, name, data):
    url = reverse("several", args=[project.slug])
    sent = SETTINGS | {"list": "", "file": SimpleUploadedFile(name, data)}
    return unescape(client.post(url, sent).content.decode())


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_a_list_is_taken_from_a_file(client, project, encoding):
    page = filed(client, project, "Shots.CSV", "prompt,duration\nCafé at dawn,9\n".encode(encoding))
    assert "prompt,duration\nCafé at dawn,9\n</textarea>" in page.replace("\r\n", "\n")
    assert "Make 1 take, $1.28" in page


@pytest.mark.parametrize(
    ("name", "data", "said"),
    [
        ("shots.xlsx", b"PK\x03\x04", "shots.xlsx is no list. Choose a .csv or .txt file."),
        ("shots.csv", b"", "shots.csv is empty. Choose another file."),
        ("shots.csv", b"PK\x03\x04\0\0\xff", "shots.csv holds no text. Save it as CSV"),
        ("shots.txt", b"a" * 200_001, "shots.txt is too long. A list has at most 200,000"),
    ],
)
def test_a_file_that_is_no_list_is_refused_in_words(client, project, name, data, said):
    page = filed(client, project, name, data)
    assert said in page
    assert 'aria-describedby="file-error"' in page
    assert "several__table" not in page
