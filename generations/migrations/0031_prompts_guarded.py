"""Prompts are never edited in their options either, and their words are found on SQLite again.

SQLite made the table of prompts anew for `options` (0030), and it lost its triggers: those of
0008_known_words, and those of the search (0016_prompt_search).
"""

from importlib import import_module

from django.db import migrations

_PROMPT = "generations_prompt"
_EDITED = "prompts are never edited"
_BEFORE = (
    "uuid, project_id, kind, words, negative_words, model, ratio, resolution, duration_s, loop, "
    "concepts, mode, image_format, placed_at, created_at"
)
_CHANGES_ORIGIN = " OR ".join(
    f"(NEW.{field} IS NOT NULL AND NEW.{field} <> COALESCE(OLD.{field}, 0))"
    for field in ("author_id", "parent_id")
)


def _guard(schema_editor, asked):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(f"DROP TRIGGER {_PROMPT}_never_edited ON {_PROMPT}")
        schema_editor.execute(
            f"CREATE TRIGGER {_PROMPT}_never_edited BEFORE UPDATE OF {asked} ON {_PROMPT} "
            f"FOR EACH ROW EXECUTE FUNCTION {_PROMPT}_never_edited()"
        )
        return
    for name in ("never_edited", "keeps_origin", "found", "lost"):
        schema_editor.execute(f"DROP TRIGGER IF EXISTS {_PROMPT}_{name}")
    stop = f"SELECT RAISE(ABORT, '{_EDITED}'); END"
    schema_editor.execute(
        f"CREATE TRIGGER {_PROMPT}_never_edited BEFORE UPDATE OF {asked} ON {_PROMPT} BEGIN {stop}"
    )
    schema_editor.execute(
        f"CREATE TRIGGER {_PROMPT}_keeps_origin BEFORE UPDATE OF author_id, parent_id ON {_PROMPT} "
        f"WHEN {_CHANGES_ORIGIN} BEGIN {stop}"
    )
    import_module("generations.migrations.0016_prompt_search").add_sqlite(schema_editor)


def guard(apps, schema_editor):
    """Guard everything that was asked for, options too."""
    _guard(schema_editor, f"{_BEFORE}, options")


def guard_as_before(apps, schema_editor):
    """Guard what there was before there were options."""
    _guard(schema_editor, _BEFORE)


class Migration(migrations.Migration):
    dependencies = [("generations", "0030_options_and_pinned_pictures")]
    operations = [migrations.RunPython(guard, guard_as_before)]
