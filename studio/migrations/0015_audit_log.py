"""The audit log, of which the database refuses to change or delete a line."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

_TABLE = "studio_auditentry"
_WORDS = "audit entries are append-only"


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
        ('studio', '0014_mentions'),
    ]

    operations = [
        migrations.CreateModel(
            name='AuditEntry',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('kind', models.CharField(choices=[('sign_in', 'Signing in'), ('people', 'People and roles'), ('keys', 'Accounts and keys'), ('budget', 'Budgets'), ('approval', 'Approvals'), ('verdict', 'Verdicts'), ('share', 'Shares'), ('deletion', 'Deletions'), ('export', 'Exports'), ('settings', 'Settings')], max_length=10)),
                ('words', models.CharField(max_length=600)),
                ('who', models.CharField(max_length=340)),
                ('address', models.GenericIPAddressField(null=True)),
                ('agent', models.CharField(blank=True, max_length=200)),
                ('actor', models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('project', models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='studio.project')),
                ('team', models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='studio.team')),
            ],
            options={
                'verbose_name_plural': 'audit entries',
                'ordering': ['-id'],
                'indexes': [models.Index(fields=['team', '-id'], name='audit_of_team'), models.Index(fields=['team', 'kind', '-id'], name='audit_of_kind'), models.Index(fields=['team', 'actor', '-id'], name='audit_of_actor')],
                'constraints': [models.CheckConstraint(condition=models.Q(('kind__in', ('sign_in', 'people', 'keys', 'budget', 'approval', 'verdict', 'share', 'deletion', 'export', 'settings'))), name='audit_known_kind')],
            },
        ),
        migrations.RunPython(_guard, _unguard),
    ]
