"""Finding prompts by their words, on SQLite's and PostgreSQL's own index of them."""

import re
import unicodedata
from typing import Any

from django.db.models import Lookup, TextField

_TERM = re.compile(r"[^\W_]+")
_MOST_TERMS = 12


def terms_of(words: str) -> list[str]:
    """Return what is looked for: letters and digits in a row, without case and accents.

    At most twelve; the index knows no others (generations/migrations/0016_prompt_search.py).
    """
    plain = unicodedata.normalize("NFKD", words.lower())
    return _TERM.findall("".join(c for c in plain if not unicodedata.combining(c)))[:_MOST_TERMS]


@TextField.register_lookup
class Says(Lookup):
    """`words__says`: every term begins a word of it, in any order.

    Only for the words of a Prompt: no other column has that index.
    """

    lookup_name = "says"

    def as_sqlite(self, compiler: Any, connection: Any) -> tuple[str, list[str]]:
        """Ask the table of FTS5, which knows a prompt by its row's id."""
        table = compiler.quote_name_unless_alias(self.lhs.alias)
        query = " ".join(f'"{term}"*' for term in terms_of(self.rhs))
        found = "SELECT rowid FROM generations_prompt_search WHERE words MATCH %s"
        return f"{table}.id IN ({found})", [query]

    def as_postgresql(self, compiler: Any, connection: Any) -> tuple[str, list[Any]]:
        """Ask the index of terms."""
        column, params = self.process_lhs(compiler, connection)
        query = " & ".join(f"{term}:*" for term in terms_of(self.rhs))
        return f"generations_terms({column}) @@ to_tsquery('simple', %s)", [*params, query]
