"""The line takes turns; accounts share limits by key, and have a circuit breaker."""

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models
from django.db.models import F, Q


def _know_keys(apps, schema_editor):
    from generations.models.account import print_of
    from generations.sealing import CannotUnseal, unseal

    accounts = apps.get_model("generations", "Account").objects.exclude(sealed_key="")
    for account in accounts:
        try:
            account.key_print = print_of(unseal(account.sealed_key))
        except CannotUnseal:
            continue  # it counts for itself
        account.save(update_fields=["key_print"])


class Migration(migrations.Migration):
    dependencies = [
        ("generations", "0005_money"),
        ("studio", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]
    operations = [
        # The place in line
        migrations.AddField("generation", "turn", models.BigIntegerField(default=0)),
        migrations.AddField("generation", "priority", models.SmallIntegerField(default=0)),
        migrations.AddField("generation", "paused_at", models.DateTimeField(null=True)),
        migrations.AddField(
            "generation",
            "notice",
            models.CharField(blank=True, max_length=500, default=""),
            preserve_default=False,
        ),
        migrations.RemoveIndex("generation", "generation_line"),
        migrations.AddIndex(
            "generation",
            models.Index(
                condition=Q(state="waiting"),
                fields=["account", "-priority", "turn", "waiting_since", "id"],
                name="generation_line",
            ),
        ),
        # Accounts
        migrations.AddField(
            "account",
            "key_print",
            models.CharField(blank=True, max_length=64, default=""),
            preserve_default=False,
        ),
        migrations.AddField("account", "paused_at", models.DateTimeField(blank=True, null=True)),
        migrations.AddField("account", "problem_since", models.DateTimeField(blank=True, null=True)),
        migrations.AddField("account", "failures", models.PositiveIntegerField(default=0)),
        migrations.AddField("account", "opened_at", models.DateTimeField(blank=True, null=True)),
        migrations.AddField("account", "probe_at", models.DateTimeField(blank=True, null=True)),
        migrations.AddField("account", "probes", models.PositiveSmallIntegerField(default=0)),
        migrations.AddField("account", "pace_s", models.FloatField(blank=True, null=True)),
        migrations.AddField(
            "account",
            "credits_usd",
            models.DecimalField(blank=True, decimal_places=4, max_digits=12, null=True),
        ),
        migrations.AddField("account", "tested_at", models.DateTimeField(blank=True, null=True)),
        migrations.AlterField(
            "account",
            "problem",
            models.CharField(
                blank=True,
                choices=[
                    ("", "none"),
                    ("key", "the key was refused"),
                    ("credits", "out of credits"),
                    ("unreachable", "can't be reached"),
                    ("busy", "at its limit"),
                ],
                default="",
                max_length=12,
            ),
        ),
        migrations.AddConstraint(
            "account",
            models.CheckConstraint(
                condition=Q(opened_at__isnull=True, probe_at__isnull=True)
                | Q(opened_at__isnull=False, probe_at__isnull=False),
                name="account_open_is_probed",
            ),
        ),
        migrations.AddIndex(
            "account", models.Index(fields=["key_print"], name="account_same_key")
        ),
        # A team's wishes
        migrations.CreateModel(
            "PausedLine",
            [
                (
                    "team",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="paused_line",
                        serialize=False,
                        to="studio.team",
                    ),
                ),
                ("since", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            "ModelFallback",
            [
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("from_model", models.CharField(max_length=40)),
                ("to_model", models.CharField(max_length=40)),
                (
                    "team",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="model_fallbacks",
                        to="studio.team",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("team", "from_model"), name="model_fallback_once"
                    ),
                    models.CheckConstraint(
                        condition=~Q(from_model=F("to_model")), name="model_fallback_is_another"
                    ),
                ],
            },
        ),
        migrations.RunPython(_know_keys, migrations.RunPython.noop),
    ]
