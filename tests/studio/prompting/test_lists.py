"""A pasted list: lines, paragraphs and tables, each told from the other."""

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from studio.prompting.lists import Line, Unreadable, is_table, read

CELL = st.text(
    st.characters(
        blacklist_categories=("Cs", "Cc", "Zl", "Zp", "Zs"), blacklist_characters="\ufeff"
    )
).map(lambda cell: f"shot {cell}".strip())


def test_a_line_is_a_prompt():
    assert read("Dunes at dawn\r\n  Dunes, at noon  \n") == [
        Line(1, "Dunes at dawn"),
        Line(2, "Dunes, at noon"),
    ]


def test_with_empty_lines_between_a_paragraph_is_a_prompt():
    assert [line.words for line in read("One,\ntwo\n\n \nThree\n")] == ["One,\ntwo", "Three"]


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_a_table_says_lengths_and_ratios(delimiter):
    rows = [("Prompt", "Duration", "Ratio"), ('"Dunes, at dawn; wide"', "9 s", "16 : 9")]
    rows += [("Noon", "", ""), ("Night", "five", "1:1"), ("Dusk", "5", "wide")]
    found = read("\n".join(delimiter.join(row) for row in rows))
    assert found[0] == Line(1, "Dunes, at dawn; wide", 9, "16:9")
    assert found[1] == Line(2, "Noon")
    assert "“five” is no length. Write seconds" in found[2].error
    assert "“wide” is no ratio" in found[3].error


def test_columns_may_stand_in_any_order_or_be_left_out():
    assert read("ratio,prompt\n1:1,Dunes\n,Noon") == [
        Line(1, "Dunes", None, "1:1"),
        Line(2, "Noon"),
    ]


def test_a_table_needs_no_header():
    assert read('"Dunes, at dawn",5,16:9\nNoon,9,1:1\nNight,,') == [
        Line(1, "Dunes, at dawn", 5, "16:9"),
        Line(2, "Noon", 9, "1:1"),
        Line(3, "Night"),
    ]
    assert read("Dunes;5\nNoon;9") == [Line(1, "Dunes", 5), Line(2, "Noon", 9)]


def test_a_comma_outside_quotes_is_said_at_its_row():
    first, second = read("prompt,duration,ratio\nDunes, at dawn,5,16:9\nNoon,5,16:9")
    assert "has 4 cells, and there are 3" in first.error
    assert second == Line(2, "Noon", 5, "16:9")


def test_prose_with_commas_is_no_table():
    prose = "A lighthouse, at night, waves\nDunes, the sun, 16 riders"
    assert not is_table(prose)
    assert [line.words for line in read(prose)] == prose.split("\n")


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ('prompt,ratio\n"Dunes,16:9', "A quote is opened and never closed"),
        ("prompt,lens\nDunes,35", "There is no column called lens"),
    ],
)
def test_a_table_that_cant_be_read_is_said_in_words(text, says):
    assert is_table(text)
    with pytest.raises(Unreadable, match=says):
        read(text)


@given(st.text(max_size=300))
def test_any_text_is_read_or_refused(text):
    try:
        lines = read(text)
    except Unreadable:
        return
    assert all(line.words or line.error or line.duration_s or line.ratio for line in lines)


@given(st.lists(CELL, min_size=1, max_size=6), st.sampled_from(",;\t"))
def test_what_a_spreadsheet_writes_is_read_back(prompts, delimiter):
    written = io.StringIO()
    writer = csv.writer(written, delimiter=delimiter)
    writer.writerow(["prompt", "duration", "ratio"])
    writer.writerows([prompt, 5, "16:9"] for prompt in prompts)
    lines = read(written.getvalue())
    assert [(line.words, line.duration_s, line.ratio) for line in lines] == [
        (prompt, 5, "16:9") for prompt in prompts
    ]
