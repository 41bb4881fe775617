"""Finding prompts by their words, on SQLite's and PostgreSQL's own index of them."""

import re
import unicodedata
from typing import Any

from django.db.models import Lookup, TextField

_TERM = re.compile(r"[^\W_]+")
_ACCENTS = re.compile("[\u0300-\u036f]")
_MOST_TERMS = 12


def terms_of(words: str) -> list[str]:
    """Return what is looked for: letters and digits in a row, in lower case; at most twelve."""
    return _TERM.findall(unicodedata.normalize("NFKC", words.lower()))[:_MOST_TERMS]


def _plain(term: str) -> str:
    """Return a term without accents, as PostgreSQL's index has it (migrations/_guards.py)."""
    bare = _ACCENTS.sub("", unicodedata.normalize("NFD", term))
    return unicodedata.normalize("NFKC", bare)


@TextField.register_lookup
class Says(Lookup):
    """`words__says`: every term begins a word of it, in any order.

    Only for the words of a Prompt: no other column has that index.
    """

    lookup_name = "says"

    def as_sqlite(self, compiler: Any, connection: Any) -> tuple[str, list[str]]:
        """Ask the table of FTS5, which knows a prompt by its row's id and folds terms itself."""
        table = compiler.quote_name_unless_alias(self.lhs.alias)
        query = " ".join(f'"{term}"*' for term in terms_of(self.rhs))
        found = "SELECT rowid FROM generations_prompt_search WHERE words MATCH %s"
        return f"{table}.id IN ({found})", [query]

    def as_postgresql(self, compiler: Any, connection: Any) -> tuple[str, list[Any]]:
        """Ask the index of terms."""
        column, params = self.process_lhs(compiler, connection)
        query = " & ".join(f"{_plain(term)}:*" for term in terms_of(self.rhs))
        return f"generations_terms({column}) @@ to_tsquery('simple', %s)", [*params, query]
