"""Only words that the code knows, prompts that stay as they were, and no end of money not held."""

import django.db.models.functions.text
import django.db.models.lookups
from django.conf import settings
from django.db import migrations, models

_LEDGER, _PROMPT = "generations_ledgerentry", "generations_prompt"
_NOT_HELD = "an attempt is charged or released only after its reservation"
_EDITED = "prompts are never edited"
# The author and the parent become null when they are deleted, and change in no other way.
_ASKED = (
    "uuid, project_id, kind, words, negative_words, model, ratio, resolution, duration_s, loop, "
    "concepts, mode, image_format, placed_at, created_at"
)
_ENDS_UNHELD = f"""NEW.kind IN ('charged', 'released') AND NOT EXISTS (
    SELECT 1 FROM {_LEDGER} WHERE attempt_id = NEW.attempt_id AND kind = 'reserved')"""
_CHANGES_ORIGIN = " OR ".join(
    f"(NEW.{field} IS NOT NULL AND NEW.{field} <> COALESCE(OLD.{field}, 0))"
    for field in ("author_id", "parent_id")
)
_POSTGRESQL = f"""
CREATE FUNCTION {_LEDGER}_held_first() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN IF {_ENDS_UNHELD} THEN RAISE EXCEPTION '{_NOT_HELD}'
    USING ERRCODE = 'integrity_constraint_violation'; END IF; RETURN NEW; END $$;
CREATE TRIGGER {_LEDGER}_held_first BEFORE INSERT ON {_LEDGER}
FOR EACH ROW EXECUTE FUNCTION {_LEDGER}_held_first();
CREATE FUNCTION {_PROMPT}_never_edited() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION '{_EDITED}'
    USING ERRCODE = 'integrity_constraint_violation'; END $$;
CREATE TRIGGER {_PROMPT}_never_edited BEFORE UPDATE OF {_ASKED} ON {_PROMPT}
FOR EACH ROW EXECUTE FUNCTION {_PROMPT}_never_edited();
CREATE TRIGGER {_PROMPT}_keeps_origin BEFORE UPDATE OF author_id, parent_id ON {_PROMPT}
FOR EACH ROW WHEN ({_CHANGES_ORIGIN}) EXECUTE FUNCTION {_PROMPT}_never_edited()
"""
_SQLITE = (
    f"""CREATE TRIGGER {_LEDGER}_held_first BEFORE INSERT ON {_LEDGER}
    BEGIN SELECT RAISE(ABORT, '{_NOT_HELD}') WHERE {_ENDS_UNHELD}; END""",
    f"""CREATE TRIGGER {_PROMPT}_never_edited BEFORE UPDATE OF {_ASKED} ON {_PROMPT}
    BEGIN SELECT RAISE(ABORT, '{_EDITED}'); END""",
    f"""CREATE TRIGGER {_PROMPT}_keeps_origin BEFORE UPDATE OF author_id, parent_id ON {_PROMPT}
    WHEN {_CHANGES_ORIGIN} BEGIN SELECT RAISE(ABORT, '{_EDITED}'); END""",
)
_TRIGGERS = (
    (_LEDGER, f"{_LEDGER}_held_first"),
    (_PROMPT, f"{_PROMPT}_never_edited"),
    (_PROMPT, f"{_PROMPT}_keeps_origin"),
)


def _guard(apps, schema_editor):
    postgresql = schema_editor.connection.vendor == "postgresql"
    for statement in (_POSTGRESQL,) if postgresql else _SQLITE:
        schema_editor.execute(statement)


def _unguard(apps, schema_editor):
    postgresql = schema_editor.connection.vendor == "postgresql"
    for table, name in _TRIGGERS:
        schema_editor.execute(f"DROP TRIGGER {name}" + (f" ON {table}" if postgresql else ""))
    if postgresql:
        schema_editor.execute(f"DROP FUNCTION {_LEDGER}_held_first()")
        schema_editor.execute(f"DROP FUNCTION {_PROMPT}_never_edited()")


class Migration(migrations.Migration):

    dependencies = [
        ('generations', '0007_imports'),
        ('studio', '0001_initial'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddConstraint(
            model_name='account',
            constraint=models.CheckConstraint(condition=models.Q(('problem__in', ('', 'key', 'credits', 'unreachable', 'busy'))), name='account_known_problem'),
        ),
        migrations.AddConstraint(
            model_name='asset',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ('video', 'poster', 'preview', 'image'))), name='asset_known_kind'),
        ),
        migrations.AddConstraint(
            model_name='asset',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ('pending', 'stored', 'failed'))), name='asset_known_state'),
        ),
        migrations.AddConstraint(
            model_name='attempt',
            constraint=models.CheckConstraint(condition=models.Q(('outcome__in', ('prepared', 'sending', 'unconfirmed', 'accepted', 'completed', 'failed', 'turned_away', 'refused', 'absent', 'withdrawn', 'lost'))), name='attempt_known_outcome'),
        ),
        migrations.AddConstraint(
            model_name='generation',
            constraint=models.CheckConstraint(condition=models.Q(('reason__in', ['', 'content', 'frames', 'request', 'provider', 'key', 'credits', 'unreachable', 'busy', 'absent', 'unsure', 'undecided', 'switched_off', 'lost'])), name='generation_known_reason'),
        ),
        migrations.AddConstraint(
            model_name='priceoverride',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ['video', 'image', 'modify_video', 'reframe_video', 'reframe_image', 'upscale', 'audio'])), name='price_override_known_kind'),
        ),
        migrations.AddConstraint(
            model_name='prompt',
            constraint=models.CheckConstraint(condition=django.db.models.lookups.LessThanOrEqual(django.db.models.functions.text.Length('words'), 5000), name='prompt_words_fit'),
        ),
        migrations.AddConstraint(
            model_name='prompt',
            constraint=models.CheckConstraint(condition=django.db.models.lookups.LessThanOrEqual(django.db.models.functions.text.Length('negative_words'), 5000), name='prompt_negative_words_fit'),
        ),
        migrations.AddConstraint(
            model_name='still',
            constraint=models.CheckConstraint(condition=models.Q(('origin__in', ('uploaded', 'generated', 'grabbed'))), name='still_known_origin'),
        ),
        # Last: SQLite makes a table anew to add a constraint, and its triggers are gone with it.
        migrations.RunPython(_guard, _unguard),
    ]
