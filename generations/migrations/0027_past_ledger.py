"""Money of before a project came here: append-only, as the ledger."""

import django.db.models.deletion
from django.db import migrations, models

_TABLE = "generations_pastentry"
_WORDS = "past ledger entries are append-only"


def _guard(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(
            f"CREATE FUNCTION {_TABLE}_append_only() RETURNS trigger LANGUAGE plpgsql AS $$ "
            f"BEGIN RAISE EXCEPTION '{_WORDS}'; END $$"
        )
        schema_editor.execute(
            f"CREATE TRIGGER {_TABLE}_append_only BEFORE UPDATE OR DELETE ON {_TABLE} "
            f"FOR EACH ROW EXECUTE FUNCTION {_TABLE}_append_only()"
        )
        schema_editor.execute(
            f"CREATE TRIGGER {_TABLE}_no_truncate BEFORE TRUNCATE ON {_TABLE} "
            f"FOR EACH STATEMENT EXECUTE FUNCTION {_TABLE}_append_only()"
        )
        return
    for name, moment in (("append_only", "UPDATE"), ("no_delete", "DELETE")):
        schema_editor.execute(
            f"CREATE TRIGGER {_TABLE}_{name} BEFORE {moment} ON {_TABLE} "
            f"BEGIN SELECT RAISE(ABORT, '{_WORDS}'); END"
        )


def _unguard(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        for name in ("append_only", "no_truncate"):
            schema_editor.execute(f"DROP TRIGGER IF EXISTS {_TABLE}_{name} ON {_TABLE}")
        schema_editor.execute(f"DROP FUNCTION {_TABLE}_append_only()")
        return
    for name in ("append_only", "no_delete"):
        schema_editor.execute(f"DROP TRIGGER IF EXISTS {_TABLE}_{name}")


class Migration(migrations.Migration):

    dependencies = [
        ('generations', '0026_gallery_index'),
    ]

    operations = [
        migrations.CreateModel(
            name='PastEntry',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(max_length=8)),
                ('amount_usd', models.DecimalField(decimal_places=4, max_digits=12)),
                ('at', models.DateTimeField()),
                ('attempt', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='past_ledger', to='generations.attempt')),
                ('generation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='past_ledger', to='generations.generation')),
            ],
            options={
                'verbose_name_plural': 'past entries',
                'ordering': ['id'],
                'constraints': [models.UniqueConstraint(fields=('attempt', 'kind'), name='past_kind_once'), models.CheckConstraint(condition=models.Q(('amount_usd__gte', 0)), name='past_not_negative'), models.CheckConstraint(condition=models.Q(('kind__in', ('reserved', 'charged', 'released'))), name='past_known_kind')],
            },
        ),
        migrations.RunPython(_guard, _unguard),
    ]
