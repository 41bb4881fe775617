"""Takes are found by the words of their prompts, alike on SQLite and PostgreSQL."""

import pytest

from generations.models import Generation, Prompt
from tests.factories import take

DUNES = "Slow push-in over desert dunes, at dawn.Then night"
CAFE = "A café in Málaga, Straße am Abend"
SNOW = "Снег на перевале, двойной свет"
SEOUL = "한국의 밤, ガラスの街"


@pytest.fixture
def takes(project):
    return [take(project, words=words) for words in (DUNES, CAFE, SNOW, SEOUL)]


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("dunes", DUNES),
        ("DUNES desert", DUNES),  # in any order and case
        ("dun", DUNES),  # the beginning of a word
        ("push in", DUNES),
        ("push-in", DUNES),
        ("dawn", DUNES),  # not part of a host's name
        ("then", DUNES),
        ("cafe malaga", CAFE),
        ("MÁLAGA", CAFE),
        ("снег", SNOW),
        ("двойной", SNOW),
        ("한국", SEOUL),
        ("ガラス", SEOUL),
        ("ｄｕｎｅｓ", DUNES),  # full width
        ('"dunes', DUNES),  # nothing of a query's language is understood
        ("dunes OR NOT -*", None),
        ("dunes & | ! :", DUNES),
        ("esert", None),  # the middle of a word
        ("!!!", None),
        ("dunes snow", None),
    ],
)
def test_words_are_found(project, takes, words, found):
    said = [each.prompt.words for each in Generation.objects.saying(words)]
    assert said == ([found] if found else [])


def test_a_number_finds_the_take_of_that_number(project, takes):
    assert [it.take_number for it in Generation.objects.saying("2")] == [2]
    assert not Generation.objects.saying("9" * 30)


def test_a_prompt_that_is_gone_is_not_found(project):
    draft = take(project, words="An old harbour").prompt.changed(words="A draft of a lagoon")
    draft.save()
    assert Prompt.objects.filter(words__says="lagoon").count() == 1
    draft.delete()
    assert not Prompt.objects.filter(words__says="lagoon")
    assert Generation.objects.saying("harbour").count() == 1
