"""Budgets, approval, reconciliation; and a ledger and a history that nobody can take from."""

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

_LEDGER, _EVENT = "generations_ledgerentry", "generations_event"
_WORDS = {_LEDGER: "ledger entries are append-only", _EVENT: "events are append-only"}
# The actor is left out: it becomes null when the person is deleted.
_EVENT_FACTS = "project_id, number, generation_id, kind, previous, reason, detail, at"
_LEDGER_FACTS_BEFORE = "team_id, project_id, generation_id, attempt_id, kind, amount_usd, at"


def _guard(apps, schema_editor):
    for table, words in _WORDS.items():
        facts = f" OF {_EVENT_FACTS}" if table == _EVENT else ""
        if schema_editor.connection.vendor == "postgresql":
            schema_editor.execute(_function(table, words))
            schema_editor.execute(
                f"CREATE TRIGGER {table}_append_only BEFORE UPDATE{facts} OR DELETE ON {table} "
                f"FOR EACH ROW EXECUTE FUNCTION {table}_append_only()"
            )
            schema_editor.execute(
                f"CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table} "
                f"FOR EACH STATEMENT EXECUTE FUNCTION {table}_append_only()"
            )
        else:
            for name, moment in (("append_only", f"UPDATE{facts}"), ("no_delete", "DELETE")):
                schema_editor.execute(
                    f"CREATE TRIGGER {table}_{name} BEFORE {moment} ON {table} "
                    f"BEGIN SELECT RAISE(ABORT, '{words}'); END"
                )


def _guard_as_before(apps, schema_editor):
    """As 0003 made them: against changes only."""
    for table, words in _WORDS.items():
        facts = _EVENT_FACTS if table == _EVENT else _LEDGER_FACTS_BEFORE
        if schema_editor.connection.vendor == "postgresql":
            schema_editor.execute(_function(table, words))
            schema_editor.execute(
                f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OF {facts} ON {table} "
                f"FOR EACH ROW EXECUTE FUNCTION {table}_append_only()"
            )
        else:
            schema_editor.execute(
                f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OF {facts} ON {table} "
                f"BEGIN SELECT RAISE(ABORT, '{words}'); END"
            )


def _unguard(apps, schema_editor):
    for table in _WORDS:
        if schema_editor.connection.vendor == "postgresql":
            schema_editor.execute(f"DROP TRIGGER {table}_append_only ON {table}")
            schema_editor.execute(f"DROP TRIGGER IF EXISTS {table}_no_truncate ON {table}")
            schema_editor.execute(f"DROP FUNCTION {table}_append_only()")
        else:
            # A table that SQLite had to make anew has lost its triggers already.
            for name in ("append_only", "no_delete"):
                schema_editor.execute(f"DROP TRIGGER IF EXISTS {table}_{name}")


def _function(table, words):
    return (
        f"CREATE FUNCTION {table}_append_only() RETURNS trigger LANGUAGE plpgsql AS $$ "
        f"BEGIN RAISE EXCEPTION '{words}'; END $$"
    )


class Migration(migrations.Migration):
    dependencies = [
        ("studio", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
        ("generations", "0004_kinds"),
    ]
    operations = [
        migrations.RunPython(_unguard, _guard_as_before),
        migrations.CreateModel(
            name='Budget',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('limit_usd', models.DecimalField(decimal_places=4, max_digits=12)),
                ('set_at', models.DateTimeField(default=django.utils.timezone.now)),
            ],
        ),
        migrations.CreateModel(
            name='BudgetWarning',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('month', models.DateField()),
                ('used_usd', models.DecimalField(decimal_places=4, max_digits=12)),
                ('limit_usd', models.DecimalField(decimal_places=4, max_digits=12)),
                ('at', models.DateTimeField(auto_now_add=True)),
            ],
        ),
        migrations.CreateModel(
            name='Reconciliation',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField(default=django.utils.timezone.now)),
                ('balance_usd', models.DecimalField(decimal_places=4, max_digits=14)),
                ('taken_usd', models.DecimalField(decimal_places=4, max_digits=14)),
                ('at_work_usd', models.DecimalField(decimal_places=4, max_digits=14)),
                ('doubtful_usd', models.DecimalField(decimal_places=4, max_digits=14)),
                ('expected_usd', models.DecimalField(decimal_places=4, max_digits=14)),
                ('difference_usd', models.DecimalField(decimal_places=4, max_digits=14)),
                ('verdict', models.CharField(choices=[('first', 'First reading'), ('agrees', 'Agrees'), ('under_way', 'Within what is under way'), ('more', 'More was taken'), ('less', 'Less was taken'), ('topped_up', 'Credits were added')], max_length=10)),
                ('shared', models.BooleanField(default=False)),
                ('corrected_at', models.DateTimeField(null=True)),
            ],
            options={
                'ordering': ['-id'],
            },
        ),
        migrations.CreateModel(
            name='SpendingRules',
            fields=[
                ('team', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='spending_rules', serialize=False, to='studio.team')),
                ('approval_above_usd', models.DecimalField(blank=True, decimal_places=4, max_digits=12, null=True)),
                ('set_at', models.DateTimeField(default=django.utils.timezone.now)),
            ],
            options={
                'verbose_name_plural': 'spending rules',
            },
        ),
        migrations.AddField(
            model_name='generation',
            name='approved_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='budget',
            name='project',
            field=models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='budget', to='studio.project'),
        ),
        migrations.AddField(
            model_name='budget',
            name='set_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='budget',
            name='team',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='budgets', to='studio.team'),
        ),
        migrations.AddField(
            model_name='budgetwarning',
            name='budget',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='warnings', to='generations.budget'),
        ),
        migrations.AddField(
            model_name='reconciliation',
            name='account',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='reconciliations', to='generations.account'),
        ),
        migrations.AddField(
            model_name='reconciliation',
            name='corrected_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='reconciliation',
            name='since',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='generations.reconciliation'),
        ),
        migrations.AddField(
            model_name='spendingrules',
            name='set_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AlterField(
            model_name='event',
            name='generation',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='events', to='generations.generation'),
        ),
        migrations.AlterField(
            model_name='event',
            name='project',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='events', to='studio.project'),
        ),
        migrations.AddIndex(
            model_name='attempt',
            index=models.Index(fields=['outcome'], name='attempt_outcome'),
        ),
        migrations.AddIndex(
            model_name='generation',
            index=models.Index(condition=models.Q(('state', 'requested')), fields=['project'], name='generation_requested'),
        ),
        migrations.AddConstraint(
            model_name='budget',
            constraint=models.UniqueConstraint(condition=models.Q(('project__isnull', True)), fields=('team',), name='budget_once_per_team'),
        ),
        migrations.AddConstraint(
            model_name='budget',
            constraint=models.CheckConstraint(condition=models.Q(('limit_usd__gte', 0)), name='budget_not_negative'),
        ),
        migrations.AddConstraint(
            model_name='budgetwarning',
            constraint=models.UniqueConstraint(fields=('budget', 'month'), name='budget_warned_once_a_month'),
        ),
        migrations.AddIndex(
            model_name='reconciliation',
            index=models.Index(fields=['account', '-at'], name='reconciliation_last'),
        ),
        migrations.AddConstraint(
            model_name='reconciliation',
            constraint=models.CheckConstraint(condition=models.Q(('verdict__in', ('first', 'agrees', 'under_way', 'more', 'less', 'topped_up'))), name='reconciliation_known_verdict'),
        ),
        migrations.AddConstraint(
            model_name='spendingrules',
            constraint=models.CheckConstraint(condition=models.Q(('approval_above_usd__gte', 0)), name='approval_not_negative'),
        ),
        migrations.RemoveConstraint(
            model_name='ledgerentry',
            name='ledger_not_negative',
        ),
        migrations.RemoveConstraint(
            model_name='ledgerentry',
            name='ledger_known_kind',
        ),
        migrations.RemoveIndex(
            model_name='ledgerentry',
            name='ledger_of_month',
        ),
        migrations.AddField(
            model_name='ledgerentry',
            name='reconciliation',
            field=models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='correction', to='generations.reconciliation'),
        ),
        migrations.AlterField(
            model_name='ledgerentry',
            name='attempt',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='ledger', to='generations.attempt'),
        ),
        migrations.AlterField(
            model_name='ledgerentry',
            name='generation',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='ledger', to='generations.generation'),
        ),
        migrations.AlterField(
            model_name='ledgerentry',
            name='kind',
            field=models.CharField(choices=[('reserved', 'Reserved'), ('charged', 'Charged'), ('released', 'Released'), ('adjusted', 'Adjusted')], max_length=8),
        ),
        migrations.AlterField(
            model_name='ledgerentry',
            name='project',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='ledger', to='studio.project'),
        ),
        migrations.AddIndex(
            model_name='ledgerentry',
            index=models.Index(fields=['team', 'kind', 'at', 'project', 'amount_usd'], name='ledger_of_team'),
        ),
        migrations.AddIndex(
            model_name='ledgerentry',
            index=models.Index(fields=['project', 'kind', 'at', 'amount_usd'], name='ledger_of_project'),
        ),
        migrations.AddConstraint(
            model_name='ledgerentry',
            constraint=models.CheckConstraint(condition=models.Q(('amount_usd__gte', 0), ('kind', 'adjusted'), _connector='OR'), name='ledger_not_negative'),
        ),
        migrations.AddConstraint(
            model_name='ledgerentry',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ('reserved', 'charged', 'released', 'adjusted'))), name='ledger_known_kind'),
        ),
        migrations.AddConstraint(
            model_name='ledgerentry',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('attempt__isnull', True), ('generation__isnull', True), ('kind', 'adjusted'), ('project__isnull', True), ('reconciliation__isnull', False)), models.Q(models.Q(('kind', 'adjusted'), _negated=True), ('attempt__isnull', False), ('generation__isnull', False), ('project__isnull', False), ('reconciliation__isnull', True)), _connector='OR'), name='ledger_of_attempt_or_correction'),
        ),
        # Last: SQLite makes a table anew to change a column, and its triggers are gone with it.
        migrations.RunPython(_guard, _unguard),
    ]
