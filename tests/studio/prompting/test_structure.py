"""The structure helper puts words together and invents none."""

import re

from hypothesis import given
from hypothesis import strategies as st

from studio.prompting.structure import PARTS, assemble


@given(st.dictionaries(st.sampled_from(list(PARTS)), st.text(max_size=30)))
def test_no_word_is_invented_and_none_is_lost(parts):
    given_words = " ".join(parts.get(name, "") for name in PARTS)
    assert re.findall(r"[^\s,]+", assemble(parts)) == re.findall(r"[^\s,]+", given_words)


def test_the_parts_are_one_sentence_in_their_order():
    parts = {"style": "35 mm film", "subject": " a lone  rider,", "action": "crests the hill"}
    assert assemble(parts) == "a lone rider crests the hill, 35 mm film"
    assert assemble({}) == ""
