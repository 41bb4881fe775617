"""What the database itself refuses or looks up: append-only tables, prompts, money's order, words.

A migration of its own calls these again for every table that SQLite makes anew, which drops the
table's triggers (tests/test_triggers.py sees that it does).
"""

from django.db.backends.base.schema import BaseDatabaseSchemaEditor

_EVENT_FACTS = "project_id, number, generation_id, kind, previous, reason, detail, at"
_EVENT, _LEDGER = "generations_event", "generations_ledgerentry"
_PAST, _PROMPT = "generations_pastentry", "generations_prompt"
# The columns of an event leave out its actor: it becomes null when the person is deleted.
_APPEND_ONLY = (
    (_EVENT, "events are append-only", f" OF {_EVENT_FACTS}"),
    (_LEDGER, "ledger entries are append-only", ""),
    (_PAST, "past ledger entries are append-only", ""),
)
_HELD_WORDS = "an attempt is charged or released only after its reservation"
_HELD = f"""NEW.kind IN ('charged', 'released') AND NOT EXISTS (
    SELECT 1 FROM {_LEDGER} WHERE attempt_id = NEW.attempt_id AND kind = 'reserved')"""
_ASKED = (
    "uuid, project_id, kind, words, negative_words, model, ratio, resolution, duration_s, loop, "
    "concepts, mode, image_format, placed_at, created_at, options"
)
_EDITED = "prompts are never edited"
KEPT = (*((table, words) for table, words, _ in _APPEND_ONLY), (_PROMPT, _EDITED))
# Who wrote a prompt and what it came from may be forgotten, but not become another.
_CHANGES_ORIGIN = " OR ".join(
    f"(NEW.{field} IS NOT NULL AND NEW.{field} <> COALESCE(OLD.{field}, 0))"
    for field in ("author_id", "parent_id")
)
# What of a new row may be another's no more, besides its id: by that, SQLite would replace the other.
_ONCE = {
    _EVENT: "project_id = NEW.project_id AND number = NEW.number",
    _LEDGER: """attempt_id = NEW.attempt_id AND (kind = NEW.kind
        OR kind IN ('charged', 'released') AND NEW.kind IN ('charged', 'released'))
        OR reconciliation_id = NEW.reconciliation_id""",
    _PAST: "attempt_id = NEW.attempt_id AND kind = NEW.kind",
    _PROMPT: "uuid = NEW.uuid",
}
_AS_INTEGRITY = "USING ERRCODE = 'integrity_constraint_violation'"
# A term is letters and digits in a row, whatever their case and accents. FTS5 does that by itself;
# PostgreSQL's own parser would take "night.Then" for a host's name, so it is given words without
# ASCII's punctuation. NFD takes an accent off its letter, as a mark of its own from the block
# U+0300 to U+036F; what else it took apart, such as Hangul, is put together again.
_WORDS_ON_POSTGRESQL = rf"""
CREATE FUNCTION generations_terms(words text) RETURNS tsvector LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$ SELECT to_tsvector('simple', regexp_replace(
    normalize(regexp_replace(normalize(words, NFD), '[\u0300-\u036f]', '', 'g'), NFKC),
    '[\u0021-\u002f\u003a-\u0040\u005b-\u0060\u007b-\u007e]', ' ', 'g')) $$;
CREATE INDEX {_PROMPT}_search ON {_PROMPT} USING gin (generations_terms(words));
"""
_WORDS_ON_SQLITE = (
    f"""CREATE VIRTUAL TABLE IF NOT EXISTS {_PROMPT}_search USING fts5(
        words, content='{_PROMPT}', content_rowid='id',
        tokenize="unicode61 remove_diacritics 2")""",
    f"""CREATE TRIGGER {_PROMPT}_found AFTER INSERT ON {_PROMPT} BEGIN
        INSERT INTO {_PROMPT}_search (rowid, words) VALUES (new.id, new.words); END""",
    f"""CREATE TRIGGER {_PROMPT}_lost AFTER DELETE ON {_PROMPT} BEGIN
        INSERT INTO {_PROMPT}_search ({_PROMPT}_search, rowid, words)
        VALUES ('delete', old.id, old.words); END""",
    f"INSERT INTO {_PROMPT}_search ({_PROMPT}_search) VALUES ('rebuild')",
)


def append_only(
    editor: BaseDatabaseSchemaEditor, table: str, words: str, columns: str = ""
) -> None:
    """Refuse every change and deletion of a table's rows, or changes of some columns (" OF …")."""
    if editor.connection.vendor == "postgresql":
        stop = f"EXECUTE FUNCTION {table}_append_only()"
        editor.execute(_raising(f"{table}_append_only", words))
        editor.execute(
            f"CREATE TRIGGER {table}_append_only BEFORE UPDATE{columns} OR DELETE ON {table} "
            f"FOR EACH ROW {stop}"
        )
        editor.execute(
            f"CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table} "
            f"FOR EACH STATEMENT {stop}"
        )
        return
    for name, moment in (("append_only", f"UPDATE{columns}"), ("no_delete", "DELETE")):
        editor.execute(
            f"CREATE TRIGGER {table}_{name} BEFORE {moment} ON {table} {_aborting(words)}"
        )


def no_replacing(editor: BaseDatabaseSchemaEditor, table: str, words: str) -> None:
    """Refuse that a row takes the place of another: INSERT OR REPLACE asks no other trigger."""
    if editor.connection.vendor != "sqlite":
        return
    once = f" OR {_ONCE[table]}" if table in _ONCE else ""
    editor.execute(
        f"CREATE TRIGGER IF NOT EXISTS {table}_no_replace BEFORE INSERT ON {table} "
        f"WHEN EXISTS (SELECT 1 FROM {table} WHERE id = NEW.id{once}) {_aborting(words)}"
    )


def replacing(editor: BaseDatabaseSchemaEditor, table: str) -> None:
    """Admit it again."""
    if editor.connection.vendor == "sqlite":
        editor.execute(f"DROP TRIGGER IF EXISTS {table}_no_replace")


def guard_the_engine(apps: object, editor: BaseDatabaseSchemaEditor) -> None:
    """Guard events, both ledgers and prompts, and index the words of prompts."""
    for table, words, columns in _APPEND_ONLY:
        append_only(editor, table, words, columns)
    hold_before_charging(editor)
    keep_prompts(editor)
    find_words(editor)


def hold_before_charging(editor: BaseDatabaseSchemaEditor) -> None:
    """Refuse that an attempt is charged or released without its reservation."""
    name = f"{_LEDGER}_held_first"
    if editor.connection.vendor == "postgresql":
        editor.execute(
            f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF {_HELD} "
            f"THEN RAISE EXCEPTION '{_HELD_WORDS}' {_AS_INTEGRITY}; END IF; RETURN NEW; END $$"
        )
        editor.execute(
            f"CREATE TRIGGER {name} BEFORE INSERT ON {_LEDGER} "
            f"FOR EACH ROW EXECUTE FUNCTION {name}()"
        )
        return
    editor.execute(
        f"CREATE TRIGGER {name} BEFORE INSERT ON {_LEDGER} "
        f"BEGIN SELECT RAISE(ABORT, '{_HELD_WORDS}') WHERE {_HELD}; END"
    )


def keep_prompts(editor: BaseDatabaseSchemaEditor) -> None:
    """Refuse that what was asked for is edited, and that a prompt changes its origin."""
    postgresql = editor.connection.vendor == "postgresql"
    stop, row = _aborting(_EDITED), ""
    if postgresql:
        editor.execute(_raising(f"{_PROMPT}_never_edited", _EDITED, _AS_INTEGRITY))
        stop, row = f"EXECUTE FUNCTION {_PROMPT}_never_edited()", "FOR EACH ROW"
    for name, columns, condition in (
        ("never_edited", _ASKED, ""),
        ("keeps_origin", "author_id, parent_id", f"WHEN ({_CHANGES_ORIGIN})"),
    ):
        editor.execute(
            f"CREATE TRIGGER {_PROMPT}_{name} BEFORE UPDATE OF {columns} ON {_PROMPT} "
            f"{row} {condition} {stop}"
        )


def find_words(editor: BaseDatabaseSchemaEditor) -> None:
    """Index the words of prompts, so that they are found among a hundred thousand."""
    if editor.connection.vendor == "postgresql":
        editor.execute(_WORDS_ON_POSTGRESQL)
        return
    for statement in _WORDS_ON_SQLITE:
        editor.execute(statement)


def _aborting(words: str) -> str:
    return f"BEGIN SELECT RAISE(ABORT, '{words}'); END"


def _raising(name: str, words: str, how: str = "") -> str:
    return (
        f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ "
        f"BEGIN RAISE EXCEPTION '{words}' {how}; END $$"
    )
