"""An index over the words of prompts, so that they are found among a hundred thousand.

Prompts are never edited (0008): the index only grows and shrinks. What a term is: letters and
digits in a row, whatever their case and accents. SQLite's FTS5 can do that by itself.
PostgreSQL's own parser would take "night.Then" for a host's name, so it is given words without
ASCII's punctuation. Django remakes a whole table of SQLite's to alter it, which drops the table's
triggers: a later migration of prompts has to call `add_sqlite` again (tests/generations/
test_search.py sees that it does).
"""

from django.db import migrations

# NFD takes an accent off its letter, as a mark of its own from the block U+0300 to U+036F; what
# else it took apart, such as Hangul, is put together again.
_POSTGRESQL = r"""
CREATE FUNCTION generations_terms(words text) RETURNS tsvector LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$ SELECT to_tsvector('simple', regexp_replace(
    normalize(regexp_replace(normalize(words, NFD), '[\u0300-\u036f]', '', 'g'), NFKC),
    '[\u0021-\u002f\u003a-\u0040\u005b-\u0060\u007b-\u007e]', ' ', 'g')) $$;
CREATE INDEX generations_prompt_search ON generations_prompt USING gin (generations_terms(words));
"""
_SQLITE = (
    """CREATE VIRTUAL TABLE IF NOT EXISTS generations_prompt_search USING fts5(
        words, content='generations_prompt', content_rowid='id',
        tokenize="unicode61 remove_diacritics 2")""",
    """CREATE TRIGGER generations_prompt_found AFTER INSERT ON generations_prompt BEGIN
        INSERT INTO generations_prompt_search (rowid, words) VALUES (new.id, new.words); END""",
    """CREATE TRIGGER generations_prompt_lost AFTER DELETE ON generations_prompt BEGIN
        INSERT INTO generations_prompt_search (generations_prompt_search, rowid, words)
        VALUES ('delete', old.id, old.words); END""",
    "INSERT INTO generations_prompt_search (generations_prompt_search) VALUES ('rebuild')",
)


def add_sqlite(schema_editor):
    """Make the index and the triggers that keep it, and fill it with what is there."""
    for statement in _SQLITE:
        schema_editor.execute(statement)


def _add(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(_POSTGRESQL)
    else:
        add_sqlite(schema_editor)


def _remove(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("DROP INDEX generations_prompt_search")
        schema_editor.execute("DROP FUNCTION generations_terms(text)")
        return
    for name in ("found", "lost"):
        schema_editor.execute(f"DROP TRIGGER IF EXISTS generations_prompt_{name}")
    schema_editor.execute("DROP TABLE generations_prompt_search")


class Migration(migrations.Migration):
    dependencies = [("generations", "0015_room_and_limits")]
    operations = [migrations.RunPython(_add, _remove)]
