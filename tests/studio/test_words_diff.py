"""What differs between two texts, word by word."""

import time

import pytest
from django.template.loader import render_to_string

from studio.words_diff import words_diff


def read(before: str, after: str) -> str:
    """Write a diff with [gone] and {new}."""
    marks = {"same": "%s", "gone": "[%s]", "new": "{%s}"}
    pieces = words_diff(before, after)
    return "".join(
        marks[each.change] % each.words.strip() + (" " if each.words[-1:].isspace() else "")
        for each in pieces
    ).strip()


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ("Fog over dunes", "Fog over dunes", "Fog over dunes"),
        ("a red car", "a blue car", "a [red] {blue} car"),
        ("A car turns.", "A car turns left.", "A car turns {left}."),
        ("The fog lifts, slowly", "The fog lifts", "The fog lifts[, slowly]"),
        ("", "Dawn", "{Dawn}"),
        ("Dawn", "", "[Dawn]"),
        ("", "", ""),
        ("don't pan", "don’t pan", "[don't] {don’t} pan"),
        ("霧が晴れる", "霧が流れる", "霧が[晴]{流}れる"),
    ],
)
def test_words_that_changed_are_told_from_those_that_stayed(before, after, said):
    assert read(before, after) == said


def test_a_word_that_stayed_alone_is_read_with_the_change_around_it():
    before, after = "old grey heron over calm water", "young white heron under calm water"
    assert read(before, after) == "[old grey heron over] {young white heron under} calm water"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("one  two\n\nthree", "one  two\n\nfour   three "),
        ("a _snake_ case", "a _snake_ in  a case"),
        ("Ünïcode — naïve café", "Ünïcode – naïve, café!"),
    ],
)
def test_what_is_not_gone_is_the_new_text_letter_by_letter(before, after):
    assert "".join(it.words for it in words_diff(before, after) if it.change != "gone") == after


def test_the_longest_prompts_are_compared_at_once():
    before, after = "a b " * 1250, "b a c " * 830
    started = time.process_time()
    words_diff(before, after)
    assert time.process_time() - started < 1


def test_it_is_written_as_insertions_and_deletions_and_nothing_typed_is_markup():
    page = render_to_string("_words_diff.html", {"diff": words_diff("a red <b>", "a blue <b>")})
    assert "<del>red </del><ins>blue </ins>&lt;b&gt;" in page
