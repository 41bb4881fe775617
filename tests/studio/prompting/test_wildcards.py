"""Words with braces: choices expand, blanks are filled in, and nothing else is changed."""

from math import prod

import pytest
from hypothesis import given
from hypothesis import strategies as st

from studio.prompting.wildcards import MOST_PROMPTS, Unreadable, expand, fill, literal, read

PLAIN = st.text(st.characters(blacklist_characters="{}|\\", blacklist_categories=("Cs",)))
WAYS = st.lists(PLAIN, min_size=2, max_size=4)
ANYTHING = st.text(st.one_of(st.sampled_from("{}|\\ ab"), st.characters()), max_size=60)


@given(st.lists(st.tuples(PLAIN, WAYS), max_size=3), PLAIN)
def test_all_combinations_are_made_and_the_last_choice_changes_first(parts, end):
    written = "".join(f"{text}{{{'|'.join(ways)}}}" for text, ways in parts) + end
    prompts = expand(written)
    assert len(prompts) == read(written).count == prod(len(ways) for _, ways in parts)
    firsts = [text + ways[0] for text, ways in parts]
    lasts = [text + ways[-1] for text, ways in parts]
    assert (prompts[0], prompts[-1]) == ("".join([*firsts, end]), "".join([*lasts, end]))
    if parts:
        assert prompts[1].startswith("".join(firsts[:-1]))


@given(ANYTHING)
def test_words_that_are_written_literally_are_themselves(words):
    assert expand(literal(words)) == [words]


@given(ANYTHING)
def test_anything_is_read_or_refused_in_words(written):
    try:
        prompts = expand(written)
    except Unreadable:
        assert "{" in written or "}" in written
        return
    assert 1 <= len(prompts) <= MOST_PROMPTS
    assert prompts == [written] or "{" in written or "}" in written


@given(ANYTHING, st.text(max_size=5))
def test_filling_in_changes_only_the_blanks(written, value):
    try:
        names = read(written).names
    except Unreadable:
        return
    assert fill(written, {}) == written or names
    filled = fill(written, dict.fromkeys(names, value))
    assert (filled == written) or names


@pytest.mark.parametrize(
    ("written", "prompts"),
    [
        ("Dunes at {dawn|noon}", ["Dunes at dawn", "Dunes at noon"]),
        ("{a|b} {c|d}", ["a c", "a d", "b c", "b d"]),
        ("A {|very }dark wood", ["A dark wood", "A very dark wood"]),
        ("A {red {fox|hare}|owl}", ["A red fox", "A red hare", "A owl"]),
        (r"A sign: \{dawn\|noon\}", ["A sign: {dawn|noon}"]),
        (r"{a\|b|c\}}", ["a|b", "c}"]),
        ("Plain | words \\ as they are \\|", ["Plain | words \\ as they are \\|"]),
    ],
)
def test_braces_are_choices(written, prompts):
    assert expand(written) == prompts


@pytest.mark.parametrize(
    ("written", "says"),
    [
        ("Dunes at {dawn|noon", "The brace before “dawn|noon” is never closed"),
        ("Dunes at dawn} now", "The brace after “Dunes at dawn” closes nothing"),
        ("Dunes at {}", "Nothing stands between two braces"),
        ("Dunes at { {a|b} }", "Nothing stands between two braces"),
        ("A {time of  day} shot of {subject}", "Fill in {time of day} and {subject} first"),
        ("{a} {b} {c}", "Fill in {a}, {b} and {c} first"),
        ("A {red {fox}|owl}", "Fill in {fox} first"),
        ("{a|b}" * 7, "These words make 128 prompts, and 100 is the most at once"),
        ("{a|b}" * 4000, "These words make more than a million prompts"),
        ("{" * 5000, "5 deep inside each other"),
    ],
)
def test_what_makes_no_sense_is_said_with_the_remedy(written, says):
    with pytest.raises(Unreadable) as refused:
        expand(written)
    assert says in str(refused.value)


def test_a_value_is_put_in_wherever_its_name_stands_and_may_be_a_choice():
    written = "A {time} shot of {subject}, {near|{lens}}, {time}"
    filled = fill(written, {"time": "{dawn|noon}", "lens": "35 mm"})
    assert filled == "A {dawn|noon} shot of {subject}, {near|35 mm}, {dawn|noon}"
